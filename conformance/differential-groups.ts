// `node conformance/differential-groups.ts HOST:PORT HOST:PORT`: classic groups and their offsets, asked in every
// version. Start both with `group.initial.rebalance.delay.ms=0` and the same `offsets.topic.num.partitions`.

import { zeroUuid } from '../src/base/uuid.ts'
import type { JoinGroupRequest } from '../src/protocol/generated/join-group-request.ts'
import { createTopics, deleteTopics, findCoordinator, unknownId } from '../test/support/admin-apis.ts'
import {
  bytes,
  deleteGroups,
  describeGroups,
  heartbeat,
  joinGroup,
  joining,
  leaveGroup,
  listGroups,
  offsetCommit,
  offsetDelete,
  offsetFetch,
  subscription,
  syncGroup,
} from '../test/support/group-apis.ts'
import { compare, type Recorder } from './differential.ts'

const topic = 'differential'

interface Member {
  readonly groupId: string
  readonly memberId: string
  readonly generationId: number
}

/** The only member of a new group, which is stable afterwards. */
async function soleMember(broker: Recorder, groupId: string, version: number): Promise<Member> {
  let memberId = ''
  if (version >= 4)
    memberId = (await broker.ask('first', joinGroup, version, joining(groupId, topic)))!.memberId
  const joined = await broker.ask('second', joinGroup, version, joining(groupId, topic, { memberId }))
  const member = { groupId, memberId: joined!.memberId, generationId: joined!.generationId }
  await broker.ask('as leader', syncGroup, Math.min(version, 5), {
    ...member,
    protocolType: 'consumer',
    protocolName: 'range',
    assignments: [{ memberId: member.memberId, assignment: bytes('all of it') }],
  })
  return member
}

async function joins(broker: Recorder): Promise<void> {
  const refused: Readonly<Record<string, Partial<JoinGroupRequest>>> = {
    'no group': joining('', topic),
    'a short session': joining('refused', topic, { sessionTimeoutMs: 10 }),
    'a long session': joining('refused', topic, { sessionTimeoutMs: 100_000_000 }),
    'no protocol': joining('refused', topic, { protocols: [] }),
    'no protocol type': joining('refused', topic, { protocolType: '' }),
    'an unknown member of an unknown group': joining('refused-2', topic, { memberId: 'nobody' }),
    'an instance id with an unknown member': joining('refused-2', topic, {
      memberId: 'nobody',
      groupInstanceId: 'i',
    }),
  }
  for (const [label, fields] of Object.entries(refused)) await broker.ask(label, joinGroup, [0, 9], fields)
  for (let version = 0; version <= 9; version++) {
    const group = `joined-${version}`
    const member = await soleMember(broker, group, version)
    const other = { protocolType: 'other', protocols: [{ name: 'range', metadata: subscription(topic) }] }
    const protocols = [{ name: 'sticky', metadata: subscription(topic) }]
    await broker.ask('another protocol type', joinGroup, version, joining(group, topic, other))
    await broker.ask('another protocol', joinGroup, version, joining(group, topic, { protocols }))
    await broker.ask('an unknown member', joinGroup, version, joining(group, topic, { memberId: 'nobody' }))
    await broker.ask('again', joinGroup, version, joining(group, topic, { memberId: member.memberId }))
    await broker.ask('too early', heartbeat, [0, 4], { ...member, generationId: member.generationId + 1 })
    await broker.ask('after joining again', describeGroups, [0, 6], { groups: [group] })
  }
}

async function syncs(broker: Recorder): Promise<void> {
  const protocol = { protocolType: 'consumer', protocolName: 'range' }
  for (let version = 0; version <= 5; version++) {
    const member = await soleMember(broker, `synced-${version}`, 5)
    await broker.ask('again', syncGroup, version, { ...member, ...protocol })
    await broker.ask('no group', syncGroup, version, { ...member, ...protocol, groupId: '' })
    await broker.ask('an unknown group', syncGroup, version, { ...member, ...protocol, groupId: 'unknown' })
    await broker.ask('an unknown member', syncGroup, version, { ...member, ...protocol, memberId: 'nobody' })
    await broker.ask('an old generation', syncGroup, version, { ...member, ...protocol, generationId: 0 })
    await broker.ask('an unknown instance', syncGroup, version, {
      ...member,
      ...protocol,
      groupInstanceId: 'i',
    })
    await broker.ask('another protocol', syncGroup, version, { ...member, ...protocol, protocolName: 'x' })
    await broker.ask('another type', syncGroup, version, { ...member, ...protocol, protocolType: 'x' })
    await broker.ask('no protocol', syncGroup, version, member)
  }
}

