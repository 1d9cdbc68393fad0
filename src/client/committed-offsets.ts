// OffsetFetch and OffsetCommit of one group.

import { errors } from '../base/errors.ts'
import { type TopicPartition, topicPartitionKey } from '../base/topic-partition.ts'
import { zeroUuid } from '../base/uuid.ts'
import type { OffsetCommitRequestTopic } from '../protocol/generated/offset-commit-request.ts'
import { calls } from './api-call.ts'
import { about, failure, type Result, success } from './client-error.ts'
import type { CoordinatorTarget, KafkaClient } from './kafka-client.ts'

export interface CommittedOffset extends TopicPartition {
  readonly offset: number
  readonly metadata: string
}

/** Who commits: a member of the current generation, or nobody (-1 and no member), which an empty group allows. */
export interface Committer {
  readonly generation: number
  readonly memberId: string
  readonly instanceId: string | null
}

export const noMember: Committer = { generation: -1, memberId: '', instanceId: null }

const groupListVersionMin = 8

export function groupTarget(groupId: string): CoordinatorTarget {
  return { coordinatorOf: 'group', key: groupId }
}

/** One attempt. Partitions without a committed offset are left out; 'all': every one that has one. */
export async function fetchCommitted(
  client: KafkaClient,
  groupId: string,
  partitions: readonly TopicPartition[] | 'all',
): Promise<Result<CommittedOffset[]>> {
  const topics =
    partitions === 'all'
      ? null
      : [...Map.groupBy(partitions, ({ topic }) => topic)].map(([name, ofTopic]) => ({
          name,
          topicId: zeroUuid,
          partitionIndexes: ofTopic.map(({ partition }) => partition),
        }))
  const defaults = calls.offsetFetch.request.defaults()
  const answer = await client.request(
    groupTarget(groupId),
    calls.offsetFetch,
    (version) =>
      version >= groupListVersionMin
        ? { ...defaults, groups: [{ groupId, memberId: null, memberEpoch: -1, topics }] }
        : { ...defaults, groupId, topics },
    { purpose: 'group' },
  )
  if (!answer.ok) return answer
  const group = answer.value.groups[0] ?? answer.value
  if (group.errorCode !== errors.NONE) return failure(group.errorCode)
  const committed: CommittedOffset[] = []
  for (const { name: topic, partitions: ofTopic } of group.topics) {
    for (const { partitionIndex: partition, committedOffset, metadata, errorCode } of ofTopic) {
      if (errorCode !== errors.NONE) return about(topicPartitionKey({ topic, partition }), failure(errorCode))
      if (committedOffset < 0n) continue
      committed.push({ topic, partition, offset: Number(committedOffset), metadata: metadata ?? '' })
    }
  }
  return success(committed)
}

/** One attempt; the first partition that is refused fails the whole. */
export async function commitOffsets(
  client: KafkaClient,
  groupId: string,
  offsets: readonly (TopicPartition & { readonly offset: number })[],
  committer: Committer = noMember,
): Promise<Result<void>> {
  if (offsets.length === 0) return success(undefined)
  const body = {
    ...calls.offsetCommit.request.defaults(),
    groupId,
    generationIdOrMemberEpoch: committer.generation,
    memberId: committer.memberId,
    groupInstanceId: committer.instanceId,
    topics: offsetCommitTopics(offsets),
  }
  const answer = await client.request(groupTarget(groupId), calls.offsetCommit, body, { purpose: 'group' })
  if (!answer.ok) return answer
  for (const { name: topic, partitions } of answer.value.topics) {
    for (const { partitionIndex: partition, errorCode } of partitions) {
      if (errorCode !== errors.NONE) return about(topicPartitionKey({ topic, partition }), failure(errorCode))
    }
  }
  return success(undefined)
}

/** The body of an OffsetCommit that names topics, without epochs or metadata. */
export function offsetCommitTopics(
  offsets: readonly (TopicPartition & { readonly offset: number })[],
): OffsetCommitRequestTopic[] {
  return [...Map.groupBy(offsets, ({ topic }) => topic)].map(([name, ofTopic]) => ({
    name,
    topicId: zeroUuid,
    partitions: ofTopic.map(({ partition, offset }) => ({
      partitionIndex: partition,
      committedOffset: BigInt(offset),
      committedLeaderEpoch: -1,
      committedMetadata: '',
    })),
  }))
}
