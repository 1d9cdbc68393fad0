// CreateTopics, DeleteTopics and CreatePartitions of a whole node, in every version.

import { deepEqual, equal, notEqual } from 'node:assert/strict'
import { test } from 'node:test'
import { errors } from '../../src/base/errors.ts'
import { zeroUuid } from '../../src/base/uuid.ts'
import type { CreatableTopic } from '../../src/protocol/generated/create-topics-request.ts'
import {
  assigned,
  byId,
  byName,
  configured,
  createPartitions,
  createTopics,
  deleteTopics,
  metadata,
  newTopic,
  unknownId,
} from '../support/admin-apis.ts'
import { batch, produceCodecs, produceTo, versionsFrom } from '../support/data-requests.ts'
import { NodeUnderTest } from './node-under-test.ts'

const createVersions = versionsFrom(2, 7)
const growVersions = versionsFrom(0, 3)

async function topicNames(node: NodeUnderTest): Promise<(string | null)[]> {
  const { topics } = await node.call(metadata, 13, { topics: null })
  return topics.map(({ name }) => name).sort()
}

async function partitionCount(node: NodeUnderTest, name: string): Promise<number> {
  const { topics } = await node.call(metadata, 13, { topics: byName(name), allowAutoTopicCreation: false })
  return topics[0]!.partitions.length
}

test('[CREATE1] a created topic is there when CreateTopics answers, with what the version tells', async (t) => {
  const node = await NodeUnderTest.start(t)
  for (const version of createVersions) {
    const name = `made-${version}`
    const topics = [newTopic(name, { numPartitions: 3, ...configured({ 'retention.ms': '1000' }) })]
    const [created] = (await node.call(createTopics, version, { topics, timeoutMs: 5000 })).topics
    const found = (await node.call(metadata, 13, { topics: byName(name) })).topics[0]!
    equal(created!.errorCode, errors.NONE)
    const produced = await node.call(
      produceCodecs,
      13,
      produceTo(13, { name, id: found.topicId }, batch('v')),
    )
    equal(produced.responses[0]!.partitionResponses[0]!.errorCode, errors.NONE)
    equal(found.partitions.length, 3)
    deepEqual(
      found.partitions.map(({ leaderId }) => leaderId),
      [1, 1, 1],
    )
    equal(created!.topicId, version >= 7 ? found.topicId : zeroUuid)
    equal(created!.numPartitions, version >= 5 ? 3 : -1)
    equal(created!.replicationFactor, version >= 5 ? 1 : -1)
    const retention = created!.configs?.find((config) => config.name === 'retention.ms')
    equal(retention?.value, version >= 5 ? '1000' : undefined)
    equal(retention?.configSource, version >= 5 ? 1 : undefined)
  }
})

test('[CREATE1] counts of -1 stand for the configured ones', async (t) => {
  const node = await NodeUnderTest.start(t, { 'num.partitions': '4' })
  for (const version of createVersions.filter((each) => each >= 4)) {
    const topics = [newTopic(`default-${version}`, { numPartitions: -1, replicationFactor: -1 })]
    await node.call(createTopics, version, { topics, timeoutMs: 5000 })
    equal(await partitionCount(node, `default-${version}`), 4)
  }
})

const refusals: readonly (readonly [reason: string, topic: CreatableTopic, error: number])[] = [
  ['an empty name', newTopic(''), errors.INVALID_TOPIC_EXCEPTION],
  ['a reserved name', newTopic('..'), errors.INVALID_TOPIC_EXCEPTION],
  ['a bad character', newTopic('a b'), errors.INVALID_TOPIC_EXCEPTION],
  ['a long name', newTopic('x'.repeat(250)), errors.INVALID_TOPIC_EXCEPTION],
  ['a name in use', newTopic('in.use'), errors.TOPIC_ALREADY_EXISTS],
  ['a name that collides', newTopic('in_use'), errors.INVALID_TOPIC_EXCEPTION],
  ['the name of the metadata', newTopic('__cluster_metadata'), errors.INVALID_REQUEST],
  ['no partitions', newTopic('no', { numPartitions: 0 }), errors.INVALID_PARTITIONS],
  ['less than -1 partitions', newTopic('no', { numPartitions: -2 }), errors.INVALID_PARTITIONS],
  ['no replicas', newTopic('no', { replicationFactor: 0 }), errors.INVALID_REPLICATION_FACTOR],
  ['more replicas than brokers', newTopic('no', { replicationFactor: 2 }), errors.INVALID_REPLICATION_FACTOR],
  [
    'counts beside assignments',
    newTopic('no', { ...assigned([0, [1]]), numPartitions: 1 }),
    errors.INVALID_REQUEST,
  ],
  ['a gap', newTopic('no', assigned([0, [1]], [2, [1]])), errors.INVALID_REPLICA_ASSIGNMENT],
  [
    'a partition assigned twice',
    newTopic('no', assigned([0, [1]], [0, [1]])),
    errors.INVALID_REPLICA_ASSIGNMENT,
  ],
  ['an unknown broker', newTopic('no', assigned([0, [9]])), errors.INVALID_REPLICA_ASSIGNMENT],
  ['a broker twice', newTopic('no', assigned([0, [1, 1]])), errors.INVALID_REPLICA_ASSIGNMENT],
  ['nobody', newTopic('no', assigned([0, []])), errors.INVALID_REPLICA_ASSIGNMENT],
  ['unequal assignments', newTopic('no', assigned([0, [1]], [1, []])), errors.INVALID_REPLICA_ASSIGNMENT],
  ['an unknown config', newTopic('no', configured({ nope: '1' })), errors.INVALID_CONFIG],
  ['a bad value', newTopic('no', configured({ 'retention.ms': 'x' })), errors.INVALID_CONFIG],
  ['a value out of range', newTopic('no', configured({ 'segment.bytes': '1' })), errors.INVALID_CONFIG],
  ['a null value', newTopic('no', configured({ 'retention.ms': null })), errors.INVALID_CONFIG],
  ['too many partitions', newTopic('no', { numPartitions: 10_001 }), errors.POLICY_VIOLATION],
]

