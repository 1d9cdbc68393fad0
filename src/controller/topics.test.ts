import { deepEqual, equal } from 'node:assert/strict'
import { test } from 'node:test'
import { errorName } from '../base/errors.ts'
import { zeroUuid } from '../base/uuid.ts'
import { create, startWorld, topic, type World } from './testing/controller-world.ts'

async function deleteTopics(
  { controller }: World,
  topics: { name: string | null; topicId: string }[],
  topicNames: string[] = [],
) {
  const { responses } = await controller.deleteTopics({ topics, topicNames, timeoutMs: 1000 })
  return responses.map(({ name, errorCode }) => [name, errorName(errorCode)])
}

async function createPartitions(
  { controller }: World,
  topics: { name: string; count: number; assignments?: { brokerIds: number[] }[] | null }[],
  validateOnly = false,
) {
  const filled = topics.map((each) => ({ assignments: null, ...each }))
  const { results } = await controller.createPartitions({ topics: filled, timeoutMs: 1000, validateOnly })
  return results.map(({ name, errorCode }) => [name, errorName(errorCode)])
}

test('[TOPIC8] topics are deleted by name, by id, and by the names of older versions', async () => {
  const world = await startWorld()
  await create(world, [topic('a'), topic('b'), topic('c')])
  const topicId = world.controller.image.topics.byName('b')!.id
  const references = [
    { name: 'a', topicId: zeroUuid },
    { name: null, topicId },
  ]
  deepEqual(await deleteTopics(world, references, ['c']), [
    ['a', 'NONE'],
    ['b', 'NONE'],
    ['c', 'NONE'],
  ])
  equal(world.controller.image.topics.size, 0)
})

test('[TOPIC8] a reference that names no topic, or one twice, is refused on its own', async () => {
  const world = await startWorld()
  await create(world, [topic('a'), topic('b')])
  const topicId = world.controller.image.topics.byName('a')!.id
  const references = [
    { name: 'a', topicId: zeroUuid },
    { name: null, topicId },
    { name: 'b', topicId },
    { name: null, topicId: zeroUuid },
    { name: 'x', topicId: zeroUuid },
    { name: null, topicId: 'xxxxxxxxxxxxxxxxxxxxxx' },
    { name: 'b', topicId: zeroUuid },
    { name: 'y', topicId: zeroUuid },
    { name: 'y', topicId: zeroUuid },
  ]
  deepEqual(
    (await deleteTopics(world, references)).map(([, error]) => error),
    [
      'INVALID_REQUEST',
      'INVALID_REQUEST',
      'INVALID_REQUEST',
      'UNKNOWN_TOPIC_OR_PARTITION',
      'UNKNOWN_TOPIC_ID',
      'NONE',
      'INVALID_REQUEST',
    ],
  )
  equal(world.controller.image.topics.byName('a') === undefined, false)
})

test('[TOPIC8] a topic by name and by id is answered once, with both', async () => {
  const world = await startWorld()
  await create(world, [topic('a')])
  const { controller } = world
  const topicId = controller.image.topics.byName('a')!.id
  const { responses } = await controller.deleteTopics({
    topics: [
      { name: 'a', topicId: zeroUuid },
      { name: null, topicId },
    ],
    topicNames: [],
    timeoutMs: 1000,
  })
  deepEqual(
    responses.map(({ name, topicId }) => ({ name, topicId })),
    [{ name: 'a', topicId }],
  )
})

test('[TOPIC8] nothing is deleted while deletion is disabled', async () => {
  const world = await startWorld({ settings: { 'delete.topic.enable': false } })
  await create(world, [topic('a')])
  deepEqual(await deleteTopics(world, [{ name: 'a', topicId: zeroUuid }]), [['a', 'TOPIC_DELETION_DISABLED']])
})

test('[TOPIC9] partitions are added behind the existing ones', async () => {
  const world = await startWorld({ brokers: 2 })
  await create(world, [topic('a', { numPartitions: 1 }), topic('b', { numPartitions: 1 })])
  const added = [
    { name: 'a', count: 3 },
    { name: 'b', count: 2, assignments: [{ brokerIds: [2] }] },
  ]
  deepEqual(await createPartitions(world, added), [
    ['a', 'NONE'],
    ['b', 'NONE'],
  ])
  const { topics } = world.controller.image
  equal(topics.byName('a')!.partitions.length, 3)
  deepEqual(topics.byName('b')!.partitions[1]!.replicas, [2])
})

test('[TOPIC9] what adds no partition, or not as assigned, is refused', async () => {
  const world = await startWorld({ brokers: 2 })
  await create(world, [topic('a', { numPartitions: 2 }), topic('b'), topic('c', { numPartitions: 1 })])
  const before = world.log.records.length
  const cases: [Parameters<typeof createPartitions>[1][number], string][] = [
    [{ name: 'a', count: 2 }, 'INVALID_PARTITIONS'],
    [{ name: 'x', count: 2 }, 'UNKNOWN_TOPIC_OR_PARTITION'],
    [{ name: 'b', count: 20_000 }, 'POLICY_VIOLATION'],
    [{ name: 'c', count: 3, assignments: [{ brokerIds: [1] }] }, 'INVALID_REPLICA_ASSIGNMENT'],
  ]
  deepEqual(
    await createPartitions(
      world,
      cases.map(([request]) => request),
    ),
    cases.map(([{ name }, expected]) => [name, expected]),
  )
  const unequal = { name: 'c', count: 2, assignments: [{ brokerIds: [1, 2] }] }
  deepEqual(await createPartitions(world, [unequal]), [['c', 'INVALID_REPLICA_ASSIGNMENT']])
  const twice = { name: 'c', count: 2 }
  deepEqual(await createPartitions(world, [twice, twice]), [['c', 'INVALID_REQUEST']])
  deepEqual(await createPartitions(world, [twice], true), [['c', 'NONE']])
  equal(world.log.records.length, before)
})

test('[TOPIC10] every broker leads as many partitions, and replicas stand in different racks', async () => {
  const racks = ['a', 'a', 'b', 'b', 'c', 'c']
  const world = await startWorld({ brokers: 6, racks })
  await create(world, [topic('orders', { numPartitions: 60, replicationFactor: 3 })])
  const { partitions } = world.controller.image.topics.byName('orders')!
  const leaders = Map.groupBy(partitions, ({ leader }) => leader)
  deepEqual(
    [...leaders.values()].map((led) => led.length),
    [10, 10, 10, 10, 10, 10],
  )
  for (const { replicas } of partitions) {
    equal(new Set(replicas.map((id) => racks[id - 1])).size, 3)
  }
})

test('[TOPIC10] a fenced broker gets followers only', async () => {
  const world = await startWorld({ brokers: 3 })
  await world.controller.fence(2)
  await create(world, [topic('orders', { numPartitions: 30, replicationFactor: 3 })])
  for (const { replicas, isr, leader } of world.controller.image.topics.byName('orders')!.partitions) {
    equal(replicas.length, 3)
    equal(leader === 2 || replicas[0] === 2, false)
    deepEqual(
      isr,
      replicas.filter((id) => id !== 2),
    )
  }
})
