import { deepEqual, equal } from 'node:assert/strict'
import { test } from 'node:test'
import { errors } from '../../base/errors.ts'
import { bytes, GroupWorld, isWaiting } from '../testing/group-world.ts'

test('[GROUP9] new members extend the initial delay up to the rebalance timeout', async () => {
  const world = await GroupWorld.start()
  const first = await world.joinWithId({ rebalanceTimeoutMs: 8_000 })
  const others = []
  for (let round = 0; round < 3; round++) {
    await world.time.advance(2_000)
    equal(isWaiting(first), true)
    others.push(await world.joinWithId({ rebalanceTimeoutMs: 8_000 }))
  }
  // 3 s + 3 s + the remaining 2 s, though members arrived in each of them.
  await world.time.advance(1_999)
  equal(isWaiting(first), true)
  await world.time.advance(1)
  equal(first.response?.members.length, 4)
  for (const other of others) equal(other.response?.generationId, 1)
})

test('[GROUP9] without further members the first rebalance ends after one delay', async () => {
  const world = await GroupWorld.start()
  const only = await world.joinWithId()
  await world.time.advance(2_999)
  equal(isWaiting(only), true)
  await world.time.advance(1)
  equal(only.response?.generationId, 1)
})

test('[GROUP10] a later rebalance ends when all joined, or after the longest rebalance timeout', async () => {
  const world = await GroupWorld.start()
  const memberId = await world.stableMember({ sessionTimeoutMs: 120_000 })
  const second = await world.joinWithId({ sessionTimeoutMs: 120_000 })
  equal(isWaiting(second), true)
  const rejoined = await world.join({ memberId, sessionTimeoutMs: 120_000 })
  equal(rejoined.response?.generationId, 2)
  equal(second.response?.generationId, 2)
  const third = await world.joinWithId({ sessionTimeoutMs: 120_000, rebalanceTimeoutMs: 30_000 })
  await world.join({ memberId: second.memberId, sessionTimeoutMs: 120_000 })
  await world.time.advance(59_999)
  equal(isWaiting(third), true)
  await world.time.advance(1)
  equal(third.response?.generationId, 3)
  equal(third.response?.leader, second.memberId)
  equal(await world.heartbeat({ memberId, generationId: 3 }), errors.UNKNOWN_MEMBER_ID)
})

test('[GROUP11] followers wait for the leader; who is missing in its assignment gets an empty one', async () => {
  const world = await GroupWorld.start()
  const leader = await world.joinWithId()
  const follower = await world.joinWithId()
  const forgotten = await world.joinWithId()
  await world.time.advance(9_000)
  const waiting = await world.sync({ memberId: follower.memberId })
  equal(isWaiting(waiting), true)
  const assignments = [
    { memberId: leader.memberId, assignment: bytes('one') },
    { memberId: follower.memberId, assignment: bytes('two') },
  ]
  const led = await world.sync({ memberId: leader.memberId, assignments })
  deepEqual(led.response?.assignment, bytes('one'))
  deepEqual(waiting.response?.assignment, bytes('two'))
  equal(waiting.response?.protocolName, 'range')
  equal(await world.state(), 'Stable')
  const late = await world.sync({ memberId: forgotten.memberId })
  deepEqual(late.response, {
    throttleTimeMs: 0,
    errorCode: errors.NONE,
    protocolType: 'consumer',
    protocolName: 'range',
    assignment: new Uint8Array(0),
  })
})

test('[GROUP12] errors of SyncGroup', async () => {
  const world = await GroupWorld.start()
  const error = async (fields: Parameters<GroupWorld['sync']>[0]) =>
    (await world.sync(fields)).response?.errorCode
  equal(await error({ groupId: '' }), errors.INVALID_GROUP_ID)
  equal(await error({ memberId: 'x' }), errors.UNKNOWN_MEMBER_ID)
  const memberId = await world.stableMember()
  equal(await error({ memberId: 'x' }), errors.UNKNOWN_MEMBER_ID)
  equal(await error({ memberId, generationId: 0 }), errors.ILLEGAL_GENERATION)
  equal(await error({ memberId, protocolName: null }), errors.INCONSISTENT_GROUP_PROTOCOL)
  equal(await error({ memberId, protocolName: 'sticky' }), errors.INCONSISTENT_GROUP_PROTOCOL)
  equal(await error({ memberId, protocolType: 'connect' }), errors.INCONSISTENT_GROUP_PROTOCOL)
  equal(await error({ memberId, apiVersion: 4, protocolName: null, protocolType: null }), errors.NONE)
  equal(await error({ memberId, groupInstanceId: 'i' }), errors.UNKNOWN_MEMBER_ID)
  await world.joinWithId()
  equal(await error({ memberId }), errors.REBALANCE_IN_PROGRESS)
})

