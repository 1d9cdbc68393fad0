// Consumer groups of a test, through the coordinator's own APIs.

import { errors } from '../base/errors.ts'
import { calls } from '../client/api-call.ts'
import { offsetCommitTopics } from '../client/committed-offsets.ts'
import { decodeAssignment } from '../client/consumer-protocol.ts'
import { DecodeError } from '../protocol/decode-error.ts'
import type { DescribedGroupMember } from '../protocol/generated/describe-groups-response.ts'
import { endOffsets, topicOrThrow } from './read-records.ts'
import type { TestControl } from './test-control.ts'
import type { Group, GroupMember, GroupOffset, TopicPartitionOffset } from './types.ts'
import { refused } from './write-records.ts'

const consumerGroupDescribeKey = calls.consumerGroupDescribe.request.apiKey

/**
 * Makes the coordinator's topic, which is otherwise made when a client first looks for it, and waits until it is
 * loaded: a few turns. `isOver`: whoever waits for the coordinator has given up.
 */
export async function prepareCoordinator({ local, env }: TestControl, isOver: () => boolean): Promise<void> {
  while (!isOver()) {
    const answer = await local.call(calls.findCoordinator, { keyType: 0, coordinatorKeys: [''] })
    if (answer.coordinators[0]!.errorCode === errors.NONE) {
      const { errorCode } = await local.call(calls.listGroups, {})
      if (errorCode === errors.NONE) return
    }
    await new Promise<void>((resolve) => env.timers.soon(resolve))
  }
}

export async function listGroups({ local }: TestControl): Promise<string[]> {
  const { errorCode, groups } = await local.call(calls.listGroups, {})
  if (errorCode !== errors.NONE) throw refused('list the groups', errorCode)
  return groups.map(({ groupId }) => groupId).sort()
}

export async function describeGroup(control: TestControl, groupId: string): Promise<Group | undefined> {
  return (await describeModernGroup(control, groupId)) ?? describeClassicGroup(control, groupId)
}

async function describeModernGroup({ local }: TestControl, groupId: string): Promise<Group | undefined> {
  if (!local.serves(consumerGroupDescribeKey)) return undefined
  const answer = await local.call(calls.consumerGroupDescribe, { groupIds: [groupId] })
  const group = answer.groups[0]!
  if (group.errorCode === errors.GROUP_ID_NOT_FOUND) return undefined
  if (group.errorCode !== errors.NONE) throw refused(`describe group ${groupId}`, group.errorCode)
  const members = group.members.map(({ memberId, instanceId, clientId, assignment }) => ({
    memberId,
    instanceId,
    clientId,
    assignment: assignment.topicPartitions.flatMap(({ topicName: topic, partitions }) =>
      partitions.map((partition) => ({ topic, partition })),
    ),
  }))
  return { groupId, state: group.groupState, members }
}

async function describeClassicGroup({ local }: TestControl, groupId: string): Promise<Group | undefined> {
  const answer = await local.call(calls.describeGroups, { groups: [groupId] })
  const { errorCode, groupState: state, members } = answer.groups[0]!
  if (errorCode === errors.GROUP_ID_NOT_FOUND || (errorCode === errors.NONE && state === 'Dead'))
    return undefined
  if (errorCode !== errors.NONE) throw refused(`describe group ${groupId}`, errorCode)
  return { groupId, state, members: members.map(classicMember) }
}

function classicMember(member: DescribedGroupMember): GroupMember {
  const { memberId, groupInstanceId: instanceId, clientId } = member
  return { memberId, instanceId, clientId, assignment: assignmentOf(member) }
}

/** Groups of other protocol types (Connect) have assignments of another form: they count as nothing. */
function assignmentOf({ memberAssignment }: DescribedGroupMember): GroupMember['assignment'] {
  try {
    return [...decodeAssignment(memberAssignment)].flatMap(([topic, partitions]) =>
      partitions.map((partition) => ({ topic, partition })),
    )
  } catch (error) {
    if (error instanceof DecodeError) return []
    throw error
  }
}

export async function committedOffsets(control: TestControl, groupId: string): Promise<GroupOffset[]> {
  const answer = await control.local.call(calls.offsetFetch, {
    groups: [{ groupId, memberId: null, memberEpoch: -1, topics: null }],
  })
  const { errorCode, topics } = answer.groups[0]!
  if (errorCode !== errors.NONE) throw refused(`read the offsets of group ${groupId}`, errorCode)
  const found: GroupOffset[] = []
  for (const { name: topic, partitions } of topics.toSorted((left, right) =>
    left.name < right.name ? -1 : 1,
  )) {
    if (control.image().topics.byName(topic) === undefined) continue
    const ends = await endOffsets(
      control,
      topic,
      partitions.map(({ partitionIndex }) => partitionIndex),
    )
    for (const { partitionIndex: partition, committedOffset } of partitions) {
      const offset = Number(committedOffset)
      found.push({ topic, partition, offset, lag: Math.max(0, ends.get(partition)! - offset) })
    }
  }
  return found.sort((left, right) =>
    left.topic === right.topic ? left.partition - right.partition : left.topic < right.topic ? -1 : 1,
  )
}

export async function setOffsets(
  control: TestControl,
  groupId: string,
  offsets: readonly TopicPartitionOffset[],
): Promise<void> {
  const { topics } = await control.local.call(calls.offsetCommit, {
    groupId,
    generationIdOrMemberEpoch: -1,
    memberId: '',
    topics: offsetCommitTopics(offsets),
  })
  for (const { name, partitions } of topics)
    for (const { partitionIndex, errorCode } of partitions)
      if (errorCode !== errors.NONE)
        throw refused(`set the offset of group ${groupId} in partition ${name}-${partitionIndex}`, errorCode)
}

export async function evictMembers(control: TestControl, groupId: string): Promise<void> {
  const modern = await describeModernGroup(control, groupId)
  const group = modern ?? (await describeClassicGroup(control, groupId))
  for (const { memberId } of group?.members ?? [])
    await control.leave({ groupId, memberId, isModern: modern !== undefined })
}

export async function deleteGroup({ local }: TestControl, groupId: string): Promise<void> {
  const { results } = await local.call(calls.deleteGroups, { groupsNames: [groupId] })
  const errorCode = results[0]!.errorCode
  if (errorCode !== errors.NONE) throw refused(`delete group ${groupId}`, errorCode)
}

/** The partitions of a topic whose end the group has not committed, in words. */
export async function partitionsBehind(
  control: TestControl,
  groupId: string,
  topic: string,
): Promise<string[]> {
  const { partitions } = topicOrThrow(control, topic)
  const ends = await endOffsets(
    control,
    topic,
    partitions.map((_, index) => index),
  )
  const offsets = await committedOffsets(control, groupId)
  const committed = new Map(
    offsets.filter((each) => each.topic === topic).map(({ partition, offset }) => [partition, offset]),
  )
  return [...ends]
    .filter(([partition, end]) => end > (committed.get(partition) ?? 0))
    .map(([partition, end]) => `partition ${partition} is at ${committed.get(partition) ?? 'none'} of ${end}`)
}
