import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { crc32 } from 'node:zlib'
import fc from 'fast-check'
import { DecodeError } from '../decode-error.ts'
import { writeInt32 } from './big-endian.ts'
import { legacyBatches } from './legacy-message-set.ts'

const seed = 20261125
const goldens = readFileSync(
  new URL('../../../test/golden/legacy-message-sets.jsonl', import.meta.url),
  'utf8',
)
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line))
  .map((line) => ({ ...line, bytes: new Uint8Array(Buffer.from(line.hex, 'hex')) }))

const timestampTypes = { none: 'NoTimestampType', create: 'CreateTime', append: 'LogAppendTime' }

function golden(description: string): Uint8Array {
  return goldens.find((line) => line.description === description).bytes.slice()
}

function hexOrNull(bytes: Uint8Array | null): string | null {
  return bytes === null ? null : Buffer.from(bytes).toString('hex')
}

/** The first message of `bytes` after a change of it, with the checksum it then has. */
function changed(description: string, change: (bytes: Uint8Array) => void): Uint8Array {
  const bytes = golden(description)
  change(bytes)
  writeInt32(bytes, 12, crc32(bytes.subarray(16)))
  return bytes
}

test("[REC20] every golden message set of magic 0 and 1 holds what Kafka's reader finds", () => {
  for (const { description, bytes, batches } of goldens) {
    const read = [...legacyBatches(bytes)].map((batch) => ({
      magic: batch.magic,
      sizeInBytes: batch.sizeBytes,
      baseOffset: batch.baseOffset,
      lastOffset: batch.lastOffset,
      valid: true,
      crc: batch.crc,
      compression: batch.compression,
      timestampType: timestampTypes[batch.timestampType],
      maxTimestamp: batch.maxTimestamp,
      records: batch.records.map(({ offset, timestamp, key, value }) => {
        return { offset, timestamp, key: hexOrNull(key), value: hexOrNull(value) }
      }),
    }))
    assert.deepEqual(read, batches, description)
  }
})

test('[REC21] a wrapper of magic 1 with offset 0 leaves the offsets inside as they are', () => {
  const bytes = changed('magic 1, three messages, gzip wrapper', (message) => message.fill(0, 0, 8))
  assert.deepEqual(
    [...legacyBatches(bytes)][0]!.records.map((record) => record.offset),
    [0, 1, 2],
  )
})

test('[REC22] a damaged or impossible message is a DecodeError, one that is cut off ends the set', () => {
  const single = 'magic 1, one message'
  const damages: [Uint8Array, RegExp][] = [
    [golden(single).fill(1, 41), /checksum/],
    [golden(single).fill(0, 8, 12), /below its header/],
    [changed(single, (bytes) => bytes.fill(2, 16, 17)), /magic 2/],
    [changed(single, (bytes) => bytes.fill(4, 17, 18)), /codec 4/],
    [changed(single, (bytes) => bytes.fill(9, 29, 30)), /do not fill/],
    [
      changed('magic 1, three messages, gzip wrapper', (bytes) => bytes.fill(0, 0, 8).fill(1, 7, 8)),
      /offset below/,
    ],
    [changed('magic 1, null value', (bytes) => bytes.fill(1, 17, 18)), /no value/],
  ]
  for (const [bytes, message] of damages) {
    assert.throws(() => [...legacyBatches(bytes)], { name: 'DecodeError', message })
  }
  assert.deepEqual([...legacyBatches(golden(single).subarray(0, 41))], [])
  assert.throws(() => [...legacyBatches(golden('magic 0, three messages, lz4 wrapper'), 50)], DecodeError)
})

test('[REC22] any mutation of a message set either reads or is a DecodeError', () => {
  const mutations = fc.array(fc.tuple(fc.nat(), fc.nat({ max: 255 })), { minLength: 1, maxLength: 4 })
  fc.assert(
    fc.property(fc.constantFrom(...goldens), mutations, fc.boolean(), ({ bytes }, changes, fixesCrc) => {
      const mutated: Uint8Array = bytes.slice()
      for (const [at, value] of changes) mutated[at % mutated.length] = value
      if (fixesCrc) writeInt32(mutated, 12, crc32(mutated.subarray(16)))
      try {
        for (const batch of legacyBatches(mutated, 1e6)) assert.ok(batch.records.length > 0)
      } catch (error) {
        assert.ok(error instanceof DecodeError, String(error))
      }
    }),
    { seed, numRuns: 2000 },
  )
})
