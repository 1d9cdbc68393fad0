import { deepEqual, equal } from 'node:assert/strict'
import { test } from 'node:test'
import { errors } from '../../base/errors.ts'
import { zeroUuid } from '../../base/uuid.ts'
import { GroupWorld, isWaiting } from '../testing/group-world.ts'
import { groupRecordSerde } from './group-record-serde.ts'
import type { GroupRecord } from './group-records.ts'

const day = 24 * 3_600_000

test('[OFF1] a commit to a missing group makes a simple group; metadata and all 64 bits come back', async () => {
  const world = await GroupWorld.start()
  const offset = 9_223_372_036_854_775_807n
  const committed = await world.commit({}, offset, 'note')
  deepEqual(committed.response?.topics, [
    {
      name: 'orders',
      topicId: world.topics.get('orders'),
      partitions: [{ partitionIndex: 0, errorCode: 0 }],
    },
  ])
  deepEqual((await world.fetch(['orders'])).topics[0]?.partitions, [
    { partitionIndex: 0, committedOffset: offset, committedLeaderEpoch: -1, metadata: 'note', errorCode: 0 },
  ])
  const described = await world.describe()
  deepEqual([described.groupState, described.protocolType], ['Empty', ''])
})

test('[OFF2] a commit with a generation to a missing group is refused by version', async () => {
  const world = await GroupWorld.start()
  equal(await world.commitError({ generationIdOrMemberEpoch: 1, apiVersion: 9 }), errors.GROUP_ID_NOT_FOUND)
  equal(await world.commitError({ generationIdOrMemberEpoch: 1, apiVersion: 8 }), errors.ILLEGAL_GENERATION)
})

test('[OFF3] a commit to a living group must name a member and its generation', async () => {
  const world = await GroupWorld.start()
  const memberId = await world.stableMember()
  const generationIdOrMemberEpoch = 1
  equal(await world.commitError({}), errors.UNKNOWN_MEMBER_ID)
  equal(await world.commitError({ memberId: 'x', generationIdOrMemberEpoch }), errors.UNKNOWN_MEMBER_ID)
  equal(await world.commitError({ memberId, generationIdOrMemberEpoch: 0 }), errors.ILLEGAL_GENERATION)
  equal(await world.commitError({ memberId }), errors.ILLEGAL_GENERATION)
  const unknownInstance = { memberId, generationIdOrMemberEpoch, groupInstanceId: 'i' }
  equal(await world.commitError(unknownInstance), errors.UNKNOWN_MEMBER_ID)
  equal(await world.commitError({ memberId, generationIdOrMemberEpoch }), errors.NONE)
  const joined = await world.joinWithId()
  equal(await world.commitError({ memberId, generationIdOrMemberEpoch }), errors.NONE)
  const rejoined = await world.join({ memberId })
  equal(isWaiting(joined) || isWaiting(rejoined), false)
  equal(await world.commitError({ memberId, generationIdOrMemberEpoch: 2 }), errors.REBALANCE_IN_PROGRESS)
})

test('[OFF4] metadata that is too long, topics and partitions that do not exist are refused one by one', async () => {
  const world = await GroupWorld.start({ offsetMetadataLengthMax: 4 })
  equal(await world.commitError({}, 'fives'), errors.OFFSET_METADATA_TOO_LARGE)
  equal(await world.commitError({}, 'four'), errors.NONE)
  const at = (partitionIndex: number) => ({
    partitionIndex,
    committedOffset: 1n,
    committedLeaderEpoch: -1,
    committedMetadata: null,
  })
  const topics = [
    { name: 'orders', topicId: zeroUuid, partitions: [at(1), at(9)] },
    { name: 'nothing', topicId: zeroUuid, partitions: [at(0)] },
  ]
  const byName = (await world.commit({ topics })).response!.topics
  deepEqual(
    byName.map(({ name, partitions }) => [name, partitions]),
    [
      [
        'orders',
        [
          { partitionIndex: 9, errorCode: errors.UNKNOWN_TOPIC_OR_PARTITION },
          { partitionIndex: 1, errorCode: errors.NONE },
        ],
      ],
      ['nothing', [{ partitionIndex: 0, errorCode: errors.UNKNOWN_TOPIC_OR_PARTITION }]],
    ],
  )
  const byId = [{ name: '', topicId: 'bm90aGluZ25vdGhpbmdubw', partitions: [at(0)] }]
  const refused = (await world.commit({ topics: byId, apiVersion: 10 })).response!.topics[0]!
  deepEqual(refused.partitions, [{ partitionIndex: 0, errorCode: errors.UNKNOWN_TOPIC_ID }])
})

