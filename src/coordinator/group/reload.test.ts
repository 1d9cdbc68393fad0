import { deepEqual, equal, ok } from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { unreachable } from '../../base/assert.ts'
import { errors } from '../../base/errors.ts'
import type { DescribedGroup } from '../../protocol/generated/describe-groups-response.ts'
import type { OffsetFetchResponseTopics } from '../../protocol/generated/offset-fetch-response.ts'
import { bytes, GroupWorld, isWaiting } from '../testing/group-world.ts'

interface DurableState {
  readonly topics: OffsetFetchResponseTopics[]
  /** Undefined while a rebalance is under way: its members are not on record. */
  readonly settled: DescribedGroup | undefined
}

/** What the log must bring back: offsets always, members of groups that are empty or stable. */
async function durableState(world: GroupWorld, groupIds: readonly string[]): Promise<DurableState[]> {
  const states = []
  for (const groupId of groupIds) {
    const described = await world.describe(groupId)
    const { topics } = await world.fetch(null, { groupId })
    const isSettled = ['Stable', 'Empty', 'Dead'].includes(described.groupState)
    states.push({ topics, settled: isSettled ? described : undefined })
  }
  return states
}

/** Another coordinator on the same log, as after a restart. */
async function reload(world: GroupWorld): Promise<GroupWorld> {
  const next = await GroupWorld.start({}, world.log)
  for (const [name, id] of world.topics) next.topics.set(name, id)
  return next
}

test('[GROUP26] a stable group survives a restart: members go on with generation and assignment', async () => {
  const world = await GroupWorld.start()
  const memberId = await world.stableMember()
  await world.commit({ memberId, generationIdOrMemberEpoch: 1 })
  const next = await reload(world)
  deepEqual(await next.describe(), await world.describe())
  equal(await next.heartbeat({ memberId }), errors.NONE)
  deepEqual((await next.sync({ memberId })).response?.assignment, bytes('all'))
  equal((await next.fetch(['orders'])).topics[0]?.partitions[0]?.committedOffset, 5n)
  // Sessions start anew at the load: who does not come back in time is gone.
  await next.time.advance(9_999)
  equal(await next.state(), 'Stable')
  await next.time.advance(1)
  equal(await next.state(), 'Empty')
})

test('[GROUP26] ids that were only given out, and a rebalance under way, do not survive', async () => {
  const world = await GroupWorld.start()
  const given = (await world.join()).response!.memberId
  const stable = await world.stableMember({ groupId: 'h' })
  const joining = await world.joinWithId({ groupId: 'h' })
  equal(isWaiting(joining), true)
  const next = await reload(world)
  equal((await next.join({ memberId: given })).response?.errorCode, errors.UNKNOWN_MEMBER_ID)
  equal(await next.state('h'), 'Stable')
  equal(await next.heartbeat({ groupId: 'h', memberId: stable }), errors.NONE)
})

test('[GROUP27] a group loaded with more members than allowed rebalances', async () => {
  const world = await GroupWorld.start()
  const first = await world.joinWithId()
  await world.joinWithId()
  await world.time.advance(6_000)
  await world.sync({ memberId: first.memberId, assignments: [] })
  const next = await GroupWorld.start({ groupSizeMax: 1 }, world.log)
  equal(await next.state(), 'PreparingRebalance')
})

interface Step {
  readonly kind: 'join' | 'static' | 'rebalance' | 'leave' | 'commit' | 'heartbeat' | 'wait' | 'delete'
  readonly group: 'g' | 'h'
  readonly member: number
  readonly amount: number
}

const step: fc.Arbitrary<Step> = fc.record({
  kind: fc.constantFrom<Step['kind'][]>(
    ...(['join', 'static', 'rebalance', 'leave', 'commit', 'heartbeat', 'wait', 'delete'] as const),
  ),
  group: fc.constantFrom<Step['group'][]>('g', 'h'),
  member: fc.nat(3),
  amount: fc.nat(4_000),
})

/** What the clients of one group know. */
interface Clients {
  ids: string[]
  generationId: number
}

/** All clients join, wait for the rebalance, and sync with an assignment of their own. */
async function rebalance(
  world: GroupWorld,
  groupId: string,
  clients: Clients,
  amount: number,
): Promise<void> {
  const joins = []
  for (const memberId of clients.ids) joins.push(await world.join({ groupId, memberId }))
  await world.time.advance(6_000)
  const joined = joins.flatMap(({ response }) => (response?.errorCode === 0 ? [response] : []))
  for (const { memberId, generationId, members } of joined) {
    clients.generationId = generationId
    const assignments = members.map((member) => ({
      memberId: member.memberId,
      assignment: bytes(`${member.memberId}/${amount}`),
    }))
    await world.sync({ groupId, memberId, generationId, assignments })
  }
}

/** Runs one drawn step with the ids and generations the coordinator gave so far. */
async function run(world: GroupWorld, clients: Clients, drawn: Step): Promise<void> {
  const groupId = drawn.group
  const memberId = clients.ids[drawn.member % Math.max(clients.ids.length, 1)] ?? ''
  const { generationId } = clients
  switch (drawn.kind) {
    case 'join':
      clients.ids.push((await world.join({ groupId })).response!.memberId)
      return
    case 'static':
      await world.join({ groupId, groupInstanceId: `i${drawn.member}`, sessionTimeoutMs: 6_000 })
      return
    case 'rebalance':
      return rebalance(world, groupId, clients, drawn.amount)
    case 'leave':
      await world.leave([{ memberId }], 5, groupId)
      return
    case 'commit':
      await world.commit({ groupId, memberId, generationIdOrMemberEpoch: generationId }, BigInt(drawn.amount))
      return
    case 'heartbeat':
      await world.heartbeat({ groupId, memberId, generationId })
      return
    case 'wait':
      return world.time.advance(drawn.amount)
    case 'delete':
      await world.send(world.coordinator.deleteGroups(world.context(2), { groupsNames: [groupId] }))
      return
    default:
      unreachable(drawn.kind)
  }
}

test('[OFF14] after any history, replaying the log gives the live offsets and settled groups', async () => {
  let stableCount = 0
  const property = fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 40 }), async (steps) => {
    const world = await GroupWorld.start()
    const clients = { g: { ids: [], generationId: -1 }, h: { ids: [], generationId: -1 } }
    for (const drawn of steps) await run(world, clients[drawn.group], drawn)
    const live = await durableState(world, ['g', 'h'])
    const again = await durableState(await reload(world), ['g', 'h'])
    live.forEach((state, index) => {
      deepEqual(again[index]!.topics, state.topics)
      if (state.settled !== undefined) deepEqual(again[index]!.settled, state.settled)
      if (state.settled?.groupState === 'Stable') stableCount++
    })
  })
  await fc.assert(property, { seed: 7, numRuns: 300 })
  // A property that never meets a stable group would say little.
  ok(stableCount > 20, `${stableCount} stable groups were compared`)
})
