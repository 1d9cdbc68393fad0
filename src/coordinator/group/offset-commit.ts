// OffsetCommit and OffsetDelete: who may commit, what is refused per partition, and the records that follow.
// Source: OffsetMetadataManager and ClassicGroup.validateOffsetCommit of Kafka's group coordinator.

import { errors } from '../../base/errors.ts'
import type {
  OffsetCommitRequest,
  OffsetCommitRequestPartition,
  OffsetCommitRequestTopic,
} from '../../protocol/generated/offset-commit-request.ts'
import type { OffsetCommitResponse } from '../../protocol/generated/offset-commit-response.ts'
import type { OffsetDeleteRequest } from '../../protocol/generated/offset-delete-request.ts'
import type { OffsetDeleteResponse } from '../../protocol/generated/offset-delete-response.ts'
import type { WriteResult } from '../runtime/shard.ts'
import type { ClassicGroup } from './classic-group.ts'
import type { ClassicRebalance } from './classic-rebalance.ts'
import type { GroupCoordinatorOptions } from './group-options.ts'
import { type GroupRecord, offsetTombstone } from './group-records.ts'
import { offsetCommitError } from './group-responses.ts'
import type { GroupStore } from './group-store.ts'
import type { OffsetStore } from './offset-store.ts'

const groupIdNotFoundVersionMin = 9

export class OffsetCommit {
  readonly #options: GroupCoordinatorOptions
  readonly #groups: GroupStore
  readonly #offsets: OffsetStore
  readonly #rebalance: ClassicRebalance

  constructor(
    options: GroupCoordinatorOptions,
    modules: { groups: GroupStore; offsets: OffsetStore; rebalance: ClassicRebalance },
  ) {
    this.#options = options
    this.#groups = modules.groups
    this.#offsets = modules.offsets
    this.#rebalance = modules.rebalance
  }

  /** Topics of `request` have name and id and exist. A group that is missing is created by the records' replay. */
  commit(
    request: OffsetCommitRequest,
    apiVersion: number,
    nowMs: number,
  ): WriteResult<GroupRecord, OffsetCommitResponse> {
    const group = this.#groups.get(request.groupId)
    const error = commitError(group, request, apiVersion)
    if (error !== errors.NONE) return { records: [], response: offsetCommitError(request, error) }
    const member = group?.members.get(request.memberId)
    const extendsSession = group?.state === 'Stable' || group?.state === 'PreparingRebalance'
    if (group !== undefined && member !== undefined && extendsSession)
      this.#rebalance.extendSession(group, member)
    const records: GroupRecord[] = []
    const topics = request.topics.map((topic) => ({
      name: topic.name,
      topicId: topic.topicId,
      partitions: topic.partitions.map((partition) => {
        const { partitionIndex } = partition
        if ((partition.committedMetadata ?? '').length > this.#options.offsetMetadataLengthMax)
          return { partitionIndex, errorCode: errors.OFFSET_METADATA_TOO_LARGE }
        records.push(commitRecord(request, topic, partition, nowMs))
        return { partitionIndex, errorCode: errors.NONE }
      }),
    }))
    return { records, response: { throttleTimeMs: 0, topics } }
  }

  delete(request: OffsetDeleteRequest): WriteResult<GroupRecord, OffsetDeleteResponse> {
    const group = this.#groups.get(request.groupId)
    const errorCode = deleteError(group)
    if (group === undefined || errorCode !== errors.NONE)
      return { records: [], response: { errorCode, throttleTimeMs: 0, topics: [] } }
    const records: GroupRecord[] = []
    const topics = request.topics.map(({ name, partitions }) => {
      const isSubscribed = group.isSubscribedTo(name)
      return {
        name,
        partitions: partitions.map(({ partitionIndex }) => {
          if (isSubscribed) return { partitionIndex, errorCode: errors.GROUP_SUBSCRIBED_TO_TOPIC }
          const isKnown =
            this.#offsets.get(request.groupId, name, partitionIndex) !== undefined ||
            this.#offsets.hasPending(request.groupId, name, partitionIndex)
          if (isKnown) records.push(offsetTombstone(request.groupId, name, partitionIndex))
          return { partitionIndex, errorCode: errors.NONE }
        }),
      }
    })
    return { records, response: { errorCode, throttleTimeMs: 0, topics } }
  }
}

function commitError(
  group: ClassicGroup | undefined,
  request: OffsetCommitRequest,
  apiVersion: number,
): number {
  const { memberId, groupInstanceId, generationIdOrMemberEpoch: generationId } = request
  if (group === undefined) {
    if (generationId < 0) {
      // A group that does not exist takes what an empty one takes.
      return errors.NONE
    }
    return apiVersion >= groupIdNotFoundVersionMin ? errors.GROUP_ID_NOT_FOUND : errors.ILLEGAL_GENERATION
  }
  if (group.state === 'Dead') return errors.COORDINATOR_NOT_AVAILABLE
  if (generationId < 0 && group.state === 'Empty') return errors.NONE
  if (generationId >= 0 || memberId !== '' || groupInstanceId !== null) {
    const error = group.validateMember(memberId, groupInstanceId)
    if (error !== errors.NONE) return error
    if (generationId !== group.generationId) return errors.ILLEGAL_GENERATION
  } else if (group.state !== 'Empty') {
    return errors.UNKNOWN_MEMBER_ID
  }
  return group.state === 'CompletingRebalance' ? errors.REBALANCE_IN_PROGRESS : errors.NONE
}

function deleteError(group: ClassicGroup | undefined): number {
  if (group === undefined || group.state === 'Dead') return errors.GROUP_ID_NOT_FOUND
  return group.state === 'Empty' || group.usesConsumerProtocol ? errors.NONE : errors.NON_EMPTY_GROUP
}

function commitRecord(
  request: OffsetCommitRequest,
  topic: OffsetCommitRequestTopic,
  partition: OffsetCommitRequestPartition,
  nowMs: number,
): GroupRecord {
  return {
    name: 'OffsetCommit',
    key: { group: request.groupId, topic: topic.name, partition: partition.partitionIndex },
    value: {
      offset: partition.committedOffset,
      leaderEpoch: partition.committedLeaderEpoch,
      metadata: partition.committedMetadata ?? '',
      commitTimestamp: nowMs,
      expireTimestamp: expireTimestamp(request.retentionTimeMs, nowMs),
      topicId: topic.topicId,
    },
  }
}

/** -1 in the request means the broker's retention; a client may ask for more than time can hold. */
function expireTimestamp(retentionTimeMs: number, nowMs: number): number {
  if (retentionTimeMs === -1) return -1
  return Math.max(0, Math.min(nowMs + retentionTimeMs, Number.MAX_SAFE_INTEGER))
}
