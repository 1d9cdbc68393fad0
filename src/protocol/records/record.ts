// One record inside a batch of magic 2, read from and written to bytes. Keys, values and header values are
// views on what was read. A record that is not exactly as long as it says is a DecodeError.

import { VarintCursor, varintBytes, varlongBytes, writeVarint, writeVarlong } from '../../base/varint.ts'
import { DecodeError } from '../decode-error.ts'

export interface RecordHeader {
  readonly key: string
  readonly value: Uint8Array | null
}

export interface Record {
  readonly offset: number
  /** Milliseconds since 1970; of the whole batch when its timestamps are of type `append`; -1: none. */
  readonly timestamp: number
  /** The producer's sequence number, -1 in a batch without one. */
  readonly sequence: number
  readonly key: Uint8Array | null
  readonly value: Uint8Array | null
  readonly headers: readonly RecordHeader[]
}

/** What of the batch's header gives a record its absolute numbers. */
export interface RecordBase {
  readonly baseOffset: number
  readonly baseTimestamp: number
  readonly baseSequence: number
  /** Set when the batch's timestamps are of type `append`. */
  readonly logAppendTimeMs: number | undefined
}

/** What a record holds besides its offset, as it is written. */
export interface RecordContent {
  readonly timestamp: number
  readonly key: Uint8Array | null
  readonly value: Uint8Array | null
  readonly headers?: readonly RecordHeader[]
}

const noHeaders: readonly RecordHeader[] = []
const sequenceCount = 2 ** 31
const utf8 = new TextEncoder()
const utf8Text = new TextDecoder('utf-8', { ignoreBOM: true })

/** `sequence` moved on by `count` (not negative), from 2^31-1 on to 0. */
export function addToSequence(sequence: number, count: number): number {
  return (sequence + count) % sequenceCount
}

/** Reads the record at the cursor and leaves the cursor behind it. `index` is for the error's message. */
export function readRecord(cursor: VarintCursor, base: RecordBase, index: number): Record {
  const bodyBytes = cursor.varint()
  const bodyEnd = cursor.at + bodyBytes
  if (bodyBytes < 0 || cursor.isOverrun || bodyEnd > cursor.end) throw damaged(index, 'its size')
  const body = new VarintCursor(cursor.bytes, cursor.at, bodyEnd)
  cursor.at = bodyEnd
  body.byte() // Attributes: none are defined.
  const timestampDelta = body.varlong()
  const offsetDelta = body.varint()
  const key = readNullableBytes(body, index)
  const value = readNullableBytes(body, index)
  const headers = readHeaders(body, index)
  if (body.at !== bodyEnd) throw damaged(index, 'its size')
  return {
    offset: base.baseOffset + offsetDelta,
    timestamp: base.logAppendTimeMs ?? base.baseTimestamp + timestampDelta,
    sequence: base.baseSequence < 0 ? -1 : addToSequence(base.baseSequence, offsetDelta),
    key,
    value,
    headers,
  }
}

function readHeaders(body: VarintCursor, index: number): readonly RecordHeader[] {
  const count = body.varint()
  if (count === 0) return noHeaders
  if (count < 0 || body.at + count > body.end) throw damaged(index, 'its number of headers')
  const headers: RecordHeader[] = []
  for (let i = 0; i < count; i++) {
    const key = readNullableBytes(body, index)
    if (key === null) throw damaged(index, 'a header key')
    headers.push({ key: utf8Text.decode(key), value: readNullableBytes(body, index) })
  }
  return headers
}

/** Any negative length is a null, as Kafka reads it. */
function readNullableBytes(body: VarintCursor, index: number): Uint8Array | null {
  const length = body.varint()
  if (body.isOverrun) throw damaged(index, 'its size')
  if (length < 0) return null
  const start = body.at
  body.skip(length)
  if (body.isOverrun) throw damaged(index, 'a length')
  return body.bytes.subarray(start, body.at)
}

function damaged(index: number, what: string): DecodeError {
  return new DecodeError(`record ${index} of the batch is damaged: ${what} does not fit its bytes`)
}

/** Size of the record without the length in front of it. */
export function recordBodyBytes(record: RecordContent, offsetDelta: number, timestampDelta: number): number {
  const headers = record.headers ?? noHeaders
  let size = 1 + varlongBytes(timestampDelta) + varintBytes(offsetDelta)
  size += nullableBytes(record.key) + nullableBytes(record.value) + varintBytes(headers.length)
  for (const header of headers) {
    const keyBytes = Buffer.byteLength(header.key)
    size += varintBytes(keyBytes) + keyBytes + nullableBytes(header.value)
  }
  return size
}

/**
 * Writes the record with its length in front, `bodyBytes` from `recordBodyBytes`, and returns the position
 * after it.
 */
export function writeRecord(
  bytes: Uint8Array,
  at: number,
  record: RecordContent,
  deltas: { offset: number; timestamp: number; bodyBytes: number },
): number {
  const headers = record.headers ?? noHeaders
  let next = writeVarint(bytes, at, deltas.bodyBytes)
  bytes[next++] = 0
  next = writeVarlong(bytes, next, deltas.timestamp)
  next = writeVarint(bytes, next, deltas.offset)
  next = writeNullableBytes(bytes, next, record.key)
  next = writeNullableBytes(bytes, next, record.value)
  next = writeVarint(bytes, next, headers.length)
  for (const header of headers) {
    next = writeText(bytes, next, header.key)
    next = writeNullableBytes(bytes, next, header.value)
  }
  return next
}

function nullableBytes(bytes: Uint8Array | null): number {
  return bytes === null ? 1 : varintBytes(bytes.length) + bytes.length
}

function writeNullableBytes(bytes: Uint8Array, at: number, value: Uint8Array | null): number {
  if (value === null) return writeVarint(bytes, at, -1)
  const next = writeVarint(bytes, at, value.length)
  bytes.set(value, next)
  return next + value.length
}

function writeText(bytes: Uint8Array, at: number, text: string): number {
  const sizeBytes = Buffer.byteLength(text)
  // Header keys are short and ASCII almost always: a call into the encoder would cost more than the rest.
  if (sizeBytes !== text.length) return writeNullableBytes(bytes, at, utf8.encode(text))
  const next = writeVarint(bytes, at, sizeBytes)
  for (let i = 0; i < sizeBytes; i++) bytes[next + i] = text.charCodeAt(i)
  return next + sizeBytes
}
