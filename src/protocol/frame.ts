// Frames: an int32 with the number of bytes that follow, the header, the body. Header versions follow from the
// body's (ApiDefinition). FrameDecoder takes frames out of a stream; this file reads and writes what is inside.

import { requestHeaderVersion, responseHeaderVersion } from './api-definition.ts'
import { apiByKey } from './api-keys.ts'
import { requestHeader } from './generated/request-header.ts'
import { responseHeader } from './generated/response-header.ts'
import type { MessageCodec } from './message.ts'
import { Reader } from './reader.ts'
import { Writer } from './writer.ts'

export interface RequestHeader {
  readonly requestApiKey: number
  readonly requestApiVersion: number
  readonly correlationId: number
  readonly clientId: string | null
}

/**
 * Reads the header of a request and leaves `reader` at the body. The header of an API that is not known here is read
 * as one without tagged fields: enough to say in the log what came. Throws DecodeError.
 */
export function decodeRequestHeader(reader: Reader): RequestHeader {
  const start = reader.position
  const apiKey = reader.int16()
  const apiVersion = reader.int16()
  reader.position = start
  return requestHeader.decode(reader, apiByKey(apiKey)?.requestHeaderVersion(apiVersion) ?? 1)
}

/** A whole request with its length; the first chunk begins with it. Throws EncodeError. */
export function encodeRequestFrame<T>(
  codec: MessageCodec<T>,
  version: number,
  correlationId: number,
  clientId: string | null,
  value: T,
): Uint8Array[] {
  const writer = new Writer()
  writer.int32(0)
  const header = { requestApiKey: codec.apiKey, requestApiVersion: version, correlationId, clientId }
  requestHeader.encode(writer, header, requestHeaderVersion(codec, version))
  codec.encode(writer, value, version)
  return finishFrame(writer)
}

/** A whole response with its length; the first chunk begins with it. Throws EncodeError. */
export function encodeResponseFrame<T>(
  codec: MessageCodec<T>,
  version: number,
  correlationId: number,
  value: T,
): Uint8Array[] {
  const writer = new Writer()
  writer.int32(0)
  responseHeader.encode(writer, { correlationId }, responseHeaderVersion(codec, version))
  codec.encode(writer, value, version)
  return finishFrame(writer)
}

/** Reads a response without its length. Throws DecodeError. */
export function decodeResponse<T>(
  codec: MessageCodec<T>,
  version: number,
  frame: Uint8Array,
): { correlationId: number; value: T } {
  const reader = new Reader(frame)
  const { correlationId } = responseHeader.decode(reader, responseHeaderVersion(codec, version))
  return { correlationId, value: codec.decode(reader, version) }
}

function finishFrame(writer: Writer): Uint8Array[] {
  const size = writer.length - 4
  const chunks = writer.finish()
  const first = chunks[0]!
  new DataView(first.buffer, first.byteOffset, 4).setInt32(0, size)
  return chunks
}
