// The primitive types as elements of arrays, in the form Reader.array and Writer.array take.

import type { ElementDecoder } from './reader.ts'
import type { ElementEncoder } from './writer.ts'

interface Element<T> {
  readonly decode: ElementDecoder<T>
  readonly encode: ElementEncoder<T>
}

export const int8Element: Element<number> = {
  decode: (reader) => reader.int8(),
  encode: (writer, value) => writer.int8(value),
}

export const int16Element: Element<number> = {
  decode: (reader) => reader.int16(),
  encode: (writer, value) => writer.int16(value),
}

export const int32Element: Element<number> = {
  decode: (reader) => reader.int32(),
  encode: (writer, value) => writer.int32(value),
}

export const int64Element: Element<number> = {
  decode: (reader) => reader.int64(),
  encode: (writer, value) => writer.int64(value),
}

export const uuidElement: Element<string> = {
  decode: (reader) => reader.uuid(),
  encode: (writer, value) => writer.uuid(value),
}

export const stringElement: Element<string> = {
  decode: (reader, _version, flexible) => reader.string(flexible),
  encode: (writer, value, _version, flexible) => writer.string(value, flexible),
}
