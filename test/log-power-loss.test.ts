// Logs on a disk that loses power (the simulator's volume: unsynced sectors lost or torn, unsynced names gone): a
// broker writes, flushes, rolls, truncates and dies, some lives in a row. Every life must find what was durable.

import { deepEqual, equal, ok } from 'node:assert/strict'
import { test } from 'node:test'
import { Logger } from '../src/base/logger.ts'
import { Prng } from '../src/base/prng.ts'
import { BrokerConfig } from '../src/config/broker-config.ts'
import { TopicConfig } from '../src/config/topic-config.ts'
import type { LogManager } from '../src/log/log-manager.ts'
import type { PartitionLog } from '../src/log/partition-log.ts'
import { batchHeaders, encodeBatch, records } from '../src/protocol/records/record-batch.ts'
import { SimVolume } from '../src/simulator/sim-volume.ts'
import { openLogs, VolumeDisk } from './support/volume-disk.ts'

const topicPartition = { topic: 'orders', partition: 0 }
const overrides = new Map([
  ['internal.segment.bytes', '20000'],
  ['index.interval.bytes', '1000'],
])
const livesMax = 5

class Scenario {
  readonly #prng: Prng
  readonly #volume: SimVolume
  readonly #config: BrokerConfig
  #nowMs = 1_700_000_000_000
  #valueCount = 0
  /** Of the records that may be in the log, by offset. */
  #values: string[] = []
  /** What lies below it was reported durable. */
  #durableEnd = 0
  #isClean = false
  /** Each life leads in an epoch of its own. */
  #leaderEpoch = 0
  #latestEpoch: number | undefined

  constructor(seed: number) {
    this.#prng = new Prng(`log power loss ${seed}`)
    this.#volume = new SimVolume(1e9, this.#prng.fork('volume'))
    this.#config = brokerConfig()
  }

  async run(): Promise<void> {
    for (let life = 0; life < livesMax; life++) {
      const disk = new VolumeDisk(this.#volume)
      this.#leaderEpoch = life
      const manager = await this.#start(disk)
      const log = await this.#find(manager)
      await this.#live(manager, log)
      this.#isClean = this.#prng.chance(0.2)
      if (this.#isClean) await manager.close({ brokerEpoch: life })
      if (this.#isClean) this.#durableEnd = log.logEndOffset
      this.#latestEpoch = log.latestEpoch
      disk.isAlive = false
      if (this.#prng.chance(0.7)) this.#volume.losePower()
    }
  }

  #start(disk: VolumeDisk): Promise<LogManager> {
    const logger = new Logger('kafka.log', { write: () => {} })
    return openLogs(disk, { broker: this.#config, topic: overrides }, () => this.#nowMs, logger)
  }

  async #find(manager: LogManager): Promise<PartitionLog> {
    const found = manager.get(topicPartition)
    ok(found !== undefined || this.#durableEnd === 0, 'a log with durable records is there')
    const config = TopicConfig.of(this.#config, overrides)
    const log = found ?? (await manager.create(topicPartition, 'k0pF6jW9TYOaph4e9xo4LQ', config))
    if (this.#isClean) {
      equal(log.logEndOffset, this.#values.length)
      if (log.logEndOffset > 0) equal(log.latestEpoch, this.#latestEpoch)
    }
    ok(log.logEndOffset >= this.#durableEnd, `${log.logEndOffset} < ${this.#durableEnd}`)
    this.#values = this.#values.slice(0, log.logEndOffset)
    deepEqual(await valuesOf(log), this.#values)
    log.highWatermark = log.logEndOffset
    return log
  }

  async #live(manager: LogManager, log: PartitionLog): Promise<void> {
    const stepCount = this.#prng.between(0, 40)
    for (let step = 0; step < stepCount; step++) {
      const kind = this.#prng.pick([
        'append',
        'append',
        'append',
        'append',
        'flush',
        'roll',
        'tick',
        'cut',
        'wait',
      ])
      if (kind === 'append') this.#append(log)
      if (kind === 'roll') log.roll(this.#nowMs)
      if (kind === 'wait') for (let i = this.#prng.between(1, 30); i > 0; i--) await Promise.resolve()
      if (kind === 'flush') {
        const endOffset = log.logEndOffset
        await log.flush()
        this.#durableEnd = Math.max(this.#durableEnd, endOffset)
      }
      if (kind === 'tick') {
        this.#nowMs += 61_000
        await manager.tick(this.#nowMs)
      }
      if (kind === 'cut' && this.#prng.chance(0.3)) await this.#cut(log)
    }
  }

  #append(log: PartitionLog): void {
    const values = Array.from({ length: this.#prng.between(1, 3) }, () => {
      return `${this.#valueCount++}`.padEnd(this.#prng.between(1, 4000), '.')
    })
    const contents = values.map((value) => ({ timestamp: this.#nowMs, key: null, value: Buffer.from(value) }))
    const batch = encodeBatch({
      baseOffset: 0,
      partitionLeaderEpoch: -1,
      records: contents,
    })
    const result = log.append(batch, { leaderEpoch: this.#leaderEpoch, origin: 'client', nowMs: this.#nowMs })
    ok(result.ok)
    equal(result.baseOffset, this.#values.length)
    this.#values.push(...values)
  }

  /** To the end of a batch, as a follower does; a crash may bring back what was cut, but not behind newer records. */
  async #cut(log: PartitionLog): Promise<void> {
    const ends = await batchEnds(log)
    if (ends.length === 0) return
    const offset = this.#prng.pick(ends)
    await log.truncateTo(offset, this.#nowMs)
    await log.flush()
    this.#values = this.#values.slice(0, offset)
    this.#durableEnd = offset
  }
}

function brokerConfig(): BrokerConfig {
  const entries = {
    'node.id': '1',
    'process.roles': 'broker,controller',
    listeners: 'PLAINTEXT://:9092,CONTROLLER://:9093',
    'controller.listener.names': 'CONTROLLER',
    'controller.quorum.voters': '1@localhost:9093',
  }
  const parsed = BrokerConfig.parse(new Map(Object.entries(entries)))
  ok(parsed.ok)
  return parsed.config
}

async function wholeLog(log: PartitionLog): Promise<Uint8Array> {
  const parts: Uint8Array[] = []
  for (let offset = log.logStartOffset; offset < log.logEndOffset; ) {
    const bounds = { endOffset: log.logEndOffset, bytesMax: 100_000, minOneMessage: true }
    const result = await log.read({ offset, ...bounds })
    ok(result.ok && result.records.length > 0)
    parts.push(result.records)
    for (const { header } of batchHeaders(result.records)) offset = header.lastOffset + 1
  }
  return Buffer.concat(parts)
}

async function valuesOf(log: PartitionLog): Promise<string[]> {
  const bytes = await wholeLog(log)
  const values: string[] = []
  for (const { at } of batchHeaders(bytes)) {
    for (const record of records(bytes, at)) {
      equal(record.offset, values.length)
      values.push(Buffer.from(record.value!).toString())
    }
  }
  return values
}

async function batchEnds(log: PartitionLog): Promise<number[]> {
  return [...batchHeaders(await wholeLog(log))].map(({ header }) => header.lastOffset + 1)
}

test('[LOG6] [LOG51] whatever a power loss takes, each life of a broker finds a prefix with all durable records', async () => {
  for (let seed = 0; seed < 100; seed++) {
    await new Scenario(seed).run().catch((error) => {
      throw new Error(`seed ${seed}`, { cause: error })
    })
  }
})
