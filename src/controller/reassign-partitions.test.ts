import { deepEqual, equal } from 'node:assert/strict'
import { test } from 'node:test'
import { errorName } from '../base/errors.ts'
import type { PartitionImage } from '../metadata/partition-image.ts'
import { create, directoryOf, replayed, startWorld, topic, type World } from './testing/controller-world.ts'

/** One partition on brokers 1 and 2 of four, broker 4 fenced. */
async function worldOfFour(): Promise<World> {
  const world = await startWorld({ brokers: 4 })
  await world.controller.fence(4)
  await create(world, [topic('a', { assignments: [{ partitionIndex: 0, brokerIds: [1, 2] }] })])
  return world
}

async function reassign(
  { controller }: World,
  replicas: number[] | null,
  { partitionIndex = 0, allowReplicationFactorChange = true } = {},
): Promise<string> {
  const response = await controller.alterPartitionReassignments({
    timeoutMs: 1000,
    allowReplicationFactorChange,
    topics: [{ name: 'a', partitions: [{ partitionIndex, replicas }] }],
  })
  return errorName(response.responses[0]!.partitions[0]!.errorCode)
}

function partitionOf(world: World): PartitionImage {
  const partition = world.controller.image.topics.byName('a')!.partitions[0]!
  deepEqual(replayed(world).topics.byName('a')!.partitions[0], partition)
  return partition
}

function placed(world: World) {
  const { replicas, isr, addingReplicas, removingReplicas, leader, leaderEpoch } = partitionOf(world)
  return { replicas, isr, addingReplicas, removingReplicas, leader, leaderEpoch }
}

test('[MOVE3] while the added replicas catch up, a partition stands on old and new brokers', async () => {
  const world = await worldOfFour()
  equal(await reassign(world, [3, 2]), 'NONE')
  deepEqual(placed(world), {
    replicas: [3, 2, 1],
    isr: [1, 2],
    addingReplicas: [3],
    removingReplicas: [1],
    leader: 1,
    leaderEpoch: 0,
  })
  deepEqual(partitionOf(world).directories, [3, 2, 1].map(directoryOf))
})

test('[MOVE3] a move that adds nobody is done at once, in a new epoch of the leader', async () => {
  const world = await worldOfFour()
  equal(await reassign(world, [2]), 'NONE')
  deepEqual(placed(world), {
    replicas: [2],
    isr: [2],
    addingReplicas: [],
    removingReplicas: [],
    leader: 2,
    leaderEpoch: 1,
  })
  deepEqual(partitionOf(world).directories, [directoryOf(2)])
})

test('[MOVE3] replicas that are in sync do not go before one that is not', async () => {
  const world = await worldOfFour()
  await world.controller.fence(2)
  equal(await reassign(world, [2]), 'NONE')
  const { replicas, isr, removingReplicas, leader } = placed(world)
  deepEqual(
    { replicas, isr, removingReplicas, leader },
    { replicas: [2, 1], isr: [1], removingReplicas: [1], leader: 1 },
  )
})

test('[MOVE3] another order of the same replicas changes nothing but the order', async () => {
  const world = await worldOfFour()
  equal(await reassign(world, [2, 1]), 'NONE')
  const { replicas, leader, leaderEpoch } = placed(world)
  deepEqual({ replicas, leader, leaderEpoch }, { replicas: [2, 1], leader: 1, leaderEpoch: 0 })
  const { endOffset } = world.log
  equal(await reassign(world, [2, 1]), 'NONE')
  equal(world.log.endOffset, endOffset)
})

test('[MOVE4] a move that is given up leaves the partition where it was', async () => {
  const world = await worldOfFour()
  equal(await reassign(world, null), 'NO_REASSIGNMENT_IN_PROGRESS')
  await reassign(world, [3, 2])
  equal(await reassign(world, null), 'NONE')
  const { replicas, isr, addingReplicas, removingReplicas } = placed(world)
  deepEqual(
    { replicas: replicas.toSorted(), isr, addingReplicas, removingReplicas },
    {
      replicas: [1, 2],
      isr: [1, 2],
      addingReplicas: [],
      removingReplicas: [],
    },
  )
})

test('[MOVE5] an assignment of no, unknown or repeated brokers is refused, and another number if forbidden', async () => {
  const world = await worldOfFour()
  equal(await reassign(world, [1], { partitionIndex: 9 }), 'UNKNOWN_TOPIC_OR_PARTITION')
  for (const replicas of [[], [9], [1, 1]])
    equal(await reassign(world, replicas), 'INVALID_REPLICA_ASSIGNMENT')
  equal(await reassign(world, [3], { allowReplicationFactorChange: false }), 'INVALID_REPLICATION_FACTOR')
  equal(await reassign(world, [3, 4], { allowReplicationFactorChange: false }), 'NONE')
  equal(
    await reassign(world, [3, 4, 2], { allowReplicationFactorChange: false }),
    'INVALID_REPLICATION_FACTOR',
  )
})

test('[UNREGISTER2] an unregistered broker leaves its leaderships and in-sync places', async () => {
  const world = await worldOfFour()
  const { errorCode } = await world.controller.unregisterBroker({ brokerId: 1 })
  equal(errorName(errorCode), 'NONE')
  equal(world.controller.image.brokers.has(1), false)
  const { replicas, isr, leader } = placed(world)
  deepEqual({ replicas, isr, leader }, { replicas: [1, 2], isr: [2], leader: 2 })
  const again = await world.controller.unregisterBroker({ brokerId: 1 })
  equal(errorName(again.errorCode), 'BROKER_ID_NOT_REGISTERED')
})
