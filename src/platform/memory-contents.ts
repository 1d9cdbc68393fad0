// The contents of one file in memory, in blocks: the last one grows by doubling, so that small files stay small,
// the others are full, so that a growing segment is never copied as a whole. Bytes never written read as zeros.

const blockBytes = 1024 * 1024
const blockBytesMin = 256

export class MemoryContents {
  readonly #blocks: Uint8Array[] = []
  #sizeBytes = 0

  get sizeBytes(): number {
    return this.#sizeBytes
  }

  write(chunk: Uint8Array, position: number): void {
    const end = position + chunk.byteLength
    this.#reserve(end)
    for (let at = position; at < end; ) {
      const offset = at % blockBytes
      const countBytes = Math.min(blockBytes - offset, end - at)
      const source = chunk.subarray(at - position, at - position + countBytes)
      this.#block(at).set(source, offset)
      at += countBytes
    }
    this.#sizeBytes = Math.max(this.#sizeBytes, end)
  }

  read(into: Uint8Array, position: number): number {
    const end = Math.min(position + into.byteLength, this.#sizeBytes)
    for (let at = position; at < end; ) {
      const offset = at % blockBytes
      const countBytes = Math.min(blockBytes - offset, end - at)
      into.set(this.#block(at).subarray(offset, offset + countBytes), at - position)
      at += countBytes
    }
    return Math.max(0, end - position)
  }

  resize(sizeBytes: number): void {
    if (sizeBytes < this.#sizeBytes) {
      this.#blocks.length = Math.ceil(sizeBytes / blockBytes)
      // What was cut off must not come back when the file grows again.
      this.#blocks.at(-1)?.fill(0, sizeBytes - (this.#blocks.length - 1) * blockBytes)
    } else {
      this.#reserve(sizeBytes)
    }
    this.#sizeBytes = sizeBytes
  }

  #block(position: number): Uint8Array {
    return this.#blocks[Math.floor(position / blockBytes)]!
  }

  /** Makes blocks up to `sizeBytes`; all but the last have full size. */
  #reserve(sizeBytes: number): void {
    const count = Math.ceil(sizeBytes / blockBytes)
    for (let index = Math.max(0, this.#blocks.length - 1); index < count; index++) {
      const neededBytes = Math.min(blockBytes, sizeBytes - index * blockBytes)
      const block = this.#blocks[index]
      if (block === undefined || block.byteLength < neededBytes) {
        const grown = new Uint8Array(roundedUp(neededBytes))
        if (block !== undefined) grown.set(block)
        this.#blocks[index] = grown
      }
    }
  }
}

function roundedUp(sizeBytes: number): number {
  let rounded = blockBytesMin
  while (rounded < sizeBytes) rounded *= 2
  return rounded
}
