// Numbers drawn from a seed: the same seed gives the same numbers on every machine. A fork has a sequence of its own,
// named rather than drawn, so that one more draw in one place changes nothing in another. Not for secrets.

import { assert } from './assert.ts'

export class Prng {
  readonly seed: string
  readonly #state: Uint32Array

  constructor(seed: string) {
    this.seed = seed
    this.#state = stateFromSeed(seed)
  }

  /** A generator that depends on this one's seed and `name` only, not on what was drawn so far. */
  fork(name: string): Prng {
    return new Prng(`${this.seed}/${name}`)
  }

  /** A number in [0, 1) with 53 random bits. */
  next(): number {
    const high = this.#bits() >>> 5
    const low = this.#bits() >>> 6
    return (high * 2 ** 26 + low) / 2 ** 53
  }

  /** An integer from `min` to `max`, both included. */
  between(min: number, max: number): number {
    assert(min <= max, `between has a range: ${min} to ${max}`)
    return min + Math.floor(this.next() * (max - min + 1))
  }

  /** True with the given probability. */
  chance(probability: number): boolean {
    return this.next() < probability
  }

  pick<T>(values: readonly T[]): T {
    assert(values.length > 0, 'pick has something to choose from')
    return values[this.between(0, values.length - 1)] as T
  }

  bytes(count: number): Uint8Array {
    const bytes = new Uint8Array(count)
    for (let index = 0; index < count; index++) bytes[index] = this.#bits() >>> 24
    return bytes
  }

  /** 32 bits of xoshiro128** by Blackman and Vigna. */
  #bits(): number {
    const state = this.#state
    const [a, b, c, d] = state as unknown as [number, number, number, number]
    const result = Math.imul(rotateLeft(Math.imul(b, 5), 7), 9) >>> 0
    const shifted = b << 9
    state[2] = c ^ a
    state[3] = d ^ b
    state[1] = b ^ state[2]!
    state[0] = a ^ state[3]!
    state[2]! ^= shifted
    state[3] = rotateLeft(state[3]!, 11)
    return result
  }
}

/** Four words from the text: FNV-1a with four offsets, each finished by the mixer of MurmurHash3. */
function stateFromSeed(seed: string): Uint32Array {
  const state = new Uint32Array(4)
  for (let word = 0; word < 4; word++) {
    let hash = 0x811c9dc5 ^ Math.imul(word + 1, 0x9e3779b9)
    for (let index = 0; index < seed.length; index++) {
      hash = Math.imul(hash ^ seed.charCodeAt(index), 0x01000193)
    }
    hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
    hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
    // The generator stands still on four zeros.
    state[word] = (hash ^ (hash >>> 16)) | (word === 0 ? 1 : 0)
  }
  return state
}

function rotateLeft(value: number, count: number): number {
  return (value << count) | (value >>> (32 - count))
}