async function heartbeats(broker: Recorder): Promise<void> {
  const member = await soleMember(broker, 'beating', 5)
  const cases = {
    alive: member,
    'no group': { ...member, groupId: '' },
    'an unknown group': { ...member, groupId: 'unknown' },
    'an unknown member': { ...member, memberId: 'nobody' },
    'no member': { ...member, memberId: '' },
    'an old generation': { ...member, generationId: 0 },
    'no generation': { ...member, generationId: -1 },
    'an unknown instance': { ...member, groupInstanceId: 'i' },
  }
  for (const [label, fields] of Object.entries(cases)) await broker.ask(label, heartbeat, [0, 4], fields)
}

async function leaves(broker: Recorder): Promise<void> {
  for (let version = 0; version <= 5; version++) {
    const { groupId, memberId } = await soleMember(broker, `left-${version}`, 5)
    const leaving = (group: string, ...ids: string[]) =>
      version < 3
        ? { groupId: group, memberId: ids[0]! }
        : {
            groupId: group,
            members: ids.map((id) => ({ memberId: id, groupInstanceId: null, reason: null })),
          }
    await broker.ask('no group', leaveGroup, version, leaving('', memberId))
    await broker.ask('an unknown group', leaveGroup, version, leaving('unknown', memberId))
    await broker.ask('an unknown member', leaveGroup, version, leaving(groupId, 'nobody'))
    await broker.ask('an empty member', leaveGroup, version, leaving(groupId, ''))
    if (version >= 3) {
      await broker.ask('no members', leaveGroup, version, leaving(groupId))
      await broker.ask('an unknown instance', leaveGroup, version, {
        groupId,
        members: [{ memberId: '', groupInstanceId: 'i', reason: 'why' }],
      })
    }
    await broker.ask('leave', leaveGroup, version, leaving(groupId, memberId, 'nobody'))
    await broker.ask('leave again', leaveGroup, version, leaving(groupId, memberId))
    await broker.ask('left', describeGroups, [0, 6], { groups: [groupId], includeAuthorizedOperations: true })
  }
}

async function staticMembers(broker: Recorder): Promise<void> {
  for (let version = 5; version <= 9; version++) {
    const group = `static-${version}`
    const joined = await broker.ask(
      'static',
      joinGroup,
      version,
      joining(group, topic, { groupInstanceId: 'a' }),
    )
    const { memberId, generationId } = joined!
    const member = { groupId: group, memberId, generationId, groupInstanceId: 'a' }
    const protocol = { protocolType: 'consumer', protocolName: 'range' }
    await broker.ask('static', syncGroup, 5, {
      ...member,
      ...protocol,
      assignments: [{ memberId, assignment: bytes('x') }],
    })
    await broker.ask('static, again', joinGroup, version, joining(group, topic, { groupInstanceId: 'a' }))
    await broker.ask('fenced', joinGroup, version, joining(group, topic, { groupInstanceId: 'a', memberId }))
    await broker.ask('fenced', heartbeat, [3, 4], member)
    await broker.ask('fenced', syncGroup, [3, 5], { ...member, ...protocol })
    await broker.ask('fenced', leaveGroup, [3, 5], {
      groupId: group,
      members: [{ memberId, groupInstanceId: 'a', reason: null }],
    })
    await broker.ask('static', describeGroups, [0, 6], { groups: [group] })
    await broker.ask('removed', leaveGroup, Math.min(version, 5), {
      groupId: group,
      members: [{ memberId: '', groupInstanceId: 'a', reason: null }],
    })
    await broker.ask('static, left', describeGroups, [4, 6], { groups: [group] })
  }
}

