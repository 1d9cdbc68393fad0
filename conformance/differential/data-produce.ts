// Produce and InitProducerId, with requests that are right and wrong in every way a client may be.

import { encodeRequestFrame } from '../../src/protocol/frame.ts'
import { produceRequest } from '../../src/protocol/generated/produce-request.ts'
import type { NewBatch } from '../../src/protocol/records/record-batch.ts'
import {
  batch,
  batchOf,
  fetchCodecs,
  fetchFrom,
  initProducerIdCodecs,
  produceCodecs,
  produceTo,
  record,
  versionsFrom,
  withField,
  withMagic,
} from '../../test/support/data-requests.ts'
import { answerOf, type Peer } from './peer.ts'

export type Case = (peer: Peer) => Promise<unknown>

const zero = 'AAAAAAAAAAAAAAAAAAAAAA'
const idempotent = (producerId: number, producerEpoch: number, baseSequence: number): Partial<NewBatch> => ({
  producerId,
  producerEpoch,
  baseSequence,
})

/** Batches that one partition is sent alone, by what is odd about them. */
function oddBatches(): Record<string, Uint8Array | null> {
  const two = batch('a', 'b')
  const badCrc = two.slice()
  badCrc[30]! ^= 1
  const odd: Record<string, Uint8Array | null> = {
    'two records': two,
    null: null,
    empty: new Uint8Array(0),
    'ten bytes': two.slice(0, 10),
    'twenty bytes': two.slice(0, 20),
    'cut in the header': two.slice(0, 60),
    'cut in the records': two.slice(0, two.length - 1),
    'one byte more': Buffer.concat([two, Buffer.of(0)]),
    'twelve bytes more': Buffer.concat([two, Buffer.alloc(12)]),
    'twenty bytes more': Buffer.concat([two, Buffer.alloc(20)]),
    'two batches': Buffer.concat([two, two]),
    'magic 0': withMagic(two, 0),
    'magic 1': withMagic(two, 1),
    'magic 3': withMagic(two, 3),
    'magic -1': withMagic(two, 255),
    'wrong crc': badCrc,
    'control batch': batchOf([record('x', { key: Buffer.of(0, 0, 0, 1) })], { isControl: true }),
    'transactional without id': batchOf([record('x')], { ...idempotent(77, 0, 0), isTransactional: true }),
    'transactional without producer': batchOf([record('x')], { isTransactional: true }),
    'no records': batchOf([], { lastOffset: 0 }),
    'log append time claimed': batchOf([record('x')], { timestampType: 'append' }),
    'no timestamp': batchOf([record('x', { timestamp: -1 })]),
    'timestamp 0': batchOf([record('x', { timestamp: 0 })]),
    'timestamp in two hours': batchOf([record('a'), record('x', { timestamp: Date.now() + 7_200_000 })]),
    'negative timestamp': batchOf([record('x', { timestamp: -5 })]),
    'huge timestamp': batchOf([record('x', { timestamp: 2 ** 60 })]),
    'null key and value': batchOf([record('x', { key: null, value: null })]),
    'delete horizon flag': withField(two, 'attributes', 0x40),
    'unknown attribute': withField(two, 'attributes', 0x80),
    'high attributes': withField(two, 'attributes', 0x7f00),
    'max timestamp wrong': withField(two, 'maxTimestamp', 5),
    'leader epoch 9': withField(two, 'partitionLeaderEpoch', 9),
    'offsets with a gap': batchOf([record('a'), record('b', { offset: 5 })]),
    'offsets with a gap, gzip': batchOf([record('a'), record('b', { offset: 5 })], { compression: 'gzip' }),
  }
  for (const codec of [1, 2, 3, 4, 5, 6, 7])
    odd[`plain records as codec ${codec}`] = withField(two, 'attributes', codec)
  for (const length of [-1, 0, 10, 48, 49, 50, 2 ** 31 - 1, -(2 ** 31)])
    odd[`length ${length}`] = withField(two, 'batchLength', length)
  for (const offset of [1, -1, 2 ** 52]) odd[`base offset ${offset}`] = withField(two, 'baseOffset', offset)
  for (const delta of [0, 2, -1, 2 ** 31 - 1])
    odd[`last offset delta ${delta}`] = withField(two, 'lastOffsetDelta', delta)
  for (const count of [0, 1, 3, -1, 2 ** 31 - 1]) odd[`count ${count}`] = withField(two, 'count', count)
  for (const count of [1, 3, 2 ** 31 - 1])
    odd[`count and delta ${count}`] = withField(withField(two, 'count', count), 'lastOffsetDelta', count - 1)
  odd['producer without sequence'] = batchOf([record('x')], idempotent(99, 0, -1))
  odd['producer without epoch'] = batchOf([record('x')], idempotent(99, -1, 0))
  odd['epoch without producer'] = batchOf([record('x')], idempotent(-1, 3, 7))
  for (const codec of ['gzip', 'snappy', 'lz4', 'zstd'] as const) {
    const packed = batchOf([record('a'.repeat(500)), record('b'.repeat(500))], { compression: codec })
    odd[codec] = packed
    odd[`${codec} cut`] = withField(packed.slice(0, -5), 'batchLength', packed.length - 17)
    const torn = packed.slice().fill(0xff, 61)
    odd[`${codec} torn`] = withField(torn, 'count', 2)
    odd[`${codec} count 3`] = withField(withField(packed, 'count', 3), 'lastOffsetDelta', 2)
    odd[`${codec} count 1`] = withField(withField(packed, 'count', 1), 'lastOffsetDelta', 0)
  }
  return odd
}

