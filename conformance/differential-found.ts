// `node conformance/differential-found.ts HOST:PORT HOST:PORT`: what random sequences found, as named cases. Each was a
// difference once.

import { zeroUuid } from '../src/base/uuid.ts'
import { createTopics, describeConfigs, findCoordinator, newTopic } from '../test/support/admin-apis.ts'
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
} from '../test/support/cluster-apis.ts'
import {
  batch,
  batchOf,
  fetchCodecs,
  fetchFrom,
  listOffsetsCodecs,
  produceCodecs,
  produceTo,
  record,
  withField,
} from '../test/support/data-requests.ts'
import { joinGroup, offsetDelete } from '../test/support/group-apis.ts'
import { compare, type Recorder } from './differential.ts'

const t = { name: 't', id: '' }
const nobody = { name: 'nope', id: '' }

async function data(broker: Recorder): Promise<void> {
  const nothing = [{ name: 't', topicId: zeroUuid, partitionData: [] }]
  await broker.ask('to no partition', produceCodecs, [3, 12], { acks: -1, topicData: nothing })
  await broker.ask('unknown topic, bad acks', produceCodecs, [3, 12], (version) =>
    produceTo(version, nobody, batch('x'), { acks: 7 }),
  )
  await broker.ask('bad batch, bad acks', produceCodecs, [3, 12], (version) =>
    produceTo(version, t, new Uint8Array(0), { acks: 7 }),
  )
  const unreadable = withField(batch('x'), 'batchLength', 0)
  await broker.ask('an unreadable batch for nobody', produceCodecs, [3, 12], (version) =>
    produceTo(version, nobody, unreadable),
  )
  await broker.ask('an unreadable batch beside another', produceCodecs, [3, 12], (version) => {
    const fields = produceTo(version, t, batch('x'))
    fields.topicData![0]!.partitionData.push({ index: 1, records: unreadable })
    return fields
  })
  await broker.ask('of no partition', listOffsetsCodecs, [1, 11], {
    replicaId: -1,
    topics: [{ name: 't', partitions: [] }],
  })
  await broker.ask('forgotten at once', fetchCodecs, [7, 12], (version) => ({
    ...fetchFrom(version, t, 2, { sessionEpoch: -1 }),
    forgottenTopicsData: [{ topic: 't', topicId: zeroUuid, partitions: [0] }],
  }))
  await broker.ask('of nothing, with a session', fetchCodecs, [7, 18], { maxBytes: 100, sessionEpoch: 0 })
  await broker.ask('diverging, read committed', fetchCodecs, 12, {
    ...fetchFrom(12, t, 50, { isolationLevel: 1, of: { lastFetchedEpoch: 0 } }),
  })
  const cut = (offset: number) => ({ name: 't', partitions: [{ partitionIndex: 0, offset }] })
  await broker.ask('twice', deleteRecords, [0, 2], { topics: [cut(0), cut(0)], timeoutMs: 1000 })
  await broker.ask('of no partition', deleteRecords, [0, 2], { topics: [{ name: 't', partitions: [] }] })
}

async function times(broker: Recorder): Promise<void> {
  const records = [record('a', { timestamp: -1 }), record('b')]
  const claimed = batchOf(records, { timestampType: 'append' })
  await broker.ask('log append time claimed over none', produceCodecs, [3, 12], (version) =>
    produceTo(version, t, claimed, { partition: 1 }),
  )
}

async function groups(broker: Recorder): Promise<void> {
  await broker.until(findCoordinator, 3, { key: 'g' }, ({ errorCode }) => errorCode === 0)
  const topics = ['t', 'nope'].map((name) => ({ name, partitions: [] }))
  const metadata = Buffer.alloc(0)
  const joining = {
    groupId: 'g',
    sessionTimeoutMs: 30_000,
    protocolType: 'consumer',
    protocols: [{ name: 'x', metadata }],
  }
  await broker.until(joinGroup, 2, joining, ({ errorCode }) => errorCode === 0)
  await broker.ask('of no partitions', offsetDelete, 0, { groupId: 'g', topics })
}

