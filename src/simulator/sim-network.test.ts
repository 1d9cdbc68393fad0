import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { CloseReason, Connection } from '../env/env.ts'
import { Simulation } from './simulation.ts'

interface End {
  readonly connection: Connection
  receivedBytes: number
  closed: CloseReason | undefined
}

function watch(connection: Connection): End {
  const end: End = { connection, receivedBytes: 0, closed: undefined }
  connection.onData = (chunk) => {
    end.receivedBytes += chunk.length
  }
  connection.onClose = (why) => {
    end.closed = why
  }
  return end
}

/** Hosts `a` and `b` with a connection from `a` to `b`, which listens on port 9092. */
async function connected(seed = 1) {
  const simulation = new Simulation(seed)
  const [a, b] = [simulation.host('a'), simulation.host('b')]
  const accepted: End[] = []
  await simulation.perform(() =>
    b.env.network.listen('', 9092, (connection) => accepted.push(watch(connection))),
  )
  const near = await simulation.perform(async () => {
    const outcome = await a.env.network.connect('b', 9092)
    assert.ok(outcome.ok)
    return watch(outcome.value)
  })
  await simulation.run(() => accepted.length === 1)
  return { simulation, a, b, near, far: accepted[0]! }
}

test('[SIM13] hosts reach one another by name and by address, and see who connects', async () => {
  const { simulation, a, near, far } = await connected()
  assert.equal(near.connection.remoteAddress, '10.0.0.2')
  assert.equal(far.connection.remoteAddress, '10.0.0.1')
  const byAddress = await simulation.perform(() => a.env.network.connect('10.0.0.2', 9092))
  assert.ok(byAddress.ok)
  const itself = await simulation.perform(() => a.env.network.connect('localhost', 9092))
  assert.equal(itself.ok ? 'connected' : itself.error.kind, 'refused')
})

test('[SIM14] over a cut link nothing arrives until it is healed, and then everything, in one direction only', async () => {
  const { simulation, near, far } = await connected()
  simulation.network.cut('a', 'b')
  near.connection.send([new Uint8Array(1000)])
  far.connection.send([new Uint8Array(500)])
  await simulation.run(simulation.nowMs + 5_000)
  assert.equal(far.receivedBytes, 0)
  assert.equal(near.receivedBytes, 500)
  simulation.network.heal()
  await simulation.run(simulation.nowMs + 10)
  assert.equal(far.receivedBytes, 1000)
})

test('[SIM14] whoever sends over a link that stays cut gives up; the other end learns it when it sends', async () => {
  const { simulation, near, far } = await connected()
  simulation.network.isolate('b')
  near.connection.send([new Uint8Array(1000)])
  await simulation.run(simulation.nowMs + 60_000)
  assert.deepEqual(near.closed, { kind: 'error', message: 'connection timed out' })
  assert.equal(far.closed, undefined)
  simulation.network.heal()
  await simulation.run(simulation.nowMs + 60_000)
  assert.equal(far.closed, undefined)
  assert.equal(far.receivedBytes, 0)
  far.connection.send([new Uint8Array(1)])
  await simulation.run(simulation.nowMs + 10)
  assert.deepEqual(far.closed, { kind: 'error', message: 'connection reset by peer' })
})

test('[SIM14] connecting to an isolated host times out', async () => {
  const { simulation, a } = await connected()
  simulation.network.isolate('b')
  const outcome = await simulation.perform(() => a.env.network.connect('b', 9092))
  assert.equal(outcome.ok ? 'connected' : outcome.error.kind, 'timed-out')
})

test('[SIM15] a killed process closes its connections and its port; bytes on their way may still arrive', async () => {
  const received = new Set<number>()
  for (let seed = 0; seed < 30; seed++) {
    const { simulation, a, b, near, far } = await connected(seed)
    for (let count = 0; count < 10; count++) near.connection.send([new Uint8Array(10)])
    a.crash('kill')
    await simulation.run(simulation.nowMs + 10)
    assert.deepEqual(far.closed, { kind: 'peer' })
    assert.equal(near.closed, undefined)
    received.add(far.receivedBytes)
    b.crash('kill')
    const outcome = await simulation.perform(() => a.restart().network.connect('b', 9092))
    assert.equal(outcome.ok ? 'connected' : outcome.error.kind, 'refused')
  }
  assert.ok(received.size > 3)
})

