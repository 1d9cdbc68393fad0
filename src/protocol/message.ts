// What every generated codec is: one object per message with all its versions. The generator writes these from
// `schemas/`; hand-written code meets messages only through this interface and the generated value types.

import type { Reader, TaggedField } from './reader.ts'
import { EncodeError, Writer } from './writer.ts'

export interface MessageCodec<T> {
  /** Kafka's name: `ProduceRequest`, `TopicRecord`. */
  readonly name: string
  /** The API key of a request or response, the type number of a record, -1 for anything else. */
  readonly apiKey: number
  /** First and last version, both included. */
  readonly versions: readonly [number, number]
  /** The last version that is not marked unstable. */
  readonly stableVersionMax: number
  /** The first version with compact lengths and tagged fields (KIP-482); Infinity: none. */
  readonly flexibleFrom: number
  /** Reads one value; `version` lies in `versions`. Throws DecodeError. Bytes are views on what `reader` reads. */
  decode(reader: Reader, version: number): T
  /**
   * Writes one value. Throws EncodeError where it holds what `version` cannot say: Kafka throws
   * UnsupportedVersionException there, because leaving a field out silently would change the meaning.
   */
  encode(writer: Writer, value: T, version: number): void
  /** A new value with every field at its default. */
  defaults(): T
}

/** Whether the codec knows `version`. */
export function hasVersion(codec: MessageCodec<unknown>, version: number): boolean {
  return version >= codec.versions[0] && version <= codec.versions[1]
}

/** The bytes of `value` alone, without header or length. */
export function encodeMessage<T>(codec: MessageCodec<T>, value: T, version: number): Uint8Array {
  const writer = new Writer()
  codec.encode(writer, value, version)
  return writer.toBytes()
}

/** For generated code: the error of a field that is set although the version has no place for it. */
export function unsupportedField(field: string, version: number): EncodeError {
  return new EncodeError(`${field} is set, but version ${version} cannot carry it`)
}

/** For generated code: refuses tagged fields in a version that has none. */
export function refuseTaggedFields(
  fields: readonly TaggedField[] | undefined,
  structure: string,
  version: number,
): void {
  if (fields !== undefined && fields.length > 0)
    throw unsupportedField(`${structure}.unknownTaggedFields`, version)
}

/** For generated code: refuses null in versions where the field may not be null. */
export function notNull<T>(value: T | null, field: string, version: number): T {
  if (value === null) throw new EncodeError(`${field} is null, which version ${version} does not allow`)
  return value
}

/** For generated code: one tagged field, its value encoded by `encode`. */
export function taggedField(tag: number, encode: (writer: Writer) => void): TaggedField {
  const writer = new Writer()
  encode(writer)
  return { tag, bytes: writer.toBytes() }
}
