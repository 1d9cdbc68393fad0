import { deepEqual, equal, match, notEqual } from 'node:assert/strict'
import { test } from 'node:test'
import { errors } from '../../base/errors.ts'
import { bytes, GroupWorld, isWaiting, subscription } from '../testing/group-world.ts'

test('[GROUP1] a join is refused for its group id, session timeout or protocols', async () => {
  const world = await GroupWorld.start()
  const refused = async (fields: Parameters<GroupWorld['join']>[0]) =>
    (await world.join(fields)).response?.errorCode
  equal(await refused({ groupId: '' }), errors.INVALID_GROUP_ID)
  equal(await refused({ sessionTimeoutMs: 5_999 }), errors.INVALID_SESSION_TIMEOUT)
  equal(await refused({ sessionTimeoutMs: 1_800_001 }), errors.INVALID_SESSION_TIMEOUT)
  equal(await refused({ groupId: 'n', protocols: [] }), errors.INCONSISTENT_GROUP_PROTOCOL)
  equal(await refused({ groupId: 'n', protocolType: '' }), errors.INCONSISTENT_GROUP_PROTOCOL)
  await world.stableMember()
  equal(await refused({ protocolType: 'connect' }), errors.INCONSISTENT_GROUP_PROTOCOL)
  const other = [{ name: 'sticky', metadata: bytes('') }]
  equal(await refused({ protocols: other }), errors.INCONSISTENT_GROUP_PROTOCOL)
})

test('[GROUP2] a made-up member id is unknown, in a missing group and in a living one', async () => {
  const world = await GroupWorld.start()
  const first = await world.join({ memberId: 'made-up' })
  equal(first.response?.errorCode, errors.UNKNOWN_MEMBER_ID)
  equal(first.response?.memberId, 'made-up')
  equal((await world.describe()).errorCode, errors.GROUP_ID_NOT_FOUND)
  await world.stableMember()
  equal((await world.join({ memberId: 'made-up' })).response?.errorCode, errors.UNKNOWN_MEMBER_ID)
})

