// Committed offsets of a whole node, in every version, over deletions of topics and restarts.

import { deepEqual, equal, notEqual } from 'node:assert/strict'
import { test } from 'node:test'
import { errors } from '../../src/base/errors.ts'
import { byName, createTopics, deleteTopics, metadata, newTopic, unknownId } from '../support/admin-apis.ts'
import { versionsFrom } from '../support/data-requests.ts'
import {
  bytes,
  describeGroups,
  heartbeat,
  listGroups,
  offsetCommit,
  offsetDelete,
  offsetFetch,
} from '../support/group-apis.ts'
import { commitOf, committed, fetchedGroup, fetchOf, type TopicRef } from '../support/offset-requests.ts'
import { coordinatorReady, groupNode, soleMember } from './group-node.ts'
import type { NodeUnderTest } from './node-under-test.ts'

const commitVersions = versionsFrom(2, 10)
const fetchVersions = versionsFrom(1, 10)
const int64Max = 2n ** 63n - 1n

async function topicOf(node: NodeUnderTest, name: string): Promise<TopicRef> {
  const { topics } = await node.call(metadata, 13, { topics: byName(name) })
  return { name, topicId: topics[0]!.topicId }
}

/** The error codes of one commit, by partition. */
async function commitErrors(
  node: NodeUnderTest,
  version: number,
  fields: ReturnType<typeof commitOf>,
): Promise<number[]> {
  const { topics } = await node.call(offsetCommit, version, fields)
  return topics.flatMap(({ partitions }) => partitions.map(({ errorCode }) => errorCode))
}

/** The committed offsets of a group: topic, partition, offset. */
async function offsetsOf(
  node: NodeUnderTest,
  groupId: string,
): Promise<(readonly [string, number, bigint])[]> {
  const response = await node.call(offsetFetch, 9, fetchOf(9, groupId, { name: '', topicId: '' }, null))
  return fetchedGroup(9, response).topics.flatMap(({ name, partitions }) =>
    partitions.map((each) => [name, each.partitionIndex, each.committedOffset] as const),
  )
}

test('[OFFSET1] what was committed in any version is fetched in any version', async (t) => {
  const node = await groupNode(t)
  const topic = await topicOf(node, 'a')
  for (const commitVersion of commitVersions) {
    const groupId = `group-${commitVersion}`
    const partitions = [
      committed(0, int64Max, { committedLeaderEpoch: 3 }),
      committed(1, 7n, { committedMetadata: null }),
    ]
    deepEqual(
      await commitErrors(node, commitVersion, commitOf(commitVersion, groupId, topic, partitions)),
      [0, 0],
    )
    for (const version of fetchVersions) {
      const response = await node.call(offsetFetch, version, fetchOf(version, groupId, topic, [0, 1, 9]))
      const group = fetchedGroup(version, response)
      deepEqual([group.errorCode, group.topics.length], [errors.NONE, 1])
      deepEqual(
        [group.topics[0]!.name, group.topics[0]!.topicId === topic.topicId],
        version >= 10 ? ['', true] : ['a', false],
      )
      const leaderEpoch = commitVersion >= 6 && version >= 5 ? 3 : -1
      deepEqual(
        group.topics[0]!.partitions.map((each) => [
          each.committedOffset,
          each.committedLeaderEpoch,
          each.metadata,
        ]),
        [
          [int64Max, leaderEpoch, 'note'],
          [7n, -1, ''],
          [-1n, -1, ''],
        ],
      )
    }
  }
})

