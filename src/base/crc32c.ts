// CRC-32C (Castagnoli), the checksum of record batches and quorum snapshots.

import { crc32c as nativeCrc32c } from '@node-rs/crc32'

/** The unsigned checksum of `bytes` from `start` to `end` (exclusive). */
export function crc32c(bytes: Uint8Array, start = 0, end = bytes.length): number {
  return nativeCrc32c(bytes.subarray(start, end))
}
