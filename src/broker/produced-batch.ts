// Finds the one batch that a Produce request may hold for a partition, before the log sees it. Walks the bytes
// as Kafka does (ByteBufferLogInputStream under ProduceRequest.validateRecords), because what counts as cut, as
// damaged and as one batch too many decides about the error a client gets. Never throws for what was received.

import { errors } from '../base/errors.ts'
import { batchAttributes, batchFields, batchLengthOverhead } from '../protocol/records/batch-layout.ts'
import { readInt16 } from '../protocol/records/big-endian.ts'
import { compressions } from '../protocol/records/compression.ts'
import { batchHeaderBytes, batchMagic, batchSizeBytes } from '../protocol/records/record-batch.ts'

export type ProducedBatch =
  | { readonly ok: true; readonly bytes: Uint8Array }
  | { readonly ok: false; readonly error: number; readonly message: string }

/** The smallest size a batch of any magic can state: a message of magic 0 without key and value. */
const batchLengthMin = 14
const magicMax = 2
const zstdVersionMin = 7

/** The batch of `records` without what is cut off behind it, or the reason why there is not just one. */
export function producedBatch(records: Uint8Array | null, apiVersion: number): ProducedBatch {
  const first = batchEnd(records ?? new Uint8Array(0), 0)
  if (typeof first !== 'number') return first
  if (first === 0) return invalid(`Produce version ${apiVersion} needs a record batch for every partition`)
  const bytes = records!.subarray(0, first)
  const magic = batchMagic(bytes, 0)
  if (magic !== magicMax) return invalid(`the record batch has magic ${magic}, only ${magicMax} is taken`)
  if (
    apiVersion < zstdVersionMin &&
    compressions[attributesOf(bytes) & batchAttributes.compressionMask] === 'zstd'
  )
    return refuse(
      errors.UNSUPPORTED_COMPRESSION_TYPE,
      `zstd needs Produce version ${zstdVersionMin}, this is ${apiVersion}`,
    )
  const second = batchEnd(records!, first)
  if (typeof second !== 'number') return second
  if (second > first) return invalid('there is more than one record batch for a partition')
  return { ok: true, bytes }
}

/** What makes the first batch unreadable; undefined: it can be read, is cut off, or there is none. */
export function damageOf(records: Uint8Array | null): Extract<ProducedBatch, { ok: false }> | undefined {
  const end = batchEnd(records ?? new Uint8Array(0), 0)
  return typeof end === 'number' ? undefined : end
}

/** Whether a batch would need a transactional id; of bytes that need not be a batch. */
export function isTransactionalBatch(records: Uint8Array | null): boolean {
  if (records === null || records.length < batchHeaderBytes || batchMagic(records, 0) !== magicMax)
    return false
  return (attributesOf(records) & batchAttributes.transactional) !== 0
}

/** Where the batch at `at` ends; `at` itself when no whole batch is left. */
function batchEnd(bytes: Uint8Array, at: number): number | Extract<ProducedBatch, { ok: false }> {
  const left = bytes.length - at
  if (left < batchLengthOverhead) return at
  const sizeBytes = batchSizeBytes(bytes, at)
  if (sizeBytes < batchLengthOverhead + batchLengthMin)
    return corrupt(`a record batch states ${sizeBytes - batchLengthOverhead} bytes`)
  if (left <= batchFields.magic) return at
  if (batchMagic(bytes, at) > magicMax) return corrupt(`a record batch has magic ${batchMagic(bytes, at)}`)
  return sizeBytes > left ? at : at + sizeBytes
}

/** 0 for a batch too short to have any; the log refuses it. */
function attributesOf(bytes: Uint8Array): number {
  return bytes.length < batchHeaderBytes ? 0 : readInt16(bytes, batchFields.attributes)
}

function invalid(message: string): Extract<ProducedBatch, { ok: false }> {
  return refuse(errors.INVALID_RECORD, message)
}

function corrupt(message: string): Extract<ProducedBatch, { ok: false }> {
  return refuse(errors.CORRUPT_MESSAGE, message)
}

function refuse(error: number, message: string): Extract<ProducedBatch, { ok: false }> {
  return { ok: false, error, message }
}
