// OffsetFetch of one group: named partitions or all. What was never committed is -1 without an error.
// Source: OffsetMetadataManager.fetchOffsets and fetchAllOffsets of Kafka's group coordinator.

import { errors } from '../../base/errors.ts'
import { zeroUuid } from '../../base/uuid.ts'
import type { OffsetCommitValue } from '../../protocol/generated/offset-commit-value.ts'
import type { OffsetFetchRequestGroup } from '../../protocol/generated/offset-fetch-request.ts'
import type {
  OffsetFetchResponseGroup,
  OffsetFetchResponsePartitions,
  OffsetFetchResponseTopics,
} from '../../protocol/generated/offset-fetch-response.ts'
import { noCommittedOffset } from './group-responses.ts'
import type { OffsetStore } from './offset-store.ts'

/** With `requireStable`, partitions an open transaction has offsets for answer UNSTABLE_OFFSET_COMMIT. */
export function fetchOffsets(
  offsets: OffsetStore,
  request: OffsetFetchRequestGroup,
  requireStable: boolean,
): OffsetFetchResponseGroup {
  const { groupId } = request
  const isUnstable = (topic: string, partition: number) =>
    requireStable && offsets.hasPending(groupId, topic, partition)
  if (request.topics === null)
    return { groupId, topics: allTopics(offsets, groupId, isUnstable), errorCode: 0 }
  const topics = request.topics.map(({ name, topicId, partitionIndexes }) => ({
    name,
    topicId,
    partitions: partitionIndexes.map((partitionIndex) => {
      if (isUnstable(name, partitionIndex))
        return noCommittedOffset(partitionIndex, errors.UNSTABLE_OFFSET_COMMIT)
      const committed = offsets.get(groupId, name, partitionIndex)
      return committed === undefined || isOfOtherTopic(committed.topicId, topicId)
        ? noCommittedOffset(partitionIndex, errors.NONE)
        : partitionResponse(partitionIndex, committed)
    }),
  }))
  return { groupId, topics, errorCode: errors.NONE }
}

function allTopics(
  offsets: OffsetStore,
  groupId: string,
  isUnstable: (topic: string, partition: number) => boolean,
): OffsetFetchResponseTopics[] {
  const topics = new Map<string, OffsetFetchResponseTopics>()
  for (const { topic, partition, committed } of offsets.offsetsOf(groupId)) {
    const response = topics.get(topic) ?? { name: topic, topicId: zeroUuid, partitions: [] }
    topics.set(topic, response)
    response.partitions.push(
      isUnstable(topic, partition)
        ? noCommittedOffset(partition, errors.UNSTABLE_OFFSET_COMMIT)
        : partitionResponse(partition, committed),
    )
  }
  return [...topics.values()]
}

/** An offset stored under another topic of the same name belongs to a topic that was deleted since. */
function isOfOtherTopic(storedId: string, askedId: string): boolean {
  return storedId !== zeroUuid && askedId !== zeroUuid && storedId !== askedId
}

function partitionResponse(
  partitionIndex: number,
  committed: OffsetCommitValue,
): OffsetFetchResponsePartitions {
  return {
    partitionIndex,
    committedOffset: committed.offset,
    committedLeaderEpoch: committed.leaderEpoch,
    metadata: committed.metadata,
    errorCode: errors.NONE,
  }
}
