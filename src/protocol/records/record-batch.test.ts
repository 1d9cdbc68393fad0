import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { DecodeError } from '../decode-error.ts'
import { readControlType, readCoordinatorEpoch } from './control-records.ts'
import { addToSequence, type Record } from './record.ts'
import {
  batchBaseOffset,
  batchHeaders,
  batchLastOffset,
  batchSizeBytes,
  crcIsValid,
  encodeBatch,
  type NewBatch,
  readBatchHeader,
  records,
  setBaseOffset,
  setLogAppendTime,
  setMaxTimestamp,
  setPartitionLeaderEpoch,
} from './record-batch.ts'
import { validateRecords } from './validate-records.ts'

interface GoldenRecord {
  readonly offset: number
  readonly timestamp: number
  readonly key: string | null
  readonly value: string | { length: number; sha256: string } | null
  readonly headers?: [key: string, value: string | null][]
  readonly controlType?: string
  readonly coordinatorEpoch?: number
}

interface GoldenBatch {
  readonly sizeInBytes: number
  readonly valid: boolean
  readonly lastSequence: number
  readonly deleteHorizonMs?: number
  readonly records?: GoldenRecord[]
  readonly [field: string]: unknown
}

interface Golden {
  readonly description: string
  readonly bytes: Uint8Array
  readonly validBytes?: number
  readonly batches: GoldenBatch[]
}

const goldens: Golden[] = readFileSync(
  new URL('../../../test/golden/record-batches.jsonl', import.meta.url),
  'utf8',
)
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line))
  .map((line) => ({ ...line, bytes: new Uint8Array(Buffer.from(line.hex, 'hex')) }))

function golden(description: string): Uint8Array {
  return goldens.find((line) => line.description === description)!.bytes.slice()
}

test("[REC4] every golden batch has the header fields that Kafka's reader finds", () => {
  for (const { description, bytes, batches, validBytes } of goldens) {
    const read = [...batchHeaders(bytes)]
    assert.equal(read.length, batches.length, description)
    for (const [index, { at, header }] of read.entries()) {
      const expected = batches[index]!
      const fields: { readonly [field: string]: unknown } = {
        magic: header.magic,
        sizeInBytes: header.sizeBytes,
        baseOffset: header.baseOffset,
        lastOffset: header.lastOffset,
        valid: crcIsValid(bytes, at),
        partitionLeaderEpoch: header.partitionLeaderEpoch,
        crc: header.crc,
        attributes: header.attributes,
        compression: header.compression,
        timestampType: header.timestampType === 'append' ? 'LogAppendTime' : 'CreateTime',
        baseTimestamp: header.baseTimestamp,
        maxTimestamp: header.maxTimestamp,
        producerId: header.producerId,
        producerEpoch: header.producerEpoch,
        baseSequence: header.baseSequence,
        lastSequence:
          header.baseSequence < 0 ? -1 : addToSequence(header.baseSequence, header.lastOffsetDelta),
        transactional: header.isTransactional,
        control: header.isControl,
        count: header.count,
        deleteHorizonMs: header.hasDeleteHorizon ? header.baseTimestamp : undefined,
      }
      for (const [field, value] of Object.entries(fields)) {
        assert.equal(value, expected[field], `${description}: ${field}`)
      }
      assert.deepEqual(
        [batchBaseOffset(bytes, at), batchLastOffset(bytes, at)],
        [header.baseOffset, header.lastOffset],
      )
    }
    const end = read.reduce((sum, { header }) => sum + header.sizeBytes, 0)
    assert.equal(end, validBytes ?? bytes.length, description)
  }
})

test("[REC5] every golden batch holds the records that Kafka's reader finds", () => {
  for (const { description, bytes, batches } of goldens) {
    for (const [index, { at }] of [...batchHeaders(bytes)].entries()) {
      const expected = batches[index]!
      if (!expected.valid) continue
      const read = [...records(bytes, at)]
      assert.equal(read.length, expected.records!.length, description)
      for (const [i, record] of read.entries())
        assertRecord(record, expected.records![i]!, `${description}, ${i}`)
    }
  }
})

function assertRecord(record: Record, expected: GoldenRecord, where: string): void {
  assert.equal(record.offset, expected.offset, where)
  assert.equal(record.timestamp, expected.timestamp, where)
  assert.equal(hexOrNull(record.key), expected.key, where)
  assertValue(record.value, expected.value, where)
  const headers = record.headers.map(({ key, value }) => [key, hexOrNull(value)])
  assert.deepEqual(headers, expected.headers ?? [], where)
  if (expected.controlType === undefined) return
  assert.equal(readControlType(record.key).replaceAll('-', ''), controlName(expected.controlType), where)
  if (expected.coordinatorEpoch !== undefined)
    assert.equal(readCoordinatorEpoch(record), expected.coordinatorEpoch)
}

function controlName(name: string): string {
  return name.toLowerCase().replaceAll('_', '')
}

function hexOrNull(bytes: Uint8Array | null): string | null {
  return bytes === null ? null : Buffer.from(bytes).toString('hex')
}

/** Large values stand as size and hash in the golden file. */
function assertValue(value: Uint8Array | null, expected: GoldenRecord['value'], where: string): void {
  if (expected === null || typeof expected === 'string') {
    assert.equal(hexOrNull(value), expected, where)
    return
  }
  assert.equal(value!.length, expected.length, where)
  assert.equal(createHash('sha256').update(value!).digest('hex'), expected.sha256, where)
}

