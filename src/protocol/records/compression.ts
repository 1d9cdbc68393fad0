// The codecs of record batches: one call a batch, from bytes to bytes. gzip and zstd are Node's own; snappy
// and lz4 have their Kafka framing in files beside this one. What comes out of `decompress` is never larger
// than its limit, whatever the input says about itself, and damage of any kind is a DecodeError.

import { constants, gunzipSync, gzipSync, zstdCompressSync, zstdDecompressSync } from 'node:zlib'
import { DecodeError } from '../decode-error.ts'
import { compressLz4, decompressLz4 } from './lz4.ts'
import { compressSnappy, decompressSnappy } from './snappy.ts'

export type Compression = 'none' | 'gzip' | 'snappy' | 'lz4' | 'zstd'

/** Index = the id in a batch's attributes. */
export const compressions: readonly Compression[] = ['none', 'gzip', 'snappy', 'lz4', 'zstd']

/**
 * How large the records of one batch may become when no caller says otherwise. Far above what a producer can
 * fill within `message.max.bytes` with real data, far below what a bomb of that size reaches.
 */
export const decompressedBytesMaxDefault = 256 * 1024 * 1024

const zlibOutputChunkBytes = 64 * 1024
const zstdLevelDefault = 3

/**
 * `level` is that of `compression.gzip.level` or `compression.zstd.level`. Snappy has none, and lz4 here has
 * one speed: `compression.lz4.level` changes nothing that a reader could see.
 */
export function compress(codec: Compression, bytes: Uint8Array, level?: number): Uint8Array {
  switch (codec) {
    case 'none':
      return bytes
    case 'gzip':
      return plain(gzipSync(bytes, level === undefined ? {} : { level }))
    case 'snappy':
      return compressSnappy(bytes)
    case 'lz4':
      return compressLz4(bytes)
    case 'zstd':
      return plain(
        zstdCompressSync(bytes, {
          params: { [constants.ZSTD_c_compressionLevel]: level ?? zstdLevelDefault },
        }),
      )
  }
}

/**
 * Throws DecodeError for damage and for more than `limitBytes` of output. `none` gives back `bytes` itself.
 */
export function decompress(codec: Compression, bytes: Uint8Array, limitBytes: number): Uint8Array {
  if (codec === 'none') return bytes
  try {
    switch (codec) {
      case 'gzip':
        return plain(gunzipSync(bytes, zlibLimits(limitBytes)))
      case 'snappy':
        return decompressSnappy(bytes, limitBytes)
      case 'lz4':
        return decompressLz4(bytes, limitBytes)
      case 'zstd':
        return plain(zstdDecompressSync(bytes, zlibLimits(limitBytes)))
    }
  } catch (error) {
    if (error instanceof DecodeError) throw error
    throw new DecodeError(`${codec} data cannot be decompressed: ${(error as Error).message}`)
  }
}

function zlibLimits(limitBytes: number): { maxOutputLength: number; chunkSize: number } {
  return { maxOutputLength: Math.max(limitBytes, 1), chunkSize: zlibOutputChunkBytes }
}

/** A view of the project's byte type on Node's. */
function plain(buffer: Buffer): Uint8Array {
  return new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.length)
}
