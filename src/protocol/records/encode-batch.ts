// Writes record batches of magic 2: those of the node's own coordinators, clients and logs. A batch that a producer
// sent is never written anew, only changed in place (record-batch) or recompressed here.

import { assert } from '../../base/assert.ts'
import { varintBytes } from '../../base/varint.ts'
import { writeInt16, writeInt32, writeInt64 } from './big-endian.ts'
import { type Compression, compress, compressions } from './compression.ts'
import { type RecordContent, recordBodyBytes, writeRecord } from './record.ts'
import {
  batchAttributes,
  batchContent,
  batchFields,
  batchHeaderBytes,
  batchLengthOverhead,
  readBatchHeader,
  type TimestampType,
  updateCrc,
} from './record-batch.ts'

export interface NewRecord extends RecordContent {
  /** Absolute; default: one after the record before it, the first at the base offset. */
  readonly offset?: number
}

export interface NewBatch {
  readonly baseOffset: number
  readonly partitionLeaderEpoch: number
  readonly compression: Compression
  /** Of the codec; default: the codec's own. */
  readonly level?: number
  readonly timestampType: TimestampType
  /** -1: none, like the two after it. */
  readonly producerId: number
  readonly producerEpoch: number
  readonly baseSequence: number
  readonly isTransactional: boolean
  readonly isControl: boolean
  readonly records: readonly NewRecord[]
  /** Default: the last record's. Compaction keeps the one the batch had; a batch without records needs it. */
  readonly lastOffset?: number
  /** Default: the largest of the records, -1 for none. */
  readonly maxTimestamp?: number
  /** When compaction may drop the batch's tombstones or marker, ms since 1970. */
  readonly deleteHorizonMs?: number
}

/** Where a record stands relative to its batch, and how long it is. */
interface Layout {
  readonly offset: number
  readonly timestamp: number
  readonly bodyBytes: number
}

/** A batch without records keeps a producer's last sequence alive after compaction. */
export function encodeBatch(batch: NewBatch): Uint8Array {
  const baseTimestamp = batch.deleteHorizonMs ?? batch.records[0]?.timestamp ?? -1
  const layouts = layOut(batch, baseTimestamp)
  const lastOffset = batch.lastOffset ?? batch.baseOffset + (layouts.at(-1)?.offset ?? -1)
  assert(lastOffset >= batch.baseOffset, 'a batch without records has a last offset')
  const content = encodeRecords(batch.records, layouts)
  const payload = layouts.length === 0 ? content : compress(batch.compression, content, batch.level)
  const bytes = new Uint8Array(batchHeaderBytes + payload.length)
  bytes.set(payload, batchHeaderBytes)
  writeHeader(bytes, batch, { baseTimestamp, lastOffset })
  updateCrc(bytes, 0)
  return bytes
}

function layOut(batch: NewBatch, baseTimestamp: number): Layout[] {
  const layouts: Layout[] = []
  let nextOffset = batch.baseOffset
  for (const record of batch.records) {
    const offset = record.offset ?? nextOffset
    assert(offset >= nextOffset, `records of a batch are in the order of their offsets, ${offset} is not`)
    nextOffset = offset + 1
    const offsetDelta = offset - batch.baseOffset
    const timestampDelta = record.timestamp - baseTimestamp
    const bodyBytes = recordBodyBytes(record, offsetDelta, timestampDelta)
    layouts.push({ offset: offsetDelta, timestamp: timestampDelta, bodyBytes })
  }
  return layouts
}

function encodeRecords(records: readonly NewRecord[], layouts: readonly Layout[]): Uint8Array {
  let sizeBytes = 0
  for (const { bodyBytes } of layouts) sizeBytes += varintBytes(bodyBytes) + bodyBytes
  const content = new Uint8Array(sizeBytes)
  let at = 0
  for (const [index, record] of records.entries()) at = writeRecord(content, at, record, layouts[index]!)
  return content
}

function writeHeader(
  bytes: Uint8Array,
  batch: NewBatch,
  { baseTimestamp, lastOffset }: { baseTimestamp: number; lastOffset: number },
): void {
  writeInt64(bytes, batchFields.baseOffset, batch.baseOffset)
  writeInt32(bytes, batchFields.batchLength, bytes.length - batchLengthOverhead)
  writeInt32(bytes, batchFields.partitionLeaderEpoch, batch.partitionLeaderEpoch)
  bytes[batchFields.magic] = 2
  writeInt16(bytes, batchFields.attributes, attributesOf(batch))
  writeInt32(bytes, batchFields.lastOffsetDelta, lastOffset - batch.baseOffset)
  writeInt64(bytes, batchFields.baseTimestamp, baseTimestamp)
  writeInt64(bytes, batchFields.maxTimestamp, batch.maxTimestamp ?? maxTimestampOf(batch.records))
  writeInt64(bytes, batchFields.producerId, batch.producerId)
  writeInt16(bytes, batchFields.producerEpoch, batch.producerEpoch)
  writeInt32(bytes, batchFields.baseSequence, batch.baseSequence)
  writeInt32(bytes, batchFields.count, batch.records.length)
}

function attributesOf(batch: NewBatch): number {
  let attributes = compressions.indexOf(batch.compression)
  if (batch.timestampType === 'append') attributes |= batchAttributes.logAppendTime
  if (batch.isTransactional) attributes |= batchAttributes.transactional
  if (batch.isControl) attributes |= batchAttributes.control
  if (batch.deleteHorizonMs !== undefined) attributes |= batchAttributes.deleteHorizon
  return attributes
}

function maxTimestampOf(records: readonly NewRecord[]): number {
  let max = -1
  for (const record of records) if (record.timestamp > max) max = record.timestamp
  return max
}

/**
 * The batch at `at` with another codec, all else the same (KIP-780's level, `compression.type` of a topic). `content`
 * saves decompressing again what `validateRecords` has decompressed. Throws DecodeError like `batchContent`.
 */
export function recompress(
  bytes: Uint8Array,
  at: number,
  codec: Compression,
  level?: number,
  content = batchContent(bytes, at),
): Uint8Array {
  const { attributes } = readBatchHeader(bytes, at)
  const payload = compress(codec, content, level)
  const batch = new Uint8Array(batchHeaderBytes + payload.length)
  batch.set(bytes.subarray(at, at + batchHeaderBytes))
  batch.set(payload, batchHeaderBytes)
  writeInt32(batch, batchFields.batchLength, batch.length - batchLengthOverhead)
  const otherAttributes = attributes & ~batchAttributes.compressionMask
  writeInt16(batch, batchFields.attributes, otherAttributes | compressions.indexOf(codec))
  updateCrc(batch, 0)
  return batch
}
