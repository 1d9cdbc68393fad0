// What an administrator asks about groups and does to them, one attempt each.

import { errors } from '../base/errors.ts'
import type { TopicPartition } from '../base/topic-partition.ts'
import { DecodeError } from '../protocol/decode-error.ts'
import type {
  DescribedGroup as DescribedConsumerGroup,
  TopicPartitions,
} from '../protocol/generated/consumer-group-describe-response.ts'
import type { DescribedGroup, DescribedGroupMember } from '../protocol/generated/describe-groups-response.ts'
import { calls } from './api-call.ts'
import { failure, type Result, success } from './client-error.ts'
import { groupTarget } from './committed-offsets.ts'
import { decodeAssignment } from './consumer-protocol.ts'
import type { KafkaClient } from './kafka-client.ts'

export interface GroupListing {
  readonly groupId: string
  /** Empty for groups that only keep offsets. */
  readonly protocolType: string
  /** `Classic`, `Consumer`, …; empty before Kafka 4. */
  readonly type: string
  readonly state: string
}

export interface GroupMemberDescription {
  readonly memberId: string
  readonly instanceId: string | null
  readonly clientId: string
  readonly host: string
  readonly assignment: readonly TopicPartition[]
  /** Of the new protocol (KIP-848) only. */
  readonly epoch: number | undefined
  readonly targetAssignment: readonly TopicPartition[]
}

export interface GroupDescription {
  readonly groupId: string
  readonly state: string
  readonly assignor: string
  readonly members: readonly GroupMemberDescription[]
  readonly groupEpoch: number | undefined
  readonly assignmentEpoch: number | undefined
}

const consumerProtocolTypes = ['', 'consumer']
const typedListVersionMin = 5
const statedListVersionMin = 4

/** The consumer groups of all brokers, by name. */
export async function listConsumerGroups(client: KafkaClient): Promise<Result<GroupListing[]>> {
  const cluster = await client.metadata()
  if (!cluster.ok) return cluster
  const groups = new Map<string, GroupListing>()
  for (const broker of cluster.value.brokers.keys()) {
    const defaults = calls.listGroups.request.defaults()
    const answer = await client.request(broker, calls.listGroups, (version) => ({
      ...defaults,
      ...(version >= typedListVersionMin && { typesFilter: ['Classic', 'Consumer'] }),
      ...(version >= statedListVersionMin && { statesFilter: [] }),
    }))
    if (!answer.ok) return answer
    if (answer.value.errorCode !== errors.NONE) return failure(answer.value.errorCode)
    for (const { groupId, protocolType, groupType: type, groupState: state } of answer.value.groups) {
      if (consumerProtocolTypes.includes(protocolType))
        groups.set(groupId, { groupId, protocolType, type, state })
    }
  }
  return success([...groups.values()].sort((left, right) => (left.groupId < right.groupId ? -1 : 1)))
}

/** GROUP_ID_NOT_FOUND for a group that does not exist. */
export async function describeGroup(client: KafkaClient, groupId: string): Promise<Result<GroupDescription>> {
  const modern = await describeConsumerGroup(client, groupId)
  const isClassic =
    !modern.ok &&
    (modern.error.code === errors.UNSUPPORTED_VERSION || modern.error.code === errors.GROUP_ID_NOT_FOUND)
  return isClassic ? describeClassicGroup(client, groupId) : modern
}

async function describeConsumerGroup(
  client: KafkaClient,
  groupId: string,
): Promise<Result<GroupDescription>> {
  const body = { ...calls.consumerGroupDescribe.request.defaults(), groupIds: [groupId] }
  const answer = await client.request(groupTarget(groupId), calls.consumerGroupDescribe, body, {
    purpose: 'group',
  })
  if (!answer.ok) return answer
  const [group] = answer.value.groups
  if (group === undefined) return failure(errors.UNKNOWN_SERVER_ERROR, `no answer about group ${groupId}`)
  if (group.errorCode !== errors.NONE) return failure(group.errorCode, group.errorMessage)
  return success(consumerGroupOf(group))
}

