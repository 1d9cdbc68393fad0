// What a whole node tells of its directories, producers, quorum, config resources and topics, in every version.

import { deepEqual, equal, ok } from 'node:assert/strict'
import { resolve } from 'node:path'
import { test } from 'node:test'
import { errors } from '../../src/base/errors.ts'
import { zeroUuid } from '../../src/base/uuid.ts'
import type { DescribeTopicPartitionsRequest } from '../../src/protocol/generated/describe-topic-partitions-request.ts'
import { createTopics, newTopic } from '../support/admin-apis.ts'
import {
  altered,
  describeLogDirs,
  describeProducers,
  describeQuorum,
  describeTopicPartitions,
  incrementalAlterConfigs,
  listConfigResources,
  resourceType,
  set,
} from '../support/cluster-apis.ts'
import { batchOf, produceCodecs, produceTo, record, versionsFrom } from '../support/data-requests.ts'
import { NodeUnderTest } from './node-under-test.ts'

const topicOperations = 3576

async function started(t: Parameters<typeof NodeUnderTest.start>[0]): Promise<NodeUnderTest> {
  const node = await NodeUnderTest.start(t)
  const topics = ['a', 'b', 'c'].map((name) => newTopic(name, { numPartitions: 3 }))
  await node.call(createTopics, 7, { topics, timeoutMs: 5000 })
  const bytes = batchOf([record('1')], { producerId: 7, producerEpoch: 2, baseSequence: 0 })
  await node.call(produceCodecs, 12, produceTo(12, { name: 'a', id: '' }, bytes))
  return node
}

test('[DIR1] DescribeLogDirs tells every directory with the partitions asked for', async (t) => {
  const node = await started(t)
  for (const version of versionsFrom(1, 5)) {
    const topics = [
      { topic: 'a', partitions: [0, 1, 9] },
      { topic: 'missing', partitions: [0] },
    ]
    const { errorCode, results } = await node.call(describeLogDirs, version, { topics })
    equal(errorCode, errors.NONE)
    equal(results.length, 1)
    const [directory] = results
    equal(directory!.errorCode, errors.NONE)
    equal(directory!.logDir, resolve('data'))
    deepEqual(
      directory!.topics.map(({ name, partitions }) => [name, partitions.map((each) => each.partitionIndex)]),
      [['a', [0, 1]]],
    )
    const [written, empty] = directory!.topics[0]!.partitions
    ok(written!.partitionSize > 60)
    deepEqual(empty, { partitionIndex: 1, partitionSize: 0, offsetLag: 0, isFutureKey: false })
    equal(directory!.totalBytes > 0, version >= 4)
    equal(directory!.usableBytes > 0, version >= 4)
  }
})

test('[DIR1] no list of topics asks for all partitions, an empty one for none', async (t) => {
  const node = await started(t)
  for (const version of versionsFrom(1, 5)) {
    const all = await node.call(describeLogDirs, version, { topics: null })
    deepEqual(all.results[0]!.topics.map(({ name }) => name).sort(), ['a', 'b', 'c'])
    const none = await node.call(describeLogDirs, version, { topics: [] })
    deepEqual(none.results[0]!.topics, [])
  }
})

test('[PRODUCERS1] DescribeProducers tells who writes to a partition', async (t) => {
  const node = await started(t)
  const topics = [
    { name: 'a', partitionIndexes: [0, 1, 9] },
    { name: 'missing', partitionIndexes: [0] },
    { name: 'a/b', partitionIndexes: [0] },
  ]
  const response = await node.call(describeProducers, 0, { topics })
  deepEqual(
    response.topics.map(({ partitions }) => partitions.map(({ errorCode }) => errorCode)),
    [
      [errors.NONE, errors.NONE, errors.UNKNOWN_TOPIC_OR_PARTITION],
      [errors.UNKNOWN_TOPIC_OR_PARTITION],
      [errors.INVALID_TOPIC_EXCEPTION],
    ],
  )
  const [written, empty] = response.topics[0]!.partitions
  deepEqual(empty!.activeProducers, [])
  equal(written!.activeProducers.length, 1)
  const { lastTimestamp, ...producer } = written!.activeProducers[0]!
  ok(lastTimestamp > 0)
  deepEqual(producer, {
    producerId: 7,
    producerEpoch: 2,
    lastSequence: 0,
    coordinatorEpoch: -1,
    currentTxnStartOffset: -1,
  })
})

