import { deepEqual, equal, match } from 'node:assert/strict'
import { test } from 'node:test'
import { errors } from '../../base/errors.ts'
import { bytes, GroupWorld, subscription } from '../testing/group-world.ts'

async function stableStatic(world: GroupWorld): Promise<string> {
  const joined = await world.join({ groupInstanceId: 'i' })
  await world.time.advance(3_000)
  const { memberId } = joined.response!
  await world.sync({ memberId, groupInstanceId: 'i', assignments: [{ memberId, assignment: bytes('all') }] })
  return memberId
}

test('[GROUP18] a static member joins at once under its instance id', async () => {
  const world = await GroupWorld.start()
  match(await stableStatic(world), /^i-[0-9a-f-]{36}$/)
  equal((await world.describe()).members[0]?.groupInstanceId, 'i')
})

test('[GROUP18] a static member comes back to a stable group without a rebalance', async () => {
  for (const [apiVersion, skipAssignment] of [
    [8, false],
    [9, true],
  ] as const) {
    const world = await GroupWorld.start()
    const oldId = await stableStatic(world)
    const back = await world.join({ groupInstanceId: 'i', apiVersion })
    const { memberId, leader, members, generationId, ...response } = back.response!
    equal(response.errorCode, errors.NONE)
    equal(generationId, 1)
    equal(response.skipAssignment, skipAssignment)
    // An older client must not think that it leads, or it would assign again.
    equal(leader, skipAssignment ? memberId : oldId)
    equal(members.length, skipAssignment ? 1 : 0)
    equal(await world.state(), 'Stable')
    const synced = await world.sync({ memberId, groupInstanceId: 'i' })
    deepEqual(synced.response?.assignment, bytes('all'))
    equal(await world.heartbeat({ memberId: oldId, groupInstanceId: 'i' }), errors.FENCED_INSTANCE_ID)
    equal(await world.heartbeat({ memberId: oldId }), errors.UNKNOWN_MEMBER_ID)
  }
})

test('[GROUP18] the old holder of an instance id is fenced everywhere, parked requests included', async () => {
  const world = await GroupWorld.start()
  const first = await world.join({ groupInstanceId: 'i' })
  const second = await world.join({ groupInstanceId: 'i' })
  equal(first.response?.errorCode, errors.FENCED_INSTANCE_ID)
  await world.time.advance(6_000)
  const { memberId } = second.response!
  const fenced = { memberId: 'i-old', groupInstanceId: 'i' }
  equal((await world.sync(fenced)).response?.errorCode, errors.FENCED_INSTANCE_ID)
  equal((await world.join(fenced)).response?.errorCode, errors.FENCED_INSTANCE_ID)
  equal((await world.leave([fenced])).members[0]?.errorCode, errors.FENCED_INSTANCE_ID)
  equal(await world.commitError({ ...fenced, generationIdOrMemberEpoch: 1 }), errors.FENCED_INSTANCE_ID)
  equal(await world.heartbeat({ memberId, groupInstanceId: 'i' }), errors.NONE)
})

test('[GROUP19] a static member that changes the selected protocol starts a rebalance', async () => {
  const world = await GroupWorld.start()
  const both = ['range', 'sticky'].map((name) => ({ name, metadata: subscription('orders') }))
  const joined = await world.join({ groupInstanceId: 'i', protocols: both })
  await world.time.advance(3_000)
  const { memberId } = joined.response!
  await world.sync({ memberId, groupInstanceId: 'i', assignments: [] })
  const back = await world.join({ groupInstanceId: 'i', protocols: [both[1]!, both[0]!] })
  equal(back.response?.generationId, 2)
  equal(back.response?.protocolName, 'sticky')
})

test('[GROUP19] a static member keeps its place in a rebalance it misses, until its session ends', async () => {
  const world = await GroupWorld.start()
  const staticJoin = await world.join({ groupInstanceId: 'i', sessionTimeoutMs: 100_000 })
  await world.time.advance(3_000)
  const { memberId } = staticJoin.response!
  await world.sync({ memberId, groupInstanceId: 'i', assignments: [] })
  const dynamic = await world.joinWithId()
  await world.time.advance(60_000)
  equal(dynamic.response?.generationId, 2)
  deepEqual(
    dynamic.response?.members.map((member) => member.groupInstanceId),
    ['i', null],
  )
  equal(dynamic.response?.leader, dynamic.memberId)
})

test('[GROUP20] an administrator removes a static member by its instance id alone', async () => {
  const world = await GroupWorld.start()
  await stableStatic(world)
  const left = await world.leave([{ groupInstanceId: 'i' }, { groupInstanceId: 'j' }])
  deepEqual(
    left.members.map(({ errorCode }) => errorCode),
    [errors.NONE, errors.UNKNOWN_MEMBER_ID],
  )
  equal(await world.state(), 'Empty')
})

test('[GROUP21] when the replacement of a static member cannot be written the old member stays', async () => {
  const world = await GroupWorld.start()
  const oldId = await stableStatic(world)
  world.log.appendError = errors.NOT_ENOUGH_REPLICAS
  const back = await world.join({ groupInstanceId: 'i' })
  equal(back.response?.errorCode, errors.COORDINATOR_NOT_AVAILABLE)
  world.log.appendError = 0
  equal(await world.heartbeat({ memberId: oldId, groupInstanceId: 'i' }), errors.NONE)
})
