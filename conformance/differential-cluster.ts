// `node conformance/differential-cluster.ts HOST:PORT HOST:PORT`: the rest of the admin APIs, in every version. What
// DescribeQuorum tells of the quorum itself differs by nature and is left out.

import { configured, createTopics, newTopic } from '../test/support/admin-apis.ts'
import {
  alterClientQuotas,
  alterConfigs,
  altered,
  alterPartitionReassignments,
  alterReplicaLogDirs,
  alterUserScramCredentials,
  createAcls,
  createDelegationToken,
  deleteAcls,
  deleteRecords,
  describeAcls,
  describeClientQuotas,
  describeDelegationToken,
  describeLogDirs,
  describeProducers,
  describeQuorum,
  describeTopicPartitions,
  describeUserScramCredentials,
  electLeaders,
  expireDelegationToken,
  incrementalAlterConfigs,
  listConfigResources,
  listPartitionReassignments,
  operation,
  renewDelegationToken,
  set,
  unregisterBroker,
  unset,
  updateFeatures,
} from '../test/support/cluster-apis.ts'
import { batchOf, produceCodecs, produceTo, record } from '../test/support/data-requests.ts'
import { delay } from './brokers.ts'
import { compare, type Recorder } from './differential.ts'

async function prepare(broker: Recorder): Promise<void> {
  const compacted = newTopic('compacted', configured({ 'cleanup.policy': 'compact' }))
  const topics = [newTopic('t', { numPartitions: 3 }), newTopic('u', { numPartitions: 3 }), compacted]
  await broker.ask('topics', createTopics, 5, { topics, timeoutMs: 5000 })
  const records = ['a', 'b', 'c', 'd', 'e'].map((value) => record(value))
  const producer = { producerId: 7, producerEpoch: 2, baseSequence: 0 }
  for (const name of ['t', 'compacted'])
    await broker.until(
      produceCodecs,
      12,
      produceTo(12, { name, id: '' }, batchOf(records, producer)),
      ({ responses }) => responses[0]!.partitionResponses[0]!.errorCode === 0,
    )
}

async function records(broker: Recorder): Promise<void> {
  const cut = (name: string, ...offsets: number[]) => ({
    topics: [{ name, partitions: offsets.map((offset, partitionIndex) => ({ partitionIndex, offset })) }],
    timeoutMs: 1000,
  })
  await broker.ask('a prefix', deleteRecords, [0, 2], (version) => cut('t', version))
  await broker.ask('less than is gone', deleteRecords, [0, 2], cut('t', 1))
  await broker.ask('beyond the end', deleteRecords, [0, 2], cut('t', 99))
  await broker.ask('below -1', deleteRecords, [0, 2], cut('t', -2))
  await broker.ask('an unknown partition', deleteRecords, [0, 2], cut('u', 0, 0, 0, 0))
  await broker.ask('an unknown topic', deleteRecords, [0, 2], cut('missing', 0))
  await broker.ask('a compacted topic', deleteRecords, [0, 2], cut('compacted', 1))
  await broker.ask('everything', deleteRecords, [0, 2], cut('t', -1, -1))
}

async function descriptions(broker: Recorder): Promise<void> {
  const topics = [
    { topic: 't', partitions: [0, 7] },
    { topic: 'missing', partitions: [0] },
  ]
  const described = await broker.ask('some partitions', describeLogDirs, [1, 5], { topics })
  await broker.ask('no partitions', describeLogDirs, [1, 5], { topics: [] })
  const path = described!.results[0]!.logDir
  const placed = (path: string, ...names: string[]) => ({
    path,
    topics: names.map((name) => ({ name, partitions: [0, 7] })),
  })
  const long = 'x'.repeat(249)
  const dirs = [placed(path, 't', 'missing', long), placed('/nowhere', 'u', long)]
  await broker.ask('replicas where they are, and nowhere', alterReplicaLogDirs, [1, 2], { dirs })
  await broker.ask('one replica twice', alterReplicaLogDirs, [1, 2], {
    dirs: [placed('/nowhere', 't'), placed(path, 't')],
  })
  await broker.ask('no replicas', alterReplicaLogDirs, [1, 2], { dirs: [] })
  const partitionIndexes = [0, 1, 9]
  await broker.ask('partitions', describeProducers, 0, { topics: [{ name: 'u', partitionIndexes }] })
  await broker.ask('bad topics', describeProducers, 0, {
    topics: ['missing', 'a/b'].map((name) => ({ name, partitionIndexes: [0] })),
  })
  await broker.ask('another partition', describeQuorum, [0, 2], {
    topics: [{ topicName: 't', partitions: [{ partitionIndex: 3 }] }],
  })
  await broker.ask('no partition', describeQuorum, [0, 2], { topics: [] })
  const limit = 2000
  const named = (...names: string[]) => names.map((name) => ({ name }))
  const pages = {
    'some topics': { topics: named('u', 't', 'missing', 'a/b', 't') },
    'a page': { topics: named('u', 't'), responsePartitionLimit: 3 },
    'no page': { topics: named('u', 't'), responsePartitionLimit: 0 },
    'from a cursor': { topics: named('u', 't'), cursor: { topicName: 't', partitionIndex: 1 } },
    'from behind the end': { topics: named('u', 't'), cursor: { topicName: 't', partitionIndex: 7 } },
    'from a topic that is not asked for': {
      topics: named('u', 't'),
      cursor: { topicName: 's', partitionIndex: 0 },
    },
    'from below 0': { topics: named('u', 't'), cursor: { topicName: 't', partitionIndex: -1 } },
  }
  for (const [label, fields] of Object.entries(pages))
    await broker.ask(label, describeTopicPartitions, 0, { responsePartitionLimit: limit, ...fields })
}

