import { deepEqual, equal } from 'node:assert/strict'
import { test } from 'node:test'
import { errorName, errors } from '../base/errors.ts'
import { zeroUuid } from '../base/uuid.ts'
import { create, directoryOf, startWorld, topic } from './testing/controller-world.ts'
import { topicNameProblem } from './topic-names.ts'

const outcome = (code: number): string => errorName(code)

test('[TOPIC1] a topic is written as Kafka writes it: topic, configs, partitions', async () => {
  const world = await startWorld()
  const from = world.log.records.length
  const configs = [
    { name: 'min.insync.replicas', value: '1' },
    { name: 'retention.ms', value: '-1' },
  ]
  const result = (
    await create(world, [topic('orders', { numPartitions: 2, replicationFactor: 1, configs })])
  ).get('orders')!
  equal(result.errorCode, errors.NONE)
  deepEqual([result.numPartitions, result.replicationFactor], [2, 1])
  deepEqual(
    result.configs!.map(({ name }) => name),
    ['min.insync.replicas', 'retention.ms'],
  )
  const records = world.log.records.slice(from)
  deepEqual(
    records.map(({ name }) => name),
    ['TopicRecord', 'ConfigRecord', 'ConfigRecord', 'ClearElrRecord', 'PartitionRecord', 'PartitionRecord'],
  )
  deepEqual(records[5]!.value, {
    partitionId: 1,
    topicId: result.topicId,
    replicas: [1],
    isr: [1],
    removingReplicas: [],
    addingReplicas: [],
    leader: 1,
    leaderRecoveryState: 0,
    leaderEpoch: 0,
    partitionEpoch: 0,
    directories: [directoryOf(1)],
    eligibleLeaderReplicas: null,
    lastKnownElr: null,
  })
  equal(world.controller.image.topics.byName('orders')!.partitions.length, 2)
})

test('[TOPIC1] without counts the defaults hold', async () => {
  const world = await startWorld({
    brokers: 3,
    settings: { 'num.partitions': 4, 'default.replication.factor': 2 },
  })
  const result = (await create(world, [topic('orders')])).get('orders')!
  deepEqual([result.numPartitions, result.replicationFactor], [4, 2])
})

test('[TOPIC2] names are judged as Kafka judges them', () => {
  const vectors = [
    { name: 'a', valid: true },
    { name: 'A.b_c-9', valid: true },
    { name: '', valid: false },
    { name: '.', valid: false },
    { name: '..', valid: false },
    { name: 'a b', valid: false },
    { name: 'a/b', valid: false },
    { name: 'x'.repeat(249), valid: true },
    { name: 'x'.repeat(250), valid: false },
  ]
  for (const { name, valid } of vectors) equal(topicNameProblem(name) === undefined, valid, name)
})

test('[TOPIC2] a topic is refused for its name, each on its own', async () => {
  const world = await startWorld()
  await create(world, [topic('a.b')])
  const results = await create(world, [
    topic('a.b'),
    topic('a_b'),
    topic('no/slash'),
    topic('twice'),
    topic('twice'),
    topic('__cluster_metadata'),
    topic('good'),
  ])
  deepEqual(
    [...results].map(([name, { errorCode }]) => [name, outcome(errorCode)]),
    [
      ['a.b', 'TOPIC_ALREADY_EXISTS'],
      ['a_b', 'INVALID_TOPIC_EXCEPTION'],
      ['no/slash', 'INVALID_TOPIC_EXCEPTION'],
      ['twice', 'INVALID_REQUEST'],
      ['__cluster_metadata', 'INVALID_REQUEST'],
      ['good', 'NONE'],
    ],
  )
  equal(results.get('a.b')!.topicId, zeroUuid)
  equal(world.controller.image.topics.size, 2)
})

test('[TOPIC3] counts that make no topic are refused', async () => {
  const world = await startWorld()
  const results = await create(world, [
    topic('no-partitions', { numPartitions: 0 }),
    topic('negative', { numPartitions: -2 }),
    topic('no-replicas', { replicationFactor: 0 }),
    topic('too-many-replicas', { replicationFactor: 2 }),
  ])
  deepEqual(
    [...results.values()].map(({ errorCode }) => outcome(errorCode)),
    ['INVALID_PARTITIONS', 'INVALID_PARTITIONS', 'INVALID_REPLICATION_FACTOR', 'INVALID_REPLICATION_FACTOR'],
  )
})

