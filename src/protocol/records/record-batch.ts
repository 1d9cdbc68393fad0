// The record batch of magic 2 (Kafka: DefaultRecordBatch): reading its header, changing in place what a
// broker changes, iterating its records, writing new ones. Functions take bytes and the batch's position, so
// that a batch costs no object. Base offset and leader epoch lie outside the checksum: a leader sets them
// without touching it. What a producer sent is never written anew, only changed in place or recompressed.

import { assert } from '../../base/assert.ts'
import { crc32c } from '../../base/crc32c.ts'
import { VarintCursor, varintBytes } from '../../base/varint.ts'
import { DecodeError } from '../decode-error.ts'
import { batchAttributes, batchFields, batchLengthOverhead } from './batch-layout.ts'
import {
  readInt16,
  readInt32,
  readInt64,
  readUint32,
  writeInt16,
  writeInt32,
  writeInt64,
} from './big-endian.ts'
import {
  type Compression,
  compress,
  compressions,
  decompress,
  decompressedBytesMaxDefault,
} from './compression.ts'
import { type Record, type RecordContent, readRecord, recordBodyBytes, writeRecord } from './record.ts'

export const batchHeaderBytes = 61

/** `create`: each record has its producer's timestamp; `append`: all have the batch's max timestamp. */
export type TimestampType = 'create' | 'append'

export interface BatchHeader {
  readonly baseOffset: number
  /** Of the whole batch, its first twelve bytes included. */
  readonly sizeBytes: number
  readonly partitionLeaderEpoch: number
  readonly magic: number
  /** Unsigned. */
  readonly crc: number
  readonly attributes: number
  readonly lastOffsetDelta: number
  readonly lastOffset: number
  /** The time after which tombstones and markers may go, when `hasDeleteHorizon`. */
  readonly baseTimestamp: number
  readonly maxTimestamp: number
  /** -1: none. */
  readonly producerId: number
  readonly producerEpoch: number
  readonly baseSequence: number
  readonly count: number
  readonly compression: Compression
  readonly timestampType: TimestampType
  readonly isTransactional: boolean
  readonly isControl: boolean
  readonly hasDeleteHorizon: boolean
}

/** Of a batch of any magic; the twelve bytes it needs must be there. */
export function batchSizeBytes(bytes: Uint8Array, at: number): number {
  return batchLengthOverhead + readInt32(bytes, at + batchFields.batchLength)
}

/** 0, 1 or 2 in data of Kafka; the seventeen bytes it needs must be there. */
export function batchMagic(bytes: Uint8Array, at: number): number {
  return bytes[at + batchFields.magic]!
}

export function batchBaseOffset(bytes: Uint8Array, at: number): number {
  return readInt64(bytes, at + batchFields.baseOffset)
}

export function batchLastOffset(bytes: Uint8Array, at: number): number {
  return batchBaseOffset(bytes, at) + readInt32(bytes, at + batchFields.lastOffsetDelta)
}

/**
 * Reads the 61 bytes of the header; the records need not be there. Throws DecodeError for fewer bytes,
 * another magic, a size below the header's, and an unknown codec. Checks nothing else: not the CRC, not that
 * the numbers fit together.
 */
export function readBatchHeader(bytes: Uint8Array, at: number): BatchHeader {
  if (at + batchHeaderBytes > bytes.length) throw new DecodeError('record batch header is cut')
  const magic = batchMagic(bytes, at)
  if (magic !== 2) throw new DecodeError(`record batch has magic ${magic}, not 2`)
  const sizeBytes = batchSizeBytes(bytes, at)
  if (sizeBytes < batchHeaderBytes)
    throw new DecodeError(`record batch of ${sizeBytes} bytes is below its header`)
  const attributes = readInt16(bytes, at + batchFields.attributes)
  const compression = compressions[attributes & batchAttributes.compressionMask]
  if (compression === undefined) {
    throw new DecodeError(
      `record batch has the unknown codec ${attributes & batchAttributes.compressionMask}`,
    )
  }
  const baseOffset = batchBaseOffset(bytes, at)
  const lastOffsetDelta = readInt32(bytes, at + batchFields.lastOffsetDelta)
  return {
    baseOffset,
    sizeBytes,
    partitionLeaderEpoch: readInt32(bytes, at + batchFields.partitionLeaderEpoch),
    magic,
    crc: readUint32(bytes, at + batchFields.crc),
    attributes,
    lastOffsetDelta,
    lastOffset: baseOffset + lastOffsetDelta,
    baseTimestamp: readInt64(bytes, at + batchFields.baseTimestamp),
    maxTimestamp: readInt64(bytes, at + batchFields.maxTimestamp),
    producerId: readInt64(bytes, at + batchFields.producerId),
    producerEpoch: readInt16(bytes, at + batchFields.producerEpoch),
    baseSequence: readInt32(bytes, at + batchFields.baseSequence),
    count: readInt32(bytes, at + batchFields.count),
    compression,
    timestampType: attributes & batchAttributes.logAppendTime ? 'append' : 'create',
    isTransactional: (attributes & batchAttributes.transactional) !== 0,
    isControl: (attributes & batchAttributes.control) !== 0,
    hasDeleteHorizon: (attributes & batchAttributes.deleteHorizon) !== 0,
  }
}

/**
 * The whole batches of `bytes`, first to last; stops before one that is cut off at the end, as a fetched
 * chunk may be. Throws DecodeError at a batch whose header is damaged.
 */
