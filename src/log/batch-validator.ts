// What may enter a log (Kafka's LogValidator and UnifiedLog.analyzeAndValidateRecords).
//
// A leader takes exactly one batch of magic 2 from a client or a coordinator, checks it, and writes into its
// bytes what a leader owns: base offset, leader epoch, timestamps. A follower and the Raft log take batches
// whose offsets are given already, as many as come, and check only that they continue the log.

import { errors } from '../base/errors.ts'
import type { TopicConfig } from '../config/topic-config.ts'
import { DecodeError } from '../protocol/decode-error.ts'
import type { Compression } from '../protocol/records/compression.ts'
import { recompress } from '../protocol/records/recompress.ts'
import {
  type BatchHeader,
  batchHeaderBytes,
  batchMagic,
  batchSizeBytes,
  crcIsValid,
  readBatchHeader,
  setBaseOffset,
  setLogAppendTime,
  setMaxTimestamp,
  setPartitionLeaderEpoch,
} from '../protocol/records/record-batch.ts'
import { type RecordsResult, validateRecords } from '../protocol/records/validate-records.ts'
import { type AppendRefusal, refuse } from './append-result.ts'
import type { AppendOrigin } from './producer-checks.ts'

export type LeaderBatch =
  | { readonly ok: true; readonly bytes: Uint8Array; readonly header: BatchHeader }
  | AppendRefusal

export type GivenBatches =
  | { readonly ok: true; readonly bytes: Uint8Array; readonly headers: readonly BatchHeader[] }
  | AppendRefusal

export interface LeaderBatchContext {
  readonly origin: 'client' | 'coordinator'
  readonly config: TopicConfig
  readonly leaderEpoch: number
  /** The offset that the first record gets. */
  readonly baseOffset: number
  readonly nowMs: number
}

/** Checks the one batch of `records` and makes it the log's, in place unless it has to be recompressed. */
export function validateLeaderBatch(records: Uint8Array, context: LeaderBatchContext): LeaderBatch {
  const { config, origin } = context
  const malformed = checkFrame(records)
  if (malformed !== undefined) return malformed
  const header = readBatchHeader(records, 0)
  const refusal = origin === 'client' ? checkClientHeader(header) : undefined
  if (refusal !== undefined) return refusal
  if (header.sizeBytes > config.maxMessageBytes) return tooLarge(header.sizeBytes, config.maxMessageBytes)
  if (!crcIsValid(records, 0)) {
    return refuse(errors.CORRUPT_MESSAGE, `Record is corrupt (stored crc = ${header.crc})`)
  }
  const checked = validateRecords(records, 0, {
    keysRequired: config.cleanupPolicy.compact,
    timestampType: config.messageTimestampType,
    timestampMinMs: context.nowMs - config.messageTimestampBeforeMaxMs,
    timestampMaxMs: context.nowMs + config.messageTimestampAfterMaxMs,
  })
  if (!checked.ok) return refusedRecords(checked)
  const codec = targetCodec(header, config)
  let bytes = records
  if (codec !== header.compression) {
    bytes = recompress(records, 0, codec, levelOf(codec, config), checked.content)
    if (bytes.length > config.maxMessageBytes) return tooLarge(bytes.length, config.maxMessageBytes)
  }
  setBaseOffset(bytes, 0, context.baseOffset)
  setPartitionLeaderEpoch(bytes, 0, context.leaderEpoch)
  if (config.messageTimestampType === 'append') setLogAppendTime(bytes, 0, context.nowMs)
  else setMaxTimestamp(bytes, 0, checked.maxTimestamp)
  return { ok: true, bytes, header: readBatchHeader(bytes, 0) }
}

/**
 * Checks batches with given offsets. A last batch that is cut off is dropped, as a fetch response may end in
 * one; so are a follower's batches of a leader epoch above its own and what follows them (KAFKA-18723).
 */
