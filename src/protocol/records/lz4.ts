// LZ4 frames as Kafka writes and reads them (Lz4BlockOutputStream and Lz4BlockInputStream): independent
// blocks, 64 KB when written, any of the format's sizes when read. The frame is handled here and only its
// blocks go to the library, because the library's own frame reader knows no limit, and refuses the header
// checksum of magic 0, which old clients computed over the wrong bytes. That checksum is ignored: the batch's
// CRC covers the same bytes.

import { DecodeError } from '../decode-error.ts'
import { lz4 } from './native-codecs.ts'

/** Magic number, version 1 with independent blocks, blocks of 64 KB, and the checksum of these two. */
const frameHeader = Uint8Array.of(0x04, 0x22, 0x4d, 0x18, 0x60, 0x40, 0x82)
const magicNumber = 0x184d2204
const blockBytesWritten = 64 * 1024

const versionMask = 0xc0
const version1 = 0x40
const independentBlocks = 0x20
const blockChecksum = 0x10
const contentSize = 0x08
/** Reserved bit and dictionary id, neither of which Kafka takes. */
const unsupportedFlags = 0x03

const uncompressedBlock = 0x80000000

export function compressLz4(bytes: Uint8Array): Uint8Array {
  const blocks: Uint8Array[] = []
  let sizeBytes = frameHeader.length + 4
  for (let at = 0; at < bytes.length; at += blockBytesWritten) {
    const content = bytes.subarray(at, at + blockBytesWritten)
    // The library puts the size of the content in four bytes before the block.
    const compressed = lz4().compressSync(asBuffer(content)).subarray(4)
    const block = compressed.length < content.length ? compressed : content
    blocks.push(block)
    sizeBytes += 4 + block.length
  }
  const frame = new Uint8Array(sizeBytes)
  frame.set(frameHeader)
  let at = frameHeader.length
  for (const [index, block] of blocks.entries()) {
    const contentBytes = Math.min(bytes.length - index * blockBytesWritten, blockBytesWritten)
    writeUint32(frame, at, block.length === contentBytes ? block.length + uncompressedBlock : block.length)
    frame.set(block, at + 4)
    at += 4 + block.length
  }
  return frame
}

/**
 * Throws DecodeError, or the library's error for a damaged block. What follows the frame's end is ignored.
 */
export function decompressLz4(bytes: Uint8Array, limitBytes: number): Uint8Array {
  const frame = readFrameHeader(bytes)
  const blocks: Uint8Array[] = []
  let sizeBytes = 0
  let at = frame.headerBytes
  for (;;) {
    if (at + 4 > bytes.length) throw new DecodeError('lz4 frame has no end')
    const stated = readUint32(bytes, at)
    const isCompressed = stated < uncompressedBlock
    const length = isCompressed ? stated : stated - uncompressedBlock
    if (length === 0) break
    const end = at + 4 + length
    if (length > frame.blockBytesMax || end > bytes.length)
      throw new DecodeError('lz4 block is cut or too large')
    const block = bytes.subarray(at + 4, end)
    const content = isCompressed ? decompressBlock(block, frame.blockBytesMax) : block
    blocks.push(content)
    sizeBytes += content.length
    if (sizeBytes > limitBytes) throw new DecodeError(`lz4 data is above the limit of ${limitBytes} bytes`)
    at = frame.hasBlockChecksums ? end + 4 : end
  }
  return joined(blocks, sizeBytes)
}

interface FrameHeader {
  readonly headerBytes: number
  readonly blockBytesMax: number
  readonly hasBlockChecksums: boolean
}

function readFrameHeader(bytes: Uint8Array): FrameHeader {
  if (bytes.length < frameHeader.length || readUint32(bytes, 0) !== magicNumber) {
    throw new DecodeError('not an lz4 frame')
  }
  const flags = bytes[4]!
  const blockSize = (bytes[5]! >> 4) & 7
  if ((flags & versionMask) !== version1) throw new DecodeError('lz4 frame has an unknown version')
  if ((flags & independentBlocks) === 0)
    throw new DecodeError('lz4 frame has blocks that depend on one another')
  if ((flags & unsupportedFlags) !== 0) throw new DecodeError('lz4 frame needs a dictionary')
  if (blockSize < 4 || (bytes[5]! & 0x8f) !== 0) throw new DecodeError('lz4 frame has an unknown block size')
  return {
    headerBytes: frameHeader.length + ((flags & contentSize) !== 0 ? 8 : 0),
    blockBytesMax: 2 ** (8 + 2 * blockSize),
    hasBlockChecksums: (flags & blockChecksum) !== 0,
  }
}

function decompressBlock(block: Uint8Array, blockBytesMax: number): Uint8Array {
  // The library takes the room it may fill from four bytes before the block. No input grows more than 255
  // times.
  const sized = Buffer.allocUnsafe(4 + block.length)
  writeUint32(sized, 0, Math.min(blockBytesMax, block.length * 255))
  sized.set(block, 4)
  return lz4().uncompressSync(sized)
}

function joined(blocks: readonly Uint8Array[], sizeBytes: number): Uint8Array {
  const output = new Uint8Array(sizeBytes)
  let at = 0
  for (const block of blocks) {
    output.set(block, at)
    at += block.length
  }
  return output
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
}

function readUint32(bytes: Uint8Array, at: number): number {
  return (bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24)) >>> 0
}

function writeUint32(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = value
  bytes[at + 1] = value >> 8
  bytes[at + 2] = value >> 16
  bytes[at + 3] = value >>> 24
}
