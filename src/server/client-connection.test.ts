import { deepEqual, equal, match, ok } from 'node:assert/strict'
import { beforeEach, test } from 'node:test'
import { Logger } from '../base/logger.ts'
import type { CloseReason, Connection } from '../env/env.ts'
import { ClientConnection, type ConnectedClient, type HandlerResult } from './client-connection.ts'

class FakeConnection implements Connection {
  readonly remoteAddress = '10.0.0.7'
  readonly remotePort = 4711
  readonly localPort = 9092
  readonly sent: string[] = []
  isPaused = false
  isDestroyed = false
  takesMore = true
  onData: (chunk: Uint8Array) => void = () => {}
  roomForData: () => Uint8Array | undefined = () => undefined
  onDrain: () => void = () => {}
  onClose: (why: CloseReason) => void = () => {}
  send(chunks: readonly Uint8Array[]): boolean {
    this.sent.push(Buffer.concat(chunks).toString())
    return this.takesMore
  }
  pause(): void {
    this.isPaused = true
  }
  resume(): void {
    this.isPaused = false
  }
  end(): void {
    this.isDestroyed = true
  }
  destroy(): void {
    this.isDestroyed = true
  }
}

interface Work {
  readonly text: string
  readonly from: ConnectedClient
  finish(result: HandlerResult): Promise<void>
}

let connection: FakeConnection
let work: Work[]
let lines: string[]
let closed: number
let nowMs: number
let client: ClientConnection

beforeEach(() => {
  connection = new FakeConnection()
  work = []
  lines = []
  closed = 0
  nowMs = 0
  const handle = (frame: Uint8Array, from: ConnectedClient) => {
    const { promise, resolve } = Promise.withResolvers<HandlerResult>()
    const finish = (result: HandlerResult) => {
      resolve(result)
      return settled()
    }
    work.push({ text: Buffer.from(frame.subarray(2)).toString(), from, finish })
    return promise
  }
  client = new ClientConnection(
    {
      client: { listenerName: 'PLAINTEXT', clientHost: '/10.0.0.7', peer: '10.0.0.7:4711' },
      frameBytesMax: 100,
    },
    {
      connection,
      handler: { handle },
      logger: new Logger('test', { write: (_level, _logger, message) => lines.push(message) }),
      monotonicMs: () => nowMs,
      onClosed: () => closed++,
    },
  )
})

const produceKey = 0
const metadataKey = 3

test('[SERVER1] one request is in work at a time, and its answer lets the next one start', async () => {
  connection.onData(Buffer.concat([frame(metadataKey, 'a'), frame(metadataKey, 'b')]))
  deepEqual(started(), ['a'])
  await work[0]!.finish(bytes('A'))
  deepEqual(started(), ['a', 'b'])
  await work[1]!.finish(bytes('B'))
  deepEqual(connection.sent, ['A', 'B'])
})

test('[SERVER2] Produce requests overlap, and answers leave in the order of the requests', async () => {
  connection.onData(Buffer.concat([frame(produceKey, 'a'), frame(produceKey, 'b'), frame(metadataKey, 'c')]))
  deepEqual(started(), ['a', 'b'])
  await work[1]!.finish(bytes('B'))
  deepEqual(connection.sent, [])
  await work[0]!.finish(bytes('A'))
  deepEqual(connection.sent, ['AB'])
  deepEqual(started(), ['a', 'b', 'c'])
})

test('[SERVER3] no more than a bounded number of Produce requests overlap', () => {
  for (let index = 0; index < 40; index++) connection.onData(frame(produceKey, 'x'))
  equal(work.length, 16)
})

test('[SERVER4] nothing is read while requests wait, and reading goes on when they are taken up', async () => {
  connection.onData(Buffer.concat([frame(metadataKey, 'a'), frame(metadataKey, 'b')]))
  ok(connection.isPaused)
  await work[0]!.finish(bytes('A'))
  ok(!connection.isPaused)
})

test('[SERVER5] a peer that does not read its answers gets no further request served', async () => {
  connection.takesMore = false
  connection.onData(Buffer.concat([frame(metadataKey, 'a'), frame(metadataKey, 'b')]))
  await work[0]!.finish(bytes('A'))
  deepEqual(started(), ['a'])
  ok(connection.isPaused)
  connection.onDrain()
  deepEqual(started(), ['a', 'b'])
})

test('[SERVER6] a request without a response takes no slot', async () => {
  connection.onData(Buffer.concat([frame(produceKey, 'a'), frame(produceKey, 'b')]))
  await work[1]!.finish(bytes('B'))
  await work[0]!.finish('no-response')
  deepEqual(connection.sent, ['B'])
})

test('[SERVER7] a frame above the limit closes the connection with one line that names the peer', () => {
  connection.onData(Buffer.from([0, 0, 0, 101, 1]))
  ok(connection.isDestroyed)
  equal(lines.length, 1)
  match(lines[0]!, /10\.0\.0\.7:4711.*101/)
  equal(closed, 1)
})

test('[SERVER8] a handler that asks for it closes the connection after the answers before it', async () => {
  connection.onData(Buffer.concat([frame(produceKey, 'a'), frame(produceKey, 'b')]))
  await work[1]!.finish({ close: 'no such API' })
  ok(!connection.isDestroyed)
  await work[0]!.finish(bytes('A'))
  deepEqual(connection.sent, ['A'])
  ok(connection.isDestroyed)
  match(lines[0]!, /no such API/)
})

test('[SERVER9] a connection is idle from its last byte on, never while a request is in work', async () => {
  nowMs = 5
  equal(client.idleMs(), 5)
  connection.onData(frame(metadataKey, 'a'))
  nowMs = 100
  equal(client.idleMs(), 0)
  await work[0]!.finish(bytes('A'))
  nowMs = 130
  equal(client.idleMs(), 30)
})

test('[SERVER10] what finishes after the peer has gone is dropped', async () => {
  connection.onData(Buffer.concat([frame(metadataKey, 'a'), frame(metadataKey, 'b')]))
  connection.onClose({ kind: 'peer' })
  await work[0]!.finish(bytes('A'))
  deepEqual(connection.sent, [])
  deepEqual(started(), ['a'])
  equal(closed, 1)
})

test('[SERVER11] work that waits can see that its client has gone', () => {
  connection.onData(frame(metadataKey, 'a'))
  ok(work[0]!.from.isConnected())
  connection.onClose({ kind: 'peer' })
  ok(!work[0]!.from.isConnected())
})

function started(): string[] {
  return work.map(({ text }) => text)
}

function frame(apiKey: number, text: string): Uint8Array {
  const head = Buffer.alloc(6)
  head.writeInt32BE(2 + text.length)
  head.writeInt16BE(apiKey, 4)
  return Buffer.concat([head, Buffer.from(text)])
}

function bytes(text: string): Uint8Array[] {
  return [Buffer.from(text)]
}

function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
