// What connections do alike in every environment. Both ends live in the one host that a suite has.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { CloseReason, Connection, Env, Listener } from '../../src/env/env.ts'
import { type Subject, within } from './subject.ts'

const host = '127.0.0.1'

export function runNetworkTests(subject: Subject): void {
  describe(`connections: ${subject.name}`, () => {
    test('[NET1] bytes arrive in order, in both directions, however they are cut into chunks', () =>
      withPair(subject, async ({ near, far }) => {
        const sent = Array.from({ length: 200 }, (_, index) => new Uint8Array(index * 7).fill(index))
        near.connection.send(sent.slice(0, 100))
        for (const chunk of sent.slice(100)) near.connection.send([chunk])
        const all = Buffer.concat(sent)
        await far.received(all.length)
        assert.deepEqual(far.bytes(), all)
        far.connection.send([Uint8Array.of(1), Uint8Array.of(2)])
        await near.received(2)
        assert.deepEqual([...near.bytes()], [1, 2])
      }))

    test('[NET2] end sends what is queued, then closes both ends', () =>
      withPair(subject, async ({ near, far }) => {
        near.connection.send([new Uint8Array(300_000)])
        near.connection.end()
        assert.deepEqual(await far.closed, { kind: 'peer' })
        assert.equal(far.bytes().length, 300_000)
        assert.deepEqual(await near.closed, { kind: 'local' })
      }))

    test('[NET3] destroy closes both ends, once, and nothing is called afterwards', () =>
      withPair(subject, async ({ near, far, env }) => {
        near.connection.destroy()
        near.connection.destroy()
        near.connection.end()
        assert.equal(near.connection.send([new Uint8Array(10)]), true)
        assert.deepEqual(await near.closed, { kind: 'local' })
        assert.notEqual((await far.closed).kind, 'local')
        far.connection.send([new Uint8Array(10)])
        far.connection.destroy()
        await new Promise<void>((resolve) => env.timers.after(5, resolve))
        assert.equal(near.closeCount + far.closeCount, 2)
        assert.equal(near.bytes().length, 0)
      }))

    runFlowTests(subject)

    test('[NET9] chunks lie where their owner has room for them', () =>
      withPair(subject, async ({ near, far }) => {
        const sent = Uint8Array.from({ length: 300_000 }, (_, index) => index % 251)
        const room = new Uint8Array(sent.length)
        let [receivedBytes, inRoomBytes] = [0, 0]
        await new Promise<void>((resolve) => {
          far.connection.roomForData = () => room.subarray(receivedBytes)
          far.connection.onData = (chunk) => {
            if (chunk.buffer === room.buffer) inRoomBytes += chunk.length
            else room.set(chunk, receivedBytes)
            receivedBytes += chunk.length
            if (receivedBytes === sent.length) resolve()
          }
          near.connection.send([sent])
        })
        assert.deepEqual(room, sent)
        // The first chunk may have been on its way already.
        assert.ok(inRoomBytes > 0)
      }))

    test('[NET6] both ends know their addresses', () =>
      withPair(subject, async ({ near, far, listener, env }) => {
        assert.equal(near.connection.remotePort, listener.port)
        assert.equal(far.connection.localPort, listener.port)
        assert.equal(far.connection.remotePort, near.connection.localPort)
        assert.equal(far.connection.remoteAddress, host)
        assert.notEqual(env.network.hostName(), '')
      }))
  })
  runListenerTests(subject)
}

function runFlowTests(subject: Subject): void {
  test('[NET4] a paused connection delivers nothing and loses nothing', () =>
    withPair(subject, async ({ near, far, env }) => {
      far.connection.pause()
      near.connection.send([new Uint8Array(50_000)])
      await new Promise<void>((resolve) => env.timers.after(20, resolve))
      assert.equal(far.bytes().length, 0)
      far.connection.resume()
      await far.received(50_000)
    }))

  test('[NET5] send asks to stop when the peer does not read, and onDrain says when to go on', () =>
    withPair(subject, async ({ near, far }) => {
      far.connection.pause()
      let sentBytes = 0
      const drained = new Promise<void>((resolve) => {
        near.connection.onDrain = resolve
      })
      do sentBytes += 256 * 1024
      while (near.connection.send([new Uint8Array(256 * 1024)]))
      far.connection.resume()
      await drained
      await far.received(sentBytes)
    }))
}

function runListenerTests(subject: Subject): void {
  describe(`listeners: ${subject.name}`, () => {
    test('[NET7] a taken port, a foreign address and a port that nobody listens on are told apart', () =>
      within(subject, async ({ env }) => {
        const listener = await listen(env)
        assert.equal(await errorKind(env.network.listen(host, listener.port, () => {})), 'address-in-use')
        assert.equal(await errorKind(env.network.listen('192.0.2.1', 0, () => {})), 'address-not-available')
        assert.equal(await errorKind(env.network.connect('nowhere.invalid', 1)), 'address-not-available')
        await listener.close()
        assert.equal(await errorKind(env.network.connect(host, listener.port)), 'refused')
      }))

    test('[NET8] a closed listener frees its port and leaves its connections alone', () =>
      withPair(subject, async ({ near, far, listener, env }) => {
        await listener.close()
        const again = await listen(env, listener.port)
        assert.equal(again.port, listener.port)
        near.connection.send([Uint8Array.of(1)])
        await far.received(1)
        await again.close()
      }))
  })
}

interface Pair {
  readonly env: Env
  readonly listener: Listener
  readonly near: End
  readonly far: End
}

/** One end of a connection, with what happened to it. */
class End {
  readonly connection: Connection
  readonly closed: Promise<CloseReason>
  closeCount = 0
  readonly #chunks: Uint8Array[] = []
  #onChange = () => {}

  constructor(connection: Connection) {
    this.connection = connection
    connection.onData = (chunk) => {
      assert.equal(this.closeCount, 0, 'no data follows the close')
      this.#chunks.push(chunk.slice())
      this.#onChange()
    }
    this.closed = new Promise((resolve) => {
      connection.onClose = (why) => {
        this.closeCount++
        resolve(why)
      }
    })
  }

  bytes(): Buffer {
    return Buffer.concat(this.#chunks)
  }

  received(count: number): Promise<void> {
    return new Promise((resolve) => {
      this.#onChange = () => {
        if (this.bytes().length >= count) resolve()
      }
      this.#onChange()
    })
  }
}

async function withPair(subject: Subject, work: (pair: Pair) => Promise<void>): Promise<void> {
  await within(subject, async ({ env }) => {
    let accept: (end: End) => void = () => {}
    const accepted = new Promise<End>((resolve) => {
      accept = resolve
    })
    const listener = await listen(env, 0, (connection) => accept(new End(connection)))
    const outcome = await env.network.connect(host, listener.port)
    assert.ok(outcome.ok)
    const pair = { env, listener, near: new End(outcome.value), far: await accepted }
    await work(pair)
    pair.near.connection.destroy()
    pair.far.connection.destroy()
    await Promise.all([pair.near.closed, pair.far.closed, listener.close()])
  })
}

async function listen(
  env: Env,
  port = 0,
  onConnection: (connection: Connection) => void = () => {},
): Promise<Listener> {
  const outcome = await env.network.listen(host, port, onConnection)
  assert.ok(outcome.ok)
  return outcome.value
}

async function errorKind(outcome: ReturnType<Env['network']['connect' | 'listen']>): Promise<string> {
  const result = await outcome
  return result.ok ? 'none' : result.error.kind
}
