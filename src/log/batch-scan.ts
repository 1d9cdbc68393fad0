// Walks the batches in a byte range of a segment, chunk by chunk, without decompressing anything.

import { DecodeError } from '../protocol/decode-error.ts'
import {
  type BatchHeader,
  batchHeaderBytes,
  batchSizeBytes,
  readBatchHeader,
} from '../protocol/records/record-batch.ts'

/** Enough to make reading sequential, little enough to let other work in between. */
const chunkBytesDefault = 1024 * 1024

export type ReadRange = (from: number, to: number) => Promise<Uint8Array>

/**
 * Calls `visit` for each whole batch in [from, to): the bytes hold the whole batch at `at`. Stops before a
 * batch that `visit` answers false for, before one that is cut, and before bytes that are no batch. Answers
 * the position where it stopped; `to` means that the range holds whole batches only.
 */
export async function scanBatches(
  read: ReadRange,
  from: number,
  to: number,
  visit: (header: BatchHeader, bytes: Uint8Array, at: number) => boolean,
  chunkBytes = chunkBytesDefault,
): Promise<number> {
  let position = from
  let wantedBytes = chunkBytes
  while (position + batchHeaderBytes <= to) {
    const chunk = await read(position, Math.min(to, position + wantedBytes))
    let at = 0
    while (at + batchHeaderBytes <= chunk.length) {
      const sizeBytes = batchSizeBytes(chunk, at)
      if (sizeBytes < batchHeaderBytes || position + at + sizeBytes > to) return position + at
      if (at + sizeBytes > chunk.length) break
      const header = headerAt(chunk, at)
      if (header === undefined || !visit(header, chunk, at)) return position + at
      at += sizeBytes
    }
    // A batch larger than the chunk: its size was checked against the range, so it is there.
    wantedBytes = at === 0 ? Math.max(wantedBytes, batchSizeBytes(chunk, 0)) : chunkBytes
    if (at === 0 && chunk.length < batchHeaderBytes) return position
    if (at === 0 && wantedBytes <= chunk.length) return position
    position += at
  }
  return position
}

function headerAt(chunk: Uint8Array, at: number): BatchHeader | undefined {
  try {
    return readBatchHeader(chunk, at)
  } catch (error) {
    if (error instanceof DecodeError) return undefined
    throw error
  }
}
