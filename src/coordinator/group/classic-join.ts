// JoinGroup for classic groups: admission, new and pending members, static members, members that join again.
// The answer is given through a callback because most joins wait for the rebalance to end.
// Source: classicGroupJoin… of Kafka's GroupMetadataManager; KIP-394 (member ids), KIP-345 (static), KIP-814 (v9).

import { errors } from '../../base/errors.ts'
import type { Random } from '../../env/env.ts'
import type { JoinGroupRequest } from '../../protocol/generated/join-group-request.ts'
import type { JoinGroupResponse } from '../../protocol/generated/join-group-response.ts'
import { coordinatorError } from '../runtime/append-errors.ts'
import { nothingToWrite } from '../runtime/shard.ts'
import type { ClassicGroup } from './classic-group.ts'
import { ClassicMember, ownProtocols } from './classic-member.ts'
import type { ClassicRebalance, GroupWrite } from './classic-rebalance.ts'
import { type GroupCoordinatorOptions, newMemberJoinTimeoutMs } from './group-options.ts'
import { groupMetadataRecord } from './group-records.ts'
import { joinGroupResponse } from './group-responses.ts'
import type { GroupStore } from './group-store.ts'
import { newMemberId } from './member-id.ts'
import type { RequestContext } from './request-context.ts'

/** One JoinGroup on its way: answered now or when the rebalance ends; the first answer counts. */
export interface Join {
  readonly context: RequestContext
  readonly request: JoinGroupRequest
  readonly answer: (response: JoinGroupResponse) => void
  readonly nowMs: number
}

const memberIdRequiredVersionMin = 4
const skipAssignmentVersionMin = 9

export class ClassicJoin {
  readonly #options: GroupCoordinatorOptions
  readonly #groups: GroupStore
  readonly #rebalance: ClassicRebalance
  readonly #random: Random

  constructor(
    options: GroupCoordinatorOptions,
    modules: { groups: GroupStore; rebalance: ClassicRebalance; random: Random },
  ) {
    this.#options = options
    this.#groups = modules.groups
    this.#rebalance = modules.rebalance
    this.#random = modules.random
  }

  join(join: Join): GroupWrite {
    const { groupId, memberId } = join.request
    const existing = this.#groups.get(groupId)
    if (existing === undefined && memberId !== '') {
      join.answer(joinGroupResponse({ memberId, errorCode: errors.UNKNOWN_MEMBER_ID }))
      return nothingToWrite
    }
    const group = existing ?? this.#groups.getOrCreate(groupId, join.nowMs)
    const result = this.#admit(join, group)
    return existing === undefined && result.records.length === 0 ? this.#writeNewGroup(join, group) : result
  }

