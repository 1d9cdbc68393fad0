// Which partition a record goes to, as Kafka's own producers decide: by the murmur2 hash of its key, so that every
// client sends a key to the same place; without a key to one partition until its batch is full, then to another.

import type { Random } from '../env/env.ts'

const seed = 0x9747b28c
const multiplier = 0x5bd1e995
const rotation = 24

/** Kafka's Utils.murmur2, a signed 32-bit number. */
export function murmur2(bytes: Uint8Array): number {
  let hash = seed ^ bytes.length
  let at = 0
  for (; at + 4 <= bytes.length; at += 4) {
    let word = bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24)
    word = Math.imul(word, multiplier)
    word ^= word >>> rotation
    hash = Math.imul(hash, multiplier) ^ Math.imul(word, multiplier)
  }
  const rest = bytes.length - at
  if (rest > 0) {
    for (let index = rest - 1; index >= 0; index--) hash ^= bytes[at + index]! << (8 * index)
    hash = Math.imul(hash, multiplier)
  }
  hash ^= hash >>> 13
  hash = Math.imul(hash, multiplier)
  return (hash ^ (hash >>> 15)) | 0
}

export function partitionOfKey(key: Uint8Array, partitionCount: number): number {
  return (murmur2(key) & 0x7fffffff) % partitionCount
}

/** Another partition than `before` where there is one. */
export function nextStickyPartition(
  before: number | undefined,
  partitionCount: number,
  random: Random,
): number {
  if (partitionCount === 1) return 0
  if (before === undefined) return Math.floor(random.next() * partitionCount)
  const step = 1 + Math.floor(random.next() * (partitionCount - 1))
  return (before + step) % partitionCount
}
