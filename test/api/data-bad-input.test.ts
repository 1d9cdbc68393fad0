// What anyone who reaches the port may send: the broker answers as Kafka does or closes that one connection with one
// line that names the peer. Nobody else notices, and memory follows what came, not what was announced.

import { deepEqual, equal, ok } from 'node:assert/strict'
import { test } from 'node:test'
import { Prng } from '../../src/base/prng.ts'
import { apiByKey } from '../../src/protocol/api-keys.ts'
import { encodeRequestFrame } from '../../src/protocol/frame.ts'
import { fetchRequest } from '../../src/protocol/generated/fetch-request.ts'
import { badFrames, damaged, frame, header, int32 } from '../support/bad-frames.ts'
import {
  apiVersionsCodecs,
  batch,
  createTopic,
  fetchFrom,
  fetchOne,
  produceCodecs,
  produceOne,
  produceTo,
  valuesOf,
} from '../support/data-requests.ts'
import { fromHex, goldenLines } from '../support/golden-values.ts'
import type { RawConnection } from '../support/raw-connection.ts'
import { NodeUnderTest } from './node-under-test.ts'

/** Bad frames that are whole requests to Kafka; every other one closes the connection. */
const answered = new Set([
  'api versions 5',
  'api versions 99',
  'api versions 32767',
  'api versions -1',
  'api versions 99 of nobody',
  'api versions 0 with bytes after it',
  'null client id',
  'client id -2',
  'client id of 32 KiB',
  'client id of bad UTF-8',
  'metadata 1 with count -2',
])

test('[BADINPUT1] every bad frame is answered or closes its connection, with one line that names the peer', async (t) => {
  const node = await NodeUnderTest.start(t)
  const topic = await createTopic(node, 'a')
  for (const [what, bytes] of Object.entries(badFrames())) {
    const connection = await node.connect()
    const linesBefore = node.logLines.length
    connection.send(bytes)
    const outcome = await connection.receive().then(
      () => 'answered',
      () => 'closed',
    )
    equal(outcome, answered.has(what) ? 'answered' : 'closed', what)
    const lines = node.logLines.slice(linesBefore)
    if (outcome === 'answered') deepEqual(lines, [], what)
    else {
      equal(lines.length, 1, what)
      ok(lines[0]!.startsWith(`warn: Closing the connection of 127.0.0.1:${connection.localPort}: `), what)
    }
    equal((await produceOne(node, topic, batch('x'))).errorCode, 0)
  }
})

test('[BADINPUT2] an announced length costs nothing until its bytes come', async (t) => {
  const node = await NodeUnderTest.start(t, { 'socket.request.max.bytes': '1000000' })
  const before = process.memoryUsage().arrayBuffers
  const connections = await Promise.all(Array.from({ length: 200 }, () => node.connect()))
  for (const connection of connections) connection.send(int32(1_000_000), new Uint8Array(10))
  await node.call(apiVersionsCodecs, 2)
  ok(process.memoryUsage().arrayBuffers - before < 20_000_000)
  const tooLarge = await node.connect()
  tooLarge.send(int32(1_000_001))
  await tooLarge.closed()
  ok(node.logLines.at(-1)!.includes('1000001'))
})

test('[BADINPUT3] noise on many connections disturbs no one', async (t) => {
  const node = await NodeUnderTest.start(t)
  const topic = await createTopic(node, 'a')
  const prng = new Prng('noise')
  for (let round = 0; round < 150; round++) {
    const noisy = await node.connect()
    noisy.send(prng.bytes(prng.between(1, 3000)))
    equal((await produceOne(node, topic, batch(`${round}`))).baseOffset, round)
  }
  equal(valuesOf(await fetchOne(node, topic, 0)).length, 150)
  deepEqual(
    node.logLines.filter((line) => !line.startsWith('warn: Closing the connection of 127.0.0.1:')),
    [],
  )
})

test('[BADINPUT4] a request that comes byte by byte is answered like any other', async (t) => {
  const node = await NodeUnderTest.start(t)
  const connection = await node.connect()
  for (const byte of frame(header(18, 0, 99))) connection.send(Uint8Array.of(byte))
  equal(Buffer.from(await connection.receive()).readInt32BE(0), 99)
})