test('[GROUP13] members that do not sync in time are dropped and the group rebalances', async () => {
  const world = await GroupWorld.start()
  const leader = await world.joinWithId({ sessionTimeoutMs: 120_000 })
  const silent = await world.joinWithId({ sessionTimeoutMs: 120_000 })
  await world.time.advance(6_000)
  const assignments = [{ memberId: leader.memberId, assignment: bytes('x') }]
  await world.sync({ memberId: leader.memberId, assignments })
  await world.time.advance(59_999)
  equal(await world.heartbeat({ memberId: silent.memberId }), errors.NONE)
  await world.time.advance(1)
  equal(await world.heartbeat({ memberId: silent.memberId }), errors.UNKNOWN_MEMBER_ID)
  equal(await world.heartbeat({ memberId: leader.memberId }), errors.REBALANCE_IN_PROGRESS)
})

test('[GROUP14] errors of Heartbeat by state', async () => {
  const world = await GroupWorld.start()
  equal(await world.heartbeat({ groupId: '' }), errors.INVALID_GROUP_ID)
  equal(await world.heartbeat({ memberId: 'x' }), errors.UNKNOWN_MEMBER_ID)
  const joined = await world.joinWithId()
  const { memberId } = joined
  equal(await world.heartbeat({ memberId, generationId: 0 }), errors.REBALANCE_IN_PROGRESS)
  await world.time.advance(3_000)
  equal(await world.heartbeat({ memberId }), errors.NONE)
  const assignments = [{ memberId, assignment: bytes('x') }]
  await world.sync({ memberId, assignments })
  equal(await world.heartbeat({ memberId }), errors.NONE)
  equal(await world.heartbeat({ memberId, generationId: 0 }), errors.ILLEGAL_GENERATION)
  equal(await world.heartbeat({ memberId: 'x' }), errors.UNKNOWN_MEMBER_ID)
  equal(await world.heartbeat({ memberId, groupInstanceId: 'i' }), errors.UNKNOWN_MEMBER_ID)
})

test('[GROUP14] while its partition loads a heartbeat is told that all is well', async () => {
  const world = new GroupWorld()
  const loading = world.coordinator.onElection(0, 1)
  const request = { groupId: 'g', generationId: 1, memberId: 'm', groupInstanceId: null }
  const heartbeat = world.coordinator.heartbeat(world.context(4), request)
  const protocol = { protocolType: 'consumer', protocolName: 'range', assignments: [] }
  const sync = world.coordinator.syncGroup(world.context(5), { ...request, ...protocol })
  equal((await heartbeat).errorCode, errors.NONE)
  equal((await sync).errorCode, errors.COORDINATOR_LOAD_IN_PROGRESS)
  await loading
})

test('[GROUP15] heartbeats and commits keep a member, without them its session ends', async () => {
  const world = await GroupWorld.start()
  const memberId = await world.stableMember()
  await world.time.advance(9_999)
  equal(await world.heartbeat({ memberId }), errors.NONE)
  await world.time.advance(9_999)
  equal(await world.commitError({ memberId, generationIdOrMemberEpoch: 1 }), errors.NONE)
  await world.time.advance(9_999)
  equal(await world.state(), 'Stable')
  await world.time.advance(1)
  equal(await world.state(), 'Empty')
  equal((await world.describe()).members.length, 0)
})

test('[GROUP15] a parked join keeps a member alive, for a new member at most five minutes', async () => {
  const world = await GroupWorld.start()
  const memberId = await world.stableMember({ rebalanceTimeoutMs: 400_000 })
  const newcomer = await world.joinWithId({ rebalanceTimeoutMs: 400_000 })
  const keepAlive = async (durationMs: number) => {
    for (let waitedMs = 0; waitedMs < durationMs; waitedMs += 5_000) {
      await world.time.advance(5_000)
      equal(await world.heartbeat({ memberId }), errors.REBALANCE_IN_PROGRESS)
    }
  }
  await keepAlive(295_000)
  equal(isWaiting(newcomer), true)
  await keepAlive(5_000)
  equal(newcomer.response?.errorCode, errors.UNKNOWN_MEMBER_ID)
})

