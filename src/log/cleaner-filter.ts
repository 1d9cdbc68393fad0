// What stays of one batch (Kafka's RecordFilter of the Cleaner, MemoryRecords.filterTo). Offsets and sequences
// stay as they are: a batch that loses records keeps its first and last offset. Tombstones and markers get a
// time until which they stay (the delete horizon, KIP-534) in the first pass that finds them due.

import type { Record } from '../protocol/records/record.ts'
import { type BatchHeader, encodeBatch, records } from '../protocol/records/record-batch.ts'
import type { OffsetMap } from './cleaner-offset-map.ts'
import type { CleanedTransactions } from './cleaner-transactions.ts'
import type { LastProducerRecord } from './producer-state.ts'

export interface CleaningRules {
  readonly map: OffsetMap
  readonly transactions: CleanedTransactions
  /** Of the producers that the log remembers. */
  readonly lastRecords: ReadonlyMap<number, LastProducerRecord>
  readonly highWatermark: number
  readonly nowMs: number
  /** `delete.retention.ms` */
  readonly deleteRetentionMs: number
}

/** One more is for ever to Kafka, and the timestamps of the batch's records are told from it. */
const horizonMsMax = Number.MAX_SAFE_INTEGER - 1

/** The batch as it stays: the same bytes, fewer records, none; undefined when it goes. Throws DecodeError. */
export function cleanBatch(
  header: BatchHeader,
  bytes: Uint8Array,
  at: number,
  rules: CleaningRules,
): Uint8Array | undefined {
  const isUnneeded = rules.transactions.observe(header, bytes, at)
  const horizonMs = header.hasDeleteHorizon ? header.baseTimestamp : undefined
  const isDue = horizonMs !== undefined && horizonMs <= rules.nowMs
  const losesAll = isUnneeded && (!header.isControl || isDue)
  const mustStay = mustStayEvenEmpty(header, rules)
  if (losesAll && !mustStay) return undefined
  const found = losesAll ? [] : [...records(bytes, at)]
  const kept = header.isControl ? found : found.filter((record) => isKept(record, isDue, rules.map))
  if (kept.length === 0) return mustStay ? rewrite(header, [], undefined) : undefined
  const isNowDue = header.isControl ? isUnneeded : kept.some(({ value }) => value === null)
  const setsHorizon = horizonMs === undefined && isNowDue
  if (kept.length === header.count && !setsHorizon) return bytes.subarray(at, at + header.sizeBytes)
  const newHorizonMs = Math.min(rules.nowMs + rules.deleteRetentionMs, horizonMsMax)
  return rewrite(header, kept, setsHorizon ? newHorizonMs : horizonMs)
}

/** The last record of a producer carries its sequence and epoch, the last below the watermark its offset. */
function mustStayEvenEmpty(header: BatchHeader, { lastRecords, highWatermark }: CleaningRules): boolean {
  if (header.lastOffset + 1 === highWatermark) return true
  const last = header.producerId < 0 ? undefined : lastRecords.get(header.producerId)
  if (last === undefined) return false
  if (last.lastDataOffset !== undefined) return header.lastOffset === last.lastDataOffset
  return header.isControl && header.producerEpoch === last.epoch
}

function isKept(record: Record, isTombstoneDue: boolean, map: OffsetMap): boolean {
  if (record.offset > map.latestOffset) return true
  // A topic that became a compacted one has such records.
  if (record.key === null) return false
  return record.offset >= map.get(record.key) && (record.value !== null || !isTombstoneDue)
}

function rewrite(
  header: BatchHeader,
  kept: readonly Record[],
  deleteHorizonMs: number | undefined,
): Uint8Array {
  const { baseOffset, lastOffset, partitionLeaderEpoch, compression, timestampType, isTransactional } = header
  const { producerId, producerEpoch, baseSequence, isControl, maxTimestamp } = header
  return encodeBatch({
    baseOffset,
    lastOffset,
    partitionLeaderEpoch,
    compression: kept.length === 0 ? 'none' : compression,
    timestampType,
    producerId,
    producerEpoch,
    baseSequence,
    isTransactional,
    isControl,
    records: kept,
    ...(kept.length === 0 && { maxTimestamp }),
    ...(deleteHorizonMs !== undefined && { deleteHorizonMs }),
  })
}