test('[OFFSET2] what cannot be committed is refused in the form of the version', async (t) => {
  const node = await groupNode(t)
  const topic = await topicOf(node, 'a')
  const unknown = { name: 'unknown', topicId: unknownId }
  const { memberId } = await soleMember(node, 'busy')
  for (const version of commitVersions) {
    const commit = (group: string, to: TopicRef, ...partitions: ReturnType<typeof committed>[]) =>
      commitOf(version, group, to, partitions)
    const errorsOf = (fields: ReturnType<typeof commitOf>) => commitErrors(node, version, fields)
    deepEqual(await errorsOf(commit('g', topic, committed(9, 1n), committed(0, 1n))), [
      errors.UNKNOWN_TOPIC_OR_PARTITION,
      errors.NONE,
    ])
    deepEqual(await errorsOf(commit('g', unknown, committed(0, 1n))), [
      version >= 10 ? errors.UNKNOWN_TOPIC_ID : errors.UNKNOWN_TOPIC_OR_PARTITION,
    ])
    const long = committed(0, 1n, { committedMetadata: 'x'.repeat(4097) })
    deepEqual(await errorsOf(commit('g', topic, long, committed(1, 1n))), [
      errors.OFFSET_METADATA_TOO_LARGE,
      errors.NONE,
    ])
    deepEqual(await errorsOf(commit('', topic, committed(0, 1n))), [errors.NONE])
    const busy = commit('busy', topic, committed(0, 1n))
    const as = (id: string, generationIdOrMemberEpoch: number) =>
      errorsOf({ ...busy, memberId: id, generationIdOrMemberEpoch })
    deepEqual(await as('', -1), [errors.UNKNOWN_MEMBER_ID])
    deepEqual(await as('nobody', 1), [errors.UNKNOWN_MEMBER_ID])
    deepEqual(await as(memberId, 0), [errors.ILLEGAL_GENERATION])
    deepEqual(await as(memberId, 1), [errors.NONE])
    const missing = {
      ...commit('missing', topic, committed(0, 1n)),
      generationIdOrMemberEpoch: 1,
      memberId: 'nobody',
    }
    deepEqual(await errorsOf(missing), [version >= 9 ? errors.GROUP_ID_NOT_FOUND : errors.ILLEGAL_GENERATION])
  }
})

test('[OFFSET3] all offsets, many groups, and groups that nobody knows', async (t) => {
  const node = await groupNode(t)
  const topic = await topicOf(node, 'a')
  await commitErrors(node, 9, commitOf(9, 'known', topic, [committed(1, 5n)]))
  for (const version of fetchVersions) {
    if (version >= 2) {
      const all = fetchedGroup(
        version,
        await node.call(offsetFetch, version, fetchOf(version, 'known', topic, null)),
      )
      deepEqual(
        all.topics.map(({ partitions }) =>
          partitions.map((each) => [each.partitionIndex, each.committedOffset]),
        ),
        [[[1, 5n]]],
      )
    }
    const unknown = await node.call(offsetFetch, version, fetchOf(version, 'unknown', topic, [0]))
    const group = fetchedGroup(version, unknown)
    deepEqual([group.errorCode, group.topics[0]!.partitions[0]!.committedOffset], [errors.NONE, -1n])
    if (version < 8) continue
    const many = ['known', 'unknown'].flatMap((each) => fetchOf(version, each, topic, [1]).groups!)
    const { groups } = await node.call(offsetFetch, version, { groups: many })
    deepEqual(
      groups.map(({ groupId, topics }) => [groupId, topics[0]!.partitions[0]!.committedOffset]),
      [
        ['known', 5n],
        ['unknown', -1n],
      ],
    )
  }
  const other = { name: '', topicId: unknownId }
  const { groups } = await node.call(offsetFetch, 10, fetchOf(10, 'known', other, [0]))
  equal(groups[0]!.topics[0]!.partitions[0]!.errorCode, errors.UNKNOWN_TOPIC_ID)
})