async function commits(broker: Recorder, topicId: string): Promise<void> {
  const partition = (partitionIndex: number, fields = {}) => ({
    partitionIndex,
    committedOffset: 5n,
    committedLeaderEpoch: -1,
    committedMetadata: 'note',
    ...fields,
  })
  const commit = (
    version: number,
    groupId: string,
    partitions = [partition(0)],
    name = topic,
    id = topicId,
  ) => ({
    groupId,
    generationIdOrMemberEpoch: -1,
    topics: [version >= 10 ? { name: '', topicId: id, partitions } : { name, topicId: zeroUuid, partitions }],
  })
  const all = [2, 10] as const
  await broker.ask('simple', offsetCommit, all, (version) => commit(version, `simple-${version}`))
  await broker.ask('no group', offsetCommit, all, (version) => commit(version, ''))
  await broker.ask('unknown partition', offsetCommit, all, (version) =>
    commit(version, 'simple-2', [partition(0), partition(77), partition(-1)]),
  )
  await broker.ask('unknown topic', offsetCommit, all, (version) =>
    commit(version, 'simple-2', [partition(0)], 'unknown', unknownId),
  )
  await broker.ask('no topics', offsetCommit, all, { groupId: 'simple-2', generationIdOrMemberEpoch: -1 })
  await broker.ask('no partitions', offsetCommit, all, (version) => commit(version, 'simple-2', []))
  await broker.ask('long metadata', offsetCommit, all, (version) =>
    commit(version, 'simple-2', [partition(0, { committedMetadata: 'x'.repeat(4097) }), partition(1)]),
  )
  await broker.ask('null metadata', offsetCommit, all, (version) =>
    commit(version, 'simple-3', [partition(0, { committedMetadata: null })]),
  )
  await broker.ask('a huge offset', offsetCommit, all, (version) =>
    commit(version, 'simple-4', [partition(0, { committedOffset: 2n ** 63n - 1n, committedLeaderEpoch: 7 })]),
  )
  await broker.ask('a negative offset', offsetCommit, all, (version) =>
    commit(version, 'simple-5', [partition(0, { committedOffset: -1n })]),
  )
  await broker.ask('a generation to no group', offsetCommit, all, (version) => ({
    ...commit(version, 'nothing-here'),
    generationIdOrMemberEpoch: 1,
    memberId: 'nobody',
  }))
  await broker.ask('a member to no group', offsetCommit, all, (version) => ({
    ...commit(version, 'nothing-here'),
    memberId: 'nobody',
  }))
  const member = await soleMember(broker, 'committing', 5)
  const { memberId, generationId } = member
  const variants = {
    'of a member': { memberId, generationIdOrMemberEpoch: generationId },
    'of nobody': {},
    'of an unknown member': { memberId: 'nobody', generationIdOrMemberEpoch: generationId },
    'of an old generation': { memberId, generationIdOrMemberEpoch: 0 },
    'without a generation': { memberId },
    'of an unknown instance': { memberId, generationIdOrMemberEpoch: generationId, groupInstanceId: 'i' },
  }
  for (const [label, fields] of Object.entries(variants))
    await broker.ask(label, offsetCommit, all, (version) => ({ ...commit(version, 'committing'), ...fields }))
}

async function fetches(broker: Recorder, topicId: string): Promise<void> {
  const ask = (label: string, groupId: string, indexes: number[] | null, name = topic, id = topicId) =>
    broker.ask(label, offsetFetch, [1, 10], (version) => {
      const one =
        version >= 10
          ? { name: '', topicId: id, partitionIndexes: indexes ?? [] }
          : { name, topicId: zeroUuid, partitionIndexes: indexes ?? [] }
      const topics = indexes === null ? null : [one]
      if (version < 8) return { groupId, topics }
      return { groups: [{ groupId, memberId: null, memberEpoch: -1, topics }] }
    })
  for (const group of ['simple-2', 'simple-3', 'simple-4', 'simple-5', 'committing', 'nothing-here', '']) {
    await ask(`some of '${group}'`, group, [0, 1, 77])
    await ask(`all of '${group}'`, group, null)
    await ask(`nothing of '${group}'`, group, [])
  }
  await ask('an unknown topic', 'simple-2', [0], 'unknown', unknownId)
  await broker.ask('many groups', offsetFetch, [8, 10], (version) => ({
    groups: ['simple-2', 'simple-3', 'nothing-here'].map((groupId) => ({
      groupId,
      memberId: null,
      memberEpoch: -1,
      topics: [
        version >= 10
          ? { name: '', topicId, partitionIndexes: [0] }
          : { name: topic, topicId: zeroUuid, partitionIndexes: [0] },
      ],
    })),
  }))
  await broker.ask('no groups', offsetFetch, [8, 10], {})
  await broker.ask('of a member', offsetFetch, [9, 10], {
    groups: [{ groupId: 'simple-2', memberId: 'nobody', memberEpoch: 3, topics: null }],
  })
  await broker.ask('of a member of a classic group', offsetFetch, [9, 10], {
    groups: [{ groupId: 'committing', memberId: 'nobody', memberEpoch: 3, topics: null }],
  })
  await broker.ask('stable', offsetFetch, [8, 10], {
    groups: [{ groupId: 'simple-2', memberId: null, memberEpoch: -1, topics: null }],
    requireStable: true,
  })
}

