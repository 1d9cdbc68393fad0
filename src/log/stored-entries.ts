// The fixed-size entries of an index file: a prefix that the file holds and a tail that only memory holds.
// Index files are derivable from the log, so the tail reaches the file when its segment is sealed or
// closed; until then a crash costs a scan of the segment, which recovery makes anyway. An index without
// a tail costs no buffer.

const nothing = new DataView(new ArrayBuffer(0))
const firstTailEntries = 16

export class StoredEntries {
  readonly entryBytes: number
  #storedCount = 0
  #tailCount = 0
  #tail = nothing

  constructor(entryBytes: number) {
    this.entryBytes = entryBytes
  }

  get count(): number {
    return this.#storedCount + this.#tailCount
  }

  get storedCount(): number {
    return this.#storedCount
  }

  get tailCount(): number {
    return this.#tailCount
  }

  /** The entries of the tail, the first at byte 0. */
  get tail(): DataView {
    return this.#tail
  }

  /** Adds an entry and returns its byte position in `tail`, where the caller writes every byte of it. */
  append(): number {
    const at = this.#tailCount * this.entryBytes
    if (at + this.entryBytes > this.#tail.byteLength) {
      const grown = new Uint8Array(Math.max(firstTailEntries * this.entryBytes, at * 2))
      grown.set(new Uint8Array(this.#tail.buffer, 0, at))
      this.#tail = new DataView(grown.buffer)
    }
    this.#tailCount++
    return at
  }

  /** Declares that the file holds `count` entries and memory none. */
  resetTo(count: number): void {
    this.#storedCount = count
    this.#tailCount = 0
    this.#tail = nothing
  }

  /** The bytes to write to the file, and where; the tail counts as stored only after `onStored`. */
  unstored(): { bytes: Uint8Array; position: number; onStored: () => void } {
    const count = this.#tailCount
    return {
      bytes: new Uint8Array(this.#tail.buffer, 0, count * this.entryBytes),
      position: this.#storedCount * this.entryBytes,
      onStored: () => this.#moveToStored(count),
    }
  }

  #moveToStored(count: number): void {
    this.#storedCount += count
    const left = this.#tailCount - count
    const bytes = new Uint8Array(this.#tail.buffer).slice(
      count * this.entryBytes,
      this.#tailCount * this.entryBytes,
    )
    this.#tailCount = left
    this.#tail = left === 0 ? nothing : new DataView(bytes.buffer)
  }
}

/** The position among `count` sorted entries of the last one whose key is not above `key`, or -1. */
export function floorEntry(count: number, key: number, keyAt: (index: number) => number): number {
  let low = 0
  let high = count - 1
  while (low <= high) {
    const middle = (low + high) >>> 1
    if (keyAt(middle) <= key) low = middle + 1
    else high = middle - 1
  }
  return high
}