for (const validateOnly of [false, true])
  test(`[CREATE2${validateOnly ? ', CREATE4' : ''}] a refused topic says why${validateOnly ? ', validated' : ''}`, async (t) => {
    const node = await NodeUnderTest.start(t)
    await node.call(createTopics, 7, { topics: [newTopic('in.use')], timeoutMs: 5000 })
    for (const version of createVersions)
      for (const [reason, topic, error] of refusals) {
        const { topics } = await node.call(createTopics, version, {
          topics: [topic],
          validateOnly,
          timeoutMs: 5000,
        })
        deepEqual([topics.length, topics[0]!.errorCode], [1, error], `${reason}, version ${version}`)
        notEqual(topics[0]!.errorMessage, null)
      }
    deepEqual(await topicNames(node), ['in.use'])
  })

test('[CREATE2] what is fine beside refused topics is created, and a name given twice is refused once', async (t) => {
  const node = await NodeUnderTest.start(t)
  const topics = [newTopic('fine'), newTopic('bad name'), newTopic('twice'), newTopic('twice')]
  const response = await node.call(createTopics, 7, { topics, timeoutMs: 5000 })
  deepEqual(
    response.topics.map(({ name, errorCode }) => [name, errorCode]),
    [
      ['fine', errors.NONE],
      ['bad name', errors.INVALID_TOPIC_EXCEPTION],
      ['twice', errors.INVALID_REQUEST],
    ],
  )
  deepEqual(await topicNames(node), ['fine'])
})

test('[CREATE3] partitions assigned by hand lie where they were assigned', async (t) => {
  const node = await NodeUnderTest.start(t)
  for (const version of createVersions) {
    const name = `manual-${version}`
    const topics = [newTopic(name, assigned([1, [1]], [0, [1]]))]
    const [created] = (await node.call(createTopics, version, { topics, timeoutMs: 5000 })).topics
    equal(created!.errorCode, errors.NONE)
    equal(created!.numPartitions, version >= 5 ? 2 : -1)
    equal(await partitionCount(node, name), 2)
  }
})

test('[CREATE4] validation answers as creation would and creates nothing', async (t) => {
  const node = await NodeUnderTest.start(t)
  for (const version of createVersions) {
    const topics = [newTopic('validated', { numPartitions: 3 })]
    const response = await node.call(createTopics, version, { topics, validateOnly: true, timeoutMs: 5000 })
    equal(response.topics[0]!.errorCode, errors.NONE)
    equal(response.topics[0]!.numPartitions, version >= 5 ? 3 : -1)
  }
  deepEqual(await topicNames(node), [])
})

test('[DELETE1] topics are gone when DeleteTopics answers, by name in every version, by id in the last', async (t) => {
  const node = await NodeUnderTest.start(t)
  for (const version of versionsFrom(1, 6)) {
    await node.call(createTopics, 7, { topics: [newTopic('named'), newTopic('kept')], timeoutMs: 5000 })
    const fields = version >= 6 ? { topics: byName('named') } : { topicNames: ['named'] }
    const { responses } = await node.call(deleteTopics, version, { ...fields, timeoutMs: 5000 })
    deepEqual(
      responses.map(({ name, errorCode }) => [name, errorCode]),
      [['named', errors.NONE]],
    )
    deepEqual(await topicNames(node), ['kept'])
  }
  const { topicId } = (await node.call(metadata, 13, { topics: byName('kept') })).topics[0]!
  const { responses } = await node.call(deleteTopics, 6, { topics: byId(topicId), timeoutMs: 5000 })
  deepEqual(
    responses.map((each) => [each.name, each.topicId, each.errorCode]),
    [['kept', topicId, errors.NONE]],
  )
  deepEqual(await topicNames(node), [])
})

test('[DELETE1] a topic that is created again has another id and nothing of the former', async (t) => {
  const node = await NodeUnderTest.start(t)
  const ids = new Set<string>()
  for (let round = 0; round < 3; round++) {
    const topics = [newTopic('again', { numPartitions: 1 + round })]
    ids.add((await node.call(createTopics, 7, { topics, timeoutMs: 5000 })).topics[0]!.topicId)
    equal(await partitionCount(node, 'again'), 1 + round)
    await node.call(deleteTopics, 6, { topics: byName('again'), timeoutMs: 5000 })
  }
  equal(ids.size, 3)
})

