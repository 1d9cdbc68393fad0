// Idempotent producers over the wire: ids, sequences, duplicates, and all of that over a restart.

import { deepEqual, equal, ok } from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { errorName, errors } from '../../src/base/errors.ts'
import type { InitProducerIdRequest } from '../../src/protocol/generated/init-producer-id-request.ts'
import {
  batchOf,
  createTopic,
  fetchOne,
  initProducerIdCodecs,
  produceOne,
  record,
  type TopicNameAndId,
  valuesOf,
  versionsFrom,
} from '../support/data-requests.ts'
import { NodeUnderTest } from './node-under-test.ts'

type Step = readonly [epoch: number, sequence: number, count: number, expected: number | string]

async function start(t: TestContext): Promise<{ node: NodeUnderTest; topic: TopicNameAndId }> {
  const node = await NodeUnderTest.start(t)
  return { node, topic: await createTopic(node, 'a') }
}

/** Sends `count` records of producer 7 and returns the base offset or the name of the error. */
async function send(
  node: NodeUnderTest,
  topic: TopicNameAndId,
  [producerEpoch, baseSequence, count]: Step,
): Promise<number | string> {
  const records = Array.from({ length: count }, (_, index) =>
    record(`${producerEpoch}.${baseSequence}.${index}`),
  )
  const bytes = batchOf(records, { producerId: 7, producerEpoch, baseSequence })
  const { errorCode, baseOffset } = await produceOne(node, topic, bytes)
  return errorCode === errors.NONE ? baseOffset : errorName(errorCode)
}

async function expectSteps(
  node: NodeUnderTest,
  topic: TopicNameAndId,
  steps: readonly Step[],
): Promise<void> {
  for (const [index, step] of steps.entries()) equal(await send(node, topic, step), step[3], `step ${index}`)
}

test('[IDEMP1] InitProducerId gives an id of its own and epoch 0, in every version', async (t) => {
  const node = await NodeUnderTest.start(t)
  const ids = new Set<number>()
  for (const version of versionsFrom(0, 5)) {
    const fields = [{ transactionalId: null }, { transactionalId: null, transactionTimeoutMs: -1 }]
    if (version >= 3)
      fields.push({ transactionalId: null, producerId: 3, producerEpoch: 3 } as (typeof fields)[number])
    for (const each of fields) {
      const answer = await node.call(initProducerIdCodecs, version, each)
      deepEqual([answer.errorCode, answer.producerEpoch], [errors.NONE, 0], `version ${version}`)
      ids.add(answer.producerId)
    }
  }
  equal(ids.size, 15)
  await node.restart()
  const { producerId } = await node.call(initProducerIdCodecs, 4, { transactionalId: null })
  ok(!ids.has(producerId), 'no id is given twice, also over a restart')
})

test('[IDEMP2] half a producer and an empty transactional id are INVALID_REQUEST', async (t) => {
  const node = await NodeUnderTest.start(t)
  const refused: Partial<InitProducerIdRequest>[] = [
    { transactionalId: null, producerId: 5 },
    { transactionalId: null, producerEpoch: 5 },
    { transactionalId: '', transactionTimeoutMs: 1000 },
  ]
  for (const version of versionsFrom(3, 5))
    for (const fields of refused) {
      const { errorCode, producerId, producerEpoch } = await node.call(initProducerIdCodecs, version, fields)
      deepEqual([errorCode, producerId, producerEpoch], [errors.INVALID_REQUEST, -1, -1])
    }
})

test('[IDEMP3] a batch sent again is stored once and answered with its first offset, five batches back', async (t) => {
  const { node, topic } = await start(t)
  const steps: Step[] = [0, 1, 2, 3, 4, 5].map((sequence) => [0, sequence * 2, 2, sequence * 2])
  await expectSteps(node, topic, steps)
  await expectSteps(node, topic, steps.slice(1))
  await expectSteps(node, topic, [[0, 0, 2, 'OUT_OF_ORDER_SEQUENCE_NUMBER']])
  equal(valuesOf(await fetchOne(node, topic, 0)).length, 12)
})

test('[IDEMP4] a sequence that does not follow the last one is OUT_OF_ORDER_SEQUENCE_NUMBER', async (t) => {
  const { node, topic } = await start(t)
  await expectSteps(node, topic, [
    [0, 0, 3, 0],
    [0, 5, 1, 'OUT_OF_ORDER_SEQUENCE_NUMBER'],
    [0, 0, 2, 'OUT_OF_ORDER_SEQUENCE_NUMBER'],
    [0, 1, 2, 'OUT_OF_ORDER_SEQUENCE_NUMBER'],
    [0, 3, 1, 3],
  ])
})

test('[IDEMP5] sequences wrap from 2^31-1 to 0, also inside a batch', async (t) => {
  const { node, topic } = await start(t)
  await expectSteps(node, topic, [
    [0, 2147483645, 2, 0],
    [0, 2147483647, 2, 2],
    [0, 1, 1, 4],
    [0, 2147483647, 2, 2],
  ])
})

test('[IDEMP6] a newer epoch begins at 0 and fences the older one', async (t) => {
  const { node, topic } = await start(t)
  await expectSteps(node, topic, [
    [1, 0, 2, 0],
    [2, 2, 1, 'OUT_OF_ORDER_SEQUENCE_NUMBER'],
    [2, 0, 1, 2],
    [1, 2, 1, 'INVALID_PRODUCER_EPOCH'],
    [2, 1, 1, 3],
  ])
})

test('[IDEMP7] a producer the partition does not know may begin at any sequence', async (t) => {
  const { node, topic } = await start(t)
  await expectSteps(node, topic, [
    [0, 41, 1, 0],
    [0, 42, 1, 1],
  ])
})

test('[IDEMP8] what a partition knows of producers survives a restart', async (t) => {
  const { node, topic } = await start(t)
  const steps: Step[] = [
    [3, 0, 2, 0],
    [3, 2, 1, 2],
    [3, 3, 4, 3],
  ]
  await expectSteps(node, topic, steps)
  await node.restart()
  // A snapshot keeps the last batch of a producer, as Kafka's does.
  await expectSteps(node, topic, [
    [3, 3, 4, 3],
    [3, 9, 1, 'OUT_OF_ORDER_SEQUENCE_NUMBER'],
    [2, 0, 1, 'INVALID_PRODUCER_EPOCH'],
    [3, 7, 1, 7],
  ])
  equal(valuesOf(await fetchOne(node, topic, 0)).length, 8)
})
