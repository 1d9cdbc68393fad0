// Snappy as Kafka's clients frame it: the stream of snappy-java (xerial), a header of 16 bytes and then
// blocks, each with an int32 length. Some clients send one raw snappy block instead; without the header, it
// is taken as that.

import { VarintCursor } from '../../base/varint.ts'
import { DecodeError } from '../decode-error.ts'
import { readInt32, writeInt32 } from './big-endian.ts'
import { snappy } from './native-codecs.ts'

/** 0x82 "SNAPPY" 0, version 1, compatible from version 1. */
const streamHeader = Uint8Array.of(0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0, 0, 0, 0, 1, 0, 0, 0, 1)
const magicBytes = 8
/** What snappy-java writes; readers take any size. */
const blockBytes = 32 * 1024
/** Output on the JavaScript heap: otherwise the library's blocks pile up until the turn ends. */
const copied = { copyOutputData: true }

export function compressSnappy(bytes: Uint8Array): Uint8Array {
  const blocks: Uint8Array[] = []
  let sizeBytes = streamHeader.length
  for (let at = 0; at < bytes.length; at += blockBytes) {
    const block = snappy().compressSync(bytes.subarray(at, at + blockBytes), copied)
    blocks.push(block)
    sizeBytes += 4 + block.length
  }
  const stream = new Uint8Array(sizeBytes)
  stream.set(streamHeader)
  let at = streamHeader.length
  for (const block of blocks) {
    writeInt32(stream, at, block.length)
    stream.set(block, at + 4)
    at += 4 + block.length
  }
  return stream
}

/** Throws DecodeError, or the library's error for a damaged block. */
export function decompressSnappy(bytes: Uint8Array, limitBytes: number): Uint8Array {
  const blocks = startsStream(bytes, 0) ? streamBlocks(bytes) : [bytes]
  let sizeBytes = 0
  for (const block of blocks) sizeBytes += statedBytes(block)
  if (sizeBytes > limitBytes) {
    throw new DecodeError(`snappy data of ${sizeBytes} bytes is above the limit of ${limitBytes}`)
  }
  const output = new Uint8Array(sizeBytes)
  let at = 0
  for (const block of blocks) {
    const content = snappy().uncompressSync(block, copied) as Buffer
    output.set(content, at)
    at += content.length
  }
  return output
}

function startsStream(bytes: Uint8Array, at: number): boolean {
  if (bytes.length - at < streamHeader.length) return false
  for (let i = 0; i < magicBytes; i++) if (bytes[at + i] !== streamHeader[i]) return false
  return true
}

function streamBlocks(bytes: Uint8Array): Uint8Array[] {
  const blocks: Uint8Array[] = []
  let at = 0
  while (at < bytes.length) {
    if (startsStream(bytes, at)) {
      // Streams may follow one another.
      at += streamHeader.length
      continue
    }
    const length = at + 4 <= bytes.length ? readInt32(bytes, at) : -1
    if (length < 0 || at + 4 + length > bytes.length) throw new DecodeError('snappy stream is cut or damaged')
    blocks.push(bytes.subarray(at + 4, at + 4 + length))
    at += 4 + length
  }
  return blocks
}

/** The size of its content that a block states in its first bytes, which the library holds it to. */
function statedBytes(block: Uint8Array): number {
  const cursor = new VarintCursor(block)
  const size = cursor.unsignedVarint()
  if (cursor.isOverrun) throw new DecodeError('snappy block has no size')
  return size
}