test('[OFF5] what was never committed reads as -1 without an error, in a missing group too', async () => {
  const world = await GroupWorld.start()
  const none = {
    partitionIndex: 0,
    committedOffset: -1n,
    committedLeaderEpoch: -1,
    metadata: '',
    errorCode: 0,
  }
  deepEqual((await world.fetch(['orders'])).topics[0]?.partitions, [none])
  await world.commit({})
  deepEqual((await world.fetch(['bills'])).topics[0]?.partitions, [none])
  deepEqual(
    (await world.fetch(null)).topics.map(({ name }) => name),
    ['orders'],
  )
  deepEqual((await world.fetch(null, { groupId: 'none' })).topics, [])
})

test('[OFF6] OffsetFetch answers in the form of its version', async () => {
  const world = await GroupWorld.start()
  await world.commit({})
  const topics = [{ name: 'orders', partitionIndexes: [0] }]
  const old = { groupId: 'g', topics, groups: [], requireStable: false }
  const fetch = (apiVersion: number, request: Parameters<typeof world.coordinator.offsetFetch>[1]) =>
    world.coordinator.offsetFetch(world.context(apiVersion), request)
  const single = await fetch(7, old)
  equal(single.topics[0]?.partitions[0]?.committedOffset, 5n)
  deepEqual(single.groups, [])
  world.coordinator.onResignation(0)
  equal((await fetch(2, old)).errorCode, errors.NOT_COORDINATOR)
  const first = await fetch(1, old)
  deepEqual([first.errorCode, first.topics[0]?.partitions[0]?.errorCode], [0, errors.NOT_COORDINATOR])
  const group = { groupId: 'g', memberId: null, memberEpoch: -1, topics: null }
  const batch = await fetch(8, { groupId: '', topics: [], groups: [group], requireStable: false })
  deepEqual(batch.groups, [{ groupId: 'g', topics: [], errorCode: errors.NOT_COORDINATOR }])
})

test('[OFF7] version 10 speaks of topic ids and hides offsets of a deleted topic of the same name', async () => {
  const world = await GroupWorld.start()
  await world.commit({})
  const ordersId = world.topics.get('orders')!
  const fetch = async (topicIds: readonly string[] | null) => {
    const asked = topicIds?.map((topicId) => ({ name: '', topicId, partitionIndexes: [0] })) ?? null
    const group = { groupId: 'g', memberId: null, memberEpoch: -1, topics: asked }
    const request = { groupId: '', topics: [], groups: [group], requireStable: false }
    return (await world.coordinator.offsetFetch(world.context(10), request)).groups[0]!.topics
  }
  const known = await fetch([ordersId, 'bm90aGluZ25vdGhpbmdubw'])
  equal(known[0]?.partitions[0]?.committedOffset, 5n)
  equal(known[1]?.partitions[0]?.errorCode, errors.UNKNOWN_TOPIC_ID)
  deepEqual(
    (await fetch(null)).map(({ topicId }) => topicId),
    [ordersId],
  )
  world.topics.set('orders', 'T1RIRVJPVEhFUk9USEVSTw')
  equal((await fetch(['T1RIRVJPVEhFUk9USEVSTw']))[0]?.partitions[0]?.committedOffset, -1n)
  world.topics.delete('orders')
  deepEqual(await fetch(null), [])
})

test('[OFF8] offsets of an open transaction are unstable, and count when its marker commits', async () => {
  for (const marker of ['commit', 'abort'] as const) {
    const world = await GroupWorld.start()
    await world.commit({})
    const pending: GroupRecord = {
      name: 'OffsetCommit',
      key: { group: 'g', topic: 'orders', partition: 0 },
      value: {
        offset: 8n,
        leaderEpoch: -1,
        metadata: '',
        commitTimestamp: world.time.wallMs(),
        expireTimestamp: -1,
        topicId: zeroUuid,
      },
    }
    const records = [groupRecordSerde.encode(pending)!]
    world.log.store({ records, transactionalProducerId: 7, marker: undefined })
    world.coordinator.onResignation(0)
    await world.coordinator.onElection(0, 2)
    const read = async (requireStable: boolean) =>
      (await world.fetch(['orders'], { requireStable })).topics[0]!.partitions[0]!
    equal((await read(true)).errorCode, errors.UNSTABLE_OFFSET_COMMIT)
    equal((await read(false)).committedOffset, 5n)
    world.log.store({
      records: [{ key: new Uint8Array(0), value: null }],
      transactionalProducerId: 7,
      marker,
    })
    world.coordinator.onResignation(0)
    await world.coordinator.onElection(0, 3)
    equal((await read(true)).committedOffset, marker === 'commit' ? 8n : 5n)
  }
})

