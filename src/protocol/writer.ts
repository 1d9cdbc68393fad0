// Writes the primitive types of the protocol into a list of chunks. Record batches and other large binary values
// become chunks of their own, so that a fetched batch goes from the log to the socket without being copied.
// A value that its type cannot hold throws EncodeError: it would otherwise arrive as another value.

import { isUuid, zeroUuid } from '../base/uuid.ts'
import type { TaggedField } from './reader.ts'

/** The value cannot be written as asked. */
export class EncodeError extends Error {
  override readonly name = 'EncodeError'
}

/** Writes one element of an array; `flexible` is the array's own. */
export type ElementEncoder<T> = (writer: Writer, value: T, version: number, flexible: boolean) => void

function outOfRange(value: number | bigint, type: string): EncodeError {
  return new EncodeError(`${value} is not of type ${type}`)
}

const chunkBytesMin = 512
const chunkBytesMax = 64 * 1024
/** Below this a copy costs less than one more chunk to hand to the socket. */
const spliceBytesMin = 1024
/** Strings up to this length are written by a loop, which is faster than the call into native code. */
const shortStringLengthMax = 48
const stringBytesMax = 0x7fff
const int64High = 2 ** 32

export class Writer {
  readonly #chunks: Uint8Array[] = []
  #buffer: Buffer = Buffer.allocUnsafe(chunkBytesMin)
  #start = 0
  #position = 0
  #closedBytes = 0

  /** Bytes written so far. */
  get length(): number {
    return this.#closedBytes + this.#position - this.#start
  }

  /** Everything written, in order. The writer must not be used afterwards. */
  finish(): Uint8Array[] {
    this.#closeChunk()
    return this.#chunks
  }

  /** Everything written, in one piece. The writer must not be used afterwards. */
  toBytes(): Uint8Array {
    const chunks = this.finish()
    if (chunks.length === 1) return chunks[0]!
    const all = new Uint8Array(this.#closedBytes)
    let at = 0
    for (const chunk of chunks) {
      all.set(chunk, at)
      at += chunk.length
    }
    return all
  }

  bool(value: boolean): void {
    this.#byte(value ? 1 : 0)
  }

  int8(value: number): void {
    if (value !== (value << 24) >> 24) throw outOfRange(value, 'int8')
    this.#byte(value)
  }

  int16(value: number): void {
    if (value !== (value << 16) >> 16) throw outOfRange(value, 'int16')
    this.#int16Bits(value)
  }

  uint16(value: number): void {
    if (value !== (value & 0xffff)) throw outOfRange(value, 'uint16')
    this.#int16Bits(value)
  }

  int32(value: number): void {
    if (value !== (value | 0)) throw outOfRange(value, 'int32')
    this.#int32Bits(value)
  }

  uint32(value: number): void {
    if (value !== value >>> 0) throw outOfRange(value, 'uint32')
    this.#int32Bits(value)
  }

  /** The bounds ±(2^53-1) are written as the least and greatest 64-bit integer: see Reader.int64. */
  int64(value: number): void {
    if (!Number.isInteger(value)) throw outOfRange(value, 'int64')
    if (value >= Number.MAX_SAFE_INTEGER) this.#int64Halves(0x7fffffff, -1)
    else if (value <= Number.MIN_SAFE_INTEGER) this.#int64Halves(-0x80000000, 0)
    else this.#int64Halves(Math.floor(value / int64High), value)
  }

  int64Exact(value: bigint): void {
    if (value !== BigInt.asIntN(64, value)) throw outOfRange(value, 'int64')
    this.#int64Halves(Number(BigInt.asIntN(32, value >> 32n)), Number(BigInt.asUintN(32, value)))
  }

  float64(value: number): void {
    const at = this.#reserve(8)
    this.#buffer.writeDoubleBE(value, at)
  }

  /** 0 to 2^32-1. */
  unsignedVarint(value: number): void {
    let rest = value >>> 0
    while (rest >= 0x80) {
      this.#byte(rest | 0x80)
      rest >>>= 7
    }
    this.#byte(rest)
  }

  uuid(value: string): void {
    const at = this.#reserve(16)
    if (value === zeroUuid) {
      this.#buffer.fill(0, at, at + 16)
      return
    }
    if (!isUuid(value)) throw new EncodeError(`"${value}" is not an id of 22 base64url characters`)
    this.#buffer.write(value, at, 'base64url')
  }

  string(value: string, flexible: boolean): void {
    if (value.length <= shortStringLengthMax && this.#shortAscii(value, flexible)) return
    const bytes = Buffer.byteLength(value)
    if (bytes > stringBytesMax)
      throw new EncodeError(`a string is ${bytes} bytes long, the limit is ${stringBytesMax}`)
    if (flexible) this.unsignedVarint(bytes + 1)
    else this.int16(bytes)
    const at = this.#reserve(bytes)
    this.#buffer.write(value, at, 'utf8')
  }

  nullableString(value: string | null, flexible: boolean): void {
    if (value !== null) this.string(value, flexible)
    else if (flexible) this.#byte(0)
    else this.int16(-1)
  }

  bytes(value: Uint8Array, flexible: boolean): void {
    this.#length(value.length, flexible)
    this.raw(value)
  }

  nullableBytes(value: Uint8Array | null, flexible: boolean): void {
    if (value !== null) this.bytes(value, flexible)
    else this.#length(-1, flexible)
  }

  /** The bytes as they are; large ones are not copied and must not change until they are sent. */
  raw(value: Uint8Array): void {
    if (value.length < spliceBytesMin) {
      const at = this.#reserve(value.length)
      this.#buffer.set(value, at)
      return
    }
    this.#closeChunk()
    this.#chunks.push(value)
    this.#closedBytes += value.length
  }

  array<T>(values: readonly T[], flexible: boolean, version: number, encode: ElementEncoder<T>): void {
    this.#length(values.length, flexible)
    for (const value of values) encode(this, value, version, flexible)
  }

  nullableArray<T>(
    values: readonly T[] | null,
    flexible: boolean,
    version: number,
    encode: ElementEncoder<T>,
  ): void {
    if (values !== null) this.array(values, flexible, version, encode)
    else this.#length(-1, flexible)
  }

  nullableStruct<T>(
    value: T | null,
    version: number,
    encode: (writer: Writer, value: T, version: number) => void,
  ): void {
    this.#byte(value === null ? -1 : 1)
    if (value !== null) encode(this, value, version)
  }

  /** The end of a flexible structure: tagged fields in the order of their tags, each tag once (KIP-482). */
  taggedFields(fields: readonly TaggedField[] | undefined): void {
    if (fields === undefined || fields.length === 0) {
      this.#byte(0)
      return
    }
    const ordered = fields.toSorted((left, right) => left.tag - right.tag)
    this.unsignedVarint(ordered.length)
    let before = -1
    for (const { tag, bytes } of ordered) {
      if (tag === before) throw new EncodeError(`tagged field ${tag} is set twice`)
      before = tag
      this.unsignedVarint(tag)
      this.unsignedVarint(bytes.length)
      this.raw(bytes)
    }
  }

  #length(length: number, flexible: boolean): void {
    if (flexible) this.unsignedVarint(length + 1)
    else this.int32(length)
  }

  #byte(value: number): void {
    const at = this.#reserve(1)
    this.#buffer[at] = value
  }