test('[BADINPUT5] ten thousand small requests at once are answered in their order', async (t) => {
  const node = await NodeUnderTest.start(t)
  const connection = await node.connect()
  const count = 10_000
  const frames = Array.from({ length: count }, (_, index) => frame(header(12, 0, index), Buffer.alloc(10)))
  connection.send(Buffer.concat(frames))
  for (let index = 0; index < count; index++)
    equal(Buffer.from(await connection.receive()).readInt32BE(0), index)
})

test('[BADINPUT6] a client that never reads holds a bounded number of answers', async (t) => {
  const node = await NodeUnderTest.start(t)
  const topic = await createTopic(node, 'a', { 'max.message.bytes': '5000000' })
  await produceOne(node, topic, batch('x'.repeat(1_000_000)))
  const deaf = await node.connect()
  deaf.pause()
  const request = { ...fetchRequest.defaults(), ...fetchFrom(12, topic, 0) }
  const before = process.memoryUsage().arrayBuffers
  for (let index = 0; index < 500; index++)
    deaf.send(...encodeRequestFrame(fetchRequest, 12, index, 'deaf', request))
  for (let round = 0; round < 20; round++) equal((await fetchOne(node, topic, 0)).errorCode, 0)
  ok(process.memoryUsage().arrayBuffers - before < 100_000_000, 'not five hundred answers of a megabyte')
})

test('[BADINPUT7] a thousand idle connections do not keep others from being served', async (t) => {
  const node = await NodeUnderTest.start(t)
  const topic = await createTopic(node, 'a')
  const idle = await Promise.all(Array.from({ length: 1000 }, () => node.connect()))
  equal((await produceOne(node, topic, batch('x'))).baseOffset, 0)
  for (const connection of idle) connection.close()
  equal((await produceOne(node, topic, batch('y'))).baseOffset, 1)
})

test('[BADINPUT8] requests with damaged bytes never fail in the broker, whatever their key and version', async (t) => {
  const node = await NodeUnderTest.start(t)
  const topic = await createTopic(node, 'a')
  const prng = new Prng('damage')
  const requests = await corpus(node)
  const sent: RawConnection[] = []
  for (let round = 0; round < 1500; round++) {
    const connection = await node.connect()
    connection.send(damaged(prng.pick(requests), prng))
    sent.push(connection)
    if (sent.length > 100) sent.shift()!.close()
  }
  equal((await produceOne(node, topic, batch('still here'))).errorCode, 0)
  deepEqual(
    node.logLines.filter((line) => !line.startsWith('warn: ')),
    [],
  )
})

test('[BADINPUT9] names that mean something to JavaScript are names of topics that are not there', async (t) => {
  const node = await NodeUnderTest.start(t)
  for (const name of ['__proto__', 'constructor', 'toString', '', '..', 'a/b', 'a\0b', 'x'.repeat(32_000)])
    for (const version of [3, 12]) {
      const answer = await node.call(produceCodecs, version, produceTo(version, { name, id: '' }, batch('x')))
      equal(answer.responses[0]!.partitionResponses[0]!.errorCode, 3, name)
    }
})

/** Every request of the golden files that the node serves, as frames. */
async function corpus(node: NodeUnderTest): Promise<Buffer[]> {
  const { apiKeys } = await node.call(apiVersionsCodecs, 2)
  const ranges = new Map(
    apiKeys.map(({ apiKey, minVersion, maxVersion }) => [apiKey, [minVersion, maxVersion]]),
  )
  const lines = goldenLines<{ message: string; version: number; apiKey: number; hex: string }>(
    'rpc-messages.jsonl.gz',
  )
  return lines.flatMap(({ message, version, apiKey, hex }) => {
    const [min, max] = ranges.get(apiKey) ?? [1, 0]
    if (!message.endsWith('Request') || version < min! || version > max!) return []
    const tags = Buffer.alloc(apiByKey(apiKey)!.requestHeaderVersion(version) === 2 ? 1 : 0)
    return [frame(header(apiKey, version, 7), tags, fromHex(hex))]
  })
}
