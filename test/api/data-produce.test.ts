// Produce over the wire: every version, every error of protocol.md 5.1, and what is stored.

import { deepEqual, equal, match, notEqual, ok, rejects } from 'node:assert/strict'
import { test } from 'node:test'
import { errors } from '../../src/base/errors.ts'
import { zeroUuid } from '../../src/base/uuid.ts'
import { encodeRequestFrame } from '../../src/protocol/frame.ts'
import { produceRequest } from '../../src/protocol/generated/produce-request.ts'
import { readBatchHeader } from '../../src/protocol/records/record-batch.ts'
import {
  batch,
  batchOf,
  createTopic,
  fetchOne,
  produceCodecs,
  produceOne,
  produceTo,
  record,
  valuesOf,
  versionsFrom,
} from '../support/data-requests.ts'
import { NodeUnderTest } from './node-under-test.ts'

const nobody = { name: 'nope', id: 'ABCDEFGHIJKLMNOPQRSTUA' }

test('[PRODUCE1] every version stores a batch, is told its offset, and knows the errors of names and acks', async (t) => {
  const node = await NodeUnderTest.start(t)
  const topic = await createTopic(node, 'a')
  let offset = 0
  for (const version of versionsFrom(3, 13)) {
    const call = async (
      ...[of, records, more]: [typeof topic, Uint8Array, Parameters<typeof produceTo>[3]?]
    ) =>
      (await node.call(produceCodecs, version, produceTo(version, of, records, more))).responses[0]!
        .partitionResponses[0]!
    for (const acks of [1, -1]) {
      const { errorCode, baseOffset, logAppendTimeMs, logStartOffset } = await call(topic, batch('x', 'y'), {
        acks,
      })
      deepEqual([errorCode, baseOffset, logAppendTimeMs], [errors.NONE, offset, -1], `version ${version}`)
      equal(logStartOffset, version >= 5 ? 0 : -1)
      offset += 2
    }
    const unknown = version >= 13 ? errors.UNKNOWN_TOPIC_ID : errors.UNKNOWN_TOPIC_OR_PARTITION
    equal((await call(nobody, batch('x'))).errorCode, unknown, `version ${version}`)
    equal((await call(topic, batch('x'), { partition: 1 })).errorCode, errors.UNKNOWN_TOPIC_OR_PARTITION)
    equal((await call(topic, batch('x'), { partition: -1 })).errorCode, errors.UNKNOWN_TOPIC_OR_PARTITION)
    for (const acks of [2, -2, 32767])
      equal((await call(topic, batch('x'), { acks })).errorCode, errors.INVALID_REQUIRED_ACKS)
  }
  equal((await fetchOne(node, topic, 0)).highWatermark, offset)
})

test('[PRODUCE2] acks 0 is not answered, and a failure closes the connection', async (t) => {
  const node = await NodeUnderTest.start(t)
  const topic = await createTopic(node, 'a')
  for (const version of versionsFrom(3, 13)) {
    const connection = await node.connect()
    const fields = { ...produceRequest.defaults(), ...produceTo(version, topic, batch('x'), { acks: 0 }) }
    connection.send(...encodeRequestFrame(produceRequest, version, 7, 'test', fields))
    // The first answer on this connection is that of the request after it.
    equal((await connection.call(produceCodecs, 12, produceTo(12, topic, batch('y')))).responses.length, 1)
    for (const bad of [
      produceTo(version, nobody, batch('x'), { acks: 0 }),
      produceTo(version, topic, null, { acks: 0 }),
    ]) {
      const failing = await node.connect()
      await rejects(failing.call(produceCodecs, version, bad), /closed/)
    }
  }
  equal((await fetchOne(node, topic, 0)).highWatermark, 22)
  equal(
    node.logLines.filter((line) => /127\.0\.0\.1:\d+: a Produce request with acks 0/.test(line)).length,
    22,
  )
})

