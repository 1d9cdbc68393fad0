import assert from 'node:assert/strict'
import { test } from 'node:test'
import { crc32c } from './crc32c.ts'

test("[REC3] the checksum is CRC-32C, as in Kafka's vectors", () => {
  const vectors: [string, number][] = [
    ['', 0],
    ['61', 3251651376],
    ['616263', 910901175],
    ['6b6579', 1084519789],
    ['612d6c6974746c652d6269742d6c6f6e672d737472696e67', 420990643],
  ]
  for (const [hex, checksum] of vectors) assert.equal(crc32c(Buffer.from(hex, 'hex')), checksum)
})

test('[REC3] the checksum covers the asked range of a view only', () => {
  const bytes = new Uint8Array(Buffer.from('0000616263ff', 'hex')).subarray(1)
  assert.equal(crc32c(bytes, 1, 4), 910901175)
})
