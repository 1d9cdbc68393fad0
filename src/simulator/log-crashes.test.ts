// The log of a partition on a simulated disk, through several lives that end in kills, power losses and clean stops.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Logger } from '../base/logger.ts'
import type { Env } from '../env/env.ts'
import { LogManager } from '../log/log-manager.ts'
import type { PartitionLog } from '../log/partition-log.ts'
import { append, brokerConfig, topicConfig, topicId, valuesFrom } from '../log/testing/log-world.ts'
import { Simulation } from './simulation.ts'

const orders = { topic: 'orders', partition: 0 }

class LogHistory {
  readonly #simulation: Simulation
  /** The value at each offset. */
  #appended: string[] = []
  /** The end of what a flush has answered for. */
  #flushedEnd = 0
  #lives = 0
  /** Lives that began with less than had been appended. */
  cutCount = 0

  constructor(seed: number) {
    this.#simulation = new Simulation(seed)
  }

  async begin(): Promise<void> {
    const { disk } = this.#simulation.host('a').env
    await this.#simulation.perform(async () => {
      await disk.makeDirectory('/data')
      await disk.syncDirectory('/')
    })
  }

  async live(): Promise<void> {
    const simulation = this.#simulation
    const host = simulation.host('a')
    const prng = simulation.prng.fork(`life/${this.#lives++}`)
    const manager = await simulation.perform(() => openLogs(host.env))
    const log = manager.get(orders) ?? (await simulation.perform(() => createLog(manager)))
    await this.#check(log)
    const endMs = simulation.nowMs + prng.next() * 100
    while (simulation.nowMs < endMs) {
      this.#append(log, prng.between(1, 5), prng.between(0, 40_000))
      if (prng.chance(0.3)) this.#flush(log)
      if (prng.chance(0.05)) void manager.tick(host.env.clock.wallMs())
      await simulation.run(simulation.nowMs + prng.next() * 10)
    }
    if (prng.chance(0.1)) {
      await simulation.perform(() => manager.close({ brokerEpoch: 1 }))
      this.#flushedEnd = this.#appended.length
    }
    host.crash(prng.pick(['kill', 'power']))
    host.restart()
  }

  async #check(log: PartitionLog): Promise<void> {
    const found = await this.#simulation.perform(() => valuesFrom(log, 0))
    const strange = found.findIndex((value, offset) => value !== `${offset}:${this.#appended[offset]}`)
    assert.equal(strange, -1, `seed ${this.#simulation.seed}: offset ${strange} holds what was not appended`)
    const message = `seed ${this.#simulation.seed}: ${found.length} of ${this.#flushedEnd} flushed records`
    assert.ok(found.length >= this.#flushedEnd, message)
    if (found.length < this.#appended.length) this.cutCount++
    this.#appended.length = found.length
  }

  #append(log: PartitionLog, count: number, sizeBytes: number): void {
    const first = this.#appended.length
    const values = Array.from({ length: count }, (_, index) =>
      `${this.#lives}-${first + index}`.padEnd(sizeBytes, 'x'),
    )
    append(log, values)
    this.#appended.push(...values)
  }

  #flush(log: PartitionLog): void {
    const end = this.#appended.length
    void log.flush().then(() => {
      this.#flushedEnd = Math.max(this.#flushedEnd, end)
    })
  }
}

function openLogs(env: Env): Promise<LogManager> {
  const logger = new Logger('kafka.log.LogManager', env.logSink)
  return LogManager.open({ directories: ['/data'], brokerConfig: brokerConfig() }, { ...env, logger })
}

function createLog(manager: LogManager): Promise<PartitionLog> {
  return manager.create(orders, topicId, topicConfig({ 'segment.bytes': '1048576' }))
}

// Seed 31 kills between the making of a log and its first flush, then takes the power: the second life's flush has to
// make durable the names that the first one gave.
test('[SIM16] after any crash a log holds a beginning of what was appended, with all that was flushed', async () => {
  let cutCount = 0
  for (let seed = 0; seed < 32; seed++) {
    const history = new LogHistory(seed)
    await history.begin()
    for (let life = 0; life < 4; life++) await history.live()
    cutCount += history.cutCount
  }
  assert.ok(cutCount > 10, 'crashes cost records that nobody flushed')
})
