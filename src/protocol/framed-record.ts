// Records of __cluster_metadata and __remote_log_metadata carry their type: frame version, API key and version as
// varints, then the body, and nothing after it (Kafka's AbstractApiMessageSerde).

import { hasVersion, type MessageCodec } from './message.ts'
import { Reader } from './reader.ts'
import { Writer } from './writer.ts'

const frameVersion = 1

/** What a frame holds; no value where the API key or the version is not known here. */
export interface FramedRecord {
  readonly apiKey: number
  readonly version: number
  readonly codec: MessageCodec<unknown> | undefined
  readonly value: unknown
}

export function encodeFramedRecord<T>(codec: MessageCodec<T>, value: T, version: number): Uint8Array {
  const writer = new Writer()
  writer.unsignedVarint(frameVersion)
  writer.unsignedVarint(codec.apiKey)
  writer.unsignedVarint(version)
  codec.encode(writer, value, version)
  return writer.toBytes()
}

/** Throws DecodeError: bad bytes, another frame version, bytes after the body. */
export function decodeFramedRecord(
  bytes: Uint8Array,
  codecs: ReadonlyMap<number, MessageCodec<unknown>>,
): FramedRecord {
  const reader = new Reader(bytes)
  const frame = reader.unsignedVarint()
  if (frame !== frameVersion) throw reader.error(`frame version ${frame} of a record is not known`)
  const apiKey = reader.unsignedVarint()
  const version = reader.unsignedVarint()
  const codec = codecs.get(apiKey)
  if (codec === undefined || !hasVersion(codec, version))
    return { apiKey, version, codec: undefined, value: undefined }
  const value = codec.decode(reader, version)
  if (reader.remaining > 0) throw reader.error(`${reader.remaining} bytes follow a ${codec.name}`)
  return { apiKey, version, codec, value }
}
