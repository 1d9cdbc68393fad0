// Deletion of groups and of offsets: expiry by time (`offsets.retention.minutes`), deleted topics, DeleteGroups.
// An offset of a live group never expires while somebody may still use it; one with an open transaction never does.
// Source: OffsetMetadataManager.cleanupExpiredOffsets, ClassicGroup.offsetExpirationCondition; KIP-211, KIP-496.

import { errors } from '../../base/errors.ts'
import { zeroUuid } from '../../base/uuid.ts'
import type { DeletableGroupResult } from '../../protocol/generated/delete-groups-response.ts'
import type { ClassicGroup } from './classic-group.ts'
import type { ClassicRebalance } from './classic-rebalance.ts'
import type { GroupCoordinatorOptions } from './group-options.ts'
import { type GroupRecord, groupTombstone, offsetTombstone } from './group-records.ts'
import type { GroupStore } from './group-store.ts'
import type { CommittedOffset, OffsetStore } from './offset-store.ts'

export interface DeletedTopic {
  readonly name: string
  readonly id: string
}

export class GroupExpiry {
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

  /** Tombstones of all expired offsets, and of empty groups that have none left. */
  expired(nowMs: number): GroupRecord[] {
    const records: GroupRecord[] = []
    for (const group of this.#groups.all()) {
      const isBare = this.#expireOffsets(group, nowMs, records)
      // A pending member is about to join, and would be forgotten with its group.
      if (isBare && group.state === 'Empty' && group.pendingJoinMembers.size === 0)
        records.push(groupTombstone(group.groupId))
    }
    return records
  }

  /** Deletes each group that is empty, with its offsets. */
  deleteGroups(groupIds: readonly string[]): { records: GroupRecord[]; results: DeletableGroupResult[] } {
    const records: GroupRecord[] = []
    const results = groupIds.map((groupId) => {
      const group = this.#groups.get(groupId)
      if (group === undefined || group.state === 'Dead')
        return { groupId, errorCode: errors.GROUP_ID_NOT_FOUND }
      if (group.state !== 'Empty') return { groupId, errorCode: errors.NON_EMPTY_GROUP }
      const pending = this.#offsets
        .pendingOf(groupId)
        .filter(({ topic, partition }) => this.#offsets.get(groupId, topic, partition) === undefined)
      for (const { topic, partition } of [...this.#offsets.offsetsOf(groupId), ...pending])
        records.push(offsetTombstone(groupId, topic, partition))
      this.#rebalance.cancelTimers(group)
      records.push(groupTombstone(groupId))
      return { groupId, errorCode: errors.NONE }
    })
    return { records, results }
  }

  /** Tombstones of all offsets of deleted topics. An offset that names another topic id stays. */
  ofDeletedTopics(topics: readonly DeletedTopic[]): GroupRecord[] {
    const ids = new Map(topics.map(({ name, id }) => [name, id]))
    const records: GroupRecord[] = []
    for (const groupId of this.#offsets.groupIds()) {
      for (const { topic, partition, committed } of this.#offsets.offsetsOf(groupId)) {
        const id = ids.get(topic)
        if (id !== undefined && (committed.topicId === zeroUuid || committed.topicId === id))
          records.push(offsetTombstone(groupId, topic, partition))
      }
    }
    return records
  }

  /** True when the group has no offset left, pending ones included. */
  #expireOffsets(group: ClassicGroup, nowMs: number, records: GroupRecord[]): boolean {
    const { groupId } = group
    const hasPending = this.#offsets.pendingOf(groupId).length > 0
    const entries = this.#offsets.offsetsOf(groupId)
    const baseMs = expiryBase(group)
    if (baseMs === undefined) return entries.length === 0 && !hasPending
    const expired = entries.filter(
      ({ topic, partition, committed }) =>
        !group.isSubscribedTo(topic) &&
        isExpired(committed, baseMs(committed), nowMs, this.#options.offsetsRetentionMs) &&
        !this.#offsets.hasPending(groupId, topic, partition),
    )
    for (const { topic, partition } of expired) records.push(offsetTombstone(groupId, topic, partition))
    return expired.length === entries.length && !hasPending
  }
}

/** From when the retention of a group's offsets counts; undefined: they do not expire in this state. */
function expiryBase(group: ClassicGroup): ((offset: CommittedOffset) => number) | undefined {
  if (group.protocolType === null) return (offset) => offset.commitTimestamp
  if (group.state === 'Empty') {
    const emptySinceMs = group.currentStateTimestampMs
    return (offset) => (emptySinceMs === -1 ? offset.commitTimestamp : emptySinceMs)
  }
  const isKnown = group.usesConsumerProtocol && group.subscribedTopics !== undefined
  return isKnown && group.state === 'Stable' ? (offset) => offset.commitTimestamp : undefined
}

function isExpired(offset: CommittedOffset, baseMs: number, nowMs: number, retentionMs: number): boolean {
  return offset.expireTimestamp >= 0 ? nowMs >= offset.expireTimestamp : nowMs - baseMs >= retentionMs
}
