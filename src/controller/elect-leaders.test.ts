import { deepEqual, equal } from 'node:assert/strict'
import { test } from 'node:test'
import { errorName } from '../base/errors.ts'
import { MetadataDelta } from '../metadata/metadata-delta.ts'
import { defaultsPartitionChangeRecord } from '../protocol/generated/partition-change-record.ts'
import { create, startWorld, topic, type World } from './testing/controller-world.ts'

const preferred = 0
const unclean = 1

async function elect({ controller }: World, electionType: number, partitions: number[] | null) {
  const topicPartitions = partitions === null ? null : [{ topic: 'a', partitions }]
  const response = await controller.electLeaders({ electionType, topicPartitions, timeoutMs: 1000 })
  const results = response.replicaElectionResults.flatMap(({ partitionResult }) =>
    partitionResult.map(({ partitionId, errorCode }) => [partitionId, errorName(errorCode)]),
  )
  return [errorName(response.errorCode), ...results]
}

const leaders = ({ controller }: World) =>
  controller.image.topics.byName('a')!.partitions.map(({ leader }) => leader)

/** Two partitions on brokers 1 and 2, both led by broker 2, with broker 1 in sync of the first one only. */
async function worldAwayFromPreferred(): Promise<World> {
  const world = await startWorld({ brokers: 2 })
  const assignments = [0, 1].map((partitionIndex) => ({ partitionIndex, brokerIds: [1, 2] }))
  await create(world, [topic('a', { assignments })])
  await world.controller.fence(1)
  await world.controller.unfence(1)
  const { image } = world.controller
  const delta = new MetadataDelta(image)
  const value = {
    ...defaultsPartitionChangeRecord(),
    topicId: image.topics.byName('a')!.id,
    partitionId: 0,
    isr: [2, 1],
  }
  delta.replay({ name: 'PartitionChangeRecord', value })
  return startWorld({ brokers: 0, loaded: { image: delta.apply(image.offset, 1), inTransaction: false } })
}

test('[ELECT1] the preferred replica leads again where it is in sync', async () => {
  const world = await worldAwayFromPreferred()
  deepEqual(leaders(world), [2, 2])
  deepEqual(await elect(world, preferred, [0, 1, 2]), [
    'NONE',
    [0, 'NONE'],
    [1, 'PREFERRED_LEADER_NOT_AVAILABLE'],
    [2, 'UNKNOWN_TOPIC_OR_PARTITION'],
  ])
  deepEqual(leaders(world), [1, 2])
})

test('[ELECT2] a partition whose in-sync replicas are gone goes to any replica on demand', async () => {
  const world = await worldAwayFromPreferred()
  await world.controller.fence(2)
  deepEqual(leaders(world), [1, -1])
  deepEqual(await elect(world, unclean, [0, 1]), ['NONE', [0, 'ELECTION_NOT_NEEDED'], [1, 'NONE']])
  deepEqual(leaders(world), [1, 1])
  equal(world.controller.image.topics.byName('a')!.partitions[1]!.leaderRecoveryState, 1)
  await world.controller.fence(1)
  deepEqual(await elect(world, unclean, [1]), ['NONE', [1, 'ELIGIBLE_LEADERS_NOT_AVAILABLE']])
})

test('[ELECT3] asked for all, only what changed or failed is answered', async () => {
  const world = await worldAwayFromPreferred()
  deepEqual(await elect(world, preferred, null), ['NONE', [0, 'NONE'], [1, 'PREFERRED_LEADER_NOT_AVAILABLE']])
  deepEqual(await elect(world, unclean, null), ['NONE'])
  deepEqual(await elect(world, 7, null), ['INVALID_REQUEST'])
})