test('[GROUP16] LeaveGroup answers per member and the others rebalance', async () => {
  const world = await GroupWorld.start()
  const first = await world.joinWithId()
  const second = await world.joinWithId()
  await world.time.advance(6_000)
  const pending = (await world.join()).response!.memberId
  const left = await world.leave([{ memberId: first.memberId }, { memberId: 'x' }, { memberId: pending }, {}])
  deepEqual(
    left.members.map(({ errorCode }) => errorCode),
    [errors.NONE, errors.UNKNOWN_MEMBER_ID, errors.NONE, errors.UNKNOWN_MEMBER_ID],
  )
  equal(left.errorCode, errors.NONE)
  equal(await world.heartbeat({ memberId: second.memberId }), errors.REBALANCE_IN_PROGRESS)
  const rejoined = await world.join({ memberId: second.memberId })
  equal(rejoined.response?.leader, second.memberId)
  await world.leave([{ memberId: second.memberId }])
  equal(await world.state(), 'Empty')
  equal((await world.describe()).protocolType, 'consumer')
})

test('[GROUP16] before version 3 the error of the one leaving member is the response', async () => {
  const world = await GroupWorld.start()
  const memberId = await world.stableMember()
  equal((await world.leave([{ memberId: 'x' }], 2)).errorCode, errors.UNKNOWN_MEMBER_ID)
  deepEqual(await world.leave([{ memberId }], 2), { throttleTimeMs: 0, errorCode: errors.NONE, members: [] })
  equal((await world.leave([{ memberId }], 5, '')).errorCode, errors.INVALID_GROUP_ID)
  const unknown = await world.leave([{ memberId: 'x' }], 5, 'no-such-group')
  deepEqual(
    unknown.members.map(({ errorCode }) => errorCode),
    [errors.UNKNOWN_MEMBER_ID],
  )
})

test('[GROUP17] an assignment that cannot be written is withdrawn and the group rebalances', async () => {
  const world = await GroupWorld.start()
  const leader = await world.joinWithId()
  const follower = await world.joinWithId()
  await world.time.advance(6_000)
  const waiting = await world.sync({ memberId: follower.memberId })
  world.log.appendError = errors.NOT_ENOUGH_REPLICAS
  const assignments = [{ memberId: leader.memberId, assignment: bytes('x') }]
  const led = await world.sync({ memberId: leader.memberId, assignments })
  equal(led.response?.errorCode, errors.COORDINATOR_NOT_AVAILABLE)
  equal(waiting.response?.errorCode, errors.COORDINATOR_NOT_AVAILABLE)
  equal(await world.state(), 'PreparingRebalance')
})

test('[GROUP17] assignments are handed out only when they are committed', async () => {
  const world = await GroupWorld.start()
  const { memberId } = await world.joinWithId()
  await world.time.advance(3_000)
  world.log.commitsAtOnce = false
  const synced = await world.sync({ memberId, assignments: [{ memberId, assignment: bytes('x') }] })
  equal(isWaiting(synced), true)
  world.log.commit()
  await world.time.settle()
  deepEqual(synced.response?.assignment, bytes('x'))
})

test('[GROUP17] a new group that cannot be written fails the join and is forgotten', async () => {
  const world = await GroupWorld.start()
  world.log.appendError = errors.NOT_LEADER_OR_FOLLOWER
  const joined = await world.join({ apiVersion: 3 })
  equal(joined.response?.errorCode, errors.NOT_COORDINATOR)
  world.log.appendError = 0
  equal(await world.state(), 'Dead')
  equal(world.time.timerCount, 1)
})

test('[COORD5] parked joins and syncs are answered NOT_COORDINATOR when leadership goes', async () => {
  const world = await GroupWorld.start()
  const joined = await world.joinWithId()
  world.coordinator.onResignation(0)
  await world.time.settle()
  equal(joined.response?.errorCode, errors.NOT_COORDINATOR)
  equal(world.time.timerCount, 0)
})