async function configs(broker: Recorder): Promise<void> {
  const append = { configOperation: operation.append }
  const cases = {
    'a topic': [altered('topic', 't', set('retention.ms', '100000'))],
    'an empty list': [altered('topic', 't', set('cleanup.policy', ''))],
    'an unknown topic': [altered('topic', 'missing', set('retention.ms', '1'))],
    'a bad value': [altered('topic', 't', set('retention.ms', 'x'))],
    'an unknown name': [altered('topic', 't', set('nope', 'x'))],
    'a null value': [altered('topic', 't', set('retention.ms', null))],
    'a broker': [altered('broker', '1', set('log.retention.ms', '500000'))],
    'all brokers': [altered('broker', '', set('max.connections', '500'), set('min.insync.replicas', '1'))],
    'a static config': [altered('broker', '1', set('num.partitions', '3'))],
    'another broker': [altered('broker', '2', set('log.retention.ms', '3'))],
    'no broker id': [altered('broker', 'abc', set('log.retention.ms', '3'))],
    'a bad value of a broker': [altered('broker', '1', set('log.segment.bytes', '3'))],
    'an unknown name of a broker': [altered('broker', '1', set('nope.nope', '3'))],
    'min ISR of one broker': [altered('broker', '1', set('min.insync.replicas', '1'))],
    'nothing left of a broker': [altered('broker', '1')],
    'a group': [altered('group', 'g', set('consumer.session.timeout.ms', '46000'))],
    'client metrics': [altered('clientMetrics', 'cm', set('interval.ms', '60000'))],
    'an unknown type': [{ ...altered('topic', 't'), resourceType: 77 }],
    'no resource': [],
  }
  for (const [label, resources] of Object.entries(cases)) {
    const validateOnly = { resources, validateOnly: true }
    await broker.ask(`${label}, validated`, incrementalAlterConfigs, [0, 1], validateOnly)
    await broker.ask(`${label}, validated`, alterConfigs, [0, 2], validateOnly)
    await broker.ask(label, incrementalAlterConfigs, [0, 1], { resources })
    await broker.ask(label, alterConfigs, [0, 2], { resources })
  }
  const incremental = {
    'what is set': altered('broker', '1', unset('log.retention.ms')),
    'what is not set': altered('broker', '1', unset('log.retention.ms'), unset('nope.nope')),
    'appended to a list': altered('topic', 't', { ...set('cleanup.policy', 'compact'), ...append }),
    'appended to no list': altered('topic', 't', { ...set('retention.ms', '5'), ...append }),
  }
  for (const [label, resource] of Object.entries(incremental))
    await broker.ask(label, incrementalAlterConfigs, [0, 1], { resources: [resource] })
  // Kafka 4.3.1 does not answer AlterConfigs that names a resource twice.
  const twice = [altered('topic', 't', set('retention.ms', '1')), altered('topic', 't')]
  await broker.ask('a resource twice', incrementalAlterConfigs, [0, 1], { resources: twice })
  await broker.ask('client metrics', listConfigResources, 0)
  for (const resourceTypes of [[], [2], [4], [8], [16], [32], [64], [2, 99]])
    await broker.ask(`types ${resourceTypes}`, listConfigResources, 1, { resourceTypes })
}

