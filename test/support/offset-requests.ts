// Commits and fetches of offsets in the form of each version: topics by id from version 10, groups in a list from 8.

import { zeroUuid } from '../../src/base/uuid.ts'
import type {
  OffsetCommitRequest,
  OffsetCommitRequestPartition,
} from '../../src/protocol/generated/offset-commit-request.ts'
import type { OffsetFetchRequest } from '../../src/protocol/generated/offset-fetch-request.ts'
import type {
  OffsetFetchResponse,
  OffsetFetchResponseGroup,
} from '../../src/protocol/generated/offset-fetch-response.ts'

export interface TopicRef {
  readonly name: string
  readonly topicId: string
}

const groupListVersionMin = 8
const topicIdVersionMin = 10

export function committed(
  partitionIndex: number,
  committedOffset: bigint,
  fields: Partial<OffsetCommitRequestPartition> = {},
): OffsetCommitRequestPartition {
  return { partitionIndex, committedOffset, committedLeaderEpoch: -1, committedMetadata: 'note', ...fields }
}

/** A commit of nobody in particular, which a group without members takes. */
export function commitOf(
  version: number,
  groupId: string,
  topic: TopicRef,
  partitions: OffsetCommitRequestPartition[],
): Partial<OffsetCommitRequest> {
  return { groupId, generationIdOrMemberEpoch: -1, topics: [{ ...namedIn(version, topic), partitions }] }
}

/** Null asks for every offset of the group. */
export function fetchOf(
  version: number,
  groupId: string,
  topic: TopicRef,
  partitionIndexes: number[] | null,
): Partial<OffsetFetchRequest> {
  const topics = partitionIndexes && [{ ...namedIn(version, topic), partitionIndexes }]
  if (version < groupListVersionMin) return { groupId, topics }
  return { groups: [{ groupId, memberId: null, memberEpoch: -1, topics }] }
}

/** The answer for one group in the form of version 8 and later. */
export function fetchedGroup(version: number, response: OffsetFetchResponse): OffsetFetchResponseGroup {
  if (version >= groupListVersionMin) return response.groups[0]!
  const topics = response.topics.map((topic) => ({ ...topic, topicId: zeroUuid }))
  return { groupId: '', topics, errorCode: response.errorCode }
}

function namedIn(version: number, { name, topicId }: TopicRef): { name: string; topicId: string } {
  return version >= topicIdVersionMin ? { name: '', topicId } : { name, topicId: zeroUuid }
}
