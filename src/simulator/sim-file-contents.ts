// The bytes of one simulated file, twice: as the processes see them, and as the platters hold them. A sync copies what
// was written before it began; a power loss keeps any subset of the unsynced 4 KiB sectors, some of them torn, and any
// size between the two, so that a file may end in zeros that nobody wrote.

import type { Prng } from '../base/prng.ts'

const sectorBytes = 4096
/** What a disk writes in one piece. */
const atomBytes = 512

export class SimFileContents {
  readonly #seen = new GrowingBytes()
  readonly #durable = new GrowingBytes()
  /** Sectors written since they were last synced, each with the number of its latest write. */
  readonly #dirty = new Map<number, number>()
  #writeCount = 0
  /** The latest write when the newest finished sync began. */
  #syncedWriteCount = 0

  get sizeBytes(): number {
    return this.#seen.sizeBytes
  }

  write(bytes: Uint8Array, position: number): void {
    if (bytes.length === 0) return
    const oldSizeBytes = this.#seen.sizeBytes
    this.#seen.write(bytes, position)
    this.#markDirty(Math.min(position, oldSizeBytes), position + bytes.length)
  }

  read(into: Uint8Array, position: number): number {
    const bytes = this.#seen.view(position, position + into.length)
    into.set(bytes)
    return bytes.length
  }

  truncate(sizeBytes: number): void {
    const oldSizeBytes = this.#seen.sizeBytes
    this.#seen.resize(sizeBytes)
    this.#markDirty(Math.min(sizeBytes, oldSizeBytes), Math.max(sizeBytes, oldSizeBytes))
  }

  /** Takes what a sync that starts now has to make durable; the result does so when the sync is done. */
  beginSync(): () => void {
    const sizeBytes = this.#seen.sizeBytes
    const writeCount = this.#writeCount
    const sectors = [...this.#dirty].map(([sector, write]) => ({
      sector,
      write,
      bytes: this.#sector(sector).slice(),
    }))
    return () => {
      // A sync that began later, and so took all of this and more, has finished before.
      if (writeCount < this.#syncedWriteCount) return
      this.#syncedWriteCount = writeCount
      for (const { sector, write, bytes } of sectors) {
        this.#durable.write(bytes, sector * sectorBytes)
        if (this.#dirty.get(sector) === write) this.#dirty.delete(sector)
      }
      this.#durable.resize(sizeBytes)
    }
  }

  /** A failed sync: the system forgets that the sectors are dirty, and shows them until the power goes. */
  forgetDirty(): void {
    this.#dirty.clear()
  }

  losePower(prng: Prng): void {
    const durableBytes = this.#durable.sizeBytes
    const seenBytes = this.#seen.sizeBytes
    const sizeBytes =
      this.#dirty.size === 0 ? durableBytes : sizeAfterPowerLoss(prng, durableBytes, seenBytes)
    this.#durable.resize(sizeBytes)
    for (const sector of [...this.#dirty.keys()].sort((a, b) => a - b)) {
      const start = sector * sectorBytes
      const bytes = this.#sector(sector).subarray(0, Math.max(0, sizeBytes - start))
      const fate = prng.pick(['kept', 'lost', 'torn'])
      if (fate === 'kept') this.#durable.write(bytes, start)
      if (fate === 'torn') {
        const keptBytes = prng.between(0, sectorBytes / atomBytes) * atomBytes
        this.#durable.write(bytes.subarray(0, keptBytes), start)
      }
    }
    this.#dirty.clear()
    this.#seen.resize(0)
    this.#seen.write(this.#durable.view(0, sizeBytes), 0)
  }

  /** Flips one byte on the platters, and in the cache with it. */
  corrupt(position: number): void {
    for (const bytes of [this.#seen, this.#durable]) {
      const at = bytes.view(position, position + 1)
      if (at.length > 0) bytes.write(Uint8Array.of(at[0]! ^ 0xff), position)
    }
  }

  #sector(sector: number): Uint8Array {
    return this.#seen.view(sector * sectorBytes, (sector + 1) * sectorBytes)
  }

  #markDirty(from: number, to: number): void {
    this.#writeCount++
    for (let sector = Math.floor(from / sectorBytes); sector * sectorBytes < to; sector++) {
      this.#dirty.set(sector, this.#writeCount)
    }
  }
}

/** A file that grew may keep a part of the growth; one that was cut is cut or not. */
function sizeAfterPowerLoss(prng: Prng, durableBytes: number, seenBytes: number): number {
  if (seenBytes < durableBytes) return prng.pick([durableBytes, seenBytes])
  return prng.chance(0.5) ? prng.between(durableBytes, seenBytes) : prng.pick([durableBytes, seenBytes])
}

/** Bytes in one buffer that doubles; zeros beyond what was written. */
class GrowingBytes {
  #buffer = new Uint8Array(0)
  sizeBytes = 0

  /** The bytes from `from` to `to`, as far as they reach; valid until the next change. */
  view(from: number, to: number): Uint8Array {
    return this.#buffer.subarray(Math.min(from, this.sizeBytes), Math.min(to, this.sizeBytes))
  }

  write(bytes: Uint8Array, position: number): void {
    if (bytes.length === 0) return
    if (position + bytes.length > this.sizeBytes) this.resize(position + bytes.length)
    this.#buffer.set(bytes, position)
  }

  resize(sizeBytes: number): void {
    if (sizeBytes > this.#buffer.length) {
      const grown = new Uint8Array(Math.max(sizeBytes, this.#buffer.length * 2))
      grown.set(this.view(0, this.sizeBytes))
      this.#buffer = grown
    }
    if (sizeBytes < this.sizeBytes) this.#buffer.fill(0, sizeBytes, this.sizeBytes)
    this.sizeBytes = sizeBytes
  }
}