test('[SIM15] a host that lost its power says nothing: its peers learn it when they send', async () => {
  const { simulation, a, b, near } = await connected()
  b.crash('power')
  await simulation.run(simulation.nowMs + 600_000)
  assert.equal(near.closed, undefined)
  const outcome = await simulation.perform(() => a.env.network.connect('b', 9092))
  assert.equal(outcome.ok ? 'connected' : outcome.error.kind, 'timed-out')
  near.connection.send([new Uint8Array(1)])
  await simulation.run(simulation.nowMs + 1_000)
  assert.equal(near.closed, undefined)
  await simulation.run(simulation.nowMs + 60_000)
  assert.deepEqual(near.closed, { kind: 'error', message: 'connection timed out' })
})

test('[SIM15] a reset breaks the connections of two hosts at both ends', async () => {
  const { simulation, near, far } = await connected()
  near.connection.send([new Uint8Array(1000)])
  simulation.network.reset('a', 'b')
  await simulation.run(simulation.nowMs + 10)
  const reset = { kind: 'error', message: 'connection reset by peer' }
  assert.deepEqual([near.closed, far.closed], [reset, reset])
  assert.equal(far.receivedBytes, 0)
})

test('[SIM13] bytes of a closed connection may arrive after those of a newer one', async () => {
  let late = 0
  for (let seed = 0; seed < 40; seed++) {
    const { simulation, a, near, far } = await connected(seed)
    simulation.network.faults.spike = 0.5
    near.connection.send([new Uint8Array(10)])
    near.connection.end()
    const outcome = await simulation.perform(() => a.env.network.connect('b', 9092))
    assert.ok(outcome.ok)
    outcome.value.send([new Uint8Array(10)])
    if (far.receivedBytes === 0) late++
    await simulation.run(simulation.nowMs + 5_000)
    assert.equal(far.receivedBytes, 10)
    assert.deepEqual([near.closed, far.closed], [{ kind: 'local' }, { kind: 'peer' }])
  }
  assert.ok(late > 0)
})

test('[SIM13] what arrives is the beginning of what was sent, under any faults', async () => {
  const ends = new Map<string, number>()
  for (let seed = 0; seed < 100; seed++) {
    const { simulation, a, b, near, far } = await connected(seed)
    const prng = simulation.prng.fork('test')
    simulation.network.faults.spike = prng.next() * 0.3
    let sentBytes = 0
    far.connection.onData = (chunk) => {
      for (const byte of chunk) assert.equal(byte, far.receivedBytes++ % 251)
    }
    const faults = [
      () => simulation.network.cut('a', 'b'),
      () => simulation.network.heal(),
      () => far.connection.pause(),
      () => far.connection.resume(),
      () => b.isUp && b.pause(10),
      () => prng.chance(0.02) && simulation.network.reset('a', 'b'),
      () => prng.chance(0.02) && near.connection.end(),
      () => prng.chance(0.02) && near.connection.destroy(),
      () => prng.chance(0.02) && a.isUp && a.crash(prng.pick(['kill', 'power'])),
    ]
    for (let step = 0; step < 100; step++) {
      const chunk = Uint8Array.from(
        { length: prng.between(0, 3000) },
        (_, index) => (sentBytes + index) % 251,
      )
      near.connection.send([chunk])
      sentBytes += chunk.length
      prng.pick(faults)()
      await simulation.run(simulation.nowMs + prng.next() * 5)
    }
    simulation.heal()
    far.connection.resume()
    await simulation.run(simulation.nowMs + 30_000)
    if (near.closed === undefined && a.isUp) assert.equal(far.receivedBytes, sentBytes)
    const how = `${near.closed?.kind} ${far.closed?.kind}`
    ends.set(how, (ends.get(how) ?? 0) + 1)
  }
  assert.ok(ends.size >= 4, [...ends.keys()].join(', '))
})
