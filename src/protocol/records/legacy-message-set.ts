// Message sets of magic 0 and 1 (Kafka: AbstractLegacyRecordBatch, LegacyRecord), which Kafka before 0.11
// wrote. Read only: old log directories may hold them, no request does. A message is a batch of its own; a
// compressed one wraps a message set in its value. Offsets inside a wrapper are absolute in magic 0 and
// relative in magic 1, where the wrapper has the last one. Their checksum is CRC-32, not CRC-32C.

import { crc32 } from 'node:zlib'
import { DecodeError } from '../decode-error.ts'
import { readInt32, readInt64, readUint32 } from './big-endian.ts'
import { type Compression, compressions, decompress, decompressedBytesMaxDefault } from './compression.ts'

export interface LegacyRecord {
  readonly offset: number
  /** -1 in magic 0. */
  readonly timestamp: number
  readonly key: Uint8Array | null
  readonly value: Uint8Array | null
}

export interface LegacyBatch {
  readonly magic: 0 | 1
  /** Of the whole message, its first twelve bytes included. */
  readonly sizeBytes: number
  readonly baseOffset: number
  readonly lastOffset: number
  /** Unsigned. */
  readonly crc: number
  readonly compression: Compression
  /** `none` in magic 0, which has no timestamps. */
  readonly timestampType: 'none' | 'create' | 'append'
  readonly maxTimestamp: number
  /** Not empty. */
  readonly records: readonly LegacyRecord[]
}

/** One message as it stands, wrapper or not. */
interface Message extends LegacyRecord {
  readonly magic: 0 | 1
  readonly sizeBytes: number
  readonly crc: number
  readonly attributes: number
}

/** Offset, size, checksum, magic, attributes and the two lengths. */
const messageBytesMin = { 0: 26, 1: 34 } as const
const logOverhead = 12
const compressionMask = 0x07
const logAppendTime = 0x08

/**
 * The messages of `bytes`, first to last; stops before one that is cut off at the end. Throws DecodeError for
 * damage, checksums included, and for a wrapper with more than `limitBytes` inside.
 */
export function* legacyBatches(
  bytes: Uint8Array,
  limitBytes = decompressedBytesMaxDefault,
): Generator<LegacyBatch> {
  for (const message of messages(bytes)) {
    const compression = compressionOf(message)
    const records = compression === 'none' ? [message] : unwrap(message, compression, limitBytes)
    yield {
      magic: message.magic,
      sizeBytes: message.sizeBytes,
      baseOffset: records[0]!.offset,
      lastOffset: message.offset,
      crc: message.crc,
      compression,
      timestampType: timestampTypeOf(message),
      maxTimestamp: message.timestamp,
      records: records.map(({ offset, timestamp, key, value }) => ({ offset, timestamp, key, value })),
    }
  }
}

function* messages(bytes: Uint8Array): Generator<Message> {
  let at = 0
  while (at + logOverhead <= bytes.length) {
    const sizeBytes = logOverhead + readInt32(bytes, at + 8)
    if (sizeBytes < messageBytesMin[0])
      throw new DecodeError(`message of ${sizeBytes} bytes is below its header`)
    if (at + sizeBytes > bytes.length) return
    yield readMessage(bytes.subarray(at, at + sizeBytes))
    at += sizeBytes
  }
}

function readMessage(bytes: Uint8Array): Message {
  const magic = bytes[16]!
  if (magic !== 0 && magic !== 1) throw new DecodeError(`message has magic ${magic}, not 0 or 1`)
  if (bytes.length < messageBytesMin[magic]) throw new DecodeError('message is below its header')
  const crc = readUint32(bytes, 12)
  if (crc !== crc32(bytes.subarray(16))) throw new DecodeError('message does not match its checksum')
  const keyAt = magic === 0 ? 18 : 26
  const valueAt = keyAt + 4 + Math.max(readInt32(bytes, keyAt), 0)
  const end = valueAt + 4 <= bytes.length ? valueAt + 4 + Math.max(readInt32(bytes, valueAt), 0) : Infinity
  if (end !== bytes.length) throw new DecodeError('key and value of a message do not fill its size')
  return {
    magic,
    sizeBytes: bytes.length,
    crc,
    attributes: bytes[17]!,
    offset: readInt64(bytes, 0),
    timestamp: magic === 0 ? -1 : readInt64(bytes, 18),
    key: bytesAt(bytes, keyAt),
    value: bytesAt(bytes, valueAt),
  }
}

function bytesAt(bytes: Uint8Array, at: number): Uint8Array | null {
  const length = readInt32(bytes, at)
  return length < 0 ? null : bytes.subarray(at + 4, at + 4 + length)
}

function compressionOf({ attributes }: Message): Compression {
  const compression = compressions[attributes & compressionMask]
  // zstd is younger than these formats.
  if (compression === undefined || compression === 'zstd') {
    throw new DecodeError(`message has the unknown codec ${attributes & compressionMask}`)
  }
  return compression
}

function timestampTypeOf({ magic, attributes }: Message): LegacyBatch['timestampType'] {
  if (magic === 0) return 'none'
  return attributes & logAppendTime ? 'append' : 'create'
}

function unwrap(wrapper: Message, compression: Compression, limitBytes: number): LegacyRecord[] {
  if (wrapper.value === null) throw new DecodeError('compressed message has no value')
  const inner = [...messages(decompress(compression, wrapper.value, limitBytes))]
  const last = inner.at(-1)
  if (last === undefined) throw new DecodeError('compressed message holds no messages')
  // Old librdkafka left the wrapper's offset at 0.
  const shift = wrapper.magic === 0 || wrapper.offset === 0 ? 0 : wrapper.offset - last.offset
  if (shift < 0) throw new DecodeError('compressed message has an offset below that of its last message')
  const isAppendTime = timestampTypeOf(wrapper) === 'append'
  return inner.map((message) => {
    if (message.magic !== wrapper.magic)
      throw new DecodeError('compressed message holds one of another magic')
    if (compressionOf(message) !== 'none') throw new DecodeError('compressed message holds a compressed one')
    const timestamp = isAppendTime ? wrapper.timestamp : message.timestamp
    return { offset: message.offset + shift, timestamp, key: message.key, value: message.value }
  })
}
