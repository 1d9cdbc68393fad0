import assert from 'node:assert/strict'
import { test } from 'node:test'
import { errors } from '../base/errors.ts'
import type { PartitionProduceResponse } from '../protocol/generated/produce-response.ts'
import { readBatchHeader, records } from '../protocol/records/record-batch.ts'
import { calls } from './api-call.ts'
import { murmur2, nextStickyPartition, partitionOfKey } from './partitioner.ts'
import { Producer, type ProducerOptions, producerDefaults } from './producer.ts'
import { ClientWorld } from './testing/client-world.ts'
import type { FakeAnswer } from './testing/fake-broker.ts'

type Answer = Partial<PartitionProduceResponse> | 'cut' | 'silence'

/** Answers the batches of all partitions in the order in which they come. */
class ProduceWorld extends ClientWorld {
  readonly producer: Producer
  readonly answers: Answer[] = []
  readonly batches: { partition: number; producerId: number; baseSequence: number; values: string[] }[] = []
  #nextProducerId = 100

  constructor(options: Partial<ProducerOptions> = {}, partitions = 1) {
    super()
    this.producer = new Producer({ ...producerDefaults, ...options }, this.client)
    const leaders = Array.from({ length: partitions }, () => 1)
    this.broker.onMetadata([this.broker], { orders: leaders }).on(calls.initProducerId, () => ({
      ...calls.initProducerId.response.defaults(),
      producerId: this.#nextProducerId++,
    }))
    this.broker.on(
      calls.produce,
      ({ topicData }): FakeAnswer<ReturnType<typeof calls.produce.response.defaults>> => {
        const answers = topicData[0]!.partitionData.map(({ index, records }) => this.#answer(index, records!))
        const cut = answers.find((answer) => answer === 'cut' || answer === 'silence')
        if (cut === 'cut' || cut === 'silence') return cut
        const partitionResponses = answers as PartitionProduceResponse[]
        return {
          ...calls.produce.response.defaults(),
          responses: [{ name: 'orders', topicId: topicData[0]!.topicId, partitionResponses }],
        }
      },
    )
  }

  #answer(index: number, bytes: Uint8Array): PartitionProduceResponse | 'cut' | 'silence' {
    const { producerId, baseSequence } = readBatchHeader(bytes, 0)
    const values = [...records(bytes, 0)].map(({ value }) => Buffer.from(value!).toString())
    this.batches.push({ partition: index, producerId, baseSequence, values })
    const answer = this.answers.shift() ?? {}
    if (typeof answer === 'string') return answer
    return {
      index,
      errorCode: 0,
      baseOffset: 40,
      logAppendTimeMs: -1,
      logStartOffset: 0,
      recordErrors: [],
      errorMessage: null,
      currentLeader: { leaderId: -1, leaderEpoch: -1 },
      ...answer,
    }
  }

  send(value: string, key: string | null = null, partition?: number) {
    return this.producer.send('orders', {
      key: key === null ? null : Buffer.from(key),
      value: Buffer.from(value),
      ...(partition !== undefined && { partition }),
    })
  }

  get sequences(): string[] {
    return this.batches.map(
      ({ producerId, baseSequence, values }) => `${producerId}:${baseSequence} ${values.join('')}`,
    )
  }
}

test("[CLIENT11] keys go where Kafka's own producers send them", () => {
  const hashes: [string, number][] = [
    ['21', -973932308],
    ['foobar', -790332482],
    ['a-little-bit-long-string', -985981536],
    ['a-little-bit-longer-string', -1486304829],
    ['abc', 479470107],
  ]
  for (const [key, hash] of hashes) assert.equal(murmur2(Buffer.from(key)), hash, key)
  assert.equal(partitionOfKey(Buffer.from('21'), 7), (-973932308 & 0x7fffffff) % 7)
})

test('[CLIENT11] without a key the next batch goes to another partition', () => {
  const random = { next: () => 0.999, bytes: (count: number) => new Uint8Array(count) }
  assert.equal(nextStickyPartition(undefined, 3, random), 2)
  assert.equal(nextStickyPartition(2, 3, random), 1)
  assert.equal(nextStickyPartition(0, 1, random), 0)
  for (let before = 0; before < 5; before++) assert.notEqual(nextStickyPartition(before, 5, random), before)
})

test('[CLIENT12] records of a turn share a batch and get consecutive offsets', async () => {
  const world = new ProduceWorld()
  const sent = await world.until(Promise.all(['a', 'b', 'c'].map((value) => world.send(value))))
  assert.deepEqual(
    sent.map((result) => result.ok && result.value.offset),
    [40, 41, 42],
  )
  assert.deepEqual(world.sequences, ['100:0 abc'])
  assert.equal(world.producer.bufferedBytes, 0)
})

test('[CLIENT12] a full batch does not linger, what comes meanwhile goes into the next', async () => {
  const world = new ProduceWorld({ lingerMs: 60_000, batchBytesMax: 60 })
  const sent = Promise.all(['a', 'b', 'c', 'd'].map((value) => world.send(value)))
  await world.time.advance(1)
  assert.deepEqual(world.sequences, ['100:0 ab'])
  await world.until(world.producer.flush())
  await sent
  assert.deepEqual(world.sequences, ['100:0 ab', '100:2 cd'])
})

