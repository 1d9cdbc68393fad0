// Which bytes stay in memory after they were written: the latest ones, for readers at the end of a log, who then
// cost no disk read. Bounded over all logs of a node; the oldest go first, wherever they are. The chunks are those
// that were received, so each counts with the whole buffer that it keeps alive.

import type { Segment } from './segment.ts'

export class RecentWrites {
  readonly #bytesMax: number
  readonly #chunksMax: number
  /** In the order of writing; those before `#head` are gone. */
  #queue: { readonly segment: Segment; readonly heldBytes: number }[] = []
  #head = 0
  #heldBytes = 0

  constructor(options: { bytesMax: number; chunksMax: number }) {
    this.#bytesMax = options.bytesMax
    this.#chunksMax = options.chunksMax
  }

  /** To be called for chunks of `segment.inMemory` in the order in which they are written. */
  add(segment: Segment, chunks: readonly Uint8Array[]): void {
    for (const { buffer } of chunks) {
      this.#queue.push({ segment, heldBytes: buffer.byteLength })
      this.#heldBytes += buffer.byteLength
    }
    while (this.#heldBytes > this.#bytesMax || this.#queue.length - this.#head > this.#chunksMax) {
      this.#forgetOldest()
    }
  }

  #forgetOldest(): void {
    const { segment, heldBytes } = this.#queue[this.#head++]!
    // The oldest chunk of a segment in memory: chunks are written in the order of their positions.
    segment.inMemory.shift()
    this.#heldBytes -= heldBytes
    if (this.#head <= this.#chunksMax) return
    this.#queue = this.#queue.slice(this.#head)
    this.#head = 0
  }
}
