// `node conformance/differential-admin.ts HOST:PORT HOST:PORT`: topics, configs and the cluster, in every version.

import { zeroUuid } from '../src/base/uuid.ts'
import type { CreatableTopic } from '../src/protocol/generated/create-topics-request.ts'
import {
  assigned,
  byId,
  byName,
  createPartitions,
  createTopics,
  deleteTopics,
  describeCluster,
  describeConfigs,
  findCoordinator,
  metadata,
  newTopic,
  unknownId,
} from '../test/support/admin-apis.ts'
import { compare, type Recorder } from './differential.ts'

const badTopics: Readonly<Record<string, CreatableTopic[]>> = {
  'empty name': [newTopic('')],
  'name of one dot': [newTopic('.')],
  'name of two dots': [newTopic('..')],
  'name with a space': [newTopic('a b')],
  'name of 250 characters': [newTopic('x'.repeat(250))],
  'a name that exists': [newTopic('made-7')],
  'names that collide': [newTopic('made_7'), newTopic('made.7')],
  'colliding with an existing one': [newTopic('dotted_name')],
  'a name twice': [newTopic('twice'), newTopic('twice')],
  'the metadata topic': [newTopic('__cluster_metadata')],
  'no partitions': [newTopic('none', { numPartitions: 0 })],
  'partitions below -1': [newTopic('none', { numPartitions: -2 })],
  'no replicas': [newTopic('none', { replicationFactor: 0 })],
  'replicas below -1': [newTopic('none', { replicationFactor: -2 })],
  'more replicas than brokers': [newTopic('none', { replicationFactor: 3 })],
  'assignments and counts': [
    newTopic('none', { ...assigned([0, [1]]), numPartitions: 1, replicationFactor: 1 }),
  ],
  'assignments and a replication factor': [newTopic('none', { ...assigned([0, [1]]), replicationFactor: 1 })],
  'an assignment with a gap': [newTopic('none', assigned([0, [1]], [2, [1]]))],
  'an assignment from 1': [newTopic('none', assigned([1, [1]]))],
  'an assignment below 0': [newTopic('none', assigned([-1, [1]]))],
  'a partition assigned twice': [newTopic('none', assigned([0, [1]], [0, [1]]))],
  'an unknown broker': [newTopic('none', assigned([0, [9]]))],
  'a broker twice': [newTopic('none', assigned([0, [1, 1]]))],
  'an assignment of nobody': [newTopic('none', assigned([0, []]))],
  'unequal assignments': [newTopic('none', assigned([0, [1]], [1, [1, 9]]))],
  'an unknown config': [newTopic('none', { configs: [{ name: 'nope', value: '1' }] })],
  'a bad config': [newTopic('none', { configs: [{ name: 'retention.ms', value: 'x' }] })],
  'a config out of range': [newTopic('none', { configs: [{ name: 'segment.bytes', value: '1' }] })],
  'a null config': [newTopic('none', { configs: [{ name: 'retention.ms', value: null }] })],
  'configs that could not fit': [
    newTopic('fits', {
      configs: [
        { name: 'retention.ms', value: '10' },
        { name: 'local.retention.ms', value: '20' },
      ],
    }),
  ],
  'an empty config name': [newTopic('none', { configs: [{ name: '', value: '1' }] })],
  'a config twice': [
    newTopic('made-twice', {
      configs: [
        { name: 'retention.ms', value: '1000' },
        { name: 'retention.ms', value: '2000' },
      ],
    }),
  ],
  'too many partitions': [newTopic('none', { numPartitions: 10_001 })],
  'too many partitions together': [
    newTopic('none', { numPartitions: 6000 }),
    newTopic('more', { numPartitions: 6000 }),
  ],
  'no topics': [],
}

