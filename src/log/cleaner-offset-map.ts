// The newest offset of each key in the dirty part of a log (Kafka's SkimpyOffsetMap), in memory that does not
// depend on the length of the keys: a key is held as the first 16 bytes of its SHA-256. Kafka takes MD5; two
// keys of one digest can be made for that, and one of them would erase the other.

import { hash } from 'node:crypto'

/** What a slot costs here and in Kafka: four words of the hash and the offset. */
const slotBytes = 24
const wordsPerHash = 4
/** A map that need not be large is so full at most, and a search short. */
const comfortableLoad = 0.75

export interface OffsetMapLimits {
  /** `log.cleaner.dedupe.buffer.size` */
  readonly bytesMax: number
  /** `log.cleaner.io.buffer.load.factor`: so full may the map of that size become. */
  readonly loadFactor: number
  /** No more keys than this will come. */
  readonly keysMax: number
}

export class OffsetMap {
  readonly keysMax: number
  /** All records up to this offset were offered; -1 before the first. */
  latestOffset = -1
  readonly #slotCount: number
  readonly #hashes: Uint32Array
  /** The offset and one, so that 0 is an empty slot. */
  readonly #offsets: Float64Array
  /** The hash of the key that is looked for. */
  readonly #words = new Uint32Array(wordsPerHash)
  #size = 0

  constructor({ bytesMax, loadFactor, keysMax }: OffsetMapLimits) {
    // Less than a key at a time would never get on, and a search ends at an empty slot.
    const slotsMax = Math.max(2, Math.floor(bytesMax / slotBytes))
    const fitting = Math.min(Math.floor(slotsMax * loadFactor), slotsMax - 1)
    this.keysMax = Math.max(1, Math.min(fitting, keysMax))
    this.#slotCount = Math.min(slotsMax, Math.ceil(this.keysMax / comfortableLoad) + 1)
    this.#hashes = new Uint32Array(this.#slotCount * wordsPerHash)
    this.#offsets = new Float64Array(this.#slotCount)
  }

  get size(): number {
    return this.#size
  }

  /** Offsets come in growing order. False when the map is full, whether it has the key or not. */
  put(key: Uint8Array, offset: number): boolean {
    if (this.#size === this.keysMax) return false
    const slot = this.#slotOf(key)
    if (this.#offsets[slot] === 0) {
      this.#hashes.set(this.#words, slot * wordsPerHash)
      this.#size++
    }
    this.#offsets[slot] = offset + 1
    this.latestOffset = offset
    return true
  }

  /** The newest offset of the key, -1 when the map does not have it. */
  get(key: Uint8Array): number {
    return this.#offsets[this.#slotOf(key)]! - 1
  }

  /** The slot of the key, or the empty one where it would go; `#words` is its hash then. */
  #slotOf(key: Uint8Array): number {
    const digest = hash('sha256', key, 'buffer')
    for (let i = 0; i < wordsPerHash; i++) this.#words[i] = digest.readUInt32LE(i * 4)
    let slot = this.#words[0]! % this.#slotCount
    while (this.#offsets[slot] !== 0 && !this.#holdsHash(slot)) slot = (slot + 1) % this.#slotCount
    return slot
  }

  #holdsHash(slot: number): boolean {
    for (let i = 0; i < wordsPerHash; i++) {
      if (this.#hashes[slot * wordsPerHash + i] !== this.#words[i]) return false
    }
    return true
  }
}
