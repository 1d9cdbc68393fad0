// Requests that ask for nothing, name a thing twice or are wrong in more than one way: what Apache Kafka makes of them,
// found by random comparison (conformance/differential-random.ts).

import { deepEqual, equal, notEqual } from 'node:assert/strict'
import { test } from 'node:test'
import { errors } from '../../src/base/errors.ts'
import { describeConfigs } from '../support/admin-apis.ts'
import {
  alterClientQuotas,
  alterConfigs,
  altered,
  alterPartitionReassignments,
  alterUserScramCredentials,
  deleteRecords,
  electLeaders,
  incrementalAlterConfigs,
  operation,
  set,
  updateFeatures,
} from '../support/cluster-apis.ts'
import {
  batch,
  batchOf,
  createTopic,
  epochEndOf,
  fetchCodecs,
  fetchFrom,
  listOffsetsCodecs,
  offsetForLeaderEpochCodecs,
  produceCodecs,
  produceOne,
  produceTo,
  record,
  withField,
} from '../support/data-requests.ts'
import { offsetDelete } from '../support/group-apis.ts'
import { groupNode, soleMember } from './group-node.ts'
import { NodeUnderTest } from './node-under-test.ts'

const nobody = { name: 'nope', id: '' }

test('[ODD1] a topic without partitions is not answered', async (t) => {
  const node = await NodeUnderTest.start(t)
  const { name, id: topicId } = await createTopic(node, 'a')
  const topicData = [{ name, topicId, partitionData: [] }]
  deepEqual((await node.call(produceCodecs, 12, { acks: -1, topicData })).responses, [])
  const topics = [{ name, partitions: [] }]
  deepEqual((await node.call(listOffsetsCodecs, 11, { replicaId: -1, topics })).topics, [])
  deepEqual((await node.call(deleteRecords, 2, { topics })).topics, [])
})

test('[ODD2] topic, partition and batch are judged before acks, a batch that cannot be read before all', async (t) => {
  const node = await NodeUnderTest.start(t)
  const topic = await createTopic(node, 'a')
  const errorsOf = async (
    ...[to, records, more]: [typeof topic, Uint8Array, { acks: number; partition?: number }]
  ) =>
    (await node.call(produceCodecs, 12, produceTo(12, to, records, more))).responses.flatMap(
      ({ partitionResponses }) => partitionResponses.map(({ errorCode }) => errorCode),
    )
  const unreadable = withField(batch('x'), 'batchLength', 0)
  deepEqual(await errorsOf(nobody, batch('x'), { acks: 7 }), [errors.UNKNOWN_TOPIC_OR_PARTITION])
  deepEqual(await errorsOf(topic, new Uint8Array(0), { acks: 7 }), [errors.INVALID_RECORD])
  deepEqual(await errorsOf(topic, batch('x'), { acks: 7 }), [errors.INVALID_REQUIRED_ACKS])
  deepEqual(await errorsOf(nobody, unreadable, { acks: 1 }), [errors.CORRUPT_MESSAGE])
  const both = produceTo(12, topic, batch('x'))
  both.topicData![0]!.partitionData.push({ index: 1, records: unreadable })
  const { responses } = await node.call(produceCodecs, 12, both)
  deepEqual(
    responses[0]!.partitionResponses.map(({ errorCode }) => errorCode),
    [errors.CORRUPT_MESSAGE, errors.CORRUPT_MESSAGE],
  )
})

test('[ODD3] a partition that is named twice is cut once, by the last offset', async (t) => {
  const node = await NodeUnderTest.start(t)
  const topic = await createTopic(node, 'a')
  await node.call(produceCodecs, 12, produceTo(12, topic, batch('a', 'b', 'c')))
  const cut = (offset: number) => ({ name: 'a', partitions: [{ partitionIndex: 0, offset }] })
  const { topics } = await node.call(deleteRecords, 2, { topics: [cut(2), cut(1)] })
  deepEqual(topics[0]!.partitions, [{ partitionIndex: 0, lowWatermark: 1, errorCode: errors.NONE }])
  equal(topics.length, 1)
})

test('[ODD4] one resource of an unknown type fails the description of all', async (t) => {
  const node = await NodeUnderTest.start(t)
  await createTopic(node, 'a')
  const resources = [2, 77].map((resourceType) => ({
    resourceType,
    resourceName: 'a',
    configurationKeys: null,
  }))
  const { results } = await node.call(describeConfigs, 4, { resources })
  deepEqual(
    results.map(({ resourceType, errorCode }) => [resourceType, errorCode]),
    [
      [2, errors.INVALID_REQUEST],
      [77, errors.INVALID_REQUEST],
    ],
  )
})

test('[ODD5] repeated and null configs are refused first, then a bad topic name, values, an unknown topic', async (t) => {
  const node = await NodeUnderTest.start(t)
  const good = set('retention.ms', '1000')
  const bad = set('retention.ms', 'x')
  const cases = [
    [altered('topic', 'a b', good, good), errors.INVALID_REQUEST],
    [altered('topic', 'a b', set('retention.ms', null)), errors.INVALID_REQUEST],
    [altered('topic', 'a b', bad), errors.INVALID_TOPIC_EXCEPTION],
    [altered('topic', 'missing', bad), errors.INVALID_CONFIG],
    [altered('topic', 'missing', good), errors.UNKNOWN_TOPIC_OR_PARTITION],
  ] as const
  for (const [resource, error] of cases)
    for (const api of [alterConfigs, incrementalAlterConfigs]) {
      const { responses } = await node.call(api, 1, { resources: [resource] })
      equal(responses[0]!.errorCode, error, `${api.request.name} ${JSON.stringify(resource)}`)
    }
  const appended = { ...good, configOperation: operation.append }
  const { responses } = await node.call(incrementalAlterConfigs, 1, {
    resources: [altered('topic', 'a b', appended)],
  })
  equal(responses[0]!.errorCode, errors.INVALID_CONFIG)
})

