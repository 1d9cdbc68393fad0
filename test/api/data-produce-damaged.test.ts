// Record batches that are not what they say: the error Apache Kafka gives (INVALID_RECORD where it fails without
// one), the next request on the same connection is served, and nothing of the batch is stored.

import { equal, ok } from 'node:assert/strict'
import { test } from 'node:test'
import { errorName, errors } from '../../src/base/errors.ts'
import type { NewBatch } from '../../src/protocol/records/record-batch.ts'
import {
  batch,
  batchOf,
  createTopic,
  fetchOne,
  produceOne,
  record,
  valuesOf,
  withField,
  withMagic,
} from '../support/data-requests.ts'
import { NodeUnderTest } from './node-under-test.ts'

const { CORRUPT_MESSAGE, INVALID_RECORD, INVALID_TIMESTAMP, NONE, UNSUPPORTED_COMPRESSION_TYPE } = errors
const two = batch('a', 'b')
const wrongCrc = two.slice()
wrongCrc[30]! ^= 1

const producer = (producerId: number, producerEpoch: number, baseSequence: number): Partial<NewBatch> => ({
  producerId,
  producerEpoch,
  baseSequence,
})

const framing: readonly [string, number, Uint8Array | null][] = [
  ['null', INVALID_RECORD, null],
  ['no bytes', INVALID_RECORD, new Uint8Array(0)],
  ['ten bytes', INVALID_RECORD, two.slice(0, 10)],
  ['a cut header', INVALID_RECORD, two.slice(0, 60)],
  ['cut records', INVALID_RECORD, two.slice(0, -1)],
  ['bytes after it that could be a batch', CORRUPT_MESSAGE, Buffer.concat([two, Buffer.alloc(20)])],
  ['two batches', INVALID_RECORD, Buffer.concat([two, two])],
  ['magic 0', INVALID_RECORD, withMagic(two, 0)],
  ['magic 1', INVALID_RECORD, withMagic(two, 1)],
  ['magic 3', CORRUPT_MESSAGE, withMagic(two, 3)],
  ['magic -1', CORRUPT_MESSAGE, withMagic(two, 255)],
  ['a wrong checksum', CORRUPT_MESSAGE, wrongCrc],
  ...[-(2 ** 31), -1, 0, 13, 20, 48, 50].map(
    (length) => [`a length of ${length}`, CORRUPT_MESSAGE, withField(two, 'batchLength', length)] as const,
  ),
  ['a length beyond the request', INVALID_RECORD, withField(two, 'batchLength', 2 ** 31 - 1)],
].map(([name, error, bytes]) => [name as string, error as number, bytes as Uint8Array | null])

const fields: readonly [string, number, Uint8Array][] = [
  ...[1, -1, 2 ** 52].map(
    (n) => [`base offset ${n}`, INVALID_RECORD, withField(two, 'baseOffset', n)] as const,
  ),
  ...[0, 2, -1, 2 ** 31 - 1].map(
    (n) => [`last offset delta ${n}`, INVALID_RECORD, withField(two, 'lastOffsetDelta', n)] as const,
  ),
  ...[0, 1, 3, -1, 2 ** 31 - 1].map(
    (n) => [`count ${n}`, INVALID_RECORD, withField(two, 'count', n)] as const,
  ),
  ...[1, 3, 2 ** 31 - 1].map(
    (n) =>
      [
        `count ${n} with offsets that fit`,
        INVALID_RECORD,
        withField(withField(two, 'count', n), 'lastOffsetDelta', n - 1),
      ] as const,
  ),
  ...[5, 6, 7].map(
    (n) => [`codec ${n}`, UNSUPPORTED_COMPRESSION_TYPE, withField(two, 'attributes', n)] as const,
  ),
  ...[1, 2, 3].map(
    (n) => [`plain records as codec ${n}`, INVALID_RECORD, withField(two, 'attributes', n)] as const,
  ),
  ['a control batch', INVALID_RECORD, batchOf([record('x')], { isControl: true })],
  ['no records', INVALID_RECORD, batchOf([], { lastOffset: 0 })],
  ['offsets with a gap', INVALID_RECORD, batchOf([record('a'), record('b', { offset: 4 })])],
  ['a producer without sequence', INVALID_RECORD, batchOf([record('x')], producer(9, 0, -1))],
  ['a timestamp of the year 36 million', INVALID_TIMESTAMP, batchOf([record('x', { timestamp: 2 ** 60 })])],
].map(([name, error, bytes]) => [name as string, error as number, bytes as Uint8Array])