test('[GROUP3] from version 4 a new dynamic member gets its id first and joins with it', async () => {
  const world = await GroupWorld.start()
  const first = await world.join({ apiVersion: 4, clientId: 'app' })
  equal(first.response?.errorCode, errors.MEMBER_ID_REQUIRED)
  const memberId = first.response!.memberId
  match(memberId, /^app-[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
  const second = await world.join({ apiVersion: 4, clientId: 'app', memberId })
  equal(isWaiting(second), true)
  await world.time.advance(3_000)
  equal(second.response!.errorCode, errors.NONE)
  equal(second.response!.memberId, memberId)
})

test('[GROUP3] before version 4 a new member joins at once', async () => {
  const world = await GroupWorld.start()
  const joined = await world.join({ apiVersion: 3 })
  await world.time.advance(3_000)
  equal(joined.response?.errorCode, errors.NONE)
  equal(joined.response?.generationId, 1)
})

test('[GROUP4] an id that was given out is kept for one session timeout, many at a time', async () => {
  const world = await GroupWorld.start()
  const ids = await Promise.all([1, 2, 3].map(async () => (await world.join()).response!.memberId))
  equal(new Set(ids).size, 3)
  const joins = [await world.join({ memberId: ids[0]! }), await world.join({ memberId: ids[1]! })]
  await world.time.advance(10_000)
  for (const { response } of joins) equal(response?.errorCode, errors.NONE)
  equal((await world.join({ memberId: ids[2]! })).response?.errorCode, errors.UNKNOWN_MEMBER_ID)
})

test('[GROUP5] a full group refuses further members but not those it has', async () => {
  const world = await GroupWorld.start({ groupSizeMax: 2 })
  const first = await world.joinWithId()
  const second = await world.joinWithId()
  const third = await world.joinWithId()
  equal(third.response?.errorCode, errors.GROUP_MAX_SIZE_REACHED)
  await world.time.advance(6_000)
  equal(first.response?.errorCode, errors.NONE)
  equal((await world.join()).response?.errorCode, errors.GROUP_MAX_SIZE_REACHED)
  const again = await world.join({ memberId: second.memberId })
  equal(again.response?.errorCode, errors.NONE)
})

test('[GROUP6] the first to join leads and alone gets the members; most votes select the protocol', async () => {
  const world = await GroupWorld.start()
  const offer = (...names: string[]) => ({
    protocols: names.map((name) => ({ name, metadata: bytes(name) })),
  })
  const first = await world.joinWithId(offer('a', 'b', 'c'))
  const second = await world.joinWithId(offer('c', 'b'))
  const third = await world.joinWithId(offer('c', 'b', 'a'))
  await world.time.advance(9_000)
  for (const { response } of [first, second, third]) {
    equal(response?.protocolName, 'c')
    equal(response?.leader, first.memberId)
  }
  deepEqual(
    first.response?.members.map(({ memberId, metadata }) => [memberId, metadata]),
    [first, second, third].map(({ memberId }) => [memberId, bytes('c')]),
  )
  deepEqual(second.response?.members, [])
})

test('[GROUP6] a protocol offered twice by one member is one vote', async () => {
  const world = await GroupWorld.start()
  const twice = { name: 'range', metadata: subscription('orders') }
  const first = await world.joinWithId({ protocols: [twice, twice] })
  const second = await world.joinWithId()
  await world.time.advance(6_000)
  equal(first.response?.protocolName, 'range')
  equal(second.response?.errorCode, errors.NONE)
})

test('[GROUP7] joining again unchanged is answered for a follower and rebalances for the leader', async () => {
  const world = await GroupWorld.start()
  const leader = await world.joinWithId()
  const follower = await world.joinWithId()
  await world.time.advance(6_000)
  const repeated = await world.join({ memberId: leader.memberId })
  deepEqual(repeated.response, leader.response)
  const assignments = [{ memberId: leader.memberId, assignment: bytes('x') }]
  await world.sync({ memberId: leader.memberId, assignments })
  await world.sync({ memberId: follower.memberId })
  equal(await world.state(), 'Stable')
  const unchanged = await world.join({ memberId: follower.memberId })
  equal(unchanged.response?.generationId, 1)
  deepEqual(unchanged.response?.members, [])
  equal(await world.state(), 'Stable')
  const restarted = await world.join({ memberId: leader.memberId })
  equal(isWaiting(restarted), true)
  equal(await world.state(), 'PreparingRebalance')
})

test('[GROUP7] a follower whose metadata changed starts a rebalance', async () => {
  const world = await GroupWorld.start()
  const memberId = await world.stableMember()
  const newcomer = await world.joinWithId()
  equal(await world.state(), 'PreparingRebalance')
  const rejoined = await world.join({ memberId })
  equal(rejoined.response?.generationId, 2)
  const assignments = [{ memberId, assignment: bytes('x') }]
  await world.sync({ memberId, generationId: 2, assignments })
  await world.sync({ memberId: newcomer.memberId, generationId: 2 })
  const changed = { protocols: [{ name: 'range', metadata: subscription('bills') }] }
  equal(isWaiting(await world.join({ memberId: newcomer.memberId, ...changed })), true)
  equal(await world.state(), 'PreparingRebalance')
})

test('[GROUP8] the protocol name of a refused join is empty before version 7 and null from then on', async () => {
  const world = await GroupWorld.start()
  for (const [apiVersion, name] of [
    [6, ''],
    [7, null],
  ] as const)
    equal((await world.join({ apiVersion, groupId: '' })).response?.protocolName, name)
})

test('[GROUP8] version 0 takes the session timeout as the rebalance timeout', async () => {
  const world = await GroupWorld.start({ initialRebalanceDelayMs: 0 })
  const first = await world.join({ apiVersion: 0, rebalanceTimeoutMs: -1, sessionTimeoutMs: 20_000 })
  await world.time.advance(0)
  equal(first.response?.errorCode, errors.NONE)
  const { memberId } = first.response!
  const assignments = [{ memberId, assignment: bytes('x') }]
  await world.sync({ apiVersion: 0, memberId, assignments, protocolType: null, protocolName: null })
  const second = await world.join({ apiVersion: 0, rebalanceTimeoutMs: -1, sessionTimeoutMs: 20_000 })
  // The first member only heartbeats: the rebalance waits for it the longest session timeout.
  for (let waitedMs = 0; waitedMs < 15_000; waitedMs += 5_000) {
    await world.time.advance(5_000)
    equal(await world.heartbeat({ memberId }), errors.REBALANCE_IN_PROGRESS)
  }
  equal(isWaiting(second), true)
  await world.time.advance(5_000)
  equal(second.response?.generationId, 2)
  notEqual(second.response?.memberId, memberId)
})