test('[OFFSET4] offsets are deleted one by one, but not those of a subscribed topic', async (t) => {
  const node = await groupNode(t)
  await node.call(createTopics, 7, { topics: [newTopic('b')], timeoutMs: 5000 })
  const [a, b] = [await topicOf(node, 'a'), await topicOf(node, 'b')]
  const remove = async (groupId: string, name: string, ...partitions: number[]) => {
    const topics = [{ name, partitions: partitions.map((partitionIndex) => ({ partitionIndex })) }]
    const response = await node.call(offsetDelete, 0, { groupId, topics })
    return [
      response.errorCode,
      ...response.topics.flatMap((each) => each.partitions.map(({ errorCode }) => errorCode)),
    ]
  }
  await commitErrors(node, 9, commitOf(9, 'simple', a, [committed(0, 1n), committed(1, 2n)]))
  deepEqual(
    (await remove('simple', 'a', 0, 9)).sort((x, y) => x - y),
    [0, 0, errors.UNKNOWN_TOPIC_OR_PARTITION],
  )
  deepEqual(await offsetsOf(node, 'simple'), [['a', 1, 2n]])
  deepEqual(await remove('unknown', 'a', 0), [errors.GROUP_ID_NOT_FOUND])
  deepEqual(await remove('', 'a', 0), [errors.INVALID_GROUP_ID])
  const { memberId } = await soleMember(node, 'busy')
  for (const topic of [a, b]) {
    const commit = commitOf(9, 'busy', topic, [committed(0, 1n)])
    deepEqual(await commitErrors(node, 9, { ...commit, memberId, generationIdOrMemberEpoch: 1 }), [0])
  }
  deepEqual(await remove('busy', 'a', 0), [0, errors.GROUP_SUBSCRIBED_TO_TOPIC])
  deepEqual(await remove('busy', 'b', 0), [0, 0])
  deepEqual(await offsetsOf(node, 'busy'), [['a', 0, 1n]])
})

test('[OFFSET5] with a topic its offsets go, and a topic of that name begins without any', async (t) => {
  const node = await groupNode(t)
  await node.call(createTopics, 7, { topics: [newTopic('kept')], timeoutMs: 5000 })
  const [a, kept] = [await topicOf(node, 'a'), await topicOf(node, 'kept')]
  for (const group of ['one', 'two', 'three'])
    for (const topic of [a, kept])
      await commitErrors(node, 10, commitOf(10, group, topic, [committed(0, 5n)]))
  await node.call(deleteTopics, 6, { topics: byName('a'), timeoutMs: 5000 })
  await node.call(createTopics, 7, { topics: [newTopic('a')], timeoutMs: 5000 })
  const again = await topicOf(node, 'a')
  notEqual(again.topicId, a.topicId)
  for (const group of ['one', 'two', 'three']) {
    deepEqual(await offsetsOf(node, group), [['kept', 0, 5n]])
    for (const version of fetchVersions) {
      const response = await node.call(offsetFetch, version, fetchOf(version, group, again, [0]))
      equal(fetchedGroup(version, response).topics[0]!.partitions[0]!.committedOffset, -1n)
    }
  }
  await node.restart()
  await coordinatorReady(node)
  deepEqual(await offsetsOf(node, 'one'), [['kept', 0, 5n]])
})

test('[OFFSET6] groups, members and offsets survive restarts', async (t) => {
  const node = await groupNode(t)
  const topic = await topicOf(node, 'a')
  const groups = Array.from({ length: 10 }, (_, index) => `group-${index}`)
  for (const [index, group] of groups.entries())
    await commitErrors(node, 10, commitOf(10, group, topic, [committed(index % 2, BigInt(index))]))
  const member = await soleMember(node, 'members')
  // Another count in the configuration changes nothing: the topic has its partitions.
  for (const count of ['2', '7']) {
    await node.restart({ 'offsets.topic.num.partitions': count })
    await coordinatorReady(node)
    for (const [index, group] of groups.entries())
      deepEqual(await offsetsOf(node, group), [['a', index % 2, BigInt(index)]])
    const listed = (await node.call(listGroups, 5)).groups.map(({ groupId }) => groupId)
    deepEqual(listed.sort(), [...groups, 'members'])
    equal((await node.call(heartbeat, 4, member)).errorCode, errors.NONE)
    const [described] = (await node.call(describeGroups, 6, { groups: ['members'] })).groups
    deepEqual(
      [described!.groupState, described!.members[0]!.memberId, described!.members[0]!.memberAssignment],
      ['Stable', member.memberId, bytes('mine')],
    )
  }
})