test('[PRODUCE12] a batch that is cut, too many, of another magic or damaged is refused, and nothing else', async (t) => {
  await refuseEach(t, framing)
})

test('[PRODUCE13] a batch whose fields contradict its records is refused, and nothing else', async (t) => {
  await refuseEach(t, fields)
})

test('[PRODUCE14] fewer bytes behind a batch than could begin another are dropped', async (t) => {
  const node = await NodeUnderTest.start(t)
  const topic = await createTopic(node, 'a')
  for (const extra of [1, 11]) {
    const { errorCode } = await produceOne(node, topic, Buffer.concat([two, Buffer.alloc(extra, 0xee)]))
    equal(errorCode, NONE)
  }
  const { records } = await fetchOne(node, topic, 0)
  equal(records!.length, 2 * two.length)
})

test('[PRODUCE15] compressed records that are cut, of another count or inflate without end are refused', async (t) => {
  const node = await NodeUnderTest.start(t)
  const topic = await createTopic(node, 'a', { 'max.message.bytes': '2000000' })
  for (const compression of ['gzip', 'snappy', 'lz4', 'zstd'] as const) {
    const packed = batchOf([record('a'.repeat(500)), record('b'.repeat(500))], { compression })
    const cut = withField(packed.slice(0, -5), 'batchLength', packed.length - 17)
    const damaged: Record<string, Uint8Array> = {
      cut: withField(cut, 'count', 2),
      'of one record': withField(withField(packed, 'count', 1), 'lastOffsetDelta', 0),
      'of three records': withField(withField(packed, 'count', 3), 'lastOffsetDelta', 2),
      torn: withField(packed.slice().fill(0xff, 61), 'count', 2),
    }
    for (const [what, bytes] of Object.entries(damaged)) {
      const { errorCode, errorMessage } = await produceOne(node, topic, bytes)
      equal(errorName(errorCode), 'INVALID_RECORD', `${compression} ${what}`)
      ok(errorMessage, `${compression} ${what}`)
    }
  }
  const bomb = batchOf(
    [record(''), { timestamp: Date.now(), key: null, value: new Uint8Array(300 * 1024 * 1024) }],
    {
      compression: 'zstd',
    },
  )
  ok(bomb.length < 100_000)
  equal(errorName((await produceOne(node, topic, bomb)).errorCode), 'INVALID_RECORD')
  equal((await fetchOne(node, topic, 0)).highWatermark, 0)
})

async function refuseEach(
  t: Parameters<typeof NodeUnderTest.start>[0],
  cases: readonly (readonly [string, number, Uint8Array | null])[],
): Promise<void> {
  const node = await NodeUnderTest.start(t)
  const topic = await createTopic(node, 'a')
  for (const [what, error, bytes] of cases)
    for (const version of [3, 8, 13]) {
      const answer = await produceOne(node, topic, bytes?.slice() ?? null, version)
      equal(errorName(answer.errorCode), errorName(error), `${what}, version ${version}`)
      equal(answer.baseOffset, -1)
      if (version >= 8) ok(answer.errorMessage, `${what} is told in words`)
    }
  const { baseOffset } = await produceOne(node, topic, batch('whole'))
  equal(baseOffset, 0)
  equal(valuesOf(await fetchOne(node, topic, 0))[0]![1], 'whole')
}