async function creations(broker: Recorder): Promise<void> {
  await broker.ask('create one', createTopics, [2, 7], (version) => ({
    topics: [
      newTopic(`made-${version}`, {
        configs: [
          { name: 'retention.ms', value: '86400000' },
          { name: 'cleanup.policy', value: 'compact,delete' },
        ],
      }),
    ],
    timeoutMs: 5000,
  }))
  await broker.ask('create with a dot', createTopics, 7, {
    topics: [newTopic('dotted.name')],
    timeoutMs: 5000,
  })
  await broker.ask('default counts', createTopics, [4, 7], (version) => ({
    topics: [newTopic(`default-${version}`, { numPartitions: -1, replicationFactor: -1 })],
    timeoutMs: 5000,
  }))
  await broker.ask('manual assignments', createTopics, [2, 7], (version) => ({
    topics: [newTopic(`manual-${version}`, assigned([1, [1]], [0, [1]]))],
    timeoutMs: 5000,
  }))
  await broker.ask('an internal topic', createTopics, 7, {
    topics: [newTopic('__share_group_state')],
    timeoutMs: 5000,
  })
  await broker.ask('an internal topic to delete', deleteTopics, 6, {
    topics: [{ name: '__share_group_state', topicId: zeroUuid }],
    timeoutMs: 5000,
  })
  for (const [label, topics] of Object.entries(badTopics)) {
    await broker.ask(`${label}, validated`, createTopics, [2, 7], {
      topics,
      validateOnly: true,
      timeoutMs: 5000,
    })
    await broker.ask(label, createTopics, [2, 7], { topics, timeoutMs: 5000 })
  }
  await broker.ask('validate only', createTopics, [2, 7], {
    topics: [
      newTopic('validated', { numPartitions: 3 }),
      newTopic('made-7'),
      newTopic('validated-manual', assigned([0, [1]])),
    ],
    validateOnly: true,
    timeoutMs: 5000,
  })
  await broker.ask('good and bad', createTopics, 7, {
    topics: [newTopic('good'), newTopic('bad name'), newTopic('made-7')],
    timeoutMs: 5000,
  })
}

async function partitions(broker: Recorder): Promise<void> {
  const grow = (name: string, count: number, assigned: number[][] | null = null) => ({
    name,
    count,
    assignments: assigned?.map((brokerIds) => ({ brokerIds })) ?? null,
  })
  const cases = {
    unknown: [grow('unknown', 2)],
    'as many': [grow('made-2', 1)],
    fewer: [grow('manual-2', 1)],
    'none at all': [grow('made-2', 0)],
    'below 0': [grow('made-2', -1)],
    'a bad name': [grow('a b', 2)],
    'an empty name': [grow('', 2)],
    'too few assignments': [grow('made-2', 3, [[1]])],
    'too many assignments': [grow('made-2', 2, [[1], [1]])],
    'no assignments': [grow('made-2', 2, [])],
    'another replication factor': [grow('made-2', 2, [[1, 2]])],
    'an unknown broker': [grow('made-2', 2, [[7]])],
    'a broker twice': [grow('made-2', 2, [[1, 1]])],
    'assigned to nobody': [grow('made-2', 2, [[]])],
    'a topic twice': [grow('made-2', 2), grow('made-2', 3)],
    'no topics': [],
  }
  for (const [label, topics] of Object.entries(cases)) {
    await broker.ask(label, createPartitions, [0, 3], { topics, timeoutMs: 5000 })
    await broker.ask(`${label}, validated`, createPartitions, [0, 3], {
      topics,
      timeoutMs: 5000,
      validateOnly: true,
    })
  }
  await broker.ask('validate', createPartitions, [0, 3], {
    topics: [grow('made-2', 5)],
    timeoutMs: 5000,
    validateOnly: true,
  })
  await broker.ask('grow', createPartitions, [0, 3], (version) => ({
    topics: [grow('made-3', 2 + version)],
    timeoutMs: 5000,
  }))
  await broker.ask('grow by hand', createPartitions, [0, 3], (version) => ({
    topics: [grow('made-4', 2 + version, [[1]])],
    timeoutMs: 5000,
  }))
}