  #int16Bits(value: number): void {
    const at = this.#reserve(2)
    this.#buffer[at] = value >> 8
    this.#buffer[at + 1] = value
  }

  #int32Bits(value: number): void {
    const at = this.#reserve(4)
    const buffer = this.#buffer
    buffer[at] = value >> 24
    buffer[at + 1] = value >> 16
    buffer[at + 2] = value >> 8
    buffer[at + 3] = value
  }

  #int64Halves(high: number, low: number): void {
    this.#int32Bits(high)
    this.#int32Bits(low)
  }

  /** Writes length and characters if all are ASCII; otherwise takes back what it wrote and answers false. */
  #shortAscii(value: string, flexible: boolean): boolean {
    const prefixBytes = flexible ? 1 : 2
    const start = this.#reserve(prefixBytes + value.length)
    const buffer = this.#buffer
    let at = start + prefixBytes
    for (let index = 0; index < value.length; index += 1) {
      const code = value.charCodeAt(index)
      if (code >= 0x80) {
        this.#position = start
        return false
      }
      buffer[at++] = code
    }
    if (flexible) buffer[start] = value.length + 1
    else {
      buffer[start] = 0
      buffer[start + 1] = value.length
    }
    return true
  }

  /** Room for `bytes` in one chunk, answered as its index in the buffer. */
  #reserve(bytes: number): number {
    if (this.#position + bytes > this.#buffer.length) this.#newBuffer(bytes)
    const at = this.#position
    this.#position = at + bytes
    return at
  }

  #newBuffer(bytesMin: number): void {
    const doubled = Math.min(this.#buffer.length * 2, chunkBytesMax)
    this.#closeChunk()
    this.#buffer = Buffer.allocUnsafe(Math.max(doubled, bytesMin))
    this.#start = 0
    this.#position = 0
  }

  #closeChunk(): void {
    const bytes = this.#position - this.#start
    if (bytes === 0) return
    const buffer = this.#buffer
    this.#chunks.push(new Uint8Array(buffer.buffer, buffer.byteOffset + this.#start, bytes))
    this.#closedBytes += bytes
    this.#start = this.#position
  }
}
