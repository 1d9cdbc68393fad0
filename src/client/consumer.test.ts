import assert from 'node:assert/strict'
import { test } from 'node:test'
import { errors } from '../base/errors.ts'
import { calls } from './api-call.ts'
import type { ClientError } from './client-error.ts'
import { Consumer, type ConsumerOptions, consumerDefaults } from './consumer.ts'
import { decodeAssignment, encodeSubscription } from './consumer-protocol.ts'
import { ConsumerWorld } from './testing/consumer-world.ts'

async function pollValues(world: ConsumerWorld, consumer: Consumer, waitMs = 1000): Promise<string> {
  const polled = await world.until(consumer.poll(waitMs))
  assert.ok(polled.ok, JSON.stringify(polled))
  return polled.value.map(({ partition, offset }) => `${partition}:${offset}`).join(' ')
}

function start(world: ConsumerWorld, options: Partial<ConsumerOptions> = {}) {
  const warnings: ClientError[] = []
  const onWarning = (error: ClientError) => void warnings.push(error)
  const consumer = new Consumer({ ...consumerDefaults, onWarning, ...options }, world.client)
  return { consumer, warnings }
}

const zero = { topic: 'orders', partition: 0 }
const one = { topic: 'orders', partition: 1 }

test('[CLIENT19] assigned partitions are read from where they are sought', async () => {
  const world = new ConsumerWorld([3, 2])
  const { consumer } = start(world)
  consumer.assign([zero, one])
  consumer.seek(zero, 1)
  consumer.seek(one, 'earliest')
  assert.equal(await pollValues(world, consumer), '0:1 0:2')
  assert.equal(await pollValues(world, consumer), '1:0 1:1')
  assert.deepEqual([consumer.position(zero), consumer.position(one)], [3, 2])
  assert.equal(await pollValues(world, consumer), '')
})

test('[CLIENT19] a poll takes no more than its limit, the rest comes with the next', async () => {
  const world = new ConsumerWorld([5])
  const { consumer } = start(world, { recordsPerPollMax: 2, autoOffsetReset: 'earliest' })
  consumer.assign([zero])
  assert.equal(await pollValues(world, consumer), '0:0 0:1')
  assert.equal(consumer.position(zero), 2)
  assert.equal(await pollValues(world, consumer), '0:2 0:3')
  assert.equal(world.broker.askedFor(calls.fetch).length, 1)
  consumer.seek(zero, 0)
  assert.equal(await pollValues(world, consumer), '0:0 0:1')
})

test('[CLIENT20] a position outside the log is reset by policy, or is an error', async () => {
  const world = new ConsumerWorld([3])
  const { consumer } = start(world, { autoOffsetReset: 'earliest' })
  consumer.assign([zero])
  consumer.seek(zero, 100)
  assert.equal(await pollValues(world, consumer), '0:0 0:1 0:2')
  const strict = start(world, { autoOffsetReset: 'none' }).consumer
  strict.assign([zero])
  strict.seek(zero, 100)
  const polled = await world.until(strict.poll(1000))
  assert.equal(!polled.ok && polled.error.name, 'OFFSET_OUT_OF_RANGE')
})

test('[CLIENT20] a partition whose leader moved is asked for again after a warning', async () => {
  const world = new ConsumerWorld([1])
  world.fetchErrors.push(errors.NOT_LEADER_OR_FOLLOWER)
  const { consumer, warnings } = start(world, { autoOffsetReset: 'earliest' })
  consumer.assign([zero])
  assert.equal(await pollValues(world, consumer, 5000), '0:0')
  assert.deepEqual(
    warnings.map(({ name }) => name),
    ['NOT_LEADER_OR_FOLLOWER'],
  )
  assert.match(warnings[0]!.message, /^partition orders-0: /)
})

test('[CLIENT20] an error that repeating does not help with ends the poll', async () => {
  const world = new ConsumerWorld([1])
  world.fetchErrors.push(errors.TOPIC_AUTHORIZATION_FAILED)
  const { consumer } = start(world, { autoOffsetReset: 'earliest' })
  consumer.assign([zero])
  const polled = await world.until(consumer.poll(5000))
  assert.equal(!polled.ok && polled.error.name, 'TOPIC_AUTHORIZATION_FAILED')
})

test('[CLIENT21] a member joins, assigns as leader, and begins at the committed offsets', async () => {
  const world = new ConsumerWorld([3, 3])
  world.committed.set('orders-1', 2n)
  world.group.members = [{ memberId: 'm-1', groupInstanceId: null, metadata: encodeSubscription(['orders']) }]
  const { consumer } = start(world, { groupId: 'g', autoOffsetReset: 'earliest' })
  consumer.subscribe(['orders'])
  assert.equal(await pollValues(world, consumer), '1:2')
  assert.equal(await pollValues(world, consumer), '0:0 0:1 0:2')
  const joins = world.broker.askedFor(calls.joinGroup)
  assert.deepEqual(
    joins.map(({ memberId }) => memberId),
    ['', 'm-1'],
  )
  const [sync] = world.broker.askedFor(calls.syncGroup)
  assert.deepEqual([...decodeAssignment(sync!.assignments[0]!.assignment)], [['orders', [0, 1]]])
})