async function reading(broker: Recorder): Promise<void> {
  const all = await broker.ask('all topics', metadata, [0, 13], (version) => ({
    topics: version === 0 ? [] : null,
  }))
  const id = all!.topics.find(({ name }) => name === 'made-3')!.topicId
  await broker.ask('no topics', metadata, [1, 13], { topics: [] })
  await broker.ask('one topic', metadata, [0, 13], { topics: byName('made-3'), allowAutoTopicCreation: true })
  await broker.ask('one twice', metadata, [0, 13], { topics: byName('made-3', 'made-4', 'made-3') })
  await broker.ask('unknown, not to be created', metadata, [4, 13], {
    topics: byName('nobody', 'made-3'),
    allowAutoTopicCreation: false,
  })
  await broker.ask('bad names', metadata, [0, 13], { topics: byName('', 'a b', '..', 'x'.repeat(250)) })
  await broker.ask('bad names, not to be created', metadata, [4, 13], {
    topics: byName('', 'a b', '..', 'x'.repeat(250)),
    allowAutoTopicCreation: false,
  })
  await broker.ask('colliding name', metadata, 13, {
    topics: byName('dotted_name'),
    allowAutoTopicCreation: false,
  })
  await broker.ask('a null name', metadata, [10, 13], { topics: byName(null, 'made-3') })
  await broker.ask('by id', metadata, [10, 13], {
    topics: [
      { name: null, topicId: id },
      { name: null, topicId: unknownId },
    ],
  })
  await broker.ask('by name and id', metadata, [10, 13], { topics: [{ name: 'made-3', topicId: id }] })
  await broker.ask('by name and an unknown id', metadata, [10, 13], {
    topics: [{ name: 'made-3', topicId: unknownId }],
  })
  await broker.ask('ids and names', metadata, [12, 13], {
    topics: [
      { name: null, topicId: id },
      { name: 'made-4', topicId: zeroUuid },
    ],
  })
  await broker.ask('operations', metadata, [8, 13], (version) => ({
    topics: byName('made-3', 'nobody'),
    allowAutoTopicCreation: false,
    includeTopicAuthorizedOperations: true,
    includeClusterAuthorizedOperations: version <= 10,
  }))
  await broker.ask('operations of no topics', metadata, [8, 13], {
    topics: [],
    includeTopicAuthorizedOperations: true,
  })
  await broker.ask('to be created', metadata, [0, 13], (version) => ({
    topics: byName(`auto-${version}`),
    allowAutoTopicCreation: true,
  }))
  for (let version = 0; version <= 13; version++) {
    const topics = byName(`auto-${version}`)
    await broker.until(metadata, 9, { topics }, (response) => response.topics[0]!.errorCode === 0)
  }
  await broker.ask('internal, to be created', metadata, 13, {
    topics: byName('__transaction_state'),
    allowAutoTopicCreation: true,
  })
  await broker.until(
    metadata,
    9,
    { topics: byName('__transaction_state') },
    ({ topics }) => topics[0]!.errorCode === 0,
  )
  await broker.ask('internal', metadata, [0, 13], { topics: byName('__transaction_state') })
  await broker.ask('the cluster', describeCluster, [0, 2], {})
  await broker.ask('operations', describeCluster, [0, 2], { includeClusterAuthorizedOperations: true })
  await broker.ask('fenced', describeCluster, 2, { includeFencedBrokers: true })
  for (const endpointType of [0, 2, 3])
    await broker.ask(`endpoint type ${endpointType}`, describeCluster, [0, 2], { endpointType })
}

async function configs(broker: Recorder): Promise<void> {
  const resource = (
    resourceType: number,
    resourceName: string,
    configurationKeys: string[] | null = null,
  ) => ({
    resourceType,
    resourceName,
    configurationKeys,
  })
  const cases = {
    topic: [resource(2, 'made-7')],
    'topic, some keys': [resource(2, 'made-7', ['retention.ms', 'nope', 'segment.bytes'])],
    'topic, no keys': [resource(2, 'made-7', [])],
    'unknown topic': [resource(2, 'unknown')],
    'bad topic': [resource(2, 'a b')],
    'topic without a name': [resource(2, '')],
    'broker, some keys': [resource(4, '1', ['num.io.threads', 'log.retention.ms', 'log.retention.hours'])],
    'another broker': [resource(4, '9')],
    'no number': [resource(4, 'one')],
    'all brokers': [resource(4, '')],
    'unknown type': [resource(3, 'x')],
    'type 0': [resource(0, 'x')],
    'type 1': [resource(1, 'x')],
    group: [resource(32, 'some-group')],
    'group without a name': [resource(32, '')],
    'client metrics': [resource(16, 'some-metrics')],
    'client metrics without a name': [resource(16, '')],
    'some of all': [
      resource(2, 'made-7', ['retention.ms']),
      resource(2, 'unknown'),
      resource(4, '1', ['num.io.threads']),
    ],
    'one twice': [resource(2, 'made-7', ['retention.ms']), resource(2, 'made-7', ['segment.ms'])],
    nothing: [],
  }
  for (const [label, resources] of Object.entries(cases)) {
    await broker.ask(label, describeConfigs, [1, 4], { resources })
    await broker.ask(`${label}, all there is to know`, describeConfigs, [1, 4], (version) => ({
      resources,
      includeSynonyms: true,
      includeDocumentation: version >= 3,
    }))
  }
}