async function configs(broker: Recorder): Promise<void> {
  const resources = [2, 77].map((resourceType) => ({
    resourceType,
    resourceName: 'nope',
    configurationKeys: null,
  }))
  await broker.ask('an unknown type beside another', describeConfigs, [1, 4], { resources })
  const good = set('retention.ms', '1000')
  const bad = set('retention.ms', 'x')
  const cases = {
    'a config twice of a bad name': altered('topic', 'a b', good, good),
    'a null config of a bad name': altered('topic', 'a b', set('retention.ms', null)),
    'a bad value of a bad name': altered('topic', 'a b', bad),
    'a bad value of an unknown topic': altered('topic', 'nope', bad),
    'a good value of an unknown topic': altered('topic', 'nope', good),
  }
  for (const [label, resource] of Object.entries(cases)) {
    await broker.ask(label, alterConfigs, [0, 2], { resources: [resource] })
    await broker.ask(label, incrementalAlterConfigs, [0, 1], { resources: [resource] })
  }
  const allBrokers = altered('broker', '', set('message.max.bytes', '1:1'))
  await broker.ask('a bad value for all brokers', alterConfigs, [0, 2], { resources: [allBrokers] })
  const appended = altered('topic', 'nope', { ...good, configOperation: operation.append })
  await broker.ask('appended to no list of an unknown topic', incrementalAlterConfigs, [0, 1], {
    resources: [appended],
  })
  const match = { name: 'match', value: 'client_id=a', configOperation: operation.append }
  await broker.ask('appended to a list of client metrics', incrementalAlterConfigs, [0, 1], {
    resources: [altered('clientMetrics', 'cm', match)],
  })
}

async function cluster(broker: Recorder): Promise<void> {
  const nothing = { topics: [], allowReplicationFactorChange: false }
  await broker.ask('of nothing', alterPartitionReassignments, 1, nothing)
  const level = { feature: 'metadata.version', allowDowngrade: false, upgradeType: 1 }
  const featureUpdates = [99, 30].map((maxVersionLevel) => ({ ...level, maxVersionLevel }))
  await broker.ask('a level twice, the last as it is', updateFeatures, [1, 2], {
    featureUpdates,
    validateOnly: true,
  })
  await broker.ask('of nothing, unknown type', electLeaders, [1, 2], {
    topicPartitions: [],
    electionType: -1,
  })
  const user = (entityName: string) => ({ entityType: 'user', entityName })
  const quota = (value: number) => [{ key: 'producer_byte_rate', value, remove: false }]
  await broker.ask('two users', alterClientQuotas, [0, 1], {
    entries: [{ entity: [user('a'), user('b')], ops: quota(1e9) }],
  })
  await broker.ask('an endless rate', alterClientQuotas, [0, 1], {
    entries: [{ entity: [user('c')], ops: quota(Infinity) }],
  })
  const empty = { mechanism: 1, iterations: 4096, salt: Buffer.from('s'), saltedPassword: Buffer.alloc(0) }
  await broker.ask('a user twice without a password', alterUserScramCredentials, 0, {
    upsertions: [
      { ...empty, name: 'a' },
      { ...empty, name: 'a' },
    ],
    deletions: [],
  })
}

await compare(async (broker) => {
  await broker.ask('topics', createTopics, 7, {
    topics: [newTopic('t', { numPartitions: 2 })],
    timeoutMs: 5000,
  })
  await broker.until(produceCodecs, 12, produceTo(12, t, batch('a', 'b')), ({ responses }) =>
    responses[0]!.partitionResponses.every(({ errorCode }) => errorCode === 0),
  )
  await data(broker)
  await times(broker)
  await groups(broker)
  await configs(broker)
  await cluster(broker)
})