export function produceCases(): Record<string, Case> {
  const cases: Record<string, Case> = {}
  for (const version of versionsFrom(3, 13)) {
    for (const acks of [-1, 0, 1, 2, -2])
      cases[`produce v${version} acks ${acks}`] = async (peer) => {
        const topic = await peer.topic(`acks${acks}v${version}`.replace('-', 'm'))
        const connection = await peer.connect()
        const fields = produceTo(version, topic, batch('a'), { acks })
        if (acks !== 0) return answerOf(connection.call(produceCodecs, version, fields))
        const request = { ...produceRequest.defaults(), ...fields }
        connection.send(...encodeRequestFrame(produceRequest, version, 7, 'test', request))
        return answerOf(connection.call(produceCodecs, version, { ...fields, acks: 1 }))
      }
    cases[`produce v${version} unknown topic`] = (peer) =>
      peer.call(produceCodecs, version, produceTo(version, { name: 'nope', id: zero }, batch('a')))
    cases[`produce v${version} other topic id`] = (peer) =>
      peer.call(
        produceCodecs,
        version,
        produceTo(version, { name: '', id: 'ABCDEFGHIJKLMNOPQRSTUA' }, batch('a')),
      )
    cases[`produce v${version} unknown partition`] = async (peer) => {
      const topic = await peer.topic(`part-v${version}`)
      return [
        await peer.call(produceCodecs, version, produceTo(version, topic, batch('a'), { partition: 1 })),
        await peer.call(produceCodecs, version, produceTo(version, topic, batch('a'), { partition: -1 })),
      ]
    }
    cases[`produce v${version} acks 0 unknown`] = (peer) =>
      peer.call(
        produceCodecs,
        version,
        produceTo(version, { name: 'nope', id: zero }, batch('a'), { acks: 0 }),
      )
    cases[`produce v${version} bad records`] = async (peer) => {
      const topic = await peer.topic(`bad-v${version}`, { 'cleanup.policy': 'compact' })
      const records = [record('a'), record('b', { key: null }), record('c', { key: null }), record('d')]
      return peer.call(produceCodecs, version, produceTo(version, topic, batchOf(records)))
    }
    cases[`produce v${version} zstd`] = async (peer) => {
      const topic = await peer.topic(`zstd-v${version}`)
      return peer.call(
        produceCodecs,
        version,
        produceTo(version, topic, batchOf([record('a')], { compression: 'zstd' })),
      )
    }
    cases[`produce v${version} nothing`] = (peer) => peer.call(produceCodecs, version, { acks: 1 })
  }
  for (const [name, records] of Object.entries(oddBatches()))
    for (const version of [3, 12, 13])
      cases[`produce v${version} odd: ${name}`] = async (peer) => {
        const topic = await peer.topic(`odd-${version}-${name.replace(/[^a-z0-9]/g, '-')}`)
        const answer = await peer.call(produceCodecs, version, produceTo(version, topic, records))
        const read = await peer.call(fetchCodecs, 12, fetchFrom(12, topic, 0))
        return { answer, read }
      }
  return { ...cases, ...topicCases(), ...idempotenceCases(), ...initProducerIdCases() }
}

