import assert from 'node:assert/strict'
import { test } from 'node:test'
import { calls } from './api-call.ts'
import { KafkaConnection } from './kafka-connection.ts'
import { ClientWorld } from './testing/client-world.ts'

const options = { host: 'fake', port: 9093, clientId: 'test', requestTimeoutMs: 30_000 }

async function open(world: ClientWorld): Promise<KafkaConnection> {
  const opened = await world.until(KafkaConnection.open(options, world.modules))
  assert.ok(opened.ok)
  return opened.value
}

function heartbeat(groupId: string) {
  return { ...calls.heartbeat.request.defaults(), groupId }
}

test('[CLIENT1] the version is the highest that client and broker know', async () => {
  const world = new ClientWorld()
  world.broker.on(calls.fetch, () => 'silence').on(calls.heartbeat, () => 'silence', 2)
  const connection = await open(world)
  assert.equal(connection.versionOf(calls.fetch as never), 12)
  assert.equal(connection.versionOf(calls.heartbeat as never), 2)
  assert.equal(connection.versionOf(calls.produce as never), undefined)
})

test('[CLIENT1] a broker that does not know the version of ApiVersions tells which it knows', async () => {
  const world = new ClientWorld()
  world.broker.apiVersionsMax = 2
  world.broker.on(calls.heartbeat, () => 'silence')
  const connection = await open(world)
  assert.deepEqual(
    world.broker.asked.map(({ version }) => version),
    [4, 2],
  )
  assert.equal(connection.versionOf(calls.heartbeat as never), 4)
})

test('[CLIENT2] an API that the broker does not serve is an error, not a request', async () => {
  const world = new ClientWorld()
  const connection = await open(world)
  const answer = await connection.send(calls.heartbeat, heartbeat('g'))
  assert.deepEqual(!answer.ok && [answer.error.name, answer.error.message], [
    'UNSUPPORTED_VERSION',
    'fake:9093 does not serve Heartbeat in a known version',
  ])
  assert.equal(world.broker.asked.length, 1)
})

test('[CLIENT2] a value that the agreed version cannot carry is an error', async () => {
  const world = new ClientWorld()
  world.broker.on(calls.heartbeat, () => 'silence', 0)
  const connection = await open(world)
  const answer = await connection.send(calls.heartbeat, { ...heartbeat('g'), groupInstanceId: 'one' })
  assert.equal(!answer.ok && answer.error.name, 'UNSUPPORTED_VERSION')
})

test('[CLIENT3] requests are pipelined and each gets its own answer', async () => {
  const world = new ClientWorld()
  world.broker.on(calls.heartbeat, (request) => ({
    ...calls.heartbeat.response.defaults(),
    errorCode: Number(request.groupId),
  }))
  const connection = await open(world)
  const answers = ['1', '2', '3'].map((groupId) => connection.send(calls.heartbeat, heartbeat(groupId)))
  assert.equal(connection.inFlightCount, 3)
  const codes = (await world.until(Promise.all(answers))).map((answer) => answer.ok && answer.value.errorCode)
  assert.deepEqual(codes, [1, 2, 3])
})

test('[CLIENT4] a request that is not answered in time closes the connection and fails those behind it', async () => {
  const world = new ClientWorld()
  world.broker.on(calls.heartbeat, () => 'silence')
  const connection = await open(world)
  const first = connection.send(calls.heartbeat, heartbeat('g'), { timeoutMs: 1000 })
  const second = connection.send(calls.heartbeat, heartbeat('g'))
  await world.time.advance(999)
  assert.ok(connection.isOpen)
  await world.time.advance(1)
  const names = (await Promise.all([first, second])).map((answer) => !answer.ok && answer.error.name)
  assert.deepEqual(names, ['REQUEST_TIMED_OUT', 'NETWORK_EXCEPTION'])
  assert.ok(!connection.isOpen)
  assert.equal(world.time.timerCount, 0)
})

test('[CLIENT4] a lost connection fails what is under way, later calls too', async () => {
  const world = new ClientWorld()
  world.broker.on(calls.heartbeat, () => 'cut')
  const connection = await open(world)
  const answer = await world.until(connection.send(calls.heartbeat, heartbeat('g')))
  assert.deepEqual(!answer.ok && [answer.error.name, answer.error.message, answer.error.isRetriable], [
    'NETWORK_EXCEPTION',
    'fake:9093: the broker closed the connection',
    true,
  ])
  const later = await connection.send(calls.heartbeat, heartbeat('g'))
  assert.equal(!later.ok && later.error.name, 'NETWORK_EXCEPTION')
})

test('[CLIENT4] a peer that is no Kafka broker is recognized by its first bytes', async () => {
  const world = new ClientWorld()
  await world.network.listen('', 9093, (connection) => {
    connection.onData = () => void connection.send([Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n')])
  })
  const opened = await world.until(KafkaConnection.open(options, world.modules))
  assert.match(opened.ok ? '' : opened.error.message, /fake:9093 does not answer as a Kafka broker/)
})

test('[CLIENT4] an answer that is damaged or was not asked for closes the connection', async () => {
  const world = new ClientWorld()
  await world.network.listen('', 9093, (connection) => {
    connection.onData = () => void connection.send([Buffer.from('00000006000000000023', 'hex')])
  })
  const damaged = await world.until(KafkaConnection.open(options, world.modules))
  assert.match(damaged.ok ? '' : damaged.error.message, /to ApiVersions is damaged/)
  await world.network.listen('', 9093, (connection) => {
    connection.onData = () => void connection.send([Buffer.from('0000000400000063', 'hex')])
  })
  const unasked = await world.until(KafkaConnection.open(options, world.modules))
  assert.match(unasked.ok ? '' : unasked.error.message, /answered a request that was not made/)
})

test('[CLIENT5] nobody there is said with the address and the reason', async () => {
  const world = new ClientWorld()
  const opened = await KafkaConnection.open({ ...options, port: 1 }, world.modules)
  assert.deepEqual(!opened.ok && [opened.error.isUnreachable, opened.error.message], [
    true,
    'fake:1 (connection refused)',
  ])
})