test('[PRODUCE3] topics of a request are answered one by one: a bad partition does not spoil the others', async (t) => {
  const node = await NodeUnderTest.start(t)
  const topic = await createTopic(node, 'a', {}, 3)
  const damaged = batch('b')
  damaged[30]! ^= 1
  const { responses } = await node.call(produceCodecs, 12, {
    acks: -1,
    topicData: [
      {
        name: topic.name,
        topicId: zeroUuid,
        partitionData: [
          { index: 0, records: batch('a') },
          { index: 1, records: damaged },
          { index: 2, records: batch('c').slice(0, 9) },
          { index: 7, records: batch('d') },
        ],
      },
      { name: 'nope', topicId: zeroUuid, partitionData: [{ index: 0, records: batch('e') }] },
    ],
  })
  deepEqual(
    responses.map(({ partitionResponses }) => partitionResponses.map(({ errorCode }) => errorCode)),
    [
      [errors.NONE, errors.CORRUPT_MESSAGE, errors.INVALID_RECORD, errors.UNKNOWN_TOPIC_OR_PARTITION],
      [errors.UNKNOWN_TOPIC_OR_PARTITION],
    ],
  )
  deepEqual(valuesOf(await fetchOne(node, topic, 0)), [[0, 'a']])
})

test('[PRODUCE4] bad records are told by index from version 8 on, and nothing of their batch is stored', async (t) => {
  const node = await NodeUnderTest.start(t)
  const topic = await createTopic(node, 'a', { 'cleanup.policy': 'compact' })
  const records = batchOf([record('a'), record('b', { key: null }), record('c'), record('d', { key: null })])
  for (const version of versionsFrom(3, 13)) {
    const { errorCode, errorMessage, recordErrors, baseOffset, logStartOffset } = await produceOne(
      node,
      topic,
      records.slice(),
      version,
    )
    deepEqual([errorCode, baseOffset], [errors.INVALID_RECORD, -1], `version ${version}`)
    equal(logStartOffset, version >= 5 ? 0 : -1)
    deepEqual(
      recordErrors.map(({ batchIndex }) => batchIndex),
      version >= 8 ? [1, 3] : [],
    )
    if (version >= 8) match(errorMessage!, /key/)
    for (const each of recordErrors) notEqual(each.batchIndexErrorMessage, null)
  }
  equal((await fetchOne(node, topic, 0)).highWatermark, 0)
})

test('[PRODUCE5] zstd is refused before version 7', async (t) => {
  const node = await NodeUnderTest.start(t)
  const topic = await createTopic(node, 'a')
  for (const version of versionsFrom(3, 13)) {
    const { errorCode } = await produceOne(
      node,
      topic,
      batchOf([record('z')], { compression: 'zstd' }),
      version,
    )
    equal(errorCode, version < 7 ? errors.UNSUPPORTED_COMPRESSION_TYPE : errors.NONE, `version ${version}`)
  }
})

test('[PRODUCE6] internal topics take records of the admin client only', async (t) => {
  const node = await NodeUnderTest.start(t)
  const topic = await createTopic(node, '__consumer_offsets')
  equal((await produceOne(node, topic, batch('x'))).errorCode, errors.INVALID_TOPIC_EXCEPTION)
  const admin = await node.connect('__admin_client')
  equal((await produceOne(admin, topic, batch('x'))).errorCode, errors.NONE)
})

test('[PRODUCE7] a batch above max.message.bytes is too large, also when the broker made it so', async (t) => {
  const node = await NodeUnderTest.start(t)
  const small = await createTopic(node, 'small', { 'max.message.bytes': '200' })
  equal((await produceOne(node, small, batch('x'.repeat(200)))).errorCode, errors.MESSAGE_TOO_LARGE)
  equal((await produceOne(node, small, batch('x'))).errorCode, errors.NONE)
  const unpacked = await createTopic(node, 'unpacked', {
    'max.message.bytes': '400',
    'compression.type': 'uncompressed',
  })
  const packed = batchOf([record('x'.repeat(2000))], { compression: 'gzip' })
  ok(packed.length < 400)
  equal((await produceOne(node, unpacked, packed)).errorCode, errors.MESSAGE_TOO_LARGE)
  const segment = await createTopic(node, 'segment', {
    'segment.bytes': '1048576',
    'max.message.bytes': '5000000',
  })
  equal(
    (await produceOne(node, segment, batch('x'.repeat(1_100_000)))).errorCode,
    errors.RECORD_LIST_TOO_LARGE,
  )
})

