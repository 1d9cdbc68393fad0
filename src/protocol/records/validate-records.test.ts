import assert from 'node:assert/strict'
import { test } from 'node:test'
import { writeVarint } from '../../base/varint.ts'
import { batchFields } from './batch-layout.ts'
import { writeInt32 } from './big-endian.ts'
import { encodeBatch, type NewBatch, type NewRecord, setLogAppendTime, updateCrc } from './record-batch.ts'
import { anyRecords, type RecordRules, validateRecords } from './validate-records.ts'

function batchOf(records: readonly NewRecord[], more: Partial<NewBatch> = {}): Uint8Array {
  return encodeBatch({
    baseOffset: 100,
    partitionLeaderEpoch: -1,
    records,
    ...more,
  })
}

function record(timestamp: number, key: Uint8Array | null = Uint8Array.of(1)): NewRecord {
  return { timestamp, key, value: Uint8Array.of(2), headers: [{ key: 'h', value: null }] }
}

/** A batch of one record whose body is `body`, its length in front. */
function batchOfBody(body: readonly number[], count = 1): Uint8Array {
  const whole = batchOf([{ timestamp: 0, key: null, value: new Uint8Array(body.length + 10) }])
  const prefix = new Uint8Array(5)
  const prefixBytes = writeVarint(prefix, 0, body.length)
  const bytes = whole.slice(0, 61 + prefixBytes + body.length)
  bytes.set(prefix.subarray(0, prefixBytes), 61)
  bytes.set(body, 61 + prefixBytes)
  writeInt32(bytes, batchFields.batchLength, bytes.length - 12)
  writeInt32(bytes, batchFields.count, count)
  updateCrc(bytes, 0)
  return bytes
}

const bounded: RecordRules = { ...anyRecords, timestampMinMs: 1000, timestampMaxMs: 2000 }

test('[REC23] a record that is not exactly what its sizes say is malformed', () => {
  // attributes, timestamp delta, offset delta, key length, value length, headers
  const good = [0, 0, 0, 1, 1, 0]
  assert.ok(validateRecords(batchOfBody(good), 0).ok)
  const bad: [string, number[]][] = [
    ['an offset delta of 1', [0, 0, 2, 1, 1, 0]],
    ['a key beyond the record', [0, 0, 0, 40, 1, 0]],
    ['a value beyond the record', [0, 0, 0, 1, 40, 0]],
    ['a byte too many', [0, 0, 0, 1, 1, 0, 0]],
    ['a byte too few', [0, 0, 0, 1, 1]],
    ['a negative count of headers', [0, 0, 0, 1, 1, 1]],
    ['more headers than bytes', [0, 0, 0, 1, 1, 40]],
    ['a header without a key', [0, 0, 0, 1, 1, 2, 1, 1]],
    ['a varint of six bytes', [0, 0, 0xff, 0xff, 0xff, 0xff, 0xff, 0]],
    ['nothing', []],
  ]
  for (const [what, body] of bad) {
    const result = validateRecords(batchOfBody(body), 0)
    assert.ok(!result.ok, what)
    assert.deepEqual([result.reason, result.recordIndex, result.recordErrors], ['malformed', 0, []], what)
  }
})

test('[REC24] the records of a batch are as many as it states, and nothing follows them', () => {
  for (const [count, recordIndex] of [
    [2, 1],
    [0, -1],
    [-1, -1],
  ] as const) {
    const result = validateRecords(batchOfBody([0, 0, 0, 1, 1, 0], count), 0)
    assert.ok(!result.ok)
    assert.deepEqual([result.reason, result.recordIndex], ['malformed', recordIndex], String(count))
  }
})

test('[REC25] records that do not decompress within the limit are malformed', () => {
  const compressed = batchOf([{ timestamp: 1, key: null, value: new Uint8Array(100_000) }], {
    compression: 'zstd',
  })
  assert.ok(validateRecords(compressed, 0).ok)
  const limited = validateRecords(compressed, 0, { ...anyRecords, decompressedBytesMax: 50_000 })
  assert.ok(!limited.ok && limited.reason === 'malformed')
  compressed.fill(0, 61, 65)
  const damaged = validateRecords(compressed, 0)
  assert.ok(!damaged.ok)
  assert.match(damaged.message, /zstd/)
})

test('[REC26] a topic with keys refuses each record without one, by index', () => {
  const bytes = batchOf([record(1, null), record(2), record(3, null), record(4, new Uint8Array(0))])
  assert.ok(validateRecords(bytes, 0).ok)
  const result = validateRecords(bytes, 0, { ...anyRecords, keysRequired: true })
  assert.ok(!result.ok)
  assert.deepEqual([result.reason, result.recordIndex], ['record', 0])
  assert.deepEqual(
    result.recordErrors.map((error) => error.batchIndex),
    [0, 2],
  )
  assert.match(result.message, /2 of 4 records/)
})

test('[REC27] timestamps outside the bounds are refused where producers set them; none (-1) passes', () => {
  assert.ok(validateRecords(batchOf([record(1000), record(2000), record(-1)]), 0, bounded).ok)
  const bytes = batchOf([record(1500), record(999), record(2001), record(1200, null)])
  const result = validateRecords(bytes, 0, { ...bounded, keysRequired: true })
  assert.ok(!result.ok)
  assert.deepEqual([result.reason, result.recordIndex], ['timestamp', 1])
  assert.deepEqual(
    result.recordErrors.map((error) => error.batchIndex),
    [1, 2, 3],
  )
  assert.match(result.recordErrors[0]!.message, /999 is outside \[1000, 2000\]/)
  assert.ok(validateRecords(batchOf([record(1)]), 0, { ...bounded, timestampType: 'append' }).ok)
})

test('[REC28] a producer may not claim log append time where the topic sets it', () => {
  const bytes = batchOf([record(1500)])
  setLogAppendTime(bytes, 0, 1500)
  const result = validateRecords(bytes, 0, { ...bounded, timestampType: 'append' })
  assert.ok(!result.ok)
  assert.equal(result.reason, 'timestamp')
  assert.match(result.message, /LogAppendTime/)
})

test('[REC29] of many refused records the first thousand are told', () => {
  const bytes = batchOf(Array.from({ length: 1500 }, () => record(1, null)))
  const result = validateRecords(bytes, 0, { ...anyRecords, keysRequired: true })
  assert.ok(!result.ok)
  assert.equal(result.recordErrors.length, 1000)
  assert.match(result.message, /1500 of 1500/)
})
