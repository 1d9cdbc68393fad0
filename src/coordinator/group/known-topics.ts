// Topics of offset requests against the topics that exist: what is unknown is refused per partition before
// the coordinator sees it, and joined to its answer afterwards. From version 10 on topics come by id only.
// Source: handleOffsetCommitRequest, fetchOffsetsForGroup, handleOffsetDeleteRequest of KafkaApis.

import { errors } from '../../base/errors.ts'
import { zeroUuid } from '../../base/uuid.ts'
import type {
  OffsetCommitRequest,
  OffsetCommitRequestPartition,
  OffsetCommitRequestTopic,
} from '../../protocol/generated/offset-commit-request.ts'
import type { OffsetCommitResponse } from '../../protocol/generated/offset-commit-response.ts'
import type {
  OffsetDeleteRequest,
  OffsetDeleteRequestTopic,
} from '../../protocol/generated/offset-delete-request.ts'
import type { OffsetDeleteResponse } from '../../protocol/generated/offset-delete-response.ts'
import type {
  OffsetFetchRequestGroup,
  OffsetFetchRequestTopics,
} from '../../protocol/generated/offset-fetch-request.ts'
import type { OffsetFetchResponseGroup } from '../../protocol/generated/offset-fetch-response.ts'
import { noCommittedOffset } from './group-responses.ts'

export interface TopicView {
  topicId(name: string): string | undefined
  topicName(id: string): string | undefined
  hasPartition(topic: string, partition: number): boolean
  /** Undefined: there is no such topic. */
  partitionCount(topic: string): number | undefined
}

/** Splits a commit: `known` for the coordinator with name and id of every topic, `refused` for the answer. */
export function commitRequestOfKnownTopics(
  request: OffsetCommitRequest,
  view: TopicView,
  useTopicIds: boolean,
): { known: OffsetCommitRequest; refused: OffsetCommitResponse } {
  const topics: OffsetCommitRequestTopic[] = []
  const refused: OffsetCommitResponse = { throttleTimeMs: 0, topics: [] }
  const refuse = (
    name: string,
    topicId: string,
    of: readonly OffsetCommitRequestPartition[],
    errorCode: number,
  ) =>
    refused.topics.push({
      name,
      topicId,
      partitions: of.map(({ partitionIndex }) => ({ partitionIndex, errorCode })),
    })
  for (const topic of request.topics) {
    const name = useTopicIds ? view.topicName(topic.topicId) : topic.name
    const topicId = useTopicIds ? topic.topicId : view.topicId(topic.name)
    if (name === undefined) {
      refuse('', topic.topicId, topic.partitions, errors.UNKNOWN_TOPIC_ID)
      continue
    }
    if (topicId === undefined) {
      refuse(name, zeroUuid, topic.partitions, errors.UNKNOWN_TOPIC_OR_PARTITION)
      continue
    }
    const partitions = topic.partitions.filter(({ partitionIndex }) =>
      view.hasPartition(name, partitionIndex),
    )
    const unknown = topic.partitions.filter(({ partitionIndex }) => !view.hasPartition(name, partitionIndex))
    if (unknown.length > 0) refuse(name, topicId, unknown, errors.UNKNOWN_TOPIC_OR_PARTITION)
    if (partitions.length > 0) topics.push({ name, topicId, partitions })
  }
  return { known: { ...request, topics }, refused }
}

/** One answer, each topic once: refused partitions before those the coordinator answered. */
export function mergeCommitResponses(
  refused: OffsetCommitResponse,
  answered: OffsetCommitResponse,
  useTopicIds: boolean,
): OffsetCommitResponse {
  const topics = refused.topics.map((topic) => ({ ...topic, partitions: [...topic.partitions] }))
  for (const topic of answered.topics) {
    const same = topics.find((other) =>
      useTopicIds ? other.topicId === topic.topicId : other.name === topic.name,
    )
    if (same === undefined) topics.push(topic)
    else same.partitions.push(...topic.partitions)
  }
  return { throttleTimeMs: 0, topics }
}

export function deleteRequestOfKnownTopics(
  request: OffsetDeleteRequest,
  view: TopicView,
): { known: OffsetDeleteRequest; refused: OffsetDeleteResponse } {
  const topics: OffsetDeleteRequestTopic[] = []
  const refused: OffsetDeleteResponse = { errorCode: errors.NONE, throttleTimeMs: 0, topics: [] }
  for (const { name, partitions } of request.topics) {
    const known = partitions.filter(({ partitionIndex }) => view.hasPartition(name, partitionIndex))
    const unknown = partitions.filter(({ partitionIndex }) => !view.hasPartition(name, partitionIndex))
    const errorCode = errors.UNKNOWN_TOPIC_OR_PARTITION
    if (unknown.length > 0 || view.partitionCount(name) === undefined)
      refused.topics.push({
        name,
        partitions: unknown.map(({ partitionIndex }) => ({ partitionIndex, errorCode })),
      })
    if (known.length > 0) topics.push({ name, partitions: known })
  }
  return { known: { ...request, topics }, refused }
}

/** An error of the group stands alone: no partition was looked at. */
export function mergeDeleteResponses(
  refused: OffsetDeleteResponse,
  answered: OffsetDeleteResponse,
): OffsetDeleteResponse {
  if (answered.errorCode !== errors.NONE) return answered
  const topics = refused.topics.map((topic) => ({ ...topic, partitions: [...topic.partitions] }))
  for (const topic of answered.topics) {
    const same = topics.find(({ name }) => name === topic.name)
    if (same === undefined) topics.push(topic)
    else same.partitions.push(...topic.partitions)
  }
  return { ...answered, topics }
}

export interface FetchTopics {
  /** What to ask the coordinator for; null asks for all. */
  readonly known: OffsetFetchRequestTopics[] | null
  /** The whole answer from the coordinator's. */
  readonly answer: (group: OffsetFetchResponseGroup) => OffsetFetchResponseGroup
}

export function topicsOfFetch(
  group: OffsetFetchRequestGroup,
  view: TopicView,
  useTopicIds: boolean,
): FetchTopics {
  if (!useTopicIds) return { known: group.topics, answer: (answer) => answer }
  if (group.topics === null) return { known: null, answer: (answer) => withTopicIds(answer, view) }
  const known: OffsetFetchRequestTopics[] = []
  const unknown: OffsetFetchRequestTopics[] = []
  for (const topic of group.topics) {
    const name = view.topicName(topic.topicId)
    if (name === undefined) unknown.push(topic)
    else known.push({ ...topic, name })
  }
  const refused = unknown.map(({ name, topicId, partitionIndexes }) => ({
    name,
    topicId,
    partitions: partitionIndexes.map((index) => noCommittedOffset(index, errors.UNKNOWN_TOPIC_ID)),
  }))
  const answer = (response: OffsetFetchResponseGroup) =>
    response.errorCode === errors.NONE ? { ...response, topics: [...response.topics, ...refused] } : response
  return { known, answer }
}

/** A topic without an id is gone, and cannot be named in a response of ids. */
function withTopicIds(group: OffsetFetchResponseGroup, view: TopicView): OffsetFetchResponseGroup {
  const topics = group.topics.flatMap((topic) => {
    const topicId = view.topicId(topic.name)
    return topicId === undefined ? [] : [{ ...topic, topicId }]
  })
  return { ...group, topics }
}
