// Reading and writing the primitive types of Kafka's messages, as far as the records of the group
// coordinator need them. Reading checks every length against what is there before it allocates.

export class RecordDecodeError extends Error {
  override readonly name = 'RecordDecodeError'
}

const int16Max = 0x7fff
const utf8Decoder = new TextDecoder()
const utf8Encoder = new TextEncoder()

export class RecordReader {
  readonly #bytes: Uint8Array
  readonly #view: DataView
  /** In flexible versions lengths are unsigned varints, one too large, and 0 is null. */
  readonly #isFlexible: boolean
  #position = 0

  constructor(bytes: Uint8Array, options: { start: number; isFlexible: boolean }) {
    this.#bytes = bytes
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    this.#isFlexible = options.isFlexible
    this.#position = options.start
  }

  int16(): number {
    return this.#view.getInt16(this.#take(2))
  }

  int32(): number {
    return this.#view.getInt32(this.#take(4))
  }

  int64(): bigint {
    return this.#view.getBigInt64(this.#take(8))
  }

  nullableString(): string | null {
    const length = this.#isFlexible ? this.unsignedVarint() - 1 : this.int16()
    return length < 0 ? null : utf8Decoder.decode(this.#slice(length))
  }

  string(): string {
    const text = this.nullableString()
    if (text === null) throw new RecordDecodeError('a string that may not be null is null')
    return text
  }

  /** A copy: records outlive the chunk they were read from. */
  bytes(): Uint8Array {
    const length = this.#isFlexible ? this.unsignedVarint() - 1 : this.int32()
    if (length < 0) throw new RecordDecodeError('bytes that may not be null are null')
    return this.#slice(length).slice()
  }

  /** The length of an array whose elements take at least one byte each. */
  arrayLength(): number {
    const length = this.#isFlexible ? this.unsignedVarint() - 1 : this.int32()
    if (length < 0 || length > this.#bytes.length - this.#position)
      throw new RecordDecodeError(`an array of ${length} elements does not fit its record`)
    return length
  }

  unsignedVarint(): number {
    let value = 0
    for (let shift = 0; shift < 35; shift += 7) {
      const byte = this.#bytes[this.#take(1)]!
      value += (byte & 0x7f) * 2 ** shift
      if (byte < 0x80) return value
    }
    throw new RecordDecodeError('a varint is longer than five bytes')
  }

  /** Reads a tag section; `onTag` gets each field's number and bytes. Nothing to read in rigid versions. */
  taggedFields(onTag: (tag: number, bytes: Uint8Array) => void): void {
    if (!this.#isFlexible) return
    const count = this.unsignedVarint()
    for (let index = 0; index < count; index++) {
      const tag = this.unsignedVarint()
      onTag(tag, this.#slice(this.unsignedVarint()))
    }
  }

  #take(length: number): number {
    const start = this.#position
    if (length > this.#bytes.length - start) throw new RecordDecodeError('a record ends before its fields')
    this.#position = start + length
    return start
  }

  #slice(length: number): Uint8Array {
    const start = this.#take(length)
    return this.#bytes.subarray(start, start + length)
  }
}

export class RecordWriter {
  readonly #isFlexible: boolean
  #bytes = new Uint8Array(128)
  #view = new DataView(this.#bytes.buffer)
  #length = 0
  #isOverlong = false

  constructor(options: { isFlexible: boolean }) {
    this.#isFlexible = options.isFlexible
  }

  int16(value: number): this {
    const start = this.#grow(2)
    this.#view.setInt16(start, value)
    return this
  }

  int32(value: number): this {
    const start = this.#grow(4)
    this.#view.setInt32(start, value)
    return this
  }

  int64(value: bigint): this {
    const start = this.#grow(8)
    this.#view.setBigInt64(start, value)
    return this
  }

  string(value: string | null): this {
    const encoded = value === null ? null : utf8Encoder.encode(value)
    if (this.#isFlexible) this.unsignedVarint(encoded === null ? 0 : encoded.length + 1)
    else this.int16(encoded === null ? -1 : encoded.length)
    if (!this.#isFlexible && encoded !== null && encoded.length > int16Max) this.#isOverlong = true
    return encoded === null ? this : this.raw(encoded)
  }

  bytes(value: Uint8Array): this {
    return this.arrayLength(value.length).raw(value)
  }

  arrayLength(length: number): this {
    return this.#isFlexible ? this.unsignedVarint(length + 1) : this.int32(length)
  }

  unsignedVarint(value: number): this {
    let rest = value
    while (rest >= 0x80) {
      this.#byte((rest % 0x80) | 0x80)
      rest = Math.floor(rest / 0x80)
    }
    return this.#byte(rest)
  }

  raw(value: Uint8Array): this {
    const start = this.#grow(value.length)
    this.#bytes.set(value, start)
    return this
  }

  /** What was written; undefined when a string was longer than its length field can say. */
  finish(): Uint8Array | undefined {
    return this.#isOverlong ? undefined : this.#bytes.slice(0, this.#length)
  }

  #byte(value: number): this {
    const start = this.#grow(1)
    this.#bytes[start] = value
    return this
  }

  /** Makes room and returns where it starts. May replace the buffer: call it before looking at the buffer. */
  #grow(length: number): number {
    const start = this.#length
    this.#length += length
    if (this.#length > this.#bytes.length) {
      const grown = new Uint8Array(Math.max(this.#length, this.#bytes.length * 2))
      grown.set(this.#bytes)
      this.#bytes = grown
      this.#view = new DataView(grown.buffer)
    }
    return start
  }
}
