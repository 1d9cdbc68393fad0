// Variable-length integers of the Kafka protocol (Protocol Buffers' encoding): seven bits a byte, lowest
// first; `varint` and `varlong` are zigzag. Reading reports damage through the cursor's position, not by
// throwing, so that a loop over millions of records pays for one comparison a record and allocates nothing.

/**
 * A place in `bytes` that only moves forward, up to `end` (exclusive). Reading past `end`, or a number longer
 * than its type allows, sets `at` to Infinity and returns 0, from then on always: check `isOverrun` once
 * after a group of reads, and before using a length that was read.
 */
export class VarintCursor {
  readonly bytes: Uint8Array
  at: number
  end: number

  constructor(bytes: Uint8Array, at = 0, end = bytes.length) {
    this.bytes = bytes
    this.at = at
    this.end = end
  }

  get isOverrun(): boolean {
    return this.at > this.end
  }

  /** The next byte, 0 to 255. */
  byte(): number {
    if (this.at >= this.end) return this.#overrun()
    return this.bytes[this.at++]!
  }

  /** Moves over `count` bytes; a negative `count` (a null) moves nothing. */
  skip(count: number): void {
    if (count > 0) this.at += count
    if (this.at > this.end) this.#overrun()
  }

  /** 0 to 2^32-1, at most 5 bytes. */
  unsignedVarint(): number {
    const { bytes, end } = this
    let at = this.at
    let value = 0
    for (let shift = 0; shift < 35; shift += 7) {
      if (at >= end) return this.#overrun()
      const byte = bytes[at++]!
      value |= (byte & 0x7f) << shift
      if (byte < 0x80) {
        this.at = at
        return value >>> 0
      }
    }
    return this.#overrun()
  }

  /** Zigzag int32, at most 5 bytes. */
  varint(): number {
    const raw = this.unsignedVarint()
    return (raw >>> 1) ^ -(raw & 1)
  }

  /** Zigzag int64, at most 10 bytes; saturates at the safe integers. */
  varlong(): number {
    const { bytes, end } = this
    let at = this.at
    // 28 bits a word, the last one holds the 8 highest.
    let low = 0
    let middle = 0
    let high = 0
    for (let shift = 0; shift < 70; shift += 7) {
      if (at >= end) return this.#overrun()
      const byte = bytes[at++]!
      const bits = byte & 0x7f
      if (shift < 28) low |= bits << shift
      else if (shift < 56) middle |= bits << (shift - 28)
      else high |= bits << (shift - 56)
      if (byte < 0x80) {
        this.at = at
        const magnitude = (low >>> 1) + middle * 2 ** 27 + (high & 0xff) * 2 ** 55
        const value = low & 1 ? -magnitude - 1 : magnitude
        return Math.min(Math.max(value, Number.MIN_SAFE_INTEGER), Number.MAX_SAFE_INTEGER)
      }
    }
    return this.#overrun()
  }

  #overrun(): 0 {
    this.at = Infinity
    return 0
  }
}

/** Bytes that `value` (0 to 2^32-1) takes as an unsigned varint. */
export function unsignedVarintBytes(value: number): number {
  if (value < 0x80) return 1
  return Math.ceil((32 - Math.clz32(value)) / 7)
}

/** Bytes that `value` (int32) takes as a zigzag varint. */
export function varintBytes(value: number): number {
  return unsignedVarintBytes(zigzag(value))
}

/** Bytes that `value` (a safe integer) takes as a zigzag varlong. */
export function varlongBytes(value: number): number {
  let magnitude = value < 0 ? -value - 1 : value
  let count = 1
  for (magnitude = Math.floor(magnitude / 64); magnitude > 0; magnitude = Math.floor(magnitude / 128)) count++
  return count
}

/** Writes `value` (0 to 2^32-1) and returns the position after it. */
export function writeUnsignedVarint(bytes: Uint8Array, at: number, value: number): number {
  let rest = value
  let next = at
  while (rest >= 0x80) {
    bytes[next++] = (rest & 0x7f) | 0x80
    rest >>>= 7
  }
  bytes[next++] = rest
  return next
}

/** Writes `value` (int32) zigzag and returns the position after it. */
export function writeVarint(bytes: Uint8Array, at: number, value: number): number {
  return writeUnsignedVarint(bytes, at, zigzag(value))
}

/** Writes `value` (a safe integer) zigzag and returns the position after it. */
export function writeVarlong(bytes: Uint8Array, at: number, value: number): number {
  // The doubled value may leave the safe integers: the first seven bits are split off before it is doubled.
  const magnitude = value < 0 ? -value - 1 : value
  let bits = (magnitude % 64) * 2 + (value < 0 ? 1 : 0)
  let rest = Math.floor(magnitude / 64)
  let next = at
  while (rest > 0) {
    bytes[next++] = bits | 0x80
    bits = rest % 128
    rest = Math.floor(rest / 128)
  }
  bytes[next++] = bits
  return next
}

function zigzag(value: number): number {
  return ((value << 1) ^ (value >> 31)) >>> 0
}
