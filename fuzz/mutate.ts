// Inputs that are nearly right: the structure of a right one with bits flipped, numbers made extreme, parts cut,
// doubled, moved or taken from another.

import type { Prng } from '../src/base/prng.ts'

const extremes = [0, 1, 0x7f, 0x80, 0xff, 0xfe, 0x3f, 0x40]
const changesMax = 6

export function mutated(prng: Prng, seeds: readonly Uint8Array[]): Uint8Array {
  if (seeds.length === 0 || prng.chance(0.02)) return prng.bytes(prng.between(0, 200))
  let bytes = new Uint8Array(prng.pick(seeds))
  for (let change = prng.between(1, changesMax); change > 0; change--) bytes = changed(prng, bytes, seeds)
  return bytes
}

function changed(prng: Prng, bytes: Uint8Array, seeds: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  if (bytes.length === 0) return new Uint8Array(prng.bytes(4))
  const at = prng.between(0, bytes.length - 1)
  const copy = new Uint8Array(bytes)
  switch (prng.between(0, 6)) {
    case 0:
      copy[at]! ^= 1 << prng.between(0, 7)
      return copy
    case 1:
      copy[at] = prng.pick(extremes)
      return copy
    case 2:
      copy.fill(prng.pick(extremes), at, at + prng.pick([2, 4, 5, 8]))
      return copy
    case 3:
      return copy.slice(0, at)
    case 4:
      return joined(copy.subarray(0, at), copy.subarray(prng.between(at, bytes.length)))
    case 5:
      return joined(
        copy.subarray(0, at),
        copy.subarray(Math.max(0, at - prng.between(1, 16)), at),
        copy.subarray(at),
      )
    default: {
      const other = prng.pick(seeds)
      const from = prng.between(0, other.length)
      return joined(copy.subarray(0, at), other.subarray(from, from + prng.between(1, 64)), copy.subarray(at))
    }
  }
}

function joined(...parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  return new Uint8Array(Buffer.concat(parts))
}
