// Compacted logs on a disk that loses power: a broker writes, seals, cleans and dies at any point of it, some lives in a
// row. Every life must find each key as the records that are left of the log say it, and nothing that was not written.

import { deepEqual, equal, ok } from 'node:assert/strict'
import { test } from 'node:test'
import { Logger } from '../src/base/logger.ts'
import { Prng } from '../src/base/prng.ts'
import { TopicConfig } from '../src/config/topic-config.ts'
import type { LogManager } from '../src/log/log-manager.ts'
import type { PartitionLog } from '../src/log/partition-log.ts'
import { batchOfKeys, type KeptRecord, recordsFrom } from '../src/log/testing/compaction-world.ts'
import { brokerConfig } from '../src/log/testing/log-world.ts'
import { SimVolume } from '../src/simulator/sim-volume.ts'
import { openLogs, VolumeDisk } from './support/volume-disk.ts'

const topicPartition = { topic: 'accounts', partition: 0 }
const overrides = new Map([
  ['cleanup.policy', 'compact'],
  ['internal.segment.bytes', '6000'],
  ['index.interval.bytes', '500'],
  ['min.cleanable.dirty.ratio', '0'],
  ['delete.retention.ms', '30000'],
  ['file.delete.delay.ms', '1000'],
])
const config = brokerConfig({ 'log.cleaner.backoff.ms': '0' })
const livesMax = 6
const codecs = ['none', 'gzip', 'lz4', 'zstd'] as const

class Scenario {
  readonly #prng: Prng
  readonly #volume: SimVolume
  #nowMs = 1_700_000_000_000
  /** All that was ever appended and may be in the log, by offset. */
  #written: KeptRecord[] = []
  #durableEnd = 0
  /** No cleaning that is over can have begun with it. */
  #untouchedFrom = 0
  #isCleaning = false
  cleanings = 0

  constructor(seed: number) {
    this.#prng = new Prng(`cleaner power loss ${seed}`)
    this.#volume = new SimVolume(1e9, this.#prng.fork('volume'))
  }

  async run(): Promise<void> {
    for (let life = 0; life < livesMax; life++) {
      const disk = new VolumeDisk(this.#volume)
      const manager = await this.#start(disk)
      const log = await this.#find(manager)
      await this.#live(manager, log)
      if (this.#prng.chance(0.2)) {
        await manager.close({ brokerEpoch: life })
        this.#durableEnd = log.logEndOffset
      }
      disk.isAlive = false
      if (this.#prng.chance(0.7)) this.#volume.losePower()
    }
  }

  #start(disk: VolumeDisk): Promise<LogManager> {
    const write = (_level: string, _name: string, message: string) => {
      if (message.startsWith('Cleaned')) this.cleanings++
      ok(!message.includes('not compacted any more'), message)
    }
    const logger = new Logger('kafka.log', { write })
    return openLogs(disk, { broker: config, topic: overrides }, () => this.#nowMs, logger)
  }

  async #find(manager: LogManager): Promise<PartitionLog> {
    const found = manager.get(topicPartition)
    ok(found !== undefined || this.#durableEnd === 0, 'a log with durable records is there')
    const topicConfig = TopicConfig.of(config, overrides)
    const log = found ?? (await manager.create(topicPartition, 'k0pF6jW9TYOaph4e9xo4LQ', topicConfig))
    ok(log.logEndOffset >= this.#durableEnd, `${log.logEndOffset} < ${this.#durableEnd}`)
    this.#written = this.#written.slice(0, log.logEndOffset)
    if (this.#isCleaning) this.#untouchedFrom = log.logEndOffset
    this.#isCleaning = false
    await this.#check(log)
    log.highWatermark = log.logEndOffset
    return log
  }

  /** Whatever was removed, a reader from the start ends with the same values, and sees nothing new on its way. */
  async #check(log: PartitionLog): Promise<void> {
    const endOffset = log.logEndOffset
    const found = await recordsFrom(log)
    for (const [index, record] of found.entries()) {
      deepEqual(record, this.#written[record.offset])
      ok(record.offset > (found[index - 1]?.offset ?? -1), 'offsets grow')
    }
    const isBehind = ({ offset }: KeptRecord) => offset >= this.#untouchedFrom && offset < endOffset
    if (!this.#isCleaning) deepEqual(found.filter(isBehind), this.#written.filter(isBehind))
    const before = ({ offset }: KeptRecord) => offset < endOffset
    deepEqual(valuesOf(found.filter(before)), valuesOf(this.#written.filter(before)))
  }

  async #live(manager: LogManager, log: PartitionLog): Promise<void> {
    const stepCount = this.#prng.between(0, 60)
    for (let step = 0; step < stepCount; step++) {
      const kind = this.#prng.pick([
        'append',
        'append',
        'append',
        'flush',
        'roll',
        'clean',
        'check',
        'wait',
        'wait',
      ])
      if (kind === 'append') this.#append(log)
      if (kind === 'roll') log.roll(this.#nowMs)
      if (kind === 'wait') for (let i = this.#prng.between(1, 100); i > 0; i--) await Promise.resolve()
      if (kind === 'check') await this.#check(log)
      if (kind === 'flush') {
        const endOffset = log.logEndOffset
        await log.flush()
        this.#durableEnd = Math.max(this.#durableEnd, endOffset)
      }
      if (kind === 'clean') {
        this.#nowMs += this.#prng.between(1, 40_000)
        const cleaning = this.#clean(manager, log)
        if (this.#prng.chance(0.3)) await manager.tick(this.#nowMs)
        if (this.#prng.chance(0.3)) await cleaning
      }
    }
  }

  async #clean(manager: LogManager, log: PartitionLog): Promise<void> {
    this.#isCleaning = true
    await manager.clean(this.#nowMs)
    this.#isCleaning = false
    this.#untouchedFrom = log.logEndOffset
  }

  #append(log: PartitionLog): void {
    const baseOffset = log.logEndOffset
    const pairs = Array.from({ length: this.#prng.between(1, 4) }, (_, index) => {
      const value = `${baseOffset + index}`.padEnd(this.#prng.between(1, 1000), '.')
      return [`k${this.#prng.between(0, 12)}`, this.#prng.chance(0.3) ? null : value] as const
    })
    const batch = batchOfKeys(pairs, { timestamp: this.#nowMs, compression: this.#prng.pick(codecs) })
    const result = log.append(batch, { leaderEpoch: 0, origin: 'client', nowMs: this.#nowMs })
    ok(result.ok)
    equal(result.baseOffset, this.#written.length)
    for (const [index, [key, value]] of pairs.entries()) {
      this.#written.push({ offset: baseOffset + index, key, value: value ?? undefined })
    }
    log.highWatermark = log.logEndOffset
  }
}

function valuesOf(found: readonly KeptRecord[]): Map<string, string> {
  const values = new Map<string, string>()
  for (const { key, value } of found) {
    if (value === undefined) values.delete(key!)
    else values.set(key!, value)
  }
  return new Map([...values].sort())
}

test('[CLEAN11] whatever a power loss takes of a cleaning, each life of a broker finds the same values of all keys', async () => {
  let cleanings = 0
  for (let seed = 0; seed < 50; seed++) {
    const scenario = new Scenario(seed)
    await scenario.run().catch((error) => {
      throw new Error(`seed ${seed}`, { cause: error })
    })
    cleanings += scenario.cleanings
  }
  ok(cleanings > 50, `${cleanings} cleanings`)
})
