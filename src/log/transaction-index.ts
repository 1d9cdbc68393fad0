// The aborted transactions whose abort marker lies in one segment (`.txnindex`, Kafka's TransactionIndex),
// in the order of their markers. Made only when a transaction aborts. Held in memory as the bytes of the
// file, for few transactions abort.
// Entry: version i16 = 0, producerId i64, firstOffset i64, lastOffset i64 (the marker), lastStableOffset i64.

const entryBytes = 34
const currentVersion = 0

export interface AbortedTransaction {
  readonly producerId: number
  readonly firstOffset: number
  /** The offset of the abort marker. */
  readonly lastOffset: number
  /** The last stable offset once this transaction ended: entries behind it cannot start below it. */
  readonly lastStableOffset: number
}

export class TransactionIndex {
  readonly #entries: AbortedTransaction[]
  /** How many entries the file holds. */
  #storedCount: number

  private constructor(entries: AbortedTransaction[], storedCount: number) {
    this.#entries = entries
    this.#storedCount = storedCount
  }

  static empty(): TransactionIndex {
    return new TransactionIndex([], 0)
  }

  /** Undefined for a file that is not a transaction index; the segment is scanned again then. */
  static parse(file: Uint8Array, baseOffset: number): TransactionIndex | undefined {
    if (file.length % entryBytes !== 0) return undefined
    const view = new DataView(file.buffer, file.byteOffset, file.byteLength)
    const entries: AbortedTransaction[] = []
    for (let at = 0; at < file.length; at += entryBytes) {
      const entry = {
        producerId: Number(view.getBigInt64(at + 2)),
        firstOffset: Number(view.getBigInt64(at + 10)),
        lastOffset: Number(view.getBigInt64(at + 18)),
        lastStableOffset: Number(view.getBigInt64(at + 26)),
      }
      if (view.getInt16(at) !== currentVersion || entry.lastOffset < baseOffset) return undefined
      entries.push(entry)
    }
    return new TransactionIndex(entries, entries.length)
  }

  get count(): number {
    return this.#entries.length
  }

  append(entry: AbortedTransaction): void {
    const { producerId, firstOffset, lastOffset, lastStableOffset } = entry
    this.#entries.push({ producerId, firstOffset, lastOffset, lastStableOffset })
  }

  /** Drops the transactions whose marker is at or behind `offset`; the file is then written anew. */
  truncateTo(offset: number): void {
    while (this.#entries.length > 0 && this.#entries.at(-1)!.lastOffset >= offset) {
      this.#entries.pop()
      this.#storedCount = 0
    }
  }

  /**
   * Adds to `found` the aborted transactions that touch [fetchOffset, upperBoundOffset). Answers true when
   * no later segment can hold another one.
   */
  collect(fetchOffset: number, upperBoundOffset: number, found: AbortedTransaction[]): boolean {
    for (const entry of this.#entries) {
      if (entry.lastOffset >= fetchOffset && entry.firstOffset < upperBoundOffset) found.push(entry)
      if (entry.lastStableOffset >= upperBoundOffset) return true
    }
    return false
  }

  /** The bytes of the whole file when the file lacks some of them, else undefined. */
  unstored(): { bytes: Uint8Array; onStored: () => void } | undefined {
    const count = this.#entries.length
    if (count === this.#storedCount) return undefined
    const bytes = new Uint8Array(count * entryBytes)
    const view = new DataView(bytes.buffer)
    for (const [index, entry] of this.#entries.entries()) {
      const at = index * entryBytes
      view.setInt16(at, currentVersion)
      view.setBigInt64(at + 2, BigInt(entry.producerId))
      view.setBigInt64(at + 10, BigInt(entry.firstOffset))
      view.setBigInt64(at + 18, BigInt(entry.lastOffset))
      view.setBigInt64(at + 26, BigInt(entry.lastStableOffset))
    }
    return { bytes, onStored: () => (this.#storedCount = count) }
  }
}