async function coordinators(broker: Recorder): Promise<void> {
  const isFound = (response: { errorCode: number }) => response.errorCode === 0
  await broker.until(findCoordinator, 3, { key: 'g' }, isFound)
  await broker.ask('a group', findCoordinator, [0, 3], { key: 'g' })
  await broker.ask('an empty group', findCoordinator, [0, 3], { key: '' })
  await broker.ask('an unknown type', findCoordinator, [1, 3], { key: 'g', keyType: 7 })
  await broker.ask('a share group', findCoordinator, [1, 3], {
    key: 'g:AAAAAAAAAAAAAAAAAAAAMg:0',
    keyType: 2,
  })
  await broker.ask('groups', findCoordinator, [4, 6], { coordinatorKeys: ['g', 'h', ''] })
  await broker.ask('no groups', findCoordinator, [4, 6], { coordinatorKeys: [] })
  await broker.ask('an unknown type', findCoordinator, [4, 6], { coordinatorKeys: ['g', 'h'], keyType: 7 })
  await broker.ask('a share group', findCoordinator, [4, 5], { coordinatorKeys: ['g'], keyType: 2 })
}

async function deletions(broker: Recorder): Promise<void> {
  const all = await broker.ask('before', metadata, 13, { topics: null })
  const idOf = (name: string) => all!.topics.find((each) => each.name === name)!.topicId
  await broker.ask('names', deleteTopics, [1, 5], (version) => ({
    topicNames: [`auto-${version}`, 'unknown', ''],
    timeoutMs: 5000,
  }))
  await broker.ask('a name twice', deleteTopics, [1, 5], { topicNames: ['good', 'good'], timeoutMs: 5000 })
  await broker.ask('a name', deleteTopics, 6, { topics: byName('auto-6'), timeoutMs: 5000 })
  await broker.ask('an id', deleteTopics, 6, { topics: byId(idOf('auto-7')), timeoutMs: 5000 })
  await broker.ask('unknown ones', deleteTopics, 6, {
    topics: [...byName('unknown'), ...byId(unknownId)],
    timeoutMs: 5000,
  })
  await broker.ask('neither', deleteTopics, 6, { topics: byName(null), timeoutMs: 5000 })
  await broker.ask('both', deleteTopics, 6, {
    topics: [{ name: 'good', topicId: idOf('good') }],
    timeoutMs: 5000,
  })
  await broker.ask('a name twice', deleteTopics, 6, {
    topics: byName('good', 'good'),
    timeoutMs: 5000,
  })
  await broker.ask('an unknown name twice', deleteTopics, 6, {
    topics: byName('no', 'no'),
    timeoutMs: 5000,
  })
  await broker.ask('an id twice', deleteTopics, 6, {
    topics: byId(idOf('good'), idOf('good')),
    timeoutMs: 5000,
  })
  await broker.ask('an unknown id twice', deleteTopics, 6, {
    topics: byId(unknownId, unknownId),
    timeoutMs: 5000,
  })
  await broker.ask('name and id of one', deleteTopics, 6, {
    topics: [...byName('good'), ...byId(idOf('good'))],
    timeoutMs: 5000,
  })
  await broker.ask('nothing', deleteTopics, [1, 6], { timeoutMs: 5000 })
  await broker.until(metadata, 13, { topics: null }, ({ topics }) =>
    topics.every(({ name }) => name !== 'auto-7'),
  )
  await broker.ask('after', metadata, 13, { topics: null })
}

await compare(async (broker) => {
  await broker.ask('empty cluster', metadata, [0, 13], (version) => ({ topics: version === 0 ? [] : null }))
  await creations(broker)
  await partitions(broker)
  await configs(broker)
  await coordinators(broker)
  await reading(broker)
  await deletions(broker)
})
