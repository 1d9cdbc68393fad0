import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Env } from '../env/env.ts'
import { Simulation } from './simulation.ts'

/** Some of everything, with faults: an echo server, files, timers, crashes. */
async function busyRun(seed: number): Promise<Simulation> {
  const simulation = new Simulation(seed)
  const [a, b] = [simulation.host('a'), simulation.host('b')]
  a.diskFaults.stall = 0.1
  simulation.network.faults.spike = 0.1
  await simulation.perform(async () => {
    await b.env.network.listen('', 9092, (connection) => {
      connection.onData = (chunk) => connection.send([chunk.slice()])
    })
  })
  for (let count = 0; count < 10; count++) void busyWork(a.env)
  simulation.after(50, 'power loss', () => a.crash('power'))
  simulation.after(60, 'restart', () => void busyWork(a.restart()))
  simulation.after(70, 'cut', () => simulation.network.isolate('b'))
  simulation.after(90, 'heal', () => simulation.heal())
  await simulation.run(600)
  return simulation
}

async function busyWork(env: Env): Promise<void> {
  const outcome = await env.network.connect('b', 9092)
  if (!outcome.ok) return
  const connection = outcome.value
  await env.disk.makeDirectory('/data')
  const file = await env.disk.open(`/data/${env.random.next()}`, 'create')
  let positionBytes = 0
  connection.onData = async (chunk) => {
    positionBytes += chunk.length
    await file.write([chunk.slice()], positionBytes - chunk.length)
    await file.sync()
    env.timers.after(env.random.next() * 10, () => connection.send([env.random.bytes(100)]))
  }
  connection.send([env.random.bytes(10_000)])
}

test('[SIM4] one seed gives one trace, two seeds give two', async () => {
  const first = await busyRun(7)
  const again = await busyRun(7)
  const other = await busyRun(8)
  assert.ok(first.trace.count > 1000)
  assert.equal(again.trace.hash(), first.trace.hash())
  assert.deepEqual(again.trace.tail(), first.trace.tail())
  assert.equal(first.trace.tail().length, 500)
  assert.notEqual(other.trace.hash(), first.trace.hash())
})

test('[SIM5] invariants are checked after every event and stop the run', async () => {
  const simulation = new Simulation(1)
  let ticks = 0
  simulation.check(() => {
    if (ticks === 2) throw new Error('two is too many')
  })
  for (const delayMs of [1, 2, 3]) simulation.host('a').env.timers.after(delayMs, () => ticks++)
  await assert.rejects(simulation.run(10), /two is too many/)
  assert.equal(ticks, 2)
})

test('[SIM5] a run ends at its time, when its predicate holds, or when that can no longer be', async () => {
  const simulation = new Simulation(1)
  const { env } = simulation.host('a')
  let ticks = 0
  const tick = () => {
    ticks++
    if (ticks < 100) env.timers.after(10, tick)
  }
  tick()
  await simulation.run(55)
  assert.equal(simulation.nowMs, 55)
  assert.ok(ticks >= 5 && ticks <= 6)
  assert.equal(await simulation.run(() => ticks === 20), true)
  assert.equal(await simulation.run(() => ticks === 90, { withinMs: 100 }), false)
  assert.equal(await simulation.run(() => ticks === 200), false)
  await assert.rejects(
    simulation.perform(() => new Promise(() => {})),
    /seed 1: work is not done/,
  )
  await assert.rejects(
    simulation.perform(async () => {
      throw new Error('the work itself')
    }),
    /the work itself/,
  )
})

test('[SIM6] nothing of a life happens after its crash, and the next life has a world of its own', async () => {
  const simulation = new Simulation(1)
  const host = simulation.host('a')
  const { env } = host
  let happened = 0
  env.timers.after(5, () => happened++)
  env.timers.soon(() => happened++)
  void env.disk.makeDirectory('/data').then(() => happened++)
  void env.offload.run('work', () => happened++)
  host.crash('kill')
  env.timers.after(1, () => happened++)
  void env.network.listen('', 9092, () => {}).then(() => happened++)
  await simulation.run(100)
  assert.equal(happened, 0)
  assert.equal(host.isUp, false)
  host.restart().timers.after(1, () => happened++)
  await simulation.run(200)
  assert.equal(happened, 1)
})

test('[SIM7] a paused process misses nothing and gets it late, in a burst', async () => {
  const simulation = new Simulation(1)
  const host = simulation.host('a')
  const firedMs: number[] = []
  for (const delayMs of [10, 20, 30, 400]) {
    host.env.timers.after(delayMs, () => firedMs.push(Math.floor(simulation.nowMs)))
  }
  host.pause(300)
  await simulation.run(1000)
  assert.deepEqual(firedMs, [300, 300, 300, firedMs[3]])
  assert.ok(firedMs[3]! >= 400)
})

test('[SIM8] a jump of the wall clock moves timestamps of one host and no deadline', async () => {
  const simulation = new Simulation(1)
  const [a, b] = [simulation.host('a'), simulation.host('b')]
  let firedMs = 0
  a.env.timers.after(100, () => {
    firedMs = simulation.nowMs
  })
  a.jumpClock(-3_600_000)
  assert.equal(a.env.clock.wallMs() - b.env.clock.wallMs(), -3_600_000)
  assert.equal(a.env.clock.monotonicMs(), b.env.clock.monotonicMs())
  await simulation.run(200)
  assert.ok(firedMs >= 100 && firedMs < 110)
})