export function* batchHeaders(bytes: Uint8Array): Generator<{ at: number; header: BatchHeader }> {
  let at = 0
  while (at + batchHeaderBytes <= bytes.length) {
    const header = readBatchHeader(bytes, at)
    if (at + header.sizeBytes > bytes.length) return
    yield { at, header }
    at += header.sizeBytes
  }
}

/** Does not change the CRC. The batch's last offset moves along. */
export function setBaseOffset(bytes: Uint8Array, at: number, offset: number): void {
  writeInt64(bytes, at + batchFields.baseOffset, offset)
}

/** Does not change the CRC. */
export function setPartitionLeaderEpoch(bytes: Uint8Array, at: number, epoch: number): void {
  writeInt32(bytes, at + batchFields.partitionLeaderEpoch, epoch)
}

/** Gives every record of the batch the timestamp of its append, with a new CRC. */
export function setLogAppendTime(bytes: Uint8Array, at: number, timestampMs: number): void {
  setTimestamps(bytes, at, 'append', timestampMs)
}

/**
 * Corrects the max timestamp that the producer stated, with a new CRC; a batch that is right stays as it is.
 */
export function setMaxTimestamp(bytes: Uint8Array, at: number, timestampMs: number): void {
  setTimestamps(bytes, at, 'create', timestampMs)
}

function setTimestamps(bytes: Uint8Array, at: number, type: TimestampType, maxTimestampMs: number): void {
  const attributesBefore = readInt16(bytes, at + batchFields.attributes)
  const attributes =
    type === 'append'
      ? attributesBefore | batchAttributes.logAppendTime
      : attributesBefore & ~batchAttributes.logAppendTime
  const isSame =
    attributes === attributesBefore && readInt64(bytes, at + batchFields.maxTimestamp) === maxTimestampMs
  if (isSame) return
  writeInt16(bytes, at + batchFields.attributes, attributes)
  writeInt64(bytes, at + batchFields.maxTimestamp, maxTimestampMs)
  updateCrc(bytes, at)
}

/** The whole batch must be in `bytes`; false as well when it is not or is smaller than its header. */
export function crcIsValid(bytes: Uint8Array, at: number): boolean {
  const sizeBytes = batchSizeBytes(bytes, at)
  if (sizeBytes < batchHeaderBytes || at + sizeBytes > bytes.length) return false
  return readUint32(bytes, at + batchFields.crc) === crcOf(bytes, at)
}

/** Writes the checksum that the batch should have. */
export function updateCrc(bytes: Uint8Array, at: number): void {
  writeInt32(bytes, at + batchFields.crc, crcOf(bytes, at))
}

function crcOf(bytes: Uint8Array, at: number): number {
  return crc32c(bytes, at + batchFields.attributes, at + batchSizeBytes(bytes, at))
}

/**
 * The bytes of the batch's records, decompressed; a view when they are not compressed. Throws DecodeError
 * when the batch is cut, when its codec refuses the bytes, and above `limitBytes`.
 */
export function batchContent(
  bytes: Uint8Array,
  at: number,
  limitBytes = decompressedBytesMaxDefault,
): Uint8Array {
  const { sizeBytes, compression } = readBatchHeader(bytes, at)
  const end = at + sizeBytes
  if (end > bytes.length) throw new DecodeError('record batch is cut')
  return decompress(compression, bytes.subarray(at + batchHeaderBytes, end), limitBytes)
}

/**
 * The records of the batch at `at`, decompressed as a whole at the first one. Throws DecodeError for damage
 * and for records of more than `limitBytes`. The CRC is not checked.
 */
export function* records(
  bytes: Uint8Array,
  at: number,
  limitBytes = decompressedBytesMaxDefault,
): Generator<Record> {
  const header = readBatchHeader(bytes, at)
  const { count, maxTimestamp } = header
  if (count < 0) throw new DecodeError(`record batch has ${count} records`)
  // An empty batch that compaction left may name a codec over no bytes.
  if (count === 0) return
  const logAppendTimeMs = header.timestampType === 'append' ? maxTimestamp : undefined
  const { baseOffset, baseTimestamp, baseSequence } = header
  const base = { baseOffset, baseTimestamp, baseSequence, logAppendTimeMs }
  const cursor = new VarintCursor(batchContent(bytes, at, limitBytes))
  for (let index = 0; index < count; index++) yield readRecord(cursor, base, index)
  if (cursor.at !== cursor.end) throw new DecodeError('record batch has bytes after its last record')
}

export interface NewRecord extends RecordContent {
  /** Absolute; default: one after the record before it, the first at the base offset. */
  readonly offset?: number
}

/** What is left out is that of a plain batch: not compressed, create time, of no producer, no control batch. */
export interface NewBatch {
  readonly baseOffset: number
  readonly partitionLeaderEpoch: number
  readonly compression?: Compression
  /** Of the codec; default: the codec's own. */
  readonly level?: number
  readonly timestampType?: TimestampType
  /** -1: none, like the two after it. */
  readonly producerId?: number
  readonly producerEpoch?: number
  readonly baseSequence?: number
  readonly isTransactional?: boolean
  readonly isControl?: boolean
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
  const payload = layouts.length === 0 ? content : compress(batch.compression ?? 'none', content, batch.level)
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
  writeInt64(bytes, batchFields.producerId, batch.producerId ?? -1)
  writeInt16(bytes, batchFields.producerEpoch, batch.producerEpoch ?? -1)
  writeInt32(bytes, batchFields.baseSequence, batch.baseSequence ?? -1)
  writeInt32(bytes, batchFields.count, batch.records.length)
}

function attributesOf(batch: NewBatch): number {
  let attributes = compressions.indexOf(batch.compression ?? 'none')
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