  #admit(join: Join, group: ClassicGroup): GroupWrite {
    const { memberId, protocolType, protocols } = join.request
    if (!this.#hasRoomFor(group, memberId)) {
      group.remove(memberId)
      this.#rebalance.endSession(group.groupId, memberId)
      join.answer(joinGroupResponse({ errorCode: errors.GROUP_MAX_SIZE_REACHED }))
      return nothingToWrite
    }
    if (!group.supportsProtocols(protocolType, protocols)) {
      join.answer(joinGroupResponse({ memberId, errorCode: errors.INCONSISTENT_GROUP_PROTOCOL }))
      return nothingToWrite
    }
    return memberId === '' ? this.#joinNew(join, group) : this.#joinKnown(join, group)
  }

  #hasRoomFor(group: ClassicGroup, memberId: string): boolean {
    const member = group.members.get(memberId)
    if (group.state === 'Empty' || group.state === 'Dead') return true
    if (group.state === 'PreparingRebalance')
      return member?.awaitingJoin !== undefined || group.awaitingJoinCount < this.#options.groupSizeMax
    return member !== undefined || group.members.size < this.#options.groupSizeMax
  }

  #joinNew(join: Join, group: ClassicGroup): GroupWrite {
    const { request, context } = join
    const instanceId = request.groupInstanceId
    const memberId = newMemberId(instanceId ?? context.clientId, this.#random)
    if (instanceId !== null) {
      const holder = group.staticMemberId(instanceId)
      return holder === undefined
        ? this.#addMember(join, group, memberId)
        : this.#replaceStatic(join, group, holder, memberId)
    }
    if (context.apiVersion < memberIdRequiredVersionMin) return this.#addMember(join, group, memberId)
    group.pendingJoinMembers.add(memberId)
    this.#rebalance.startSession(group, memberId, request.sessionTimeoutMs)
    join.answer(joinGroupResponse({ memberId, errorCode: errors.MEMBER_ID_REQUIRED }))
    return nothingToWrite
  }

  #joinKnown(join: Join, group: ClassicGroup): GroupWrite {
    const { memberId, groupInstanceId, protocols } = join.request
    // A pending id was given to a dynamic member; one that comes back with an instance id is not that member.
    if (group.pendingJoinMembers.has(memberId) && groupInstanceId === null)
      return this.#addMember(join, group, memberId)
    const error = group.validateMember(memberId, groupInstanceId)
    if (error !== errors.NONE) {
      join.answer(joinGroupResponse({ memberId, errorCode: error }))
      return nothingToWrite
    }
    const member = group.member(memberId)
    const isUnchanged = member.matches(protocols)
    if (group.state === 'CompletingRebalance' && isUnchanged) return this.#answerCurrent(join, group)
    if (group.state === 'Stable' && isUnchanged && !group.isLeader(memberId))
      return this.#answerCurrent(join, group)
    if (group.state === 'Empty' || group.state === 'Dead') {
      join.answer(joinGroupResponse({ memberId, errorCode: errors.UNKNOWN_MEMBER_ID }))
      return nothingToWrite
    }
    this.#park(join, member)
    return this.#rebalance.prepareOrCompleteJoin(group, `member ${memberId} joined again`, join.nowMs)
  }

  /** The member asks again for what it was told already, or missed: no rebalance. */
  #answerCurrent(join: Join, group: ClassicGroup): GroupWrite {
    const { memberId } = join.request
    const isLeaderCompleting = group.state === 'CompletingRebalance' && group.isLeader(memberId)
    join.answer(
      joinGroupResponse({
        memberId,
        generationId: group.generationId,
        protocolType: group.protocolType,
        protocolName: group.protocolName,
        leader: group.leaderId ?? '',
        members: isLeaderCompleting ? group.joinResponseMembers() : [],
      }),
    )
    return nothingToWrite
  }

  #addMember(join: Join, group: ClassicGroup, memberId: string): GroupWrite {
    const { request, context } = join
    const member = new ClassicMember({
      memberId,
      groupInstanceId: request.groupInstanceId,
      clientId: context.clientId,
      clientHost: context.clientHost,
      rebalanceTimeoutMs: request.rebalanceTimeoutMs,
      sessionTimeoutMs: request.sessionTimeoutMs,
      protocolType: request.protocolType,
      protocols: request.protocols,
    })
    member.isNew = true
    if (group.state === 'PreparingRebalance' && group.previousState === 'Empty') group.newMemberAdded = true
    group.add(member)
    member.awaitingJoin = join.answer
    this.#rebalance.startSession(group, memberId, newMemberJoinTimeoutMs)
    return this.#rebalance.prepareOrCompleteJoin(group, `new member ${memberId}`, join.nowMs)
  }

  /** Takes over what the request says of the member and parks its answer in place of one parked before. */
  #park(join: Join, member: ClassicMember): void {
    member.protocols = ownProtocols(join.request.protocols)
    member.rebalanceTimeoutMs = join.request.rebalanceTimeoutMs
    member.sessionTimeoutMs = join.request.sessionTimeoutMs
    member.awaitingJoin = join.answer
  }

  #replaceStatic(join: Join, group: ClassicGroup, oldMemberId: string, memberId: string): GroupWrite {
    const { request, nowMs } = join
    const leaderBefore = group.leaderId
    const instanceId = request.groupInstanceId ?? ''
    const before = { ...group.member(oldMemberId) }
    const member = group.replaceStaticMember(instanceId, oldMemberId, memberId)
    this.#rebalance.endSession(group.groupId, oldMemberId)
    this.#rebalance.extendSession(group, member)
    this.#park(join, member)
    if (group.state === 'CompletingRebalance')
      return this.#rebalance.prepare(group, `static member ${instanceId} was replaced`, nowMs)
    if (group.state !== 'Stable') return this.#rebalance.maybeCompleteJoin(group, nowMs)
    if (group.selectProtocol() !== group.protocolName)
      return this.#rebalance.prepareOrCompleteJoin(
        group,
        `static member ${instanceId} changed protocol`,
        nowMs,
      )
    const undo = () => {
      member.protocols = before.protocols
      member.rebalanceTimeoutMs = before.rebalanceTimeoutMs
      member.sessionTimeoutMs = before.sessionTimeoutMs
      member.awaitingJoin = undefined
      const old = group.replaceStaticMember(instanceId, memberId, oldMemberId)
      this.#rebalance.endSession(group.groupId, memberId)
      this.#rebalance.extendSession(group, old)
    }
    const value = group.toRecord(({ assignment }) => assignment)
    return {
      records: [groupMetadataRecord(group.groupId, value)],
      response: undefined,
      replay: false,
      onCommitted: (error) => this.#onStaticReplaced(join, group, member, leaderBefore, error, undo),
    }
  }

  /**
   * The id of a static member changed on record without a rebalance. Before version 9 a leader is told the
   * old leader's id, so that it does not assign.
   */
  #onStaticReplaced(
    join: Join,
    group: ClassicGroup,
    member: ClassicMember,
    leaderBefore: string | null,
    error: number,
    undo: () => void,
  ): void {
    const current = {
      generationId: group.generationId,
      protocolType: group.protocolType,
      protocolName: group.protocolName,
    }
    if (error !== errors.NONE) {
      const errorCode = coordinatorError(error)
      join.answer(joinGroupResponse({ ...current, leader: leaderBefore ?? '', errorCode }))
      if (group.members.get(member.memberId) === member) undo()
      return
    }
    const isSkipping = join.context.apiVersion >= skipAssignmentVersionMin
    const isLeader = group.isLeader(member.memberId)
    const response = joinGroupResponse({
      ...current,
      memberId: member.memberId,
      leader: (isSkipping ? group.leaderId : leaderBefore) ?? '',
      skipAssignment: isSkipping && isLeader,
      members:
        isSkipping && isLeader && group.state !== 'PreparingRebalance' ? group.joinResponseMembers() : [],
    })
    group.completeJoin(member, response)
  }

  /** The first sight of a group goes on record before anything depends on it. */
  #writeNewGroup(join: Join, group: ClassicGroup): GroupWrite {
    const value = {
      protocolType: '',
      generation: 0,
      protocol: null,
      leader: null,
      currentStateTimestamp: group.currentStateTimestampMs,
      members: [],
    }
    return {
      records: [groupMetadataRecord(group.groupId, value)],
      response: undefined,
      replay: false,
      onCommitted: (error) => {
        if (error === errors.NONE) return
        const errorCode = coordinatorError(error)
        for (const member of group.members.values())
          group.completeJoin(member, joinGroupResponse({ errorCode }))
        this.#rebalance.cancelTimers(group)
        this.#groups.remove(group)
        join.answer(joinGroupResponse({ errorCode }))
      },
    }
  }
}
