// Properties of record batches over generated records and mutated bytes.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { DecodeError } from '../decode-error.ts'
import { batchFields } from './batch-layout.ts'
import { writeInt32 } from './big-endian.ts'
import { compressions } from './compression.ts'
import { recompress } from './recompress.ts'
import {
  batchHeaderBytes,
  batchHeaders,
  crcIsValid,
  encodeBatch,
  type NewBatch,
  readBatchHeader,
  records,
  updateCrc,
} from './record-batch.ts'
import { validateRecords } from './validate-records.ts'

const seed = 20261125
const bytes = fc.uint8Array({ maxLength: 80 })
const nullableBytes = fc.option(bytes)
const header = fc.record(
  { key: fc.string({ unit: 'grapheme', maxLength: 12 }), value: nullableBytes },
  { noNullPrototype: true },
)
const timestamp = fc.oneof(fc.constant(-1), fc.nat(), fc.nat({ max: 2 ** 45 }))
const record = fc.record({
  timestamp,
  key: nullableBytes,
  value: nullableBytes,
  headers: fc.array(header, { maxLength: 3 }),
})
const int16 = fc.integer({ min: -1, max: 2 ** 15 - 1 })
const int32 = fc.integer({ min: -1, max: 2 ** 31 - 1 })
type DrawnBatch = NewBatch & { readonly baseSequence: number }

const batch: fc.Arbitrary<DrawnBatch> = fc.record({
  baseOffset: fc.nat({ max: 2 ** 50 }),
  partitionLeaderEpoch: int32,
  compression: fc.constantFrom(...compressions),
  timestampType: fc.constant('create' as const),
  producerId: fc.integer({ min: -1, max: 2 ** 50 }),
  producerEpoch: int16,
  baseSequence: int32,
  isTransactional: fc.boolean(),
  isControl: fc.constant(false),
  records: fc.array(record, { minLength: 1, maxLength: 20 }),
})

/** What a reader should find of `source`. */
function expectedRecords({ baseOffset, baseSequence, records }: DrawnBatch): unknown[] {
  return records.map(({ timestamp, key, value, headers }, index) => {
    const sequence = baseSequence < 0 ? -1 : (baseSequence + index) % 2 ** 31
    return { offset: baseOffset + index, timestamp, sequence, key, value, headers }
  })
}

test('[REC17] what is encoded is decoded, with any codec, at any position', () => {
  fc.assert(
    fc.property(batch, fc.nat({ max: 100 }), (source, at) => {
      const encoded = encodeBatch(source)
      const chunk = new Uint8Array(at + encoded.length)
      chunk.set(encoded, at)
      assert.ok(crcIsValid(chunk, at))
      assert.deepEqual([...records(chunk, at)], expectedRecords(source))
      const { baseOffset, partitionLeaderEpoch, compression, producerId, producerEpoch, baseSequence } =
        source
      const fields = {
        baseOffset,
        partitionLeaderEpoch,
        compression,
        producerId,
        producerEpoch,
        baseSequence,
      }
      assert.partialDeepStrictEqual(readBatchHeader(chunk, at), fields)
    }),
    { seed, numRuns: 300 },
  )
})

test('[REC17] validation finds the largest timestamp and the first record that has it', () => {
  fc.assert(
    fc.property(batch, (source) => {
      const result = validateRecords(encodeBatch(source), 0)
      const max = Math.max(...source.records.map((each) => each.timestamp))
      const first = source.records.findIndex((each) => each.timestamp === max)
      assert.ok(result.ok)
      assert.deepEqual([result.maxTimestamp, result.offsetOfMaxTimestamp], [max, source.baseOffset + first])
    }),
    { seed, numRuns: 200 },
  )
})

test('[REC18] a recompressed batch differs in codec, size and checksum only', () => {
  fc.assert(
    fc.property(batch, fc.constantFrom(...compressions), (source, codec) => {
      const encoded = encodeBatch(source)
      const converted = recompress(encoded, 0, codec)
      assert.ok(crcIsValid(converted, 0))
      assert.deepEqual([...records(converted, 0)], expectedRecords(source))
      const before = readBatchHeader(encoded, 0)
      const after = readBatchHeader(converted, 0)
      assert.equal(after.compression, codec)
      const { sizeBytes, crc, attributes, compression } = after
      assert.deepEqual(after, { ...before, sizeBytes, crc, attributes, compression })
    }),
    { seed, numRuns: 200 },
  )
})

test('[REC19] mutated bytes are read within the limit or are a DecodeError, valid ones can be read', () => {
  const mutations = fc.array(fc.tuple(fc.nat(), fc.nat({ max: 255 })), { minLength: 1, maxLength: 4 })
  fc.assert(
    fc.property(batch, mutations, fc.boolean(), (source, changes, sparesHeader) => {
      const mutated = encodeBatch(source)
      const from = sparesHeader ? batchHeaderBytes : 0
      for (const [at, value] of changes) mutated[from + (at % (mutated.length - from))] = value
      const limit = 1e6
      try {
        for (const { at } of batchHeaders(mutated)) {
          const result = validateRecords(mutated, at, {
            keysRequired: false,
            timestampType: 'create',
            timestampMinMs: -Infinity,
            timestampMaxMs: Infinity,
            decompressedBytesMax: limit,
          })
          const read = readAll(mutated, at, limit)
          if (result.ok) assert.notEqual(read, undefined, 'what passes validation can be read')
        }
      } catch (error) {
        assert.ok(error instanceof DecodeError, String(error))
      }
    }),
    { seed, numRuns: 3000 },
  )
})

function readAll(mutated: Uint8Array, at: number, limit: number): number | undefined {
  let count = 0
  try {
    for (const _ of records(mutated, at, limit)) count++
    return count
  } catch (error) {
    assert.ok(error instanceof DecodeError, String(error))
    return undefined
  }
}

test('[REC19] a count of records beyond the bytes costs nothing', () => {
  const source: NewBatch = {
    baseOffset: 0,
    partitionLeaderEpoch: 0,
    compression: 'none',
    timestampType: 'create',
    producerId: -1,
    producerEpoch: -1,
    baseSequence: -1,
    isTransactional: false,
    isControl: false,
    records: [{ timestamp: 1, key: null, value: null }],
  }
  const encoded = encodeBatch(source)
  writeInt32(encoded, batchFields.count, 2 ** 31 - 1)
  updateCrc(encoded, 0)
  assert.throws(() => [...records(encoded, 0)], DecodeError)
  assert.ok(!validateRecords(encoded, 0).ok)
})
