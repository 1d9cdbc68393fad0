// The conversion of a batch to the codec that its topic asks for (`compression.type`).

import { batchAttributes, batchFields, batchLengthOverhead } from './batch-layout.ts'
import { writeInt16, writeInt32 } from './big-endian.ts'
import { type Compression, compress, compressions } from './compression.ts'
import { batchContent, batchHeaderBytes, readBatchHeader, updateCrc } from './record-batch.ts'

/**
 * The batch at `at` with another codec, all else the same (KIP-780's level, `compression.type` of a topic).
 * `content` saves decompressing again what `validateRecords` has decompressed. Throws DecodeError like
 * `batchContent`.
 */
export function recompress(
  bytes: Uint8Array,
  at: number,
  codec: Compression,
  level?: number,
  content = batchContent(bytes, at),
): Uint8Array {
  const { attributes } = readBatchHeader(bytes, at)
  const payload = compress(codec, content, level)
  const batch = new Uint8Array(batchHeaderBytes + payload.length)
  batch.set(bytes.subarray(at, at + batchHeaderBytes))
  batch.set(payload, batchHeaderBytes)
  writeInt32(batch, batchFields.batchLength, batch.length - batchLengthOverhead)
  const otherAttributes = attributes & ~batchAttributes.compressionMask
  writeInt16(batch, batchFields.attributes, otherAttributes | compressions.indexOf(codec))
  updateCrc(batch, 0)
  return batch
}
