// Metadata, DescribeConfigs, DescribeCluster and FindCoordinator of a whole node, in every version.

import { deepEqual, equal, ok } from 'node:assert/strict'
import { test } from 'node:test'
import { errors } from '../../src/base/errors.ts'
import { zeroUuid } from '../../src/base/uuid.ts'
import {
  byId,
  byName,
  configured,
  createTopics,
  describeCluster,
  describeConfigs,
  findCoordinator,
  metadata,
  newTopic,
  unknownId,
} from '../support/admin-apis.ts'
import { versionsFrom } from '../support/data-requests.ts'
import { NodeUnderTest } from './node-under-test.ts'

const noOperations = -2147483648
const brokerType = 4
const topicType = 2

/** A node with topics `a` (two partitions) and `b`, and their ids. */
async function nodeWithTopics(
  t: Parameters<typeof NodeUnderTest.start>[0],
): Promise<[NodeUnderTest, string, string]> {
  const node = await NodeUnderTest.start(t)
  const topics = [newTopic('a', { numPartitions: 2 }), newTopic('b')]
  const created = await node.call(createTopics, 7, { topics, timeoutMs: 5000 })
  return [node, created.topics[0]!.topicId, created.topics[1]!.topicId]
}

test('[METADATA1, METADATA8] all topics, with the fields of each version', async (t) => {
  const [node, topicId] = await nodeWithTopics(t)
  for (const version of versionsFrom(0, 13)) {
    const response = await node.call(metadata, version, { topics: version === 0 ? [] : null })
    deepEqual(response.topics.map(({ name }) => name).sort(), ['a', 'b'])
    deepEqual(response.brokers, [{ nodeId: 1, host: 'localhost', port: node.port, rack: null }])
    equal(response.controllerId, version >= 1 ? 1 : -1)
    equal(response.clusterId === null, version < 2)
    const topic = response.topics.find(({ name }) => name === 'a')!
    equal(topic.topicId, version >= 10 ? topicId : zeroUuid)
    deepEqual(topic.partitions[1], {
      errorCode: errors.NONE,
      partitionIndex: 1,
      leaderId: 1,
      leaderEpoch: version >= 7 ? 0 : -1,
      replicaNodes: [1],
      isrNodes: [1],
      offlineReplicas: [],
    })
  }
})

test('[METADATA1] no topics for an empty list from version 1 on, and one answer for a name given twice', async (t) => {
  const [node] = await nodeWithTopics(t)
  for (const version of versionsFrom(0, 13)) {
    if (version > 0) deepEqual((await node.call(metadata, version, { topics: [] })).topics, [])
    const { topics } = await node.call(metadata, version, { topics: byName('b', 'a', 'b') })
    deepEqual(
      topics.map(({ name }) => name),
      ['b', 'a'],
    )
  }
})

test('[METADATA2] a missing topic is created on first use, and told from then on', async (t) => {
  const node = await NodeUnderTest.start(t, { 'num.partitions': '3' })
  for (const version of versionsFrom(0, 13)) {
    const topics = byName(`auto-${version}`)
    const first = (await node.call(metadata, version, { topics })).topics[0]!
    deepEqual([first.errorCode, first.partitions], [errors.UNKNOWN_TOPIC_OR_PARTITION, []])
    let found = first
    while (found.errorCode === errors.UNKNOWN_TOPIC_OR_PARTITION)
      found = (await node.call(metadata, version, { topics })).topics[0]!
    deepEqual([found.errorCode, found.partitions.length], [errors.NONE, 3])
  }
})

test('[METADATA2] nothing is created that the request or the broker does not allow', async (t) => {
  const node = await NodeUnderTest.start(t)
  const off = await NodeUnderTest.start(t, { 'auto.create.topics.enable': 'false' })
  for (const version of versionsFrom(4, 13)) {
    const refused = await node.call(metadata, version, {
      topics: byName('no'),
      allowAutoTopicCreation: false,
    })
    equal(refused.topics[0]!.errorCode, errors.UNKNOWN_TOPIC_OR_PARTITION)
    await off.call(metadata, version, { topics: byName('no'), allowAutoTopicCreation: true })
  }
  // What was to be created would be created before the answer to a later change.
  for (const each of [node, off]) {
    await each.call(createTopics, 7, { topics: [newTopic('later')], timeoutMs: 5000 })
    const { topics } = await each.call(metadata, 13, { topics: null })
    deepEqual(
      topics.map(({ name }) => name),
      ['later'],
    )
  }
})

test('[METADATA3] a name that no topic can have', async (t) => {
  const node = await NodeUnderTest.start(t)
  for (const version of versionsFrom(0, 13)) {
    const { topics } = await node.call(metadata, version, {
      topics: byName('', '..', 'a b', 'x'.repeat(250)),
    })
    ok(topics.every(({ errorCode }) => errorCode === errors.INVALID_TOPIC_EXCEPTION))
  }
})

