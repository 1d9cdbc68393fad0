// The sparse map from offsets to byte positions of one segment (`.index`, Kafka's OffsetIndex).
// Entry: last offset of a batch minus the base offset (i32), byte position of that batch (i32).
// Both grow strictly, and the first batch (position 0) never has an entry, so an entry whose position does
// not grow is padding that a killed broker left behind.

import { floorEntry, StoredEntries } from './stored-entries.ts'

export const offsetIndexEntryBytes = 8

export class OffsetIndex {
  readonly baseOffset: number
  readonly entries = new StoredEntries(offsetIndexEntryBytes)

  constructor(baseOffset: number) {
    this.baseOffset = baseOffset
  }

  append(lastOffset: number, position: number): void {
    const at = this.entries.append()
    this.entries.tail.setInt32(at, lastOffset - this.baseOffset)
    this.entries.tail.setInt32(at + 4, position)
  }

  /** The position of a batch at or before the one that holds `offset`, if memory can tell. */
  floorInMemory(offset: number): number | undefined {
    const found = floorIn(this.entries.tail, this.entries.tailCount, offset - this.baseOffset)
    if (found !== undefined) return found
    return this.entries.storedCount === 0 ? 0 : undefined
  }
}

/** The same answer from the bytes of the file (as `validOffsetIndex` returned them). */
export function floorPosition(index: Uint8Array, baseOffset: number, offset: number): number {
  const view = new DataView(index.buffer, index.byteOffset, index.byteLength)
  return floorIn(view, index.length / offsetIndexEntryBytes, offset - baseOffset) ?? 0
}

/** The entries of the file up to the first that cannot be one: padding or damage. */
export function validOffsetIndex(file: Uint8Array): Uint8Array {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength)
  const count = Math.floor(file.length / offsetIndexEntryBytes)
  let lastRelative = -1
  let lastPosition = 0
  let valid = 0
  while (valid < count) {
    const relative = view.getInt32(valid * offsetIndexEntryBytes)
    const position = view.getInt32(valid * offsetIndexEntryBytes + 4)
    if (relative <= lastRelative || position <= lastPosition) break
    lastRelative = relative
    lastPosition = position
    valid++
  }
  return file.subarray(0, valid * offsetIndexEntryBytes)
}

function floorIn(view: DataView, count: number, relativeOffset: number): number | undefined {
  const found = floorEntry(count, relativeOffset, (index) => view.getInt32(index * offsetIndexEntryBytes))
  return found === -1 ? undefined : view.getInt32(found * offsetIndexEntryBytes + 4)
}
