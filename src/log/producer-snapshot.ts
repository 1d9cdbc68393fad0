// The file `<offset>.snapshot`: the producer state of a partition up to (not including) that offset.
//
//   version i16 = 1, crc u32 (CRC-32C of all bytes behind it), count i32, then per producer
//   producerId i64, epoch i16, lastSequence i32, lastOffset i64, offsetDelta i32, timestamp i64,
//   coordinatorEpoch i32, currentTxnFirstOffset i64 (-1: no open transaction)
//
// Only the last of a producer's retained batches is kept (Kafka's ProducerSnapshot.json, not flexible).

import { crc32c } from '../base/crc32c.ts'
import {
  readInt16,
  readInt32,
  readInt64,
  readUint32,
  writeInt16,
  writeInt32,
  writeInt64,
} from '../protocol/records/big-endian.ts'

export interface ProducerSnapshotEntry {
  readonly producerId: number
  readonly epoch: number
  /** -1 when the producer has no retained batch, as after a transaction marker. */
  readonly lastSequence: number
  readonly lastOffset: number
  readonly offsetDelta: number
  readonly timestamp: number
  readonly coordinatorEpoch: number
  readonly currentTxnFirstOffset: number
}

const version = 1
const headerBytes = 10
const crcAt = 2
const entriesAt = 6
const entryBytes = 46

export function encodeProducerSnapshot(entries: readonly ProducerSnapshotEntry[]): Uint8Array {
  const bytes = new Uint8Array(headerBytes + entries.length * entryBytes)
  writeInt16(bytes, 0, version)
  writeInt32(bytes, entriesAt, entries.length)
  for (const [index, entry] of entries.entries()) {
    const at = headerBytes + index * entryBytes
    writeInt64(bytes, at, entry.producerId)
    writeInt16(bytes, at + 8, entry.epoch)
    writeInt32(bytes, at + 10, entry.lastSequence)
    writeInt64(bytes, at + 14, entry.lastOffset)
    writeInt32(bytes, at + 22, entry.offsetDelta)
    writeInt64(bytes, at + 26, entry.timestamp)
    writeInt32(bytes, at + 34, entry.coordinatorEpoch)
    writeInt64(bytes, at + 38, entry.currentTxnFirstOffset)
  }
  writeInt32(bytes, crcAt, crc32c(bytes, entriesAt, bytes.length))
  return bytes
}

/** Undefined for a file that is damaged or of another version: an older snapshot serves instead. */
export function decodeProducerSnapshot(bytes: Uint8Array): ProducerSnapshotEntry[] | undefined {
  if (bytes.length < headerBytes || readInt16(bytes, 0) !== version) return undefined
  const count = readInt32(bytes, entriesAt)
  if (count < 0 || bytes.length !== headerBytes + count * entryBytes) return undefined
  if (readUint32(bytes, crcAt) !== crc32c(bytes, entriesAt, bytes.length)) return undefined
  const entries: ProducerSnapshotEntry[] = []
  for (let at = headerBytes; at < bytes.length; at += entryBytes) {
    entries.push({
      producerId: readInt64(bytes, at),
      epoch: readInt16(bytes, at + 8),
      lastSequence: readInt32(bytes, at + 10),
      lastOffset: readInt64(bytes, at + 14),
      offsetDelta: readInt32(bytes, at + 22),
      timestamp: readInt64(bytes, at + 26),
      coordinatorEpoch: readInt32(bytes, at + 34),
      currentTxnFirstOffset: readInt64(bytes, at + 38),
    })
  }
  return entries
}
