// The sparse map from timestamps to offsets of one segment (`.timeindex`, Kafka's TimeIndex).
// Entry: largest timestamp so far (i64), last offset of its batch minus the base offset (i32).
// Timestamps grow strictly. The last entry of a sealed or cleanly closed segment holds the largest
// timestamp of the whole segment; retention relies on that.

import { floorEntry, StoredEntries } from './stored-entries.ts'

export const timeIndexEntryBytes = 12

export interface TimestampOffset {
  readonly timestamp: number
  readonly offset: number
}

export class TimeIndex {
  readonly baseOffset: number
  readonly entries = new StoredEntries(timeIndexEntryBytes)
  #lastTimestamp = -1

  constructor(baseOffset: number) {
    this.baseOffset = baseOffset
  }

  /** The timestamp of the last entry, -1 without one. */
  get lastTimestamp(): number {
    return this.#lastTimestamp
  }

  /** Adds an entry if the timestamp grew. */
  append(timestamp: number, offset: number): void {
    if (timestamp <= this.#lastTimestamp) return
    const at = this.entries.append()
    this.entries.tail.setBigInt64(at, BigInt(timestamp))
    this.entries.tail.setInt32(at + 8, offset - this.baseOffset)
    this.#lastTimestamp = timestamp
  }

  /** Declares that the file holds `count` entries, the last of them with `lastTimestamp`. */
  resetTo(count: number, lastTimestamp: number): void {
    this.entries.resetTo(count)
    this.#lastTimestamp = lastTimestamp
  }

  /** The last entry whose timestamp is not above `timestamp`, if memory can tell; null: no such entry. */
  floorInMemory(timestamp: number): TimestampOffset | null | undefined {
    const found = floorIn(this.entries.tail, this.entries.tailCount, this.baseOffset, timestamp)
    if (found !== null) return found
    return this.entries.storedCount === 0 ? null : undefined
  }
}

/** The same answer from the bytes of the file (as `validTimeIndex` returned them). */
export function floorTimestamp(
  index: Uint8Array,
  baseOffset: number,
  timestamp: number,
): TimestampOffset | null {
  const view = new DataView(index.buffer, index.byteOffset, index.byteLength)
  return floorIn(view, index.length / timeIndexEntryBytes, baseOffset, timestamp)
}

/** The entries of the file up to the first that cannot be one: padding or damage. */
export function validTimeIndex(file: Uint8Array): Uint8Array {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength)
  const count = Math.floor(file.length / timeIndexEntryBytes)
  let lastTimestamp = -1
  let lastRelative = -1
  let valid = 0
  while (valid < count) {
    const timestamp = Number(view.getBigInt64(valid * timeIndexEntryBytes))
    const relative = view.getInt32(valid * timeIndexEntryBytes + 8)
    if (timestamp <= lastTimestamp || relative < lastRelative || relative < 0) break
    lastTimestamp = timestamp
    lastRelative = relative
    valid++
  }
  return file.subarray(0, valid * timeIndexEntryBytes)
}

function floorIn(
  view: DataView,
  count: number,
  baseOffset: number,
  timestamp: number,
): TimestampOffset | null {
  const timestampAt = (index: number) => Number(view.getBigInt64(index * timeIndexEntryBytes))
  const found = floorEntry(count, timestamp, timestampAt)
  if (found === -1) return null
  return {
    timestamp: timestampAt(found),
    offset: baseOffset + view.getInt32(found * timeIndexEntryBytes + 8),
  }
}