test('[CLIENT12] batches of several partitions share a request', async () => {
  const world = new ProduceWorld({ lingerMs: 0 }, 3)
  await world.until(Promise.all([0, 1, 2].map((partition) => world.send('x', null, partition))))
  assert.equal(world.broker.askedFor(calls.produce).length, 1)
  assert.equal(world.batches.length, 3)
})

test('[CLIENT13] a repeated batch keeps its identity, and those behind it wait', async () => {
  const world = new ProduceWorld()
  world.answers.push('cut', { errorCode: errors.NOT_LEADER_OR_FOLLOWER }, {}, {})
  const first = world.send('a')
  await world.time.advance(20)
  const second = world.send('b')
  const sent = await world.until(Promise.all([first, second]))
  assert.ok(sent.every((result) => result.ok))
  assert.deepEqual(world.sequences, ['100:0 a', '100:0 a', '100:0 a', '100:1 b'])
})

test('[CLIENT13] a repetition that the broker knows already counts as written', async () => {
  const world = new ProduceWorld()
  world.answers.push('cut', { errorCode: errors.DUPLICATE_SEQUENCE_NUMBER })
  const sent = await world.until(world.send('a'))
  assert.equal(sent.ok && sent.value.offset, -1)
})

test('[CLIENT14] sequence numbers of a batch that was surely refused are used again', async () => {
  const world = new ProduceWorld()
  world.answers.push({ errorCode: errors.INVALID_RECORD, errorMessage: 'no key' })
  const refused = await world.until(world.send('a'))
  assert.equal(!refused.ok && `${refused.error.name}: ${refused.error.message}`, 'INVALID_RECORD: no key')
  await world.until(world.send('b'))
  assert.deepEqual(world.sequences, ['100:0 a', '100:0 b'])
})

test('[CLIENT14] after a batch that may have been written a new producer id goes on', async () => {
  const world = new ProduceWorld()
  world.answers.push('cut', { errorCode: errors.TOPIC_AUTHORIZATION_FAILED })
  assert.ok(!(await world.until(world.send('a'))).ok)
  await world.until(world.send('b'))
  assert.deepEqual(world.sequences, ['100:0 a', '100:0 a', '101:0 b'])
})

test('[CLIENT14] a broker that lost the producer gets the batch under a new id, unless it may have it', async () => {
  const world = new ProduceWorld()
  world.answers.push({}, { errorCode: errors.OUT_OF_ORDER_SEQUENCE_NUMBER }, {})
  await world.until(world.send('a'))
  assert.ok((await world.until(world.send('b'))).ok)
  assert.deepEqual(world.sequences, ['100:0 a', '100:1 b', '101:0 b'])
  world.answers.push('cut', { errorCode: errors.OUT_OF_ORDER_SEQUENCE_NUMBER })
  const unsure = await world.until(world.send('c'))
  assert.equal(!unsure.ok && unsure.error.name, 'OUT_OF_ORDER_SEQUENCE_NUMBER')
})

test('[CLIENT15] a record is given up after the delivery timeout, with the last error', async () => {
  const world = new ProduceWorld({ deliveryTimeoutMs: 3000 })
  for (let count = 0; count < 100; count++) world.answers.push({ errorCode: errors.NOT_ENOUGH_REPLICAS })
  const sent = await world.until(world.send('a'))
  assert.equal(!sent.ok && sent.error.name, 'NOT_ENOUGH_REPLICAS')
  assert.ok(world.time.monotonicMs() <= 3000)
})

test('[CLIENT15] a batch that is too large is cut in two, one record alone is refused', async () => {
  const world = new ProduceWorld()
  world.answers.push({ errorCode: errors.MESSAGE_TOO_LARGE }, { errorCode: errors.MESSAGE_TOO_LARGE }, {}, {})
  const sent = await world.until(Promise.all(['a', 'b', 'c'].map((value) => world.send(value))))
  assert.deepEqual(world.sequences, ['100:0 abc', '100:0 ab', '100:0 a', '100:1 b', '100:2 c'])
  assert.ok(sent.every((result) => result.ok))
  world.answers.push({ errorCode: errors.MESSAGE_TOO_LARGE })
  assert.ok(!(await world.until(world.send('d'))).ok)
})

test('[CLIENT16] with acks 0 no answer is waited for', async () => {
  const world = new ProduceWorld({ acks: 0, isIdempotent: false })
  world.answers.push('silence')
  const sent = await world.until(world.send('a'))
  assert.equal(sent.ok && sent.value.offset, -1)
  assert.deepEqual(world.sequences, ['-1:-1 a'])
})

test('[CLIENT16] topics and partitions that do not exist are refused by name', async () => {
  const world = new ProduceWorld({ deliveryTimeoutMs: 1000 })
  const topic = await world.until(world.producer.send('nope', { key: null, value: null }))
  assert.equal(!topic.ok && topic.error.message, 'topic nope does not exist')
  const partition = await world.until(world.send('a', null, 5))
  assert.equal(!partition.ok && partition.error.message, 'the topic has no partition 5, it has 1')
})

test('[CLIENT16] a sender can wait for room', async () => {
  const world = new ProduceWorld()
  world.answers.push('silence')
  void world.send('a'.repeat(1000))
  let hasRoom = false
  void world.producer.whenBufferedBelow(500).then(() => {
    hasRoom = true
  })
  await world.time.advance(1000)
  assert.ok(!hasRoom)
  await world.time.advance(60_000)
  assert.ok(hasRoom)
})
