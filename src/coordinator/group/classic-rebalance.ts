// The rebalance of classic groups: who is waited for, for how long, and what ends the wait. Every timer of
// the classic protocol is set here. Flow of a rebalance:
//   1. `prepare`: an empty group waits the initial delay, any other for all members to join again;
//   2. `completeJoin`: members that did not join are dropped, a new generation starts, parked joins are answered;
//   3. members sync; those that do not within the rebalance timeout are dropped and it starts over;
//   4. the leader's assignment commits, parked syncs are answered, the group is stable.
// Source: GroupMetadataManager of Kafka's group coordinator, classic part.

import { errors } from '../../base/errors.ts'
import type { Logger } from '../../base/logger.ts'
import { nothingToWrite, type WriteResult } from '../runtime/shard.ts'
import type { ShardTimers } from '../runtime/shard-timers.ts'
import type { ClassicGroup } from './classic-group.ts'
import { type ClassicMember, emptyAssignment } from './classic-member.ts'
import type { GroupCoordinatorOptions } from './group-options.ts'
import { type GroupRecord, groupMetadataRecord } from './group-records.ts'
import { joinGroupResponse, syncGroupResponse } from './group-responses.ts'
import type { GroupStore } from './group-store.ts'

export type GroupWrite = WriteResult<GroupRecord, undefined>

/** Lengths keep the keys of `a`/`b/c` and `a/b`/`c` apart. */
function timerKey(kind: 'heartbeat' | 'join' | 'sync', groupId: string, memberId = ''): string {
  return `${kind}/${groupId.length}/${groupId}/${memberId}`
}

export class ClassicRebalance {
  readonly #options: GroupCoordinatorOptions
  readonly #groups: GroupStore
  readonly #timers: ShardTimers<GroupRecord>
  readonly #logger: Logger

  constructor(
    options: GroupCoordinatorOptions,
    modules: { groups: GroupStore; timers: ShardTimers<GroupRecord>; logger: Logger },
  ) {
    this.#options = options
    this.#groups = modules.groups
    this.#timers = modules.timers
    this.#logger = modules.logger
  }