async function listing(broker: Recorder): Promise<void> {
  await broker.ask('all', listGroups, [0, 5])
  for (const state of [
    'Stable',
    'stable',
    'Empty',
    'Dead',
    'PreparingRebalance',
    'Assigning',
    'nonsense',
    '',
  ])
    await broker.ask(`state ${state}`, listGroups, [4, 5], { statesFilter: [state] })
  for (const type of ['classic', 'CLASSIC', 'Consumer', 'share', 'streams', 'nonsense', ''])
    await broker.ask(`type ${type}`, listGroups, 5, { typesFilter: [type] })
  await broker.ask('both', listGroups, 5, { statesFilter: ['Empty', 'Stable'], typesFilter: ['Classic'] })
  for (const groups of [
    ['committing'],
    ['simple-2'],
    ['nothing-here'],
    [''],
    ['committing', 'committing'],
    [],
  ])
    await broker.ask(`'${groups}'`, describeGroups, [0, 6], (version) => ({
      groups,
      includeAuthorizedOperations: version >= 3,
    }))
}

async function deletions(broker: Recorder): Promise<void> {
  const of = (groupId: string, name: string, ...indexes: number[]) => ({
    groupId,
    topics: [{ name, partitions: indexes.map((partitionIndex) => ({ partitionIndex })) }],
  })
  await broker.ask('offsets of no group', offsetDelete, 0, of('', topic, 0))
  await broker.ask('offsets of an unknown group', offsetDelete, 0, of('nothing-here', topic, 0))
  await broker.ask('offsets', offsetDelete, 0, of('simple-2', topic, 0, 1, 77))
  await broker.ask('offsets again', offsetDelete, 0, of('simple-2', topic, 0))
  await broker.ask('of an unknown topic', offsetDelete, 0, of('simple-2', 'unknown', 0))
  await broker.ask(
    'of an unknown topic of an unknown group',
    offsetDelete,
    0,
    of('nothing-here', 'unknown', 0),
  )
  await broker.ask('of no topics', offsetDelete, 0, { groupId: 'simple-2' })
  await broker.ask('of a subscribed topic', offsetDelete, 0, of('committing', topic, 0))
  for (const groups of [['simple-2', 'committing', 'nothing-here', ''], [], ['simple-3', 'simple-3']])
    await broker.ask(`'${groups}'`, deleteGroups, [0, 2], { groupsNames: groups })
  await broker.ask('deleted', describeGroups, [5, 6], { groups: ['simple-2', 'simple-3'] })
  await broker.ask('topic', deleteTopics, 6, {
    topics: [{ name: topic, topicId: zeroUuid }],
    timeoutMs: 5000,
  })
  await broker.until(
    offsetFetch,
    8,
    { groups: [{ groupId: 'simple-6', memberId: null, memberEpoch: -1, topics: null }] },
    ({ groups }) => groups[0]!.topics.length === 0,
  )
  await broker.ask('all', listGroups, 5)
}

await compare(async (broker) => {
  await broker.until(findCoordinator, 3, { key: 'g' }, ({ errorCode }) => errorCode === 0)
  await broker.until(offsetFetch, 7, { groupId: 'g', topics: [] }, ({ errorCode }) => errorCode === 0)
  const created = await broker.ask('topic', createTopics, 7, {
    topics: [{ name: topic, numPartitions: 3, replicationFactor: 1, assignments: [], configs: [] }],
    timeoutMs: 5000,
  })
  const { topicId } = created!.topics[0]!
  await broker.until(
    offsetDelete,
    0,
    { groupId: 'nothing-here', topics: [] },
    ({ errorCode }) => errorCode !== 14 && errorCode !== 16,
  )
  await new Promise((resolve) => setTimeout(resolve, 1000))
  await joins(broker)
  await syncs(broker)
  await heartbeats(broker)
  await leaves(broker)
  await staticMembers(broker)
  await commits(broker, topicId)
  await fetches(broker, topicId)
  await listing(broker)
  await deletions(broker)
})
