// Checks the records of a batch that is about to enter a log (Kafka: LogValidator and the strict iterators of
// DefaultRecordBatch), in one pass over the bytes without an object a record. The batch's own header (CRC,
// offsets, producer fields, control flag) is the log's to check. Stricter than Kafka in one point: offsets
// inside the batch are 0, 1, 2, …; Kafka renumbers compressed batches that break this, and stores
// uncompressed ones as they are.

import { VarintCursor } from '../../base/varint.ts'
import { DecodeError } from '../decode-error.ts'
import { decompressedBytesMaxDefault } from './compression.ts'
import { type BatchHeader, batchContent, readBatchHeader, type TimestampType } from './record-batch.ts'

/** What a topic asks of its records. */
export interface RecordRules {
  /** Compacted topics: a record without a key is refused. */
  readonly keysRequired: boolean
  /** Of the topic. With `create`, timestamps must lie in the bounds; with `append`, they will be replaced. */
  readonly timestampType: TimestampType
  /** Bounds of timestamps, inclusive. A record without one (-1) passes. */
  readonly timestampMinMs: number
  readonly timestampMaxMs: number
  /** Larger records are malformed; default 256 MiB. */
  readonly decompressedBytesMax?: number
}

export interface RecordError {
  /** Of the record in its batch, from 0. */
  readonly batchIndex: number
  readonly message: string
}

export type RecordsResult =
  | {
      readonly ok: true
      /** The largest of the producer's timestamps, -1 when no record has one. */
      readonly maxTimestamp: number
      /** The first record that has it, counted from the batch's present base offset. */
      readonly offsetOfMaxTimestamp: number
      /** The records' bytes, decompressed: what `recompress` takes. */
      readonly content: Uint8Array
    }
  | {
      readonly ok: false
      /** `malformed` and `record`: INVALID_RECORD; `timestamp`: INVALID_TIMESTAMP. */
      readonly reason: 'malformed' | 'record' | 'timestamp'
      /** The first bad record, from 0; -1 when the batch as a whole is. */
      readonly recordIndex: number
      readonly message: string
      /** The refused records of a batch that is well formed, at most 1000. */
      readonly recordErrors: readonly RecordError[]
    }

/** Takes everything that is well formed. */
export const anyRecords: RecordRules = {
  keysRequired: false,
  timestampType: 'create',
  timestampMinMs: -Infinity,
  timestampMaxMs: Infinity,
}

const recordErrorsMax = 1000

/** Throws DecodeError for a header that `readBatchHeader` refuses; all else is in the result. */
export function validateRecords(
  bytes: Uint8Array,
  at: number,
  rules: RecordRules = anyRecords,
): RecordsResult {
  const header = readBatchHeader(bytes, at)
  if (header.count < 0) return malformed(-1, `the batch states ${header.count} records`)
  let content: Uint8Array
  try {
    content = batchContent(bytes, at, rules.decompressedBytesMax ?? decompressedBytesMaxDefault)
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error
    return malformed(-1, error.message)
  }
  const cursor = new VarintCursor(content)
  const refusals = new Refusals(header, rules)
  let maxTimestamp = -1
  let indexOfMaxTimestamp = 0
  for (let index = 0; index < header.count; index++) {
    const bodyBytes = cursor.varint()
    const bodyEnd = cursor.at + bodyBytes
    if (bodyBytes < 0 || !(bodyEnd <= content.length)) return malformed(index, 'its size is beyond the batch')
    cursor.end = bodyEnd
    cursor.byte() // Attributes: none are defined.
    const ownTimestamp = header.baseTimestamp + cursor.varlong()
    // In a batch of the log append time every record has that of the batch.
    const timestamp = header.timestampType === 'append' ? header.maxTimestamp : ownTimestamp
    if (cursor.varint() !== index) return malformed(index, 'its offset does not follow the one before it')
    const keyBytes = cursor.varint()
    cursor.skip(keyBytes)
    cursor.skip(cursor.varint())
    if (!skipHeaders(cursor) || cursor.at !== bodyEnd) return malformed(index, 'its fields do not fit it')
    cursor.end = content.length
    if (timestamp > maxTimestamp) {
      maxTimestamp = timestamp
      indexOfMaxTimestamp = index
    }
    refusals.check(index, keyBytes, timestamp)
  }
  if (cursor.at !== content.length) return malformed(-1, 'bytes follow its last record')
  if (refusals.count > 0) return refusals.result()
  return { ok: true, maxTimestamp, offsetOfMaxTimestamp: header.baseOffset + indexOfMaxTimestamp, content }
}

/** False when the count or a key cannot be; a header that is cut shows in the cursor. */
function skipHeaders(cursor: VarintCursor): boolean {
  const count = cursor.varint()
  if (count < 0 || cursor.at + count > cursor.end) return false
  for (let i = 0; i < count; i++) {
    const keyBytes = cursor.varint()
    if (keyBytes < 0) return false
    cursor.skip(keyBytes)
    cursor.skip(cursor.varint())
  }
  return true
}

function malformed(recordIndex: number, what: string): RecordsResult {
  const subject = recordIndex < 0 ? 'Record batch' : `Record ${recordIndex}`
  const message = `${subject} is malformed: ${what}`
  return { ok: false, reason: 'malformed', recordIndex, message, recordErrors: [] }
}

/** The records of one batch that a topic's rules refuse: all are counted, the first thousand told. */
class Refusals {
  readonly #header: BatchHeader
  readonly #rules: RecordRules
  readonly #errors: RecordError[] = []
  #hasTimestampError = false
  count = 0

  constructor(header: BatchHeader, rules: RecordRules) {
    this.#header = header
    this.#rules = rules
  }

  check(batchIndex: number, keyBytes: number, timestamp: number): void {
    const { keysRequired, timestampType, timestampMinMs, timestampMaxMs } = this.#rules
    if (keysRequired && keyBytes < 0) {
      this.#add(batchIndex, 'A compacted topic takes no record without a key')
    } else if (timestampType === 'create' && timestamp !== -1) {
      if (timestamp < timestampMinMs || timestamp > timestampMaxMs) {
        this.#hasTimestampError = true
        this.#add(batchIndex, `Timestamp ${timestamp} is outside [${timestampMinMs}, ${timestampMaxMs}]`)
      }
    } else if (this.#header.timestampType === 'append') {
      this.#hasTimestampError = true
      this.#add(batchIndex, 'A producer must not set the timestamp type LogAppendTime')
    }
  }

  #add(batchIndex: number, message: string): void {
    this.count++
    if (this.#errors.length < recordErrorsMax) this.#errors.push({ batchIndex, message })
  }

  result(): RecordsResult {
    const { batchIndex, message } = this.#errors[0]!
    return {
      ok: false,
      reason: this.#hasTimestampError ? 'timestamp' : 'record',
      recordIndex: batchIndex,
      message: `${this.count} of ${this.#header.count} records are refused, ${batchIndex} first: ${message}`,
      recordErrors: this.#errors,
    }
  }
}