test('[OFF9] OffsetDelete refuses subscribed topics, groups in use, and what does not exist', async () => {
  const world = await GroupWorld.start()
  const remove = async (topic: string, groupId = 'g', partitionIndex = 0) => {
    const request = { groupId, topics: [{ name: topic, partitions: [{ partitionIndex }] }] }
    const response = (await world.send(world.coordinator.offsetDelete(world.context(0), request))).response!
    return response.errorCode === 0
      ? response.topics[0]!.partitions[0]!.errorCode
      : `group ${response.errorCode}`
  }
  equal(await remove('orders', ''), `group ${errors.INVALID_GROUP_ID}`)
  equal(await remove('orders'), `group ${errors.GROUP_ID_NOT_FOUND}`)
  const memberId = await world.stableMember()
  await world.commit({ memberId, generationIdOrMemberEpoch: 1 })
  equal(await remove('orders'), errors.GROUP_SUBSCRIBED_TO_TOPIC)
  equal(await remove('bills'), errors.NONE)
  equal(await remove('orders', 'g', 9), errors.UNKNOWN_TOPIC_OR_PARTITION)
  await world.stableMember({ groupId: 'workers', protocolType: 'connect' })
  equal(await remove('orders', 'workers'), `group ${errors.NON_EMPTY_GROUP}`)
  await world.leave([{ memberId }])
  equal(await remove('orders'), errors.NONE)
  deepEqual((await world.fetch(null)).topics, [])
})

test('[OFF10] offsets expire when their group was empty for the retention, and it with them', async () => {
  const world = await GroupWorld.start()
  const memberId = await world.stableMember({ sessionTimeoutMs: 1_800_000 })
  await world.commit({ memberId, generationIdOrMemberEpoch: 1 })
  for (let passedMs = 0; passedMs < 8 * day; passedMs += 1_200_000) {
    await world.time.advance(1_200_000)
    await world.heartbeat({ memberId })
  }
  equal((await world.fetch(['orders'])).topics[0]?.partitions[0]?.committedOffset, 5n)
  await world.leave([{ memberId }])
  await world.time.advance(7 * day - 600_000)
  equal((await world.fetch(['orders'])).topics[0]?.partitions[0]?.committedOffset, 5n)
  await world.time.advance(1_200_000)
  equal((await world.fetch(['orders'])).topics[0]?.partitions[0]?.committedOffset, -1n)
  equal((await world.describe()).errorCode, errors.GROUP_ID_NOT_FOUND)
})

test('[OFF10] in a stable consumer group only offsets of topics nobody subscribes to expire', async () => {
  const world = await GroupWorld.start({ offsetsRetentionMs: 1_000_000 })
  const memberId = await world.stableMember({ sessionTimeoutMs: 1_800_000 })
  for (const name of ['orders', 'bills']) {
    const partition = {
      partitionIndex: 0,
      committedOffset: 5n,
      committedLeaderEpoch: -1,
      committedMetadata: null,
    }
    const topics = [{ name, topicId: zeroUuid, partitions: [partition] }]
    await world.commit({ memberId, generationIdOrMemberEpoch: 1, topics })
  }
  await world.time.advance(1_300_000)
  deepEqual(
    (await world.fetch(null)).topics.map(({ name }) => name),
    ['orders'],
  )
})

test('[OFF11] a simple group expires by commit, and a commit of version 2 to 4 may say its own retention', async () => {
  const world = await GroupWorld.start({ offsetsRetentionMs: day })
  await world.commit({})
  await world.commit({ groupId: 'short', apiVersion: 2, retentionTimeMs: 1_000 })
  await world.commit({ groupId: 'long', apiVersion: 2, retentionTimeMs: 2 * day })
  const exist = async () => {
    const found = []
    for (const groupId of ['g', 'short', 'long'])
      if ((await world.fetch(null, { groupId })).topics.length > 0) found.push(groupId)
    return found
  }
  await world.time.advance(600_000)
  deepEqual(await exist(), ['g', 'long'])
  await world.time.advance(day)
  deepEqual(await exist(), ['long'])
  await world.time.advance(day)
  deepEqual(await exist(), [])
})

test('[OFF12] offsets of a deleted topic go, those of a later topic of the same name stay', async () => {
  const world = await GroupWorld.start()
  await world.commit({})
  await world.send(world.coordinator.onTopicsDeleted([{ name: 'orders', id: 'T1RIRVJPVEhFUk9USEVSTw' }]))
  equal((await world.fetch(null)).topics.length, 1)
  await world.send(world.coordinator.onTopicsDeleted([{ name: 'orders', id: world.topics.get('orders')! }]))
  equal((await world.fetch(null)).topics.length, 0)
})

test('[OFF13] a commit that is not written changes nothing', async () => {
  const world = await GroupWorld.start()
  await world.commit({})
  world.log.appendError = errors.NOT_ENOUGH_REPLICAS
  equal(
    (await world.commit({}, 9n)).response?.topics[0]?.partitions[0]?.errorCode,
    errors.COORDINATOR_NOT_AVAILABLE,
  )
  equal(await world.commitError({ groupId: 'new' }), errors.COORDINATOR_NOT_AVAILABLE)
  world.log.appendError = 0
  equal((await world.fetch(['orders'])).topics[0]?.partitions[0]?.committedOffset, 5n)
  equal((await world.describe('new')).errorCode, errors.GROUP_ID_NOT_FOUND)
})
