// The groups and offsets of one partition of `__consumer_offsets`: puts the operations together over shared
// state and applies records to it. An offset's record brings its group into being when nothing else did.

import { unreachable } from '../../base/assert.ts'
import type { Logger } from '../../base/logger.ts'
import type { Random } from '../../env/env.ts'
import type { CoordinatorShard, ReplayContext } from '../runtime/shard.ts'
import { nothingToWrite, type TimedOperation } from '../runtime/shard.ts'
import type { ShardTimers } from '../runtime/shard-timers.ts'
import { ClassicJoin } from './classic-join.ts'
import { ClassicMembership } from './classic-membership.ts'
import { ClassicRebalance } from './classic-rebalance.ts'
import { GroupExpiry } from './group-expiry.ts'
import type { GroupCoordinatorOptions } from './group-options.ts'
import type { GroupRecord } from './group-records.ts'
import { joinGroupResponse, syncGroupResponse } from './group-responses.ts'
import { GroupStore } from './group-store.ts'
import { OffsetCommit } from './offset-commit.ts'
import { OffsetStore } from './offset-store.ts'

export interface GroupShardModules {
  readonly timers: ShardTimers<GroupRecord>
  readonly random: Random
  readonly logger: Logger
}

const expiryTimerKey = 'offsets-expiry'

export class GroupShard implements CoordinatorShard<GroupRecord> {
  readonly groups = new GroupStore()
  readonly offsets = new OffsetStore()
  readonly join: ClassicJoin
  readonly membership: ClassicMembership
  readonly commit: OffsetCommit
  readonly expiry: GroupExpiry
  readonly #options: GroupCoordinatorOptions
  readonly #timers: ShardTimers<GroupRecord>
  readonly #rebalance: ClassicRebalance

  constructor(options: GroupCoordinatorOptions, modules: GroupShardModules) {
    this.#options = options
    this.#timers = modules.timers
    const { groups, offsets } = this
    const rebalance = new ClassicRebalance(options, { ...modules, groups })
    this.#rebalance = rebalance
    this.join = new ClassicJoin(options, { groups, rebalance, random: modules.random })
    this.membership = new ClassicMembership({ groups, rebalance })
    this.commit = new OffsetCommit(options, { groups, offsets, rebalance })
    this.expiry = new GroupExpiry(options, { groups, offsets, rebalance })
  }

  replay(record: GroupRecord, context: ReplayContext): () => void {
    switch (record.name) {
      case 'GroupMetadata':
        return this.groups.replay(record.key.group, record.value)
      case 'OffsetCommit': {
        const { key, value } = record
        const undoOffset = this.offsets.replay(key, value, context)
        if (value === null || this.groups.get(key.group) !== undefined) return undoOffset
        const group = this.groups.getOrCreate(key.group, value.commitTimestamp)
        return () => {
          undoOffset()
          this.groups.remove(group)
        }
      }
      default:
        return unreachable(record)
    }
  }

  replayEndTransactionMarker(producerId: number, committed: boolean): void {
    this.offsets.replayEndTransactionMarker(producerId, committed)
  }

  onLoaded(nowMs: number): void {
    for (const group of this.groups.all()) this.#rebalance.onLoaded(group, nowMs)
    this.#scheduleExpiry()
  }

  onUnloaded(errorCode: number): void {
    for (const group of this.groups.all()) {
      for (const member of group.members.values()) {
        group.completeJoin(member, joinGroupResponse({ memberId: member.memberId, errorCode }))
        group.completeSync(member, syncGroupResponse({ errorCode }))
      }
      group.transitionTo('Dead', group.currentStateTimestampMs)
    }
  }

  #scheduleExpiry(): void {
    const expire: TimedOperation<GroupRecord> = (nowMs) => {
      this.#scheduleExpiry()
      const records = this.expiry.expired(nowMs)
      return records.length === 0 ? nothingToWrite : { records, response: undefined }
    }
    this.#timers.schedule(expiryTimerKey, this.#options.offsetsRetentionCheckIntervalMs, expire)
  }
}