test("[REC6] every uncompressed golden batch is encoded to Kafka's bytes", () => {
  let encoded = 0
  for (const { description, bytes, batches } of goldens) {
    for (const [index, { at, header }] of [...batchHeaders(bytes)].entries()) {
      if (header.compression !== 'none' || !batches[index]!.valid) continue
      const original = bytes.slice(at, at + header.sizeBytes)
      assert.deepEqual(reencoded(original), original, description)
      encoded++
    }
  }
  assert.ok(encoded > 20)
})

/**
 * The log append time hides the producer's timestamps: it is taken off before decoding and set again
 * afterwards.
 */
function reencoded(original: Uint8Array): Uint8Array {
  const bytes = original.slice()
  const header = readBatchHeader(bytes, 0)
  if (header.timestampType === 'append') setMaxTimestamp(bytes, 0, header.maxTimestamp)
  const batch: NewBatch = {
    baseOffset: header.baseOffset,
    partitionLeaderEpoch: header.partitionLeaderEpoch,
    compression: header.compression,
    timestampType: 'create',
    producerId: header.producerId,
    producerEpoch: header.producerEpoch,
    baseSequence: header.baseSequence,
    isTransactional: header.isTransactional,
    isControl: header.isControl,
    records: [...records(bytes, 0)],
    lastOffset: header.lastOffset,
    ...(header.count === 0 ? { maxTimestamp: header.maxTimestamp } : {}),
    ...(header.hasDeleteHorizon ? { deleteHorizonMs: header.baseTimestamp } : {}),
  }
  const encoded = encodeBatch(batch)
  if (header.timestampType === 'append') setLogAppendTime(encoded, 0, header.maxTimestamp)
  return encoded
}

test('[REC7] a leader sets base offset and epoch without touching the checksum', () => {
  const bytes = golden('three records, zstd')
  const before = readBatchHeader(bytes, 0)
  setBaseOffset(bytes, 0, 2 ** 40 + 5)
  setPartitionLeaderEpoch(bytes, 0, 77)
  assert.ok(crcIsValid(bytes, 0))
  const { crc, baseOffset, lastOffset, partitionLeaderEpoch } = readBatchHeader(bytes, 0)
  assert.deepEqual(
    [crc, baseOffset, lastOffset, partitionLeaderEpoch],
    [before.crc, 2 ** 40 + 5, 2 ** 40 + 7, 77],
  )
  assert.deepEqual(
    [...records(bytes, 0)].map((record) => record.offset),
    [2 ** 40 + 5, 2 ** 40 + 6, 2 ** 40 + 7],
  )
})

test('[REC8] setting the log append time gives it to every record, under a new checksum', () => {
  const bytes = golden('three records, none')
  setLogAppendTime(bytes, 0, 1700000001234)
  assert.ok(crcIsValid(bytes, 0))
  assert.equal(readBatchHeader(bytes, 0).timestampType, 'append')
  assert.deepEqual(
    new Set([...records(bytes, 0)].map((record) => record.timestamp)),
    new Set([1700000001234]),
  )
})

test('[REC9] a wrong max timestamp is corrected, a right one leaves the batch as it is', () => {
  const bytes = golden('three records, none')
  const original = bytes.slice()
  setMaxTimestamp(bytes, 0, 1700000000009)
  assert.deepEqual(bytes, original)
  setMaxTimestamp(bytes, 0, 1700000000010)
  assert.equal(readBatchHeader(bytes, 0).maxTimestamp, 1700000000010)
  assert.ok(crcIsValid(bytes, 0))
})

test('[REC10] a damaged header is a DecodeError that says what is wrong', () => {
  const damages: [string, (bytes: Uint8Array) => Uint8Array, RegExp][] = [
    ['cut', (bytes) => bytes.subarray(0, 60), /cut/],
    ['magic 1', (bytes) => bytes.fill(1, 16, 17), /magic 1/],
    ['size below the header', (bytes) => bytes.fill(0, 8, 12), /12 bytes/],
    ['codec 5', (bytes) => bytes.fill(5, 22, 23), /codec 5/],
  ]
  for (const [what, damage, message] of damages) {
    const bytes = damage(golden('three records, none'))
    assert.throws(() => readBatchHeader(bytes, 0), { name: 'DecodeError', message }, what)
    assert.throws(() => [...records(bytes, 0)], DecodeError, what)
  }
})

test('[REC11] the checksum of a batch that is cut or below its header is not valid', () => {
  const bytes = golden('three records, none')
  assert.ok(crcIsValid(bytes, 0))
  assert.ok(!crcIsValid(bytes.subarray(0, batchSizeBytes(bytes, 0) - 1), 0))
  assert.ok(!crcIsValid(bytes.fill(0, 8, 12), 0))
})

test('[REC12] producer sequences of a batch wrap from 2147483647 to 0', () => {
  const bytes = golden('idempotent producer, sequence wraps past 2147483647')
  assert.deepEqual(
    [...records(bytes, 0)].map((record) => record.sequence),
    [2147483646, 2147483647, 0],
  )
})

test('[REC5] every whole golden batch of a producer passes validation', () => {
  for (const { description, bytes, batches } of goldens) {
    if (description.startsWith('compacted')) continue
    for (const [index, { at, header }] of [...batchHeaders(bytes)].entries()) {
      if (!batches[index]!.valid || header.timestampType === 'append') continue
      const result = validateRecords(bytes, at)
      assert.ok(result.ok, description)
      if (header.count > 0) assert.equal(result.maxTimestamp, header.maxTimestamp, description)
    }
  }
})