async function cluster(broker: Recorder): Promise<void> {
  const topicPartitions = [{ topic: 't', partitions: [0, 9] }]
  await broker.ask('preferred', electLeaders, [0, 2], { topicPartitions, timeoutMs: 1000 })
  await broker.ask('unclean', electLeaders, [1, 2], { topicPartitions, electionType: 1, timeoutMs: 1000 })
  await broker.ask('unknown', electLeaders, [1, 2], { topicPartitions, electionType: 7, timeoutMs: 1000 })
  await broker.ask('for all', electLeaders, [0, 2], { topicPartitions: null, timeoutMs: 1000 })
  for (const replicas of [[1], [2], [], [1, 1], null])
    await broker.ask(`to ${JSON.stringify(replicas)}`, alterPartitionReassignments, [0, 1], {
      topics: [{ name: 't', partitions: [0, 9].map((partitionIndex) => ({ partitionIndex, replicas })) }],
    })
  await broker.ask('all', listPartitionReassignments, 0, { topics: null })
  await broker.ask('an unknown broker', unregisterBroker, 0, { brokerId: 77 })
  const features = [
    ['metadata.version', 30, 1],
    ['metadata.version', 99, 1],
    ['metadata.version', 7, 2],
    ['metadata.version', 29, 3],
    ['unknown.version', 1, 1],
    ['group.version', 0, 1],
    ['eligible.leader.replicas.version', 1, 1],
  ] as const
  for (const [feature, maxVersionLevel, upgradeType] of features)
    await broker.ask(`${feature} to ${maxVersionLevel} by ${upgradeType}`, updateFeatures, [1, 2], {
      featureUpdates: [{ feature, maxVersionLevel, allowDowngrade: false, upgradeType }],
      validateOnly: true,
    })
}

async function security(broker: Recorder): Promise<void> {
  const user = { entityType: 'user', entityName: 'ann' }
  const ip = { entityType: 'ip', entityName: '10.0.0.1' }
  const quota = (key: string, value: number) => [{ key, value, remove: false }]
  const quotas = {
    'of a user': { entity: [user], ops: quota('producer_byte_rate', 1024) },
    'of an ip': { entity: [ip], ops: quota('connection_creation_rate', 5) },
    'wrong for an ip': { entity: [ip], ops: quota('producer_byte_rate', 5) },
    'of nothing': { entity: [], ops: quota('producer_byte_rate', 5) },
    'below 0': { entity: [user], ops: quota('producer_byte_rate', -5) },
  }
  for (const [label, entry] of Object.entries(quotas))
    await broker.ask(label, alterClientQuotas, [0, 1], { entries: [entry] })
  const filters: readonly (readonly [string, number, string | null])[] = [
    ['user', 0, 'ann'],
    ['user', 1, null],
    ['ip', 2, null],
    ['cat', 2, null],
    ['', 2, null],
    ['user', 0, null],
    ['user', 1, 'ann'],
    ['user', 9, null],
  ]
  for (const [entityType, matchType, match] of filters)
    await broker.ask(`${entityType} ${matchType} ${match}`, describeClientQuotas, [0, 1], {
      components: [{ entityType, matchType, match }],
    })
  await broker.ask('all', describeClientQuotas, [0, 1])
  const credential = { salt: Buffer.from('salt'), saltedPassword: Buffer.from('0123456789'), mechanism: 1 }
  await broker.ask('a user', alterUserScramCredentials, 0, {
    upsertions: [{ ...credential, name: 'ann', iterations: 4096 }],
    deletions: [{ name: 'nobody', mechanism: 1 }],
  })
  // Kafka's broker learns of it from its controller a moment later.
  await delay(500)
  await broker.ask('all', describeUserScramCredentials, 0, { users: null })
  await broker.ask('some', describeUserScramCredentials, 0, {
    users: ['ann', 'bob', 'cat', 'cat'].map((name) => ({ name })),
  })
  const acl = { resourceType: 2, resourceName: 't', principal: 'User:ann', host: '*', operation: 3 }
  const filter = { resourceTypeFilter: 2, operation: 1, permissionType: 1 }
  const anyone = { resourceNameFilter: null, principalFilter: null, hostFilter: null, patternTypeFilter: 3 }
  await broker.ask('any', describeAcls, [1, 3], { ...filter, ...anyone })
  await broker.ask('one', createAcls, [1, 3], {
    creations: [{ ...acl, resourcePatternType: 3, permissionType: 3 }],
  })
  await broker.ask('any', deleteAcls, [1, 3], { filters: [{ ...filter, ...anyone }] })
  await broker.ask('one', createDelegationToken, [1, 3], { maxLifetimeMs: -1 })
  await broker.ask('one', renewDelegationToken, [1, 2])
  await broker.ask('one', expireDelegationToken, [1, 2])
  await broker.ask('all', describeDelegationToken, [1, 3], { owners: null })
}

await compare(async (broker) => {
  await prepare(broker)
  await records(broker)
  await descriptions(broker)
  await configs(broker)
  await cluster(broker)
  await security(broker)
})
