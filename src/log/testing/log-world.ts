// A disk in memory with everything a log needs around it, batches to append, and the topic configs of tests.

import { Logger } from '../../base/logger.ts'
import { BrokerConfig } from '../../config/broker-config.ts'
import { TopicConfig } from '../../config/topic-config.ts'
import { MemoryDisk } from '../../platform/memory-disk.ts'
import { batchHeaders, encodeBatch, type NewBatch, records } from '../../protocol/records/record-batch.ts'
import type { AppendResult, AppendSuccess } from '../append-result.ts'
import { FilePool } from '../file-pool.ts'
import { IndexCache } from '../index-cache.ts'
import type { LogModules } from '../log-modules.ts'
import type { PartitionLog } from '../partition-log.ts'
import { createLog, type LoadOptions, loadLog } from '../recovery.ts'
import { WriteScheduler } from '../write-scheduler.ts'

export const nowMs = 1_700_000_000_000
export const topicId = 'k0pF6jW9TYOaph4e9xo4LQ'
export const topicPartition = { topic: 'orders', partition: 0 }
export const directory = '/data/orders-0'

/** Work "soon" runs as a microtask of its own. */
export const turnTimers = {
  after: () => ({ cancel: () => {} }),
  soon: (callback: () => void) => queueMicrotask(callback),
}

export function brokerConfig(entries: Record<string, string> = {}): BrokerConfig {
  const required = { 'node.id': '1', 'process.roles': 'broker,controller' }
  const quorum = {
    listeners: 'PLAINTEXT://:9092,CONTROLLER://:9093',
    'controller.listener.names': 'CONTROLLER',
    'controller.quorum.voters': '1@localhost:9093',
  }
  const parsed = BrokerConfig.parse(new Map(Object.entries({ ...required, ...quorum, ...entries })))
  if (!parsed.ok) throw new Error(parsed.message)
  return parsed.config
}

export function topicConfig(overrides: Record<string, string> = {}): TopicConfig {
  return TopicConfig.of(brokerConfig(), new Map(Object.entries(overrides)))
}

export class LogWorld {
  readonly disk: MemoryDisk
  readonly lines: string[] = []
  readonly modules: LogModules

  constructor(disk = new MemoryDisk(), _more: Partial<LogModules> = {}) {
    this.disk = disk
    this.modules = {
      disk,
      pool: new FilePool({ openFilesMax: 8 }, { disk }),
      indexCache: new IndexCache({ bytesMax: 1024 * 1024 }),
      scheduler: new WriteScheduler({ timers: turnTimers }),
      logger: new Logger('kafka.log', {
        write: (level, _, message) => this.lines.push(`${level} ${message}`),
      }),
    }
  }

  create(overrides: Record<string, string> = {}): Promise<PartitionLog> {
    const options = { directory, topicPartition, topicId, config: topicConfig(overrides), nowMs }
    return createLog(options, this.modules)
  }

  /** Opens the directory again, as another process would: with nothing in memory. */
  load(options: Partial<LoadOptions> & { overrides?: Record<string, string> } = {}): Promise<PartitionLog> {
    const { overrides, ...rest } = options
    const defaults = { isClean: true, recoveryPoint: 0, logStartOffset: 0, highWatermark: 0 }
    const config = topicConfig(overrides)
    const idle = { producerIdExpirationMs: 86_400_000, nowMs, mayHaveGaps: false }
    const all = { directory, topicPartition, config, ...defaults, ...idle, ...rest }
    return loadLog(all, new LogWorld(this.disk).modules)
  }

  async readFile(path: string): Promise<Uint8Array> {
    const file = await this.disk.open(path, 'read')
    const bytes = new Uint8Array(await file.size())
    await file.read(bytes, 0)
    await file.close()
    return bytes
  }

  async changeFile(path: string, change: (bytes: Uint8Array) => Uint8Array): Promise<void> {
    const bytes = change(await this.readFile(path))
    const file = await this.disk.open(path, 'create')
    await file.truncate(0)
    await file.write([bytes], 0)
    await file.close()
  }

  async fileNames(path = directory): Promise<string[]> {
    return (await this.disk.list(path)).map((entry) => entry.name)
  }
}

const utf8 = new TextEncoder()

/** A batch as a client sends it, one record per value. */
export function batchOf(
  values: readonly string[],
  fields: Partial<NewBatch> & { timestamp?: number } = {},
): Uint8Array {
  const { timestamp = nowMs, ...rest } = fields
  const contents = values.map((value) => ({ timestamp, key: utf8.encode('k'), value: utf8.encode(value) }))
  return encodeBatch({
    baseOffset: 0,
    partitionLeaderEpoch: -1,
    records: contents,
    ...rest,
  })
}

export function appendTo(log: PartitionLog, batch: Uint8Array, leaderEpoch = 0): AppendResult {
  return log.append(batch, { leaderEpoch, origin: 'client', nowMs })
}

/** Appends values and expects that they are taken. */
export function append(
  log: PartitionLog,
  values: readonly string[],
  fields: Partial<NewBatch> & { timestamp?: number } = {},
): AppendSuccess {
  const result = appendTo(log, batchOf(values, fields))
  if (!result.ok) throw new Error(`refused with ${result.error}: ${result.message}`)
  return result
}

/** `offset:value` of all records that a reader without bounds gets from `offset` on. */
export async function valuesFrom(
  log: PartitionLog,
  offset: number,
  bytesMax = 1024 * 1024,
): Promise<string[]> {
  const found: string[] = []
  for (let next = offset; next < log.logEndOffset; ) {
    const result = await log.read({
      offset: next,
      endOffset: log.logEndOffset,
      bytesMax,
      minOneMessage: true,
    })
    if (!result.ok) throw new Error(`read at ${next} failed with ${result.error}`)
    const before = next
    for (const { at, header } of batchHeaders(result.records)) {
      for (const record of records(result.records, at)) {
        if (record.offset >= offset) found.push(`${record.offset}:${new TextDecoder().decode(record.value!)}`)
      }
      next = header.lastOffset + 1
    }
    if (next === before) break
  }
  return found
}
