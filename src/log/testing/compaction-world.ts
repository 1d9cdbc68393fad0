// A compacted log with everything it takes to clean it, and the records it holds.

import type { NewBatch } from '../../protocol/records/record-batch.ts'
import { batchHeaders, encodeBatch, readBatchHeader, records } from '../../protocol/records/record-batch.ts'
import type { PartitionLog } from '../partition-log.ts'
import { appendTo, nowMs } from './log-world.ts'

export const compacted = { 'cleanup.policy': 'compact', 'internal.segment.bytes': '100000' }

export interface KeptRecord {
  readonly offset: number
  readonly key: string | undefined
  /** Undefined for a tombstone. */
  readonly value: string | undefined
}

type KeyAndValue = readonly [key: string | null, value: string | null]

const utf8 = new TextEncoder()
const text = (bytes: Uint8Array | null) => (bytes === null ? undefined : new TextDecoder().decode(bytes))

export function batchOfKeys(
  pairs: readonly KeyAndValue[],
  fields: Partial<NewBatch> & { timestamp?: number } = {},
): Uint8Array {
  const { timestamp = nowMs, ...rest } = fields
  const bytes = (value: string | null) => (value === null ? null : utf8.encode(value))
  return encodeBatch({
    baseOffset: 0,
    partitionLeaderEpoch: -1,
    records: pairs.map(([key, value]) => ({ timestamp, key: bytes(key), value: bytes(value) })),
    ...rest,
  })
}

/** Appends a batch; all of the log is committed then. */
export function put(
  log: PartitionLog,
  pairs: readonly KeyAndValue[],
  fields: Partial<NewBatch> & { timestamp?: number } = {},
): number {
  const result = appendTo(log, batchOfKeys(pairs, fields))
  if (!result.ok) throw new Error(`refused with ${result.error}: ${result.message}`)
  log.highWatermark = log.logEndOffset
  return result.baseOffset
}

/** Cleans without waiting for anything; `pace` is called between turns. */
export function clean(
  log: PartitionLog,
  options: { atMs?: number; keysMax?: number; pace?: () => Promise<void> } = {},
): Promise<boolean> {
  const { atMs = nowMs, keysMax = 1000, pace = async () => {} } = options
  return log.cleaner.clean({ nowMs: atMs, dedupeBytesMax: (keysMax + 1) * 24, loadFactor: 1, pace })
}

/** All batches that a reader gets from `offset` on. */
export async function batchesFrom(log: PartitionLog, offset = log.logStartOffset): Promise<Uint8Array[]> {
  const found: Uint8Array[] = []
  for (let next = offset; next < log.logEndOffset; ) {
    const bounds = { endOffset: log.logEndOffset, bytesMax: 1000, minOneMessage: true }
    const result = await log.read({ offset: next, ...bounds })
    if (!result.ok) throw new Error(`read at ${next} failed with ${result.error}`)
    if (result.records.length === 0) break
    for (const { at, header } of batchHeaders(result.records)) {
      found.push(result.records.slice(at, at + header.sizeBytes))
      next = header.lastOffset + 1
    }
  }
  return found
}

/** All data records that a reader gets from `offset` on. */
export async function recordsFrom(log: PartitionLog, offset = log.logStartOffset): Promise<KeptRecord[]> {
  const found: KeptRecord[] = []
  for (const batch of await batchesFrom(log, offset)) {
    if (readBatchHeader(batch, 0).isControl) continue
    for (const record of records(batch, 0)) {
      if (record.offset < offset) continue
      found.push({ offset: record.offset, key: text(record.key), value: text(record.value) })
    }
  }
  return found
}

/** `offset:key=value` of each. */
export async function shown(log: PartitionLog, offset = log.logStartOffset): Promise<string[]> {
  const found = await recordsFrom(log, offset)
  return found.map((record) => `${record.offset}:${record.key}=${record.value ?? ''}`)
}