test('[QUORUM1] DescribeQuorum tells this node as the leader and only voter', async (t) => {
  const node = await started(t)
  for (const version of versionsFrom(0, 2)) {
    const topics = [{ topicName: '__cluster_metadata', partitions: [{ partitionIndex: 0 }] }]
    const response = await node.call(describeQuorum, version, { topics })
    equal(response.errorCode, errors.NONE)
    const partition = response.topics[0]!.partitions[0]!
    equal(partition.leaderId, 1)
    equal(partition.leaderEpoch, 1)
    ok(partition.highWatermark > 0)
    deepEqual(partition.observers, [])
    equal(partition.currentVoters.length, 1)
    const [voter] = partition.currentVoters
    equal(voter!.replicaId, 1)
    equal(voter!.logEndOffset, partition.highWatermark)
    equal(voter!.lastFetchTimestamp > 0, version >= 1)
    equal(voter!.lastCaughtUpTimestamp > 0, version >= 1)
    equal(voter!.replicaDirectoryId !== zeroUuid, version >= 2)
    deepEqual(
      response.nodes.map(({ nodeId, listeners }) => [
        nodeId,
        listeners.map(({ name, port }) => [name, port]),
      ]),
      version >= 2 ? [[1, [['CONTROLLER', 9093]]]] : [],
    )
  }
})

test('[QUORUM1] a restart is a new epoch of the quorum', async (t) => {
  const node = await started(t)
  await node.restart()
  const topics = [{ topicName: '__cluster_metadata', partitions: [{ partitionIndex: 0 }] }]
  const response = await node.call(describeQuorum, 2, { topics })
  equal(response.topics[0]!.partitions[0]!.leaderEpoch, 2)
})

test('[QUORUM2] other partitions have no quorum', async (t) => {
  const node = await started(t)
  for (const version of versionsFrom(0, 2)) {
    const topics = [{ topicName: 'a', partitions: [{ partitionIndex: 3 }] }]
    const response = await node.call(describeQuorum, version, { topics })
    const { topicName, partitions } = response.topics[0]!
    deepEqual([topicName, partitions[0]!.partitionIndex], ['a', 3])
    equal(partitions[0]!.errorCode, errors.UNKNOWN_TOPIC_OR_PARTITION)
    equal((await node.call(describeQuorum, version, { topics: [] })).errorCode, errors.NONE)
  }
})

test('[LIST1] ListConfigResources tells the resources of the types asked for, or of all', async (t) => {
  const node = await started(t)
  const resources = [
    altered('group', 'g', set('consumer.session.timeout.ms', '46000')),
    altered('clientMetrics', 'cm', set('interval.ms', '60000')),
  ]
  await node.call(incrementalAlterConfigs, 1, { resources })
  const names = async (version: number, ...types: number[]) => {
    const response = await node.call(listConfigResources, version, { resourceTypes: types })
    equal(response.errorCode, errors.NONE)
    const found = response.configResources.map((each) => [each.resourceType, each.resourceName] as const)
    return found.sort(([a, nameA], [b, nameB]) => a - b || (nameA < nameB ? -1 : 1))
  }
  const { topic, broker, brokerLogger, clientMetrics, group } = resourceType
  deepEqual(await names(0), [[clientMetrics, 'cm']])
  deepEqual(await names(1, topic, group), [
    [topic, 'a'],
    [topic, 'b'],
    [topic, 'c'],
    [group, 'g'],
  ])
  deepEqual((await names(1)).slice(3), [
    [broker, '1'],
    [brokerLogger, '1'],
    [clientMetrics, 'cm'],
    [group, 'g'],
  ])
})