test('[METADATA4] topics by id', async (t) => {
  const [node, a] = await nodeWithTopics(t)
  for (const version of [12, 13]) {
    const topics = [...byId(a, unknownId, a), ...byName('b')]
    const response = await node.call(metadata, version, { topics })
    deepEqual(
      response.topics.map(({ name, topicId, errorCode }) => [name, topicId, errorCode]),
      [
        ['a', a, errors.NONE],
        [null, unknownId, errors.UNKNOWN_TOPIC_ID],
      ],
    )
  }
})

test('[METADATA5] a null name without an id, and before version 12 any id, refuses the request', async (t) => {
  const [node, a] = await nodeWithTopics(t)
  const expectRefused = async (version: number, topics: { name: string | null; topicId: string }[]) => {
    const response = await node.call(metadata, version, { topics })
    ok(response.topics.every(({ errorCode }) => errorCode === errors.INVALID_REQUEST))
    deepEqual([response.topics.length, response.brokers], [topics.length, []])
    equal(response.errorCode, version >= 13 ? errors.INVALID_REQUEST : errors.NONE)
  }
  for (const version of versionsFrom(10, 13)) await expectRefused(version, byName(null, 'a'))
  for (const version of [10, 11])
    for (const topics of [byId(a), [{ name: 'a', topicId: a }]]) await expectRefused(version, topics)
})

test('[METADATA6] an internal topic that a client names first is made as its coordinator wants it', async (t) => {
  const node = await NodeUnderTest.start(t, {
    'offsets.topic.num.partitions': '3',
    'transaction.state.log.num.partitions': '4',
    'share.coordinator.state.topic.num.partitions': '5',
  })
  const wanted = [
    ['__consumer_offsets', 3, 'compact', '1'],
    ['__transaction_state', 4, 'compact', '1'],
    ['__share_group_state', 5, 'delete', '1'],
  ] as const
  for (const [name, count, policy, minInsync] of wanted) {
    const topics = byName(name)
    let found = (await node.call(metadata, 13, { topics })).topics[0]!
    while (found.errorCode !== errors.NONE) found = (await node.call(metadata, 13, { topics })).topics[0]!
    deepEqual([found.isInternal, found.partitions.length], [true, count])
    const resource = {
      resourceType: topicType,
      resourceName: name,
      configurationKeys: ['cleanup.policy', 'min.insync.replicas'],
    }
    const { results } = await node.call(describeConfigs, 4, { resources: [resource] })
    deepEqual(
      results[0]!.configs.map(({ value }) => value),
      [policy, minInsync],
    )
  }
})

test('[METADATA7] operations are told when asked for', async (t) => {
  const [node, a] = await nodeWithTopics(t)
  for (const version of versionsFrom(8, 13)) {
    const includeClusterAuthorizedOperations = version <= 10
    const asked = { includeTopicAuthorizedOperations: true, includeClusterAuthorizedOperations }
    const told = await node.call(metadata, version, { topics: byName('a'), ...asked })
    equal(told.topics[0]!.topicAuthorizedOperations, 0b110111111000 & ~(1 << 9))
    equal(told.clusterAuthorizedOperations !== noOperations, version <= 10)
    const silent = await node.call(metadata, version, { topics: byName('a') })
    equal(silent.topics[0]!.topicAuthorizedOperations, noOperations)
    equal(silent.clusterAuthorizedOperations, noOperations)
    if (version < 12) continue
    const { topics } = await node.call(metadata, version, { topics: byId(unknownId, a), ...asked })
    equal(topics[0]!.topicAuthorizedOperations, noOperations)
  }
})

test('[DESCRIBE1, DESCRIBE2] configs of a topic, all or some, with sources, synonyms, types and words', async (t) => {
  const node = await NodeUnderTest.start(t, { 'log.retention.ms': '5000' })
  const topics = [newTopic('a', configured({ 'segment.ms': '7000' }))]
  await node.call(createTopics, 7, { topics, timeoutMs: 5000 })
  const resource = (configurationKeys: string[] | null) => ({
    resourceType: topicType,
    resourceName: 'a',
    configurationKeys,
  })
  for (const version of versionsFrom(1, 4)) {
    const some = resource(['segment.ms', 'retention.ms', 'nope'])
    const resources = [resource(null), resource([]), some]
    const { results } = await node.call(describeConfigs, version, {
      resources,
      includeSynonyms: true,
      includeDocumentation: version >= 3,
    })
    const [all, none, few] = results.map(({ configs }) => configs)
    ok(all!.length > 30)
    deepEqual(none, all)
    deepEqual(
      few!.map(({ name, value, configSource }) => [name, value, configSource]),
      [
        ['retention.ms', '5000', 4],
        ['segment.ms', '7000', 1],
      ],
    )
    deepEqual(few![1]!.synonyms[0], { name: 'segment.ms', value: '7000', source: 1 })
    deepEqual(few![0]!.synonyms[0], { name: 'log.retention.ms', value: '5000', source: 4 })
    equal(few![0]!.configType, version >= 3 ? 5 : 0)
    equal((few![0]!.documentation ?? '').length > 0, version >= 3)
  }
})