export function validateGivenBatches(
  records: Uint8Array,
  context: { origin: 'replica' | 'raft'; leaderEpoch: number; logEndOffset: number },
): GivenBatches {
  const headers: BatchHeader[] = []
  let nextOffset = context.logEndOffset
  let at = 0
  while (at + batchHeaderBytes <= records.length) {
    const header = readHeader(records, at)
    if (typeof header === 'string') return refuse(errors.CORRUPT_MESSAGE, header)
    if (at + header.sizeBytes > records.length) break
    if (header.partitionLeaderEpoch > context.leaderEpoch && context.origin === 'replica') break
    if (context.origin === 'raft' && header.partitionLeaderEpoch !== context.leaderEpoch) {
      const found = `The batch at ${header.baseOffset} has leader epoch ${header.partitionLeaderEpoch}`
      return refuse(errors.INVALID_RECORD, `${found}, expected ${context.leaderEpoch}`)
    }
    if (header.baseOffset < nextOffset || header.lastOffset < header.baseOffset) {
      return refuse(
        errors.OFFSET_OUT_OF_RANGE,
        `Unexpected offset in append: the batch at ${header.baseOffset} is below the next offset ${nextOffset}`,
      )
    }
    if (!crcIsValid(records, at)) {
      return refuse(errors.CORRUPT_MESSAGE, `Record is corrupt (stored crc = ${header.crc})`)
    }
    headers.push(header)
    nextOffset = header.lastOffset + 1
    at += header.sizeBytes
  }
  return { ok: true, bytes: records.subarray(0, at), headers }
}

/** Whether the bytes are one whole batch of magic 2 with a known codec. */
function checkFrame(records: Uint8Array): AppendRefusal | undefined {
  if (records.length < batchHeaderBytes)
    return refuse(errors.CORRUPT_MESSAGE, `Record batch of ${records.length} bytes is below its header`)
  const magic = batchMagic(records, 0)
  if (magic !== 2) {
    return refuse(
      errors.INVALID_RECORD,
      `Produce requests are only allowed to contain record batches with magic version 2, not ${magic}`,
    )
  }
  const sizeBytes = batchSizeBytes(records, 0)
  if (sizeBytes < batchHeaderBytes) {
    return refuse(errors.CORRUPT_MESSAGE, `Record size ${sizeBytes} is less than the minimum record overhead`)
  }
  if (sizeBytes > records.length) return refuse(errors.INVALID_RECORD, 'Record batch has no batches at all')
  if (sizeBytes < records.length) {
    return refuse(
      errors.INVALID_RECORD,
      'Produce requests are only allowed to contain exactly one record batch per partition',
    )
  }
  const header = readHeader(records, 0)
  return typeof header === 'string' ? refuse(errors.UNSUPPORTED_COMPRESSION_TYPE, header) : undefined
}

function checkClientHeader(header: BatchHeader): AppendRefusal | undefined {
  const { baseOffset, lastOffsetDelta, count } = header
  let message: string | undefined
  if (baseOffset !== 0) message = `The baseOffset of the record batch should be 0, but it is ${baseOffset}`
  else if (lastOffsetDelta < 0) message = `Batch has an invalid offset range: [0, ${lastOffsetDelta}]`
  else if (count <= 0) message = `Invalid reported count for record batch: ${count}`
  else if (lastOffsetDelta + 1 !== count) {
    message = `Inconsistent batch offset range [0, ${lastOffsetDelta}] and count of records ${count}`
  } else if (header.isControl) message = 'Clients are not allowed to write control records'
  else if (header.producerId >= 0 && header.baseSequence < 0) {
    message = `Invalid sequence number ${header.baseSequence} in record batch with producerId ${header.producerId}`
  }
  return message === undefined ? undefined : refuse(errors.INVALID_RECORD, message)
}

function refusedRecords(result: RecordsResult & { ok: false }): AppendRefusal {
  const error = result.reason === 'timestamp' ? errors.INVALID_TIMESTAMP : errors.INVALID_RECORD
  return refuse(error, result.message, result.recordErrors)
}

function targetCodec(header: BatchHeader, config: TopicConfig): Compression {
  if (header.isControl || config.compressionType === 'producer') return header.compression
  return config.compressionType === 'uncompressed' ? 'none' : config.compressionType
}

function levelOf(codec: Compression, config: TopicConfig): number | undefined {
  return codec === 'none' || codec === 'snappy' ? undefined : config.compressionLevels[codec]
}

function tooLarge(sizeBytes: number, sizeBytesMax: number): AppendRefusal {
  return refuse(
    errors.MESSAGE_TOO_LARGE,
    `The record batch size is ${sizeBytes} bytes which exceeds the maximum configured value of ${sizeBytesMax}`,
  )
}

function readHeader(bytes: Uint8Array, at: number): BatchHeader | string {
  try {
    return readBatchHeader(bytes, at)
  } catch (error) {
    if (error instanceof DecodeError) return error.message
    throw error
  }
}

/** The origins whose batches get their offsets from the leader. */
export function isLeaderOrigin(origin: AppendOrigin): origin is 'client' | 'coordinator' {
  return origin === 'client' || origin === 'coordinator'
}