test('[CLIENT21] a rebalance is noticed by heartbeat; the member commits, joins again and goes on', async () => {
  const world = new ConsumerWorld([3, 3])
  const { consumer } = start(world, { groupId: 'g', autoOffsetReset: 'earliest' })
  consumer.subscribe(['orders'])
  assert.equal(await pollValues(world, consumer), '0:0 0:1 0:2 1:0 1:1 1:2')
  world.heartbeatErrors.push(errors.REBALANCE_IN_PROGRESS)
  world.group.assignment = new Map([['orders', [1]]])
  await world.time.advance(3000)
  assert.equal(await pollValues(world, consumer), '')
  assert.deepEqual(consumer.assignment, [one])
  assert.deepEqual(
    [...world.committed],
    [
      ['orders-0', 3n],
      ['orders-1', 3n],
    ],
  )
  assert.equal(world.broker.askedFor(calls.joinGroup).at(-1)!.memberId, 'm-1')
})

test('[CLIENT21] a member that could not learn the committed offsets asks again, and does not join again for it', async () => {
  const world = new ConsumerWorld([3])
  world.committed.set('orders-0', 1n)
  world.committedErrors.push(errors.GROUP_AUTHORIZATION_FAILED)
  const { consumer } = start(world, { groupId: 'g', autoOffsetReset: 'earliest' })
  consumer.subscribe(['orders'])
  const polled = await world.until(consumer.poll(1000))
  assert.equal(!polled.ok && polled.error.name, 'GROUP_AUTHORIZATION_FAILED')
  assert.equal(await pollValues(world, consumer), '0:1 0:2')
  assert.equal(world.broker.askedFor(calls.joinGroup).length, 2)
})

test('[CLIENT21] a member that the group forgot joins as a new one and does not commit', async () => {
  const world = new ConsumerWorld([3])
  const { consumer } = start(world, { groupId: 'g', autoOffsetReset: 'earliest' })
  consumer.subscribe(['orders'])
  await pollValues(world, consumer)
  world.heartbeatErrors.push(errors.UNKNOWN_MEMBER_ID)
  await world.time.advance(3000)
  assert.equal(await pollValues(world, consumer), '0:0 0:1 0:2')
  assert.equal(world.broker.askedFor(calls.joinGroup)[2]!.memberId, '')
  assert.equal(world.committed.size, 0)
})

test('[CLIENT21] the leader that sees a topic appear joins again', async () => {
  const world = new ConsumerWorld([])
  world.group.members = [{ memberId: 'm-1', groupInstanceId: null, metadata: encodeSubscription(['orders']) }]
  const { consumer } = start(world, { groupId: 'g', autoOffsetReset: 'earliest' })
  consumer.subscribe(['orders'])
  assert.equal(await pollValues(world, consumer), '')
  world.grow([1])
  await world.time.advance(3000)
  assert.equal(await pollValues(world, consumer), '0:0')
})

test('[CLIENT22] positions are committed at intervals and at the end, and the member leaves', async () => {
  const world = new ConsumerWorld([3])
  const { consumer } = start(world, { groupId: 'g', autoOffsetReset: 'earliest', recordsPerPollMax: 2 })
  consumer.subscribe(['orders'])
  await pollValues(world, consumer)
  await world.time.advance(5000)
  await pollValues(world, consumer)
  await world.time.settle()
  assert.equal(world.committed.get('orders-0'), 2n)
  assert.ok((await world.until(consumer.close())).ok)
  assert.equal(world.committed.get('orders-0'), 3n)
  assert.equal(world.broker.askedFor(calls.leaveGroup)[0]!.members[0]!.memberId, 'm-1')
  world.client.close()
  assert.equal(world.time.timerCount, 0)
})

test('[CLIENT22] a static member stays in the group, a consumer without a group cannot commit', async () => {
  const world = new ConsumerWorld([1])
  const { consumer } = start(world, { groupId: 'g', instanceId: 'i', autoOffsetReset: 'earliest' })
  consumer.subscribe(['orders'])
  await pollValues(world, consumer)
  await world.until(consumer.close())
  assert.equal(world.broker.askedFor(calls.leaveGroup).length, 0)
  const loner = start(world).consumer
  const committed = await world.until(loner.commit([{ ...zero, offset: 1 }]))
  assert.equal(!committed.ok && committed.error.name, 'INVALID_GROUP_ID')
})
