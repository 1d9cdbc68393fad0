// DeleteRecords of a whole node, in every version.

import { deepEqual, equal } from 'node:assert/strict'
import { test } from 'node:test'
import { errors } from '../../src/base/errors.ts'
import { configured, createTopics, findCoordinator, newTopic } from '../support/admin-apis.ts'
import { deleteRecords } from '../support/cluster-apis.ts'
import {
  batch,
  fetchCodecs,
  fetchFrom,
  listOffsetsCodecs,
  listOffsetsOf,
  produceCodecs,
  produceTo,
  versionsFrom,
} from '../support/data-requests.ts'
import { NodeUnderTest } from './node-under-test.ts'

const versions = versionsFrom(0, 2)
const topic = { name: 'cut', id: '' }

async function started(t: Parameters<typeof NodeUnderTest.start>[0]): Promise<NodeUnderTest> {
  const node = await NodeUnderTest.start(t)
  const compacted = newTopic('compacted', configured({ 'cleanup.policy': 'compact' }))
  const both = newTopic('both', configured({ 'cleanup.policy': 'compact,delete' }))
  await node.call(createTopics, 7, {
    topics: [newTopic(topic.name, { numPartitions: 2 }), compacted, both, newTopic('fine')],
    timeoutMs: 5000,
  })
  for (const name of [topic.name, 'compacted', 'both', 'fine'])
    await node.call(produceCodecs, 12, produceTo(12, { name, id: '' }, batch('a', 'b', 'c', 'd', 'e')))
  return node
}

function cutting(name: string, ...offsets: number[]) {
  return {
    topics: [{ name, partitions: offsets.map((offset, partitionIndex) => ({ partitionIndex, offset })) }],
    timeoutMs: 1000,
  }
}

async function cut(node: NodeUnderTest, version: number, name: string, offset: number) {
  const { topics } = await node.call(deleteRecords, version, cutting(name, offset))
  return topics[0]!.partitions[0]!
}

async function earliest(node: NodeUnderTest): Promise<number> {
  const { topics } = await node.call(listOffsetsCodecs, 11, listOffsetsOf(topic.name, -2))
  return topics[0]!.partitions[0]!.offset
}

test('[CUT1] the log starts at the offset that was asked for, and never goes back', async (t) => {
  const node = await started(t)
  for (const version of versions) {
    const result = await cut(node, version, topic.name, version + 1)
    deepEqual(result, { partitionIndex: 0, lowWatermark: version + 1, errorCode: errors.NONE })
    equal(await earliest(node), version + 1)
  }
  equal((await cut(node, 2, topic.name, 1)).lowWatermark, 3)
  equal(await earliest(node), 3)
  const fetched = await node.call(fetchCodecs, 12, fetchFrom(12, topic, 2))
  equal(fetched.responses[0]!.partitions[0]!.errorCode, errors.OFFSET_OUT_OF_RANGE)
})

test('[CUT1] the offset -1 stands for the high watermark', async (t) => {
  for (const version of versions) {
    const node = await started(t)
    const { topics } = await node.call(deleteRecords, version, cutting(topic.name, -1, -1))
    deepEqual(
      topics[0]!.partitions.map(({ lowWatermark }) => lowWatermark),
      [5, 0],
    )
    equal(await earliest(node), 5)
  }
})

test('[CUT1] a log start outlives a restart', async (t) => {
  const node = await started(t)
  await cut(node, 2, topic.name, 4)
  await node.restart()
  equal(await earliest(node), 4)
})

test('[CUT2] what cannot be cut is refused, each partition alone', async (t) => {
  const node = await started(t)
  await node.call(findCoordinator, 4, { keyType: 0, coordinatorKeys: ['g'] })
  while ((await cut(node, 2, '__consumer_offsets', 0)).errorCode === errors.UNKNOWN_TOPIC_OR_PARTITION);
  const refusals: readonly (readonly [topic: string, offset: number, error: number])[] = [
    [topic.name, 6, errors.OFFSET_OUT_OF_RANGE],
    ['both', -2, errors.OFFSET_OUT_OF_RANGE],
    ['missing', 0, errors.UNKNOWN_TOPIC_OR_PARTITION],
    ['compacted', 1, errors.POLICY_VIOLATION],
    ['__consumer_offsets', 0, errors.INVALID_TOPIC_EXCEPTION],
  ]
  for (const version of versions) {
    const topics = refusals.map(([name, offset]) => ({ name, partitions: [{ partitionIndex: 0, offset }] }))
    topics.push({ name: 'fine', partitions: [{ partitionIndex: 0, offset: 1 }] })
    const response = await node.call(deleteRecords, version, { topics, timeoutMs: 1000 })
    deepEqual(
      response.topics.map(({ partitions }) => [partitions[0]!.errorCode, partitions[0]!.lowWatermark]),
      [...refusals.map(([, , error]) => [error, -1]), [errors.NONE, 1]],
    )
  }
  equal(await earliest(node), 0)
})