test('[TOPIC3] no topic is created while all brokers are fenced', async () => {
  const world = await startWorld()
  await world.controller.fence(1)
  const result = (await create(world, [topic('orders')])).get('orders')!
  equal(outcome(result.errorCode), 'INVALID_REPLICATION_FACTOR')
})

test('[TOPIC4] a manual assignment is taken as it is', async () => {
  const world = await startWorld({ brokers: 2 })
  const assignments = [
    { partitionIndex: 1, brokerIds: [2, 1] },
    { partitionIndex: 0, brokerIds: [1, 2] },
  ]
  const result = (await create(world, [topic('orders', { assignments })])).get('orders')!
  deepEqual([result.numPartitions, result.replicationFactor], [2, 2])
  const { partitions } = world.controller.image.topics.byName('orders')!
  deepEqual(
    partitions.map(({ replicas, leader }) => ({ replicas, leader })),
    [
      { replicas: [1, 2], leader: 1 },
      { replicas: [2, 1], leader: 2 },
    ],
  )
})

test('[TOPIC4] a manual assignment that cannot hold is refused', async () => {
  const world = await startWorld({ brokers: 2 })
  await world.controller.fence(2)
  const at = (partitionIndex: number, ...brokerIds: number[]) => ({ partitionIndex, brokerIds })
  const cases: [string, Parameters<typeof topic>[1], string][] = [
    ['counts', { assignments: [at(0, 1)], numPartitions: 1 }, 'INVALID_REQUEST'],
    ['factor', { assignments: [at(0, 1)], replicationFactor: 1 }, 'INVALID_REQUEST'],
    ['gap', { assignments: [at(0, 1), at(2, 1)] }, 'INVALID_REPLICA_ASSIGNMENT'],
    ['far', { assignments: [at(2_000_000_000, 1)] }, 'INVALID_REPLICA_ASSIGNMENT'],
    ['negative', { assignments: [at(-1, 1)] }, 'INVALID_REPLICA_ASSIGNMENT'],
    ['again', { assignments: [at(0, 1), at(0, 1)] }, 'INVALID_REPLICA_ASSIGNMENT'],
    ['empty', { assignments: [at(0)] }, 'INVALID_REPLICA_ASSIGNMENT'],
    ['unknown', { assignments: [at(0, 9)] }, 'INVALID_REPLICA_ASSIGNMENT'],
    ['repeated', { assignments: [at(0, 1, 1)] }, 'INVALID_REPLICA_ASSIGNMENT'],
    ['unequal', { assignments: [at(0, 1), at(1, 1, 2)] }, 'INVALID_REPLICA_ASSIGNMENT'],
    ['fenced', { assignments: [at(0, 2)] }, 'INVALID_REPLICA_ASSIGNMENT'],
  ]
  const results = await create(
    world,
    cases.map(([name, over]) => topic(name, over)),
  )
  for (const [name, , expected] of cases) equal(outcome(results.get(name)!.errorCode), expected, name)
})

test('[TOPIC5] configs of a new topic are checked', async () => {
  const world = await startWorld()
  const results = await create(world, [
    topic('null-value', { configs: [{ name: 'retention.ms', value: null }] }),
    topic('bad-value', { configs: [{ name: 'retention.ms', value: 'soon' }] }),
  ])
  for (const { errorCode, errorMessage } of results.values()) {
    equal(outcome(errorCode), 'INVALID_CONFIG')
    equal(errorMessage!.includes('retention.ms'), true)
  }
})

test('[TOPIC6] validation answers as creation would and writes nothing', async () => {
  const world = await startWorld()
  const before = world.log.records.length
  const results = await create(world, [topic('orders'), topic('a b')], true)
  equal(results.get('orders')!.numPartitions, 3)
  equal(outcome(results.get('a b')!.errorCode), 'INVALID_TOPIC_EXCEPTION')
  equal(world.log.records.length, before)
})

test('[TOPIC7] one request creates at most 10,000 partitions', async () => {
  const world = await startWorld()
  const results = await create(world, [
    topic('a', { numPartitions: 9_999 }),
    topic('b', { numPartitions: 2 }),
  ])
  for (const { errorCode } of results.values()) equal(outcome(errorCode), 'POLICY_VIOLATION')
  equal(world.controller.image.topics.size, 0)
})