  /** (Re)starts the session of a member or pending member. */
  startSession(group: ClassicGroup, memberId: string, timeoutMs: number): void {
    const { groupId } = group
    this.#timers.schedule(timerKey('heartbeat', groupId, memberId), timeoutMs, (nowMs) =>
      this.#onSessionTimeout(groupId, memberId, nowMs),
    )
  }

  extendSession(group: ClassicGroup, member: ClassicMember): void {
    this.startSession(group, member.memberId, member.sessionTimeoutMs)
  }

  endSession(groupId: string, memberId: string): void {
    this.#timers.cancel(timerKey('heartbeat', groupId, memberId))
  }

  cancelTimers(group: ClassicGroup): void {
    this.#timers.cancel(timerKey('join', group.groupId))
    this.#timers.cancel(timerKey('sync', group.groupId))
    for (const memberId of [...group.members.keys(), ...group.pendingJoinMembers])
      this.endSession(group.groupId, memberId)
  }

  /** After a change of members: a new rebalance, or the end of the running join phase. */
  prepareOrCompleteJoin(group: ClassicGroup, reason: string, nowMs: number): GroupWrite {
    return group.canRebalance ? this.prepare(group, reason, nowMs) : this.maybeCompleteJoin(group, nowMs)
  }

  prepare(group: ClassicGroup, reason: string, nowMs: number): GroupWrite {
    if (group.state === 'CompletingRebalance') this.resetAssignments(group, errors.REBALANCE_IN_PROGRESS)
    group.pendingSyncMembers.clear()
    this.#timers.cancel(timerKey('sync', group.groupId))
    const isInitial = group.state === 'Empty'
    group.transitionTo('PreparingRebalance', nowMs)
    const { groupId, generationId } = group
    this.#logger.info('preparing to rebalance the group', { groupId, generationId, reason })
    if (isInitial) {
      const delayMs = this.#options.initialRebalanceDelayMs
      this.#waitForFirstMembers(groupId, delayMs, Math.max(group.rebalanceTimeoutMs - delayMs, 0))
      return nothingToWrite
    }
    if (group.hasAllMembersJoined) return this.completeJoin(group, nowMs)
    this.#waitForMembers(group)
    return nothingToWrite
  }

  /** Ends a join phase in which all have joined; the initial one always lasts its delay. */
  maybeCompleteJoin(group: ClassicGroup, nowMs: number): GroupWrite {
    const isWaiting = group.state === 'PreparingRebalance' && group.previousState !== 'Empty'
    return isWaiting && group.hasAllMembersJoined ? this.completeJoin(group, nowMs) : nothingToWrite
  }

  completeJoin(group: ClassicGroup, nowMs: number): GroupWrite {
    this.#timers.cancel(timerKey('join', group.groupId))
    for (const member of [...group.members.values()]) {
      // A static member keeps its place until its session ends.
      if (member.awaitingJoin !== undefined || member.isStatic) continue
      group.remove(member.memberId)
      this.endSession(group.groupId, member.memberId)
      this.#logger.info('member did not join in time', { groupId: group.groupId, memberId: member.memberId })
    }
    if (group.state === 'Dead') return nothingToWrite
    if (!group.electJoinedLeader() && group.members.size > 0) {
      this.#waitForMembers(group)
      return nothingToWrite
    }
    group.initNextGeneration(nowMs)
    if (group.state === 'Empty') return this.#writeEmpty(group)
    this.#answerJoins(group)
    return nothingToWrite
  }

  /** Takes a member out after it left, failed or was removed, and lets the others go on. */
  removeMember(group: ClassicGroup, member: ClassicMember, reason: string, nowMs: number): GroupWrite {
    this.dropMember(group, member)
    if (group.state === 'Stable' || group.state === 'CompletingRebalance')
      return this.prepareOrCompleteJoin(group, reason, nowMs)
    const mayComplete = group.state === 'PreparingRebalance' && group.hasAllMembersJoined
    return mayComplete ? this.completeJoin(group, nowMs) : nothingToWrite
  }

  /** Removes a member and answers its parked join; what follows for the group is the caller's business. */
  dropMember(group: ClassicGroup, member: ClassicMember): void {
    this.endSession(group.groupId, member.memberId)
    group.completeJoin(member, joinGroupResponse({ errorCode: errors.UNKNOWN_MEMBER_ID }))
    group.remove(member.memberId)
  }

  /** A member has synced: the wait for stragglers ends with the last one. */
  onSynced(group: ClassicGroup, memberId: string): void {
    group.pendingSyncMembers.delete(memberId)
    if (group.pendingSyncMembers.size === 0) this.#timers.cancel(timerKey('sync', group.groupId))
  }

  /** Hands out committed assignments; a member the leader forgot gets an empty one. */
  setAssignments(group: ClassicGroup, assignments: ReadonlyMap<string, Uint8Array>): void {
    for (const member of group.members.values())
      member.assignment = assignments.get(member.memberId)?.slice() ?? emptyAssignment
    this.#answerSyncs(group, errors.NONE)
  }

  resetAssignments(group: ClassicGroup, error: number): void {
    for (const member of group.members.values()) member.assignment = emptyAssignment
    this.#answerSyncs(group, error)
  }

  /** After a load every member gets one session timeout to show up; an oversized group rebalances. */
  onLoaded(group: ClassicGroup, nowMs: number): void {
    for (const member of group.members.values()) this.extendSession(group, member)
    if (group.members.size <= this.#options.groupSizeMax) return
    this.prepare(group, 'loaded with more members than group.max.size', nowMs)
  }

  #answerSyncs(group: ClassicGroup, errorCode: number): void {
    const ok = errorCode === errors.NONE
    for (const member of group.members.values()) {
      const response = syncGroupResponse({
        errorCode,
        protocolType: ok ? group.protocolType : null,
        protocolName: ok ? group.protocolName : null,
        assignment: member.assignment,
      })
      if (group.completeSync(member, response)) this.extendSession(group, member)
    }
  }

  #answerJoins(group: ClassicGroup): void {
    const { groupId, generationId } = group
    this.#logger.info('stabilized the group', { groupId, generationId, members: group.members.size })
    for (const member of group.members.values()) {
      const response = joinGroupResponse({
        memberId: member.memberId,
        generationId,
        protocolType: group.protocolType,
        protocolName: group.protocolName,
        leader: group.leaderId ?? '',
        members: group.isLeader(member.memberId) ? group.joinResponseMembers() : [],
      })
      group.completeJoin(member, response)
      this.extendSession(group, member)
      member.isNew = false
      group.pendingSyncMembers.add(member.memberId)
    }
    this.#timers.schedule(timerKey('sync', groupId), group.rebalanceTimeoutMs, (nowMs) =>
      this.#onSyncTimeout(groupId, generationId, nowMs),
    )
  }

  #writeEmpty(group: ClassicGroup): GroupWrite {
    const { groupId, generationId } = group
    const value = group.toRecord(() => emptyAssignment)
    return {
      records: [groupMetadataRecord(groupId, value)],
      response: undefined,
      replay: false,
      onCommitted: (error) => {
        if (error !== errors.NONE)
          this.#logger.warn('failed to write the empty group', { groupId, generationId, error })
      },
    }
  }

  #waitForMembers(group: ClassicGroup): void {
    const { groupId } = group
    this.#timers.schedule(timerKey('join', groupId), group.rebalanceTimeoutMs, (nowMs) => {
      const current = this.#groups.get(groupId)
      return current === undefined ? nothingToWrite : this.completeJoin(current, nowMs)
    })
  }

  #waitForFirstMembers(groupId: string, delayMs: number, remainingMs: number): void {
    this.#timers.schedule(timerKey('join', groupId), delayMs, (nowMs) => {
      const group = this.#groups.get(groupId)
      if (group === undefined) return nothingToWrite
      if (!group.newMemberAdded || remainingMs === 0) return this.completeJoin(group, nowMs)
      group.newMemberAdded = false
      const nextDelayMs = Math.min(this.#options.initialRebalanceDelayMs, remainingMs)
      this.#waitForFirstMembers(groupId, nextDelayMs, Math.max(remainingMs - delayMs, 0))
      return nothingToWrite
    })
  }

  #onSessionTimeout(groupId: string, memberId: string, nowMs: number): GroupWrite {
    const group = this.#groups.get(groupId)
    if (group === undefined || group.state === 'Dead') return nothingToWrite
    if (group.pendingJoinMembers.has(memberId)) {
      group.remove(memberId)
      const mayComplete = group.state === 'PreparingRebalance' && group.hasAllMembersJoined
      return mayComplete ? this.completeJoin(group, nowMs) : nothingToWrite
    }
    const member = group.members.get(memberId)
    if (member === undefined || member.hasSatisfiedHeartbeat) return nothingToWrite
    this.#logger.info('member failed', { groupId, memberId })
    return this.removeMember(group, member, `session of member ${memberId} expired`, nowMs)
  }

  #onSyncTimeout(groupId: string, generationId: number, nowMs: number): GroupWrite {
    const group = this.#groups.get(groupId)
    if (group === undefined || group.generationId !== generationId) return nothingToWrite
    if (group.state !== 'CompletingRebalance' && group.state !== 'Stable') return nothingToWrite
    if (group.pendingSyncMembers.size === 0) return nothingToWrite
    const missing = [...group.pendingSyncMembers]
    for (const memberId of missing) {
      group.remove(memberId)
      this.endSession(groupId, memberId)
    }
    return this.prepare(group, `members did not sync in time: ${missing.join(', ')}`, nowMs)
  }
}
