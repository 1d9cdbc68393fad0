// SyncGroup, Heartbeat and LeaveGroup of classic groups.
// Source: classicGroupSync, classicGroupHeartbeat, classicGroupLeave of Kafka's GroupMetadataManager.

import { unreachable } from '../../base/assert.ts'
import { errors } from '../../base/errors.ts'
import type { HeartbeatRequest } from '../../protocol/generated/heartbeat-request.ts'
import type { LeaveGroupRequest, MemberIdentity } from '../../protocol/generated/leave-group-request.ts'
import type { LeaveGroupResponse, MemberResponse } from '../../protocol/generated/leave-group-response.ts'
import type { SyncGroupRequest } from '../../protocol/generated/sync-group-request.ts'
import type { SyncGroupResponse } from '../../protocol/generated/sync-group-response.ts'
import { coordinatorError } from '../runtime/append-errors.ts'
import { nothingToWrite, type WriteResult } from '../runtime/shard.ts'
import type { ClassicGroup } from './classic-group.ts'
import { emptyAssignment } from './classic-member.ts'
import type { ClassicRebalance, GroupWrite } from './classic-rebalance.ts'
import { type GroupRecord, groupMetadataRecord } from './group-records.ts'
import { leaveGroupResponse, syncGroupResponse } from './group-responses.ts'
import type { GroupStore } from './group-store.ts'

export interface Sync {
  readonly request: SyncGroupRequest
  /** The first answer counts. */
  readonly answer: (response: SyncGroupResponse) => void
  readonly nowMs: number
}

export class ClassicMembership {
  readonly #groups: GroupStore
  readonly #rebalance: ClassicRebalance

  constructor(modules: { groups: GroupStore; rebalance: ClassicRebalance }) {
    this.#groups = modules.groups
    this.#rebalance = modules.rebalance
  }

  sync(sync: Sync): GroupWrite {
    const { request } = sync
    const group = this.#groups.get(request.groupId)
    const errorCode = group === undefined ? errors.UNKNOWN_MEMBER_ID : syncError(group, request)
    if (group === undefined || errorCode !== errors.NONE) {
      sync.answer(syncGroupResponse({ errorCode }))
      return nothingToWrite
    }
    const member = group.member(request.memberId)
    switch (group.state) {
      case 'PreparingRebalance':
        sync.answer(syncGroupResponse({ errorCode: errors.REBALANCE_IN_PROGRESS }))
        return nothingToWrite
      case 'CompletingRebalance':
        member.awaitingSync = sync.answer
        this.#rebalance.onSynced(group, request.memberId)
        return group.isLeader(request.memberId) ? this.#writeAssignments(sync, group) : nothingToWrite
      case 'Stable':
        this.#rebalance.onSynced(group, request.memberId)
        sync.answer(
          syncGroupResponse({
            protocolType: group.protocolType,
            protocolName: group.protocolName,
            assignment: member.assignment,
          }),
        )
        return nothingToWrite
      case 'Empty':
      case 'Dead':
        // An empty group has no member to validate and a dead one is not in the store.
        sync.answer(syncGroupResponse({ errorCode: errors.UNKNOWN_MEMBER_ID }))
        return nothingToWrite
      default:
        return unreachable(group.state)
    }
  }

  /** The error code of a heartbeat; a heartbeat of a member extends its session whatever else it says. */
  heartbeat(request: HeartbeatRequest): number {
    const group = this.#groups.get(request.groupId)
    if (group === undefined) return errors.UNKNOWN_MEMBER_ID
    if (group.state === 'Dead') return errors.COORDINATOR_NOT_AVAILABLE
    const error = group.validateMember(request.memberId, request.groupInstanceId)
    if (error !== errors.NONE) return error
    if (request.generationId !== group.generationId) return errors.ILLEGAL_GENERATION
    if (group.state === 'Empty') return errors.UNKNOWN_MEMBER_ID
    this.#rebalance.extendSession(group, group.member(request.memberId))
    return group.state === 'PreparingRebalance' ? errors.REBALANCE_IN_PROGRESS : errors.NONE
  }

