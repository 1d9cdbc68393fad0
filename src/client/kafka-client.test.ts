import assert from 'node:assert/strict'
import { test } from 'node:test'
import { errors } from '../base/errors.ts'
import { calls } from './api-call.ts'
import { parseBrokerAddresses } from './broker-address.ts'
import { failure, success } from './client-error.ts'
import { KafkaClient } from './kafka-client.ts'
import { ClientWorld } from './testing/client-world.ts'

function heartbeatAnswer(errorCode = 0) {
  return { ...calls.heartbeat.response.defaults(), errorCode }
}

test('[CLIENT5] when no bootstrap server answers, all are named with their reasons', async () => {
  const world = new ClientWorld()
  const bootstrapServers = [
    { host: 'a', port: 1 },
    { host: 'b', port: 2 },
  ]
  const client = new KafkaClient(
    { bootstrapServers, clientId: 'test', requestTimeoutMs: 1000 },
    world.modules,
  )
  const asked = await world.until(client.metadata())
  assert.deepEqual(!asked.ok && [asked.error.isUnreachable, asked.error.message], [
    true,
    'No broker answers at a:1 (connection refused), b:2 (connection refused).',
  ])
})

test('[CLIENT6] a request goes to the broker with the id, the controller, the coordinator', async () => {
  const world = new ClientWorld({ brokers: 3 })
  const [one, two, three] = world.brokers
  const coordinator = {
    key: 'g',
    nodeId: 3,
    host: 'fake',
    port: three!.port,
    errorCode: 0,
    errorMessage: null,
  }
  const found = { ...calls.findCoordinator.response.defaults(), coordinators: [coordinator] }
  for (const broker of world.brokers) {
    broker.onMetadata([two!, one!, three!], {})
    broker.on(calls.findCoordinator, () => found).on(calls.heartbeat, () => heartbeatAnswer())
  }
  const { client } = world
  const body = calls.heartbeat.request.defaults()
  for (const target of [1, 'controller', { coordinatorOf: 'group', key: 'g' }] as const) {
    assert.ok((await world.until(client.request(target, calls.heartbeat, body))).ok)
  }
  const counts = world.brokers.map((broker) => broker.askedFor(calls.heartbeat).length)
  assert.deepEqual(counts, [1, 1, 1])
  const missing = await world.until(client.request(9, calls.heartbeat, body))
  assert.equal(!missing.ok && missing.error.message, 'the cluster has no broker 9 at the moment')
})

test('[CLIENT6] an old broker is asked for one coordinator at a time', async () => {
  const world = new ClientWorld()
  world.broker.onMetadata([world.broker], {})
  world.broker.on(calls.heartbeat, () => heartbeatAnswer())
  const answer = { ...calls.findCoordinator.response.defaults(), nodeId: 1, host: 'fake', port: 9093 }
  world.broker.on(calls.findCoordinator, () => answer, 3)
  const target = { coordinatorOf: 'group', key: 'g' } as const
  const body = calls.heartbeat.request.defaults()
  assert.ok((await world.until(world.client.request(target, calls.heartbeat, body))).ok)
  assert.equal(world.broker.askedFor(calls.findCoordinator)[0]!.key, 'g')
})

test('[CLIENT7] an attempt is repeated while its error is retriable, with growing pauses, until the time is over', async () => {
  const world = new ClientWorld()
  const atMs: number[] = []
  const attempt = async () => {
    atMs.push(world.time.monotonicMs())
    return failure(errors.NOT_COORDINATOR)
  }
  const result = await world.until(world.client.retrying(2500, attempt))
  assert.equal(!result.ok && result.error.name, 'NOT_COORDINATOR')
  assert.deepEqual(atMs, [0, 100, 300, 700, 1500])
})

test('[CLIENT7] an error that would only come again is not retried, nor is success', async () => {
  const world = new ClientWorld()
  let count = 0
  await world.client.retrying(1000, async () => {
    count++
    return failure(errors.INVALID_TOPIC_EXCEPTION)
  })
  await world.client.retrying(1000, async () => {
    count++
    return success(1)
  })
  assert.equal(count, 2)
})

test('[CLIENT7] a broker that went away is connected to again after a pause', async () => {
  const world = new ClientWorld()
  let isBroken = true
  world.broker
    .onMetadata([world.broker], {})
    .on(calls.heartbeat, () => (isBroken ? 'cut' : heartbeatAnswer()))
  const { client } = world
  const attempt = () => client.request(1, calls.heartbeat, calls.heartbeat.request.defaults())
  const answered = client.retrying(10_000, attempt)
  await world.time.advance(250)
  isBroken = false
  assert.ok((await world.until(answered)).ok)
  assert.ok(world.network.connectCount >= 3)
})

test('[CLIENT8] the leader is asked for once, and again when it is forgotten', async () => {
  const world = new ClientWorld()
  world.broker.onMetadata([world.broker], { orders: [1, -1] })
  const { client } = world
  assert.deepEqual(await world.until(client.leaderOf('orders', 0)), success(1))
  await client.leaderOf('orders', 0)
  assert.equal(world.broker.askedFor(calls.metadata).length, 1)
  client.forgetTopic('orders')
  await world.until(client.leaderOf('orders', 0))
  assert.equal(world.broker.askedFor(calls.metadata).length, 2)
})

test('[CLIENT8] a leader that is missing is said with topic and partition', async () => {
  const world = new ClientWorld()
  world.broker.onMetadata([world.broker], { orders: [1, -1] })
  const messages: [string, number, string][] = [
    ['orders', 1, 'LEADER_NOT_AVAILABLE: partition orders-1 has no leader at the moment'],
    ['orders', 2, 'UNKNOWN_TOPIC_OR_PARTITION: topic orders has no partition 2, it has 2'],
    ['nope', 0, 'UNKNOWN_TOPIC_OR_PARTITION: topic nope does not exist'],
  ]
  for (const [topic, partition, expected] of messages) {
    const leader = await world.until(world.client.leaderOf(topic, partition))
    assert.equal(!leader.ok && `${leader.error.name}: ${leader.error.message}`, expected)
  }
})

test('[CLIENT9] a closed client asks nobody', async () => {
  const world = new ClientWorld()
  world.broker.onMetadata([world.broker], {})
  await world.until(world.client.metadata())
  world.client.close()
  const asked = await world.client.metadata()
  assert.equal(!asked.ok && asked.error.message, 'the client is closed')
})

test('[CLIENT10] addresses are read as people write them', () => {
  assert.deepEqual(parseBrokerAddresses('a:1, PLAINTEXT://b.c:2,[::1]:3'), {
    ok: true,
    value: [
      { host: 'a', port: 1 },
      { host: 'b.c', port: 2 },
      { host: '::1', port: 3 },
    ],
  })
  for (const text of ['', 'a', 'a:0', 'a:65536', 'a:b', ':1', '::1:3']) {
    assert.ok(!parseBrokerAddresses(text).ok, text)
  }
})