test('[DELETE2] what cannot be deleted is refused alone', async (t) => {
  const node = await NodeUnderTest.start(t)
  const created = await node.call(createTopics, 7, {
    topics: [newTopic('a'), newTopic('b')],
    timeoutMs: 5000,
  })
  const topicId = created.topics[0]!.topicId
  const codes = async (...topics: { name: string | null; topicId: string }[]) => {
    const { responses } = await node.call(deleteTopics, 6, { topics, timeoutMs: 5000 })
    return responses.map(({ errorCode }) => errorCode)
  }
  deepEqual(await codes(...byName('unknown')), [errors.UNKNOWN_TOPIC_OR_PARTITION])
  deepEqual(await codes(...byId(unknownId)), [errors.UNKNOWN_TOPIC_ID])
  deepEqual(await codes(...byName(null)), [errors.INVALID_REQUEST])
  deepEqual(await codes({ name: 'a', topicId }), [errors.INVALID_REQUEST])
  deepEqual(await codes(...byName('a', 'a')), [errors.INVALID_REQUEST])
  deepEqual(await codes(...byName('a'), ...byId(topicId)), [errors.INVALID_REQUEST])
  deepEqual(await topicNames(node), ['a', 'b'])
  deepEqual(await codes(...byName('unknown', 'b')), [errors.UNKNOWN_TOPIC_OR_PARTITION, errors.NONE])
  deepEqual(await topicNames(node), ['a'])
})

test('[DELETE3] with delete.topic.enable false topics stay', async (t) => {
  const node = await NodeUnderTest.start(t, { 'delete.topic.enable': 'false' })
  await node.call(createTopics, 7, { topics: [newTopic('kept')], timeoutMs: 5000 })
  for (const version of versionsFrom(1, 6)) {
    const fields = version >= 6 ? { topics: byName('kept') } : { topicNames: ['kept'] }
    const { responses } = await node.call(deleteTopics, version, { ...fields, timeoutMs: 5000 })
    equal(responses[0]!.errorCode, version >= 3 ? errors.TOPIC_DELETION_DISABLED : errors.INVALID_REQUEST)
  }
  deepEqual(await topicNames(node), ['kept'])
})

test('[GROW1] partitions are added, by hand or placed, and validated without being added', async (t) => {
  const node = await NodeUnderTest.start(t)
  await node.call(createTopics, 7, { topics: [newTopic('grown')], timeoutMs: 5000 })
  let count = 1
  for (const version of growVersions)
    for (const brokers of [null, [{ brokerIds: [1] }]]) {
      const topics = [{ name: 'grown', count: ++count, assignments: brokers }]
      await node.call(createPartitions, version, { topics, timeoutMs: 5000, validateOnly: true })
      equal(await partitionCount(node, 'grown'), count - 1)
      const { results } = await node.call(createPartitions, version, { topics, timeoutMs: 5000 })
      deepEqual([results[0]!.name, results[0]!.errorCode], ['grown', errors.NONE])
      equal(await partitionCount(node, 'grown'), count)
    }
})

test('[GROW1] what cannot grow is refused alone', async (t) => {
  const node = await NodeUnderTest.start(t)
  await node.call(createTopics, 7, { topics: [newTopic('a'), newTopic('b')], timeoutMs: 5000 })
  const grow = (name: string, count: number, brokers: number[][] | null = null) => ({
    name,
    count,
    assignments: brokers?.map((brokerIds) => ({ brokerIds })) ?? null,
  })
  const cases = [
    [grow('unknown', 2), errors.UNKNOWN_TOPIC_OR_PARTITION],
    [grow('a', 1), errors.INVALID_PARTITIONS],
    [grow('a', 0), errors.INVALID_PARTITIONS],
    [grow('a', -1), errors.INVALID_PARTITIONS],
    [grow('a', 3, [[1]]), errors.INVALID_REPLICA_ASSIGNMENT],
    [grow('a', 2, [[1], [1]]), errors.INVALID_REPLICA_ASSIGNMENT],
    [grow('a', 2, [[9]]), errors.INVALID_REPLICA_ASSIGNMENT],
    [grow('a', 2, [[]]), errors.INVALID_REPLICA_ASSIGNMENT],
  ] as const
  for (const version of growVersions)
    for (const [topic, error] of cases) {
      const { results } = await node.call(createPartitions, version, { topics: [topic], timeoutMs: 5000 })
      equal(results[0]!.errorCode, error)
    }
  const topics = [grow('a', 2), grow('a', 3), grow('b', 2)]
  const { results } = await node.call(createPartitions, 3, { topics, timeoutMs: 5000 })
  deepEqual(
    results.map(({ name, errorCode }) => [name, errorCode]),
    [
      ['a', errors.INVALID_REQUEST],
      ['b', errors.NONE],
    ],
  )
})