test('[ODD10] a bad value for all brokers is refused before what may not be removed from them', async (t) => {
  const node = await NodeUnderTest.start(t)
  const resources = [altered('broker', '', set('message.max.bytes', '1:1'))]
  const { responses } = await node.call(alterConfigs, 2, { resources })
  equal(responses[0]!.errorCode, errors.INVALID_REQUEST)
})

test('[ODD11] in a batch that claims the log append time every record has the largest timestamp', async (t) => {
  const node = await NodeUnderTest.start(t)
  const topic = await createTopic(node, 'a')
  const records = [record('a', { timestamp: -1 }), record('b')]
  const claimed = await produceOne(node, topic, batchOf(records, { timestampType: 'append' }))
  equal(claimed.errorCode, errors.NONE)
})

test('[ODD12] OffsetDelete answers an unknown topic without partitions', async (t) => {
  const node = await groupNode(t)
  await soleMember(node, 'g')
  const topics = ['a', 'nope'].map((name) => ({ name, partitions: [] }))
  const deleted = await node.call(offsetDelete, 0, { groupId: 'g', topics })
  deepEqual(deleted, {
    errorCode: errors.NONE,
    throttleTimeMs: 0,
    topics: [{ name: 'nope', partitions: [] }],
  })
})

test('[ODD13] a fetch of nothing gets its session', async (t) => {
  const node = await NodeUnderTest.start(t)
  const { sessionId } = await node.call(fetchCodecs, 12, { maxBytes: 100, sessionEpoch: 0 })
  notEqual(sessionId, 0)
})

test('[ODD14] of two updates of one feature the last counts', async (t) => {
  const node = await NodeUnderTest.start(t)
  const level = { feature: 'metadata.version', allowDowngrade: false, upgradeType: 1 }
  const featureUpdates = [99, 30].map((maxVersionLevel) => ({ ...level, maxVersionLevel }))
  const { errorCode, results } = await node.call(updateFeatures, 1, { featureUpdates, validateOnly: true })
  deepEqual([errorCode, results.map((each) => each.errorCode)], [errors.NONE, [errors.NONE, errors.NONE]])
})

test('[ODD6] moves and elections of nothing do nothing, whatever else they ask', async (t) => {
  const node = await NodeUnderTest.start(t)
  const moved = await node.call(alterPartitionReassignments, 1, {
    topics: [],
    allowReplicationFactorChange: false,
  })
  deepEqual(
    [moved.errorCode, moved.errorMessage, moved.allowReplicationFactorChange],
    [errors.NONE, '', true],
  )
  const elected = await node.call(electLeaders, 2, { topicPartitions: [], electionType: -1 })
  equal(elected.errorCode, errors.NONE)
})

test('[ODD7] of two parts of one type in the entity of a quota the last counts', async (t) => {
  const node = await NodeUnderTest.start(t)
  const user = (entityName: string) => ({ entityType: 'user', entityName })
  const ops = [{ key: 'producer_byte_rate', value: 1000, remove: false }]
  const { entries } = await node.call(alterClientQuotas, 1, {
    entries: [{ entity: [user('a'), user('b')], ops }],
  })
  deepEqual([entries[0]!.errorCode, entries[0]!.entity], [errors.NONE, [user('b')]])
})

test('[ODD8] a fetch that begins anew forgets nothing, and has no aborted transactions where it diverged', async (t) => {
  const node = await NodeUnderTest.start(t)
  const topic = await createTopic(node, 'a')
  const { topics } = await node.call(offsetForLeaderEpochCodecs, 4, epochEndOf('a', 0))
  const lastFetchedEpoch = topics[0]!.partitions[0]!.leaderEpoch
  for (const sessionEpoch of [0, -1]) {
    const fields = fetchFrom(12, topic, 2, { sessionEpoch, isolationLevel: 1, of: { lastFetchedEpoch } })
    const forgottenTopicsData = [{ topic: 'a', topicId: fields.topics![0]!.topicId, partitions: [0] }]
    const { responses } = await node.call(fetchCodecs, 12, { ...fields, forgottenTopicsData })
    const { divergingEpoch, abortedTransactions } = responses[0]!.partitions[0]!
    deepEqual([divergingEpoch.endOffset, abortedTransactions], [0, null])
  }
})

test('[ODD9] a credential needs a salted password, which is missed after a user who is named twice', async (t) => {
  const node = await NodeUnderTest.start(t)
  const empty = { mechanism: 1, iterations: 4096, salt: Buffer.from('s'), saltedPassword: Buffer.alloc(0) }
  const upsertions = ['a', 'b', 'b'].map((name) => ({ ...empty, name }))
  const { results } = await node.call(alterUserScramCredentials, 0, { upsertions, deletions: [] })
  deepEqual(
    results.map(({ user, errorCode }) => [user, errorCode]),
    [
      ['a', errors.UNACCEPTABLE_CREDENTIAL],
      ['b', errors.DUPLICATE_RESOURCE],
    ],
  )
})