test("[PRODUCE8] timestamps outside the topic's limits are refused by index; none at all passes", async (t) => {
  const node = await NodeUnderTest.start(t)
  const topic = await createTopic(node, 'a', { 'message.timestamp.before.max.ms': '60000' })
  const nowMs = Date.now()
  const odd = batchOf([
    record('a'),
    record('old', { timestamp: nowMs - 120_000 }),
    record('new', { timestamp: nowMs + 7_200_000 }),
  ])
  const refused = await produceOne(node, topic, odd)
  equal(refused.errorCode, errors.INVALID_TIMESTAMP)
  deepEqual(
    refused.recordErrors.map(({ batchIndex }) => batchIndex),
    [1, 2],
  )
  const claimed = batchOf([record('a')], { timestampType: 'append' })
  equal((await produceOne(node, topic, claimed)).errorCode, errors.NONE)
  equal((await produceOne(node, topic, batchOf([record('a', { timestamp: -1 })]))).errorCode, errors.NONE)
})

test('[PRODUCE9] with LogAppendTime the broker sets the time of the batch and tells it', async (t) => {
  const node = await NodeUnderTest.start(t)
  const topic = await createTopic(node, 'a', { 'message.timestamp.type': 'LogAppendTime' })
  const fromMs = Date.now()
  const { errorCode, logAppendTimeMs } = await produceOne(
    node,
    topic,
    batchOf([record('a', { timestamp: 5 })]),
  )
  equal(errorCode, errors.NONE)
  ok(logAppendTimeMs >= fromMs && logAppendTimeMs <= Date.now())
  const stored = readBatchHeader((await fetchOne(node, topic, 0)).records!, 0)
  deepEqual([stored.timestampType, stored.maxTimestamp], ['append', logAppendTimeMs])
  const claimed = batchOf([record('a')], { timestampType: 'append' })
  equal((await produceOne(node, topic, claimed)).errorCode, errors.INVALID_TIMESTAMP)
})

test('[PRODUCE10] batches keep their bytes, unless compression.type names another codec', async (t) => {
  const node = await NodeUnderTest.start(t)
  const codecs = ['none', 'gzip', 'snappy', 'lz4', 'zstd'] as const
  const sent = (compression: (typeof codecs)[number]) => batchOf([record('v'.repeat(300))], { compression })
  const kept = await createTopic(node, 'kept')
  for (const codec of codecs) {
    const bytes = sent(codec)
    const { baseOffset } = await produceOne(node, kept, bytes.slice())
    const stored = (await fetchOne(node, kept, baseOffset)).records!
    deepEqual(Buffer.from(stored.subarray(17)), Buffer.from(bytes.subarray(17)), codec)
  }
  for (const target of codecs) {
    const type = target === 'none' ? 'uncompressed' : target
    const topic = await createTopic(node, `to-${target}`, { 'compression.type': type })
    for (const codec of codecs) {
      const { errorCode, baseOffset } = await produceOne(node, topic, sent(codec))
      equal(errorCode, errors.NONE)
      const data = await fetchOne(node, topic, baseOffset)
      equal(readBatchHeader(data.records!, 0).compression, target, `${codec} to ${target}`)
      deepEqual(valuesOf(data), [[baseOffset, 'v'.repeat(300)]])
    }
  }
})

test('[PRODUCE11] a transactional batch needs a transactional id, else the whole request fails', async (t) => {
  const node = await NodeUnderTest.start(t)
  const topic = await createTopic(node, 'a', {}, 2)
  const transactional = batchOf([record('x')], {
    producerId: 5,
    producerEpoch: 0,
    baseSequence: 0,
    isTransactional: true,
  })
  const partitionData = [
    { index: 0, records: batch('plain') },
    { index: 1, records: transactional },
  ]
  const { responses } = await node.call(produceCodecs, 12, {
    acks: 1,
    topicData: [{ name: topic.name, topicId: zeroUuid, partitionData }],
  })
  for (const { errorCode } of responses[0]!.partitionResponses)
    equal(errorCode, errors.TRANSACTIONAL_ID_AUTHORIZATION_FAILED)
  equal((await fetchOne(node, topic, 0)).highWatermark, 0)
})