  /** `request` in the form of version 3 and later: all leaving members in the list. */
  leave(request: LeaveGroupRequest, nowMs: number): WriteResult<GroupRecord, LeaveGroupResponse> {
    const group = this.#groups.get(request.groupId)
    if (group === undefined) {
      const members = request.members.map((member) => leftMember(member, errors.UNKNOWN_MEMBER_ID))
      return { records: [], response: leaveGroupResponse({ members }) }
    }
    const members = request.members.map((member) => leftMember(member, this.#leaveMember(group, member)))
    const hasLeft = members.some(({ errorCode }) => errorCode === errors.NONE)
    const result = hasLeft ? this.#afterLeave(group, nowMs) : nothingToWrite
    return { ...result, response: leaveGroupResponse({ members }) }
  }

  #leaveMember(group: ClassicGroup, identity: MemberIdentity): number {
    const { memberId, groupInstanceId } = identity
    if (memberId === '') {
      // Removal by an administrator, who knows the instance id only.
      const holder = groupInstanceId === null ? undefined : group.staticMemberId(groupInstanceId)
      if (holder === undefined) return errors.UNKNOWN_MEMBER_ID
      this.#rebalance.dropMember(group, group.member(holder))
      return errors.NONE
    }
    if (group.pendingJoinMembers.has(memberId)) {
      group.remove(memberId)
      this.#rebalance.endSession(group.groupId, memberId)
      return errors.NONE
    }
    const error = group.validateMember(memberId, groupInstanceId)
    if (error === errors.NONE) this.#rebalance.dropMember(group, group.member(memberId))
    return error
  }

  #afterLeave(group: ClassicGroup, nowMs: number): GroupWrite {
    if (group.state === 'PreparingRebalance') return this.#rebalance.maybeCompleteJoin(group, nowMs)
    if (group.state === 'Stable' || group.state === 'CompletingRebalance')
      return this.#rebalance.prepareOrCompleteJoin(group, 'members left', nowMs)
    return nothingToWrite
  }

  #writeAssignments(sync: Sync, group: ClassicGroup): GroupWrite {
    const { generationId } = sync.request
    const assignments = new Map(sync.request.assignments.map((entry) => [entry.memberId, entry.assignment]))
    const value = group.toRecord(({ memberId }) => assignments.get(memberId) ?? emptyAssignment)
    return {
      records: [groupMetadataRecord(group.groupId, value)],
      response: undefined,
      replay: false,
      onCommitted: (error) => {
        // The group may have moved on meanwhile; then its members were answered by what moved it.
        if (group.state !== 'CompletingRebalance' || group.generationId !== generationId) return
        if (error === errors.NONE) {
          this.#rebalance.setAssignments(group, assignments)
          group.transitionTo('Stable', sync.nowMs)
        } else {
          this.#rebalance.resetAssignments(group, coordinatorError(error))
          this.#rebalance.prepareOrCompleteJoin(group, 'the assignment could not be written', sync.nowMs)
        }
      },
    }
  }
}

function syncError(group: ClassicGroup, request: SyncGroupRequest): number {
  if (group.state === 'Dead') return errors.COORDINATOR_NOT_AVAILABLE
  const error = group.validateMember(request.memberId, request.groupInstanceId)
  if (error !== errors.NONE) return error
  if (request.generationId !== group.generationId) return errors.ILLEGAL_GENERATION
  // Versions before 5 do not say the protocol.
  const isOtherType = request.protocolType !== null && request.protocolType !== group.protocolType
  const isOtherName = request.protocolName !== null && request.protocolName !== group.protocolName
  return isOtherType || isOtherName ? errors.INCONSISTENT_GROUP_PROTOCOL : errors.NONE
}

function leftMember({ memberId, groupInstanceId }: MemberIdentity, errorCode: number): MemberResponse {
  return { memberId, groupInstanceId, errorCode }
}