test('[DESCRIBE2] a broker tells its own configs, read-only ones as such', async (t) => {
  const node = await NodeUnderTest.start(t)
  for (const version of versionsFrom(1, 4)) {
    const configurationKeys = ['node.id', 'num.io.threads', 'ssl.keystore.password']
    const resources = [{ resourceType: brokerType, resourceName: '1', configurationKeys }]
    const { results } = await node.call(describeConfigs, version, { resources })
    deepEqual(
      results[0]!.configs.map(({ name, readOnly, isSensitive }) => [name, readOnly, isSensitive]),
      [
        ['node.id', true, false],
        ['num.io.threads', false, false],
        ['ssl.keystore.password', false, true],
      ],
    )
  }
})

test('[DESCRIBE3] a default that was set for all brokers is that of their topics', async (t) => {
  const [node] = await nodeWithTopics(t)
  // Kept for the cluster from the first start on, because eligible leaders depend on it.
  const resources = [
    { resourceType: topicType, resourceName: 'a', configurationKeys: ['min.insync.replicas'] },
  ]
  const { results } = await node.call(describeConfigs, 4, { resources, includeSynonyms: true })
  deepEqual(
    results[0]!.configs[0]!.synonyms.map(({ source }) => source),
    [3, 5],
  )
})

test('[DESCRIBE4] what cannot be described is refused alone', async (t) => {
  const [node] = await nodeWithTopics(t)
  const cases = [
    [topicType, 'a', errors.NONE],
    [topicType, 'unknown', errors.UNKNOWN_TOPIC_OR_PARTITION],
    [topicType, 'a b', errors.INVALID_TOPIC_EXCEPTION],
    [brokerType, '9', errors.INVALID_REQUEST],
    [brokerType, 'one', errors.INVALID_REQUEST],
    [brokerType, '', errors.NONE],
    [16, '', errors.INVALID_REQUEST],
    [16, 'metrics', errors.NONE],
    [32, '', errors.INVALID_REQUEST],
    [32, 'group', errors.NONE],
  ] as const
  const resources = cases.map(([resourceType, resourceName]) => ({
    resourceType,
    resourceName,
    configurationKeys: null,
  }))
  for (const version of versionsFrom(1, 4)) {
    const { results } = await node.call(describeConfigs, version, { resources })
    deepEqual(
      results.map((each) => [each.resourceType, each.resourceName, each.errorCode]),
      cases,
    )
  }
})

test('[CLUSTER1] the cluster and its brokers, and no other kind of endpoint', async (t) => {
  const node = await NodeUnderTest.start(t)
  const { clusterId } = await node.call(metadata, 13, { topics: [] })
  for (const version of versionsFrom(0, 2)) {
    const cluster = await node.call(describeCluster, version, { includeClusterAuthorizedOperations: true })
    deepEqual([cluster.errorCode, cluster.clusterId, cluster.controllerId], [errors.NONE, clusterId, 1])
    deepEqual(cluster.brokers, [
      { brokerId: 1, host: 'localhost', port: node.port, rack: null, isFenced: false },
    ])
    ok(cluster.clusterAuthorizedOperations > 0)
    equal((await node.call(describeCluster, version)).clusterAuthorizedOperations, noOperations)
    if (version === 0) continue
    equal(
      (await node.call(describeCluster, version, { endpointType: 2 })).errorCode,
      errors.MISMATCHED_ENDPOINT_TYPE,
    )
    equal(
      (await node.call(describeCluster, version, { endpointType: 3 })).errorCode,
      errors.UNSUPPORTED_ENDPOINT_TYPE,
    )
  }
})

test('[FIND1] the topic of groups is created on first use', async (t) => {
  const node = await NodeUnderTest.start(t)
  const first = await node.call(findCoordinator, 3, { key: 'g' })
  equal(first.errorCode, errors.COORDINATOR_NOT_AVAILABLE)
  let found = first
  while (found.errorCode === errors.COORDINATOR_NOT_AVAILABLE)
    found = await node.call(findCoordinator, 3, { key: 'g' })
  deepEqual([found.errorCode, found.nodeId, found.host, found.port], [errors.NONE, 1, 'localhost', node.port])
  for (const version of versionsFrom(0, 3))
    equal((await node.call(findCoordinator, version, { key: 'g' })).nodeId, 1)
})

test('[FIND2] many keys at once, and no unknown type', async (t) => {
  const node = await NodeUnderTest.start(t)
  for (const version of versionsFrom(4, 6)) {
    const unknown = await node.call(findCoordinator, version, { keyType: 7, coordinatorKeys: ['g'] })
    equal(unknown.coordinators[0]!.errorCode, errors.INVALID_REQUEST)
    const ask = () => node.call(findCoordinator, version, { coordinatorKeys: ['g', 'h'] })
    let { coordinators } = await ask()
    while (coordinators[0]!.errorCode !== errors.NONE) coordinators = (await ask()).coordinators
    deepEqual(
      coordinators.map(({ key, nodeId, errorCode }) => [key, nodeId, errorCode]),
      [
        ['g', 1, errors.NONE],
        ['h', 1, errors.NONE],
      ],
    )
  }
  for (const version of versionsFrom(1, 3))
    equal(
      (await node.call(findCoordinator, version, { key: 'g', keyType: 7 })).errorCode,
      errors.INVALID_REQUEST,
    )
})