test('[LIST1] a type without configs is UNSUPPORTED_VERSION', async (t) => {
  const node = await started(t)
  const { errorCode } = await node.call(listConfigResources, 1, { resourceTypes: [2, 64] })
  equal(errorCode, errors.UNSUPPORTED_VERSION)
})

const noLimit = 2000

async function page(node: NodeUnderTest, fields: Partial<DescribeTopicPartitionsRequest>) {
  return node.call(describeTopicPartitions, 0, { responsePartitionLimit: noLimit, ...fields })
}

test('[PAGE1] DescribeTopicPartitions goes through all topics in pages', async (t) => {
  const node = await started(t)
  const seen: string[] = []
  let pages = 0
  let cursor: DescribeTopicPartitionsRequest['cursor'] = null
  do {
    const response = await page(node, { responsePartitionLimit: 2, cursor })
    for (const { name, partitions } of response.topics)
      seen.push(...partitions.map(({ partitionIndex }) => `${name}-${partitionIndex}`))
    cursor = response.nextCursor
    pages++
  } while (cursor !== null)
  equal(pages, 5)
  deepEqual(
    seen,
    ['a', 'b', 'c'].flatMap((name) => [0, 1, 2].map((index) => `${name}-${index}`)),
  )
})

test('[PAGE1] a page holds one partition at least, and at most what the broker allows', async (t) => {
  const node = await NodeUnderTest.start(t, { 'max.request.partition.size.limit': '2' })
  await node.call(createTopics, 7, { topics: [newTopic('a', { numPartitions: 3 })], timeoutMs: 5000 })
  const least = await page(node, { responsePartitionLimit: 0 })
  deepEqual(least.nextCursor, { topicName: 'a', partitionIndex: 1 })
  const most = await page(node, {})
  deepEqual(most.nextCursor, { topicName: 'a', partitionIndex: 2 })
})

test('[PAGE2] named topics come in order of name, unknown ones with their error', async (t) => {
  const node = await started(t)
  const topics = ['c', 'missing', 'a/b', 'a', 'a'].map((name) => ({ name }))
  const response = await page(node, { topics })
  deepEqual(
    response.topics.map(({ name, errorCode, partitions }) => [name, errorCode, partitions.length]),
    [
      ['a', errors.NONE, 3],
      ['a/b', errors.INVALID_TOPIC_EXCEPTION, 0],
      ['c', errors.NONE, 3],
      ['missing', errors.UNKNOWN_TOPIC_OR_PARTITION, 0],
    ],
  )
  for (const topic of response.topics) equal(topic.topicAuthorizedOperations, topicOperations)
  deepEqual(response.topics[0]!.partitions[1], {
    errorCode: errors.NONE,
    partitionIndex: 1,
    leaderId: 1,
    leaderEpoch: 0,
    replicaNodes: [1],
    isrNodes: [1],
    eligibleLeaderReplicas: [],
    lastKnownElr: [],
    offlineReplicas: [],
  })
})

test('[PAGE3] a cursor that names no topic of the list or no partition is INVALID_REQUEST', async (t) => {
  const node = await started(t)
  const topics = [{ name: 'a' }, { name: 'c' }]
  for (const cursor of [
    { topicName: 'b', partitionIndex: 0 },
    { topicName: 'a', partitionIndex: -1 },
  ]) {
    const response = await page(node, { topics, cursor })
    deepEqual(
      response.topics.map(({ name, errorCode }) => [name, errorCode]),
      [
        ['a', errors.INVALID_REQUEST],
        ['c', errors.INVALID_REQUEST],
      ],
    )
  }
  const beyond = await page(node, { topics, cursor: { topicName: 'c', partitionIndex: 3 } })
  deepEqual(
    beyond.topics.map(({ name, partitions }) => [name, partitions.length]),
    [['c', 0]],
  )
})