function topicCases(): Record<string, Case> {
  const cases: Record<string, Case> = {}
  const topics: Record<string, Record<string, string>> = {
    append: { 'message.timestamp.type': 'LogAppendTime' },
    compacted: { 'cleanup.policy': 'compact' },
    small: { 'max.message.bytes': '200' },
    'before-limit': { 'message.timestamp.before.max.ms': '1000' },
    'to-gzip': { 'compression.type': 'gzip' },
    'to-none': { 'compression.type': 'uncompressed' },
    'to-lz4': { 'compression.type': 'lz4' },
    'to-zstd-small': { 'compression.type': 'zstd', 'max.message.bytes': '150' },
    'to-none-small': { 'compression.type': 'uncompressed', 'max.message.bytes': '400' },
    'min-isr': { 'min.insync.replicas': '2' },
  }
  const batches: Record<string, Uint8Array> = {
    plain: batchOf([record('a'.repeat(300), { timestamp: 1_000 }), record('b', { timestamp: 2_000 })]),
    now: batchOf([record('a')]),
    gzip: batchOf([record('a'.repeat(600), { timestamp: 1_000 })], { compression: 'gzip' }),
    claimed: batchOf([record('a'), record('b')], { timestampType: 'append' }),
    keyless: batchOf([record('a', { key: null }), record('b')]),
    'old and keyless': batchOf([record('a', { key: null, timestamp: 5 }), record('b', { timestamp: 5 })]),
    'gap, zstd': batchOf([record('a'), record('b', { offset: 7 })], { compression: 'zstd' }),
  }
  for (const [topicName, configs] of Object.entries(topics))
    for (const [name, records] of Object.entries(batches))
      cases[`produce to ${topicName}: ${name}`] = async (peer) => {
        const topic = await peer.topic(`t-${topicName}-${name.replace(/[^a-z0-9]/g, '-')}`, configs)
        return {
          answer: await peer.call(produceCodecs, 12, produceTo(12, topic, records)),
          read: await peer.call(fetchCodecs, 12, fetchFrom(12, topic, 0)),
        }
      }
  cases['produce to a small segment'] = async (peer) => {
    const topic = await peer.topic('segment', { 'segment.bytes': '1048576', 'max.message.bytes': '5000000' })
    return peer.call(produceCodecs, 12, produceTo(12, topic, batch('x'.repeat(1_100_000))))
  }
  cases['produce a good and a bad partition'] = async (peer) => {
    const topic = await peer.topic('mixed', {}, 3)
    const partitionData = [
      { index: 0, records: batch('a') },
      { index: 1, records: withMagic(batch('b'), 1) },
      { index: 2, records: batchOf([record('x', { timestamp: 2 ** 50 })]) },
      { index: 9, records: batch('c') },
    ]
    return peer.call(produceCodecs, 12, {
      acks: -1,
      timeoutMs: 5000,
      topicData: [{ name: topic.name, topicId: zero, partitionData }],
    })
  }
  cases['produce twice to one partition'] = async (peer) => {
    const topic = await peer.topic('twice')
    const partitionData = [
      { index: 0, records: batch('a') },
      { index: 0, records: batch('b') },
    ]
    const answer = await peer.call(produceCodecs, 12, {
      acks: -1,
      timeoutMs: 5000,
      topicData: [{ name: topic.name, topicId: zero, partitionData }],
    })
    return { answer, read: await peer.call(fetchCodecs, 12, fetchFrom(12, topic, 0)) }
  }
  for (const clientId of ['someone', '__admin_client'])
    cases[`produce to an internal topic as ${clientId}`] = (peer) =>
      peer.call(
        produceCodecs,
        12,
        produceTo(12, { name: '__consumer_offsets', id: zero }, batch('a')),
        clientId,
      )
  return cases
}

