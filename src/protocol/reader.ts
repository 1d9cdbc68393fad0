// Reads the primitive types of the protocol from received bytes. Everything a peer can send that does not hold
// together becomes a DecodeError here, before anything is allocated for it: a length is checked against the bytes
// that are left, and arrays grow with the elements actually read. Binary values are views on the bytes, not copies.

import { uuidFromBytes, zeroUuid } from '../base/uuid.ts'
import { DecodeError } from './decode-error.ts'

export { DecodeError }

/** A tagged field (KIP-482) that the version does not know: kept, and written back as it came. */
export interface TaggedField {
  tag: number
  bytes: Uint8Array
}

/** Reads one element of an array; `flexible` is the array's own. */
export type ElementDecoder<T> = (reader: Reader, version: number, flexible: boolean) => T

const stringBytesMax = 0x7fff
const int64High = 2 ** 32

export class Reader {
  /** The index of the next byte. */
  position: number
  readonly #bytes: Uint8Array
  readonly #text: Buffer

  constructor(bytes: Uint8Array, position = 0) {
    // Views are cut from a plain Uint8Array, so that they are plain too; only a Buffer reads text fast.
    if (Buffer.isBuffer(bytes)) {
      this.#bytes = new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength)
      this.#text = bytes
    } else {
      this.#bytes = bytes
      this.#text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    }
    this.position = position
  }

  get remaining(): number {
    return this.#bytes.length - this.position
  }

  /** The error for what stands at the current position. */
  error(problem: string): DecodeError {
    return new DecodeError(problem, this.position)
  }

  /** Passes over `count` bytes and returns where they begin. */
  skip(count: number): number {
    const at = this.position
    if (count > this.#bytes.length - at) {
      throw this.error(`${count} more bytes are needed, ${this.#bytes.length - at} are left`)
    }
    this.position = at + count
    return at
  }

  bool(): boolean {
    return this.#bytes[this.skip(1)]! !== 0
  }

  int8(): number {
    return (this.#bytes[this.skip(1)]! << 24) >> 24
  }

  int16(): number {
    return (this.uint16() << 16) >> 16
  }

  uint16(): number {
    const at = this.skip(2)
    return (this.#bytes[at]! << 8) | this.#bytes[at + 1]!
  }

  int32(): number {
    const at = this.skip(4)
    const bytes = this.#bytes
    return (bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!
  }

  uint32(): number {
    return this.int32() >>> 0
  }

  /**
   * A 64-bit integer the broker computes with. Beyond ±(2^53-1) it is that bound, which Writer.int64 writes as the
   * least or greatest 64-bit integer: sentinels such as Java's Long.MAX_VALUE survive.
   */
  int64(): number {
    const high = this.int32()
    const low = this.uint32()
    if (high >= 0x200000) return Number.MAX_SAFE_INTEGER
    if (high < -0x200000) return Number.MIN_SAFE_INTEGER
    return Math.max(high * int64High + low, Number.MIN_SAFE_INTEGER)
  }

  /** A 64-bit integer that a client may set freely and wants back unaltered. */
  int64Exact(): bigint {
    const high = this.int32()
    return (BigInt(high) << 32n) | BigInt(this.uint32())
  }

  float64(): number {
    return this.#text.readDoubleBE(this.skip(8))
  }

  /** Up to five bytes of seven bits, the lowest first. Bits beyond the 32nd are dropped, as in Kafka. */
  unsignedVarint(): number {
    let value = 0
    for (let shift = 0; shift <= 28; shift += 7) {
      const byte = this.#bytes[this.skip(1)]!
      value |= (byte & 0x7f) << shift
      if (byte < 0x80) return value >>> 0
    }
    throw this.error('a varint does not end within five bytes')
  }

  uuid(): string {
    const at = this.skip(16)
    for (let index = at; index < at + 16; index += 1) {
      if (this.#bytes[index] !== 0) return uuidFromBytes(this.#bytes, at)
    }
    return zeroUuid
  }

  string(flexible: boolean): string {
    return this.#required(this.nullableString(flexible), 'a string')
  }

  nullableString(flexible: boolean): string | null {
    const length = flexible ? this.unsignedVarint() - 1 : this.int16()
    if (length < 0) return null
    if (length > stringBytesMax)
      throw this.error(`a string is ${length} bytes long, the limit is ${stringBytesMax}`)
    const at = this.skip(length)
    return this.#text.toString('utf8', at, at + length)
  }

  /** A view on the received bytes. */
  bytes(flexible: boolean): Uint8Array {
    return this.#required(this.nullableBytes(flexible), 'bytes')
  }

  nullableBytes(flexible: boolean): Uint8Array | null {
    const length = this.#length(flexible)
    return length < 0 ? null : this.raw(length)
  }

  /** The next `count` bytes, a view. */
  raw(count: number): Uint8Array {
    const at = this.skip(count)
    return this.#bytes.subarray(at, at + count)
  }

  array<T>(flexible: boolean, version: number, decode: ElementDecoder<T>): T[] {
    return this.#required(this.nullableArray(flexible, version, decode), 'an array')
  }

  nullableArray<T>(flexible: boolean, version: number, decode: ElementDecoder<T>): T[] | null {
    const count = this.#length(flexible)
    if (count < 0) return null
    if (count > this.remaining) {
      throw this.error(
        `an array of ${count} elements cannot lie in the ${this.remaining} bytes that are left`,
      )
    }
    const elements: T[] = []
    for (let index = 0; index < count; index += 1) elements.push(decode(this, version, flexible))
    return elements
  }

  nullableStruct<T>(version: number, decode: (reader: Reader, version: number) => T): T | null {
    return this.int8() < 0 ? null : decode(this, version)
  }

  /** The size of a tagged field, answered as the position where it ends. */
  taggedFieldEnd(): number {
    const size = this.unsignedVarint()
    if (size > this.remaining) throw this.error(`a tagged field of ${size} bytes, ${this.remaining} are left`)
    return this.position + size
  }

  /** Checks that a known tagged field was as long as it said. */
  expectEnd(end: number, tag: number): void {
    if (this.position !== end) throw this.error(`tagged field ${tag} should end at byte ${end}`)
  }

  /** Keeps the tagged field up to `end` among the unknown ones of `value`. */
  unknownTaggedField(value: { unknownTaggedFields?: TaggedField[] }, tag: number, end: number): void {
    value.unknownTaggedFields ??= []
    value.unknownTaggedFields.push({ tag, bytes: this.raw(end - this.position) })
  }

  /** Reads the tagged fields of a structure that defines none. */
  unknownTaggedFields(value: { unknownTaggedFields?: TaggedField[] }): void {
    for (let count = this.unsignedVarint(); count > 0; count -= 1) {
      const tag = this.unsignedVarint()
      this.unknownTaggedField(value, tag, this.taggedFieldEnd())
    }
  }

  /** Below zero: null. In the old format any negative length says so, as in Kafka. */
  #length(flexible: boolean): number {
    const length = flexible ? this.unsignedVarint() - 1 : this.int32()
    if (length > 0x7fffffff) throw this.error(`a length of ${length}`)
    return length
  }

  #required<T>(value: T | null, what: string): T {
    if (value === null) throw this.error(`null where ${what} must be`)
    return value
  }
}