async function describeClassicGroup(client: KafkaClient, groupId: string): Promise<Result<GroupDescription>> {
  const body = { ...calls.describeGroups.request.defaults(), groups: [groupId] }
  const answer = await client.request(groupTarget(groupId), calls.describeGroups, body, { purpose: 'group' })
  if (!answer.ok) return answer
  const [group] = answer.value.groups
  if (group === undefined) return failure(errors.UNKNOWN_SERVER_ERROR, `no answer about group ${groupId}`)
  const code =
    group.errorCode === errors.NONE && group.groupState === 'Dead'
      ? errors.GROUP_ID_NOT_FOUND
      : group.errorCode
  if (code !== errors.NONE) return failure(code, notFound(groupId, code) ?? group.errorMessage)
  return success(classicGroupOf(group))
}

function classicGroupOf({ groupId, groupState, protocolData, members }: DescribedGroup): GroupDescription {
  return {
    groupId,
    state: groupState,
    assignor: protocolData,
    groupEpoch: undefined,
    assignmentEpoch: undefined,
    members: members.map(({ memberId, groupInstanceId, clientId, clientHost, memberAssignment }) => ({
      memberId,
      instanceId: groupInstanceId,
      clientId,
      host: clientHost,
      assignment: classicAssignment(memberAssignment),
      epoch: undefined,
      targetAssignment: [],
    })),
  }
}

/** A group of another protocol type has assignments of another form: they count as nothing. */
function classicAssignment(bytes: DescribedGroupMember['memberAssignment']): TopicPartition[] {
  try {
    return [...decodeAssignment(bytes)].flatMap(([topic, partitions]) =>
      partitions.map((partition) => ({ topic, partition })),
    )
  } catch (error) {
    if (error instanceof DecodeError) return []
    throw error
  }
}

function consumerGroupOf(group: DescribedConsumerGroup): GroupDescription {
  return {
    groupId: group.groupId,
    state: group.groupState,
    assignor: group.assignorName,
    groupEpoch: group.groupEpoch,
    assignmentEpoch: group.assignmentEpoch,
    members: group.members.map(({ memberId, instanceId, clientId, clientHost, memberEpoch, ...member }) => ({
      memberId,
      instanceId,
      clientId,
      host: clientHost,
      epoch: memberEpoch,
      assignment: flat(member.assignment.topicPartitions),
      targetAssignment: flat(member.targetAssignment.topicPartitions),
    })),
  }
}

function flat(topics: readonly TopicPartitions[]): TopicPartition[] {
  return topics.flatMap(({ topicName, partitions }) =>
    partitions.map((partition) => ({ topic: topicName, partition })),
  )
}

export async function deleteGroup(client: KafkaClient, groupId: string): Promise<Result<void>> {
  const body = { ...calls.deleteGroups.request.defaults(), groupsNames: [groupId] }
  const answer = await client.request(groupTarget(groupId), calls.deleteGroups, body, { purpose: 'group' })
  if (!answer.ok) return answer
  const code = answer.value.results[0]?.errorCode ?? errors.UNKNOWN_SERVER_ERROR
  return code === errors.NONE ? success(undefined) : failure(code, notFound(groupId, code))
}

/** Forgets committed offsets; in the order of `partitions`, each with its own result. */
export async function deleteCommitted(
  client: KafkaClient,
  groupId: string,
  partitions: readonly TopicPartition[],
): Promise<Result<Result<void>[]>> {
  const body = {
    ...calls.offsetDelete.request.defaults(),
    groupId,
    topics: [...Map.groupBy(partitions, ({ topic }) => topic)].map(([name, ofTopic]) => ({
      name,
      partitions: ofTopic.map(({ partition }) => ({ partitionIndex: partition })),
    })),
  }
  const answer = await client.request(groupTarget(groupId), calls.offsetDelete, body, { purpose: 'group' })
  if (!answer.ok) return answer
  const { errorCode, topics } = answer.value
  if (errorCode !== errors.NONE) return failure(errorCode, notFound(groupId, errorCode))
  return success(
    partitions.map(({ topic, partition }) => {
      const found = topics.find(({ name }) => name === topic)?.partitions
      const code = found?.find(({ partitionIndex }) => partitionIndex === partition)?.errorCode
      return code === errors.NONE ? success(undefined) : failure(code ?? errors.UNKNOWN_SERVER_ERROR)
    }),
  )
}

function notFound(groupId: string, code: number): string | null {
  return code === errors.GROUP_ID_NOT_FOUND ? `Consumer group '${groupId}' does not exist.` : null
}