function idempotenceCases(): Record<string, Case> {
  /** Steps: [producer epoch, base sequence, number of records]. */
  const sequences: Record<string, [number, number, number][]> = {
    'in order': [
      [0, 0, 2],
      [0, 2, 1],
      [0, 3, 4],
    ],
    'a duplicate': [
      [0, 0, 2],
      [0, 2, 1],
      [0, 0, 2],
      [0, 2, 1],
    ],
    'a duplicate of the sixth last': [
      [0, 0, 1],
      [0, 1, 1],
      [0, 2, 1],
      [0, 3, 1],
      [0, 4, 1],
      [0, 5, 1],
      [0, 0, 1],
      [0, 1, 1],
    ],
    'a part of a batch again': [
      [0, 0, 3],
      [0, 0, 2],
      [0, 1, 2],
    ],
    'a gap': [
      [0, 0, 2],
      [0, 5, 1],
      [0, 2, 1],
    ],
    'first sequence above 0': [
      [0, 7, 1],
      [0, 8, 1],
    ],
    'an older epoch': [
      [5, 0, 1],
      [4, 0, 1],
      [5, 1, 1],
    ],
    'a newer epoch': [
      [1, 0, 2],
      [2, 0, 1],
      [2, 1, 1],
    ],
    'a newer epoch, not at 0': [
      [1, 0, 2],
      [2, 2, 1],
      [1, 2, 1],
    ],
    'a wrap': [
      [0, 2147483645, 2],
      [0, 2147483647, 2],
      [0, 1, 1],
      [0, 2147483647, 2],
    ],
    'a wrap inside': [
      [0, 2147483646, 4],
      [0, 2, 1],
    ],
  }
  const cases: Record<string, Case> = {}
  for (const [name, steps] of Object.entries(sequences))
    cases[`idempotent producer: ${name}`] = async (peer) => {
      const topic = await peer.topic(`idem-${name.replace(/[^a-z0-9]/g, '-')}`)
      const answers: unknown[] = []
      for (const [epoch, sequence, count] of steps) {
        const records = Array.from({ length: count }, () => record('v'))
        const bytes = batchOf(records, idempotent(4000, epoch, sequence))
        answers.push(await peer.call(produceCodecs, 12, produceTo(12, topic, bytes)))
      }
      return answers
    }
  return cases
}

function initProducerIdCases(): Record<string, Case> {
  const requests = {
    plain: { transactionalId: null },
    'no timeout': { transactionalId: null, transactionTimeoutMs: 0 },
    'negative timeout': { transactionalId: null, transactionTimeoutMs: -1 },
    'long timeout': { transactionalId: null, transactionTimeoutMs: 2 ** 31 - 1 },
    'empty transactional id': { transactionalId: '', transactionTimeoutMs: 1000 },
    'id without epoch': { transactionalId: null, producerId: 5 },
    'epoch without id': { transactionalId: null, producerEpoch: 5 },
    'id and epoch': { transactionalId: null, producerId: 5, producerEpoch: 5 },
  }
  const cases: Record<string, Case> = {}
  for (const version of versionsFrom(0, 5))
    for (const [name, fields] of Object.entries(requests)) {
      if (version < 3 && 'producerId' in fields) continue
      if (version < 3 && 'producerEpoch' in fields) continue
      cases[`init producer id v${version}: ${name}`] = async (peer) => {
        const answer = await peer.call(initProducerIdCodecs, version, fields)
        if (typeof answer === 'string') return answer
        return { ...answer, producerId: answer.producerId >= 0 ? 'some' : answer.producerId }
      }
    }
  return cases
}
