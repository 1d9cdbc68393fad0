// A classic group: members, generation, leader, protocol and the state of its rebalance. Pure state: timers,
// records and answers to requests are the business of `classic-rebalance.ts` and the operations.
//
//   from                   to                     cause
//   Empty, Stable,
//   CompletingRebalance    PreparingRebalance     a member joins, leaves, changes or expires
//   PreparingRebalance     CompletingRebalance    all members joined, or the time for it ended
//   PreparingRebalance     Empty                  nobody is left
//   CompletingRebalance    Stable                 the leader's assignment is committed
//   any                    Dead                   the group is deleted or its shard unloaded
//
// Invariants (S27, S30): generations only grow; one leader, which is a member; one member per instance id.

import { assert } from '../../base/assert.ts'
import { errors } from '../../base/errors.ts'
import type { GroupMetadataValue } from '../../protocol/generated/group-metadata-value.ts'
import type { JoinGroupRequestProtocol } from '../../protocol/generated/join-group-request.ts'
import type {
  JoinGroupResponse,
  JoinGroupResponseMember,
} from '../../protocol/generated/join-group-response.ts'
import type { SyncGroupResponse } from '../../protocol/generated/sync-group-response.ts'
import { ClassicMember } from './classic-member.ts'
import { subscribedTopicsOf } from './consumer-subscription.ts'
import { joinGroupResponse, syncGroupResponse } from './group-responses.ts'

export type ClassicGroupState = 'Empty' | 'PreparingRebalance' | 'CompletingRebalance' | 'Stable' | 'Dead'

const previousStates: Record<ClassicGroupState, readonly ClassicGroupState[]> = {
  Empty: ['PreparingRebalance'],
  PreparingRebalance: ['Stable', 'CompletingRebalance', 'Empty'],
  CompletingRebalance: ['PreparingRebalance'],
  Stable: ['CompletingRebalance'],
  Dead: ['Empty', 'Stable', 'PreparingRebalance', 'CompletingRebalance', 'Dead'],
}

export class ClassicGroup {
  readonly groupId: string
  readonly members = new Map<string, ClassicMember>()
  readonly pendingJoinMembers = new Set<string>()
  readonly pendingSyncMembers = new Set<string>()
  generationId = 0
  /** Null: nobody joined yet, a "simple" group that only holds offsets. */
  protocolType: string | null = null
  protocolName: string | null = null
  leaderId: string | null = null
  /** -1: unknown. */
  currentStateTimestampMs: number
  /** Undefined: not known, because the protocol is not "consumer" or a subscription cannot be read. */
  subscribedTopics: ReadonlySet<string> | undefined
  /** True when a member joined since the initial rebalance delay was last extended. */
  newMemberAdded = false
  #state: ClassicGroupState = 'Empty'
  #previousState: ClassicGroupState = 'Empty'
  readonly #staticMembers = new Map<string, string>()

  constructor(groupId: string, nowMs: number) {
    this.groupId = groupId
    this.currentStateTimestampMs = nowMs
  }

  /** The group a GroupMetadata value describes; a version 0 value has no rebalance timeout of its own. */
  static fromRecord(groupId: string, value: GroupMetadataValue): ClassicGroup {
    const group = new ClassicGroup(groupId, value.currentStateTimestamp)
    group.#state = value.members.length === 0 ? 'Empty' : 'Stable'
    group.#previousState = group.#state
    group.generationId = value.generation
    group.protocolType = value.protocolType === '' ? null : value.protocolType
    group.protocolName = value.protocol
    // A leader that is no member cannot be asked for an assignment: the first member takes over.
    group.leaderId = value.members.some(({ memberId }) => memberId === value.leader) ? value.leader : null
    for (const member of value.members) {
      group.add(
        new ClassicMember({
          memberId: member.memberId,
          groupInstanceId: member.groupInstanceId,
          clientId: member.clientId,
          clientHost: member.clientHost,
          rebalanceTimeoutMs:
            member.rebalanceTimeout === -1 ? member.sessionTimeout : member.rebalanceTimeout,
          sessionTimeoutMs: member.sessionTimeout,
          protocolType: value.protocolType,
          protocols: [{ name: value.protocol ?? '', metadata: member.subscription }],
          assignment: member.assignment,
        }),
      )
    }
    group.subscribedTopics = group.#computeSubscribedTopics()
    return group
  }

  /** The value that recreates this group, with `assignmentOf` in place of the members' current assignments. */
  toRecord(assignmentOf: (member: ClassicMember) => Uint8Array): GroupMetadataValue {
    return {
      protocolType: this.protocolType ?? '',
      generation: this.generationId,
      protocol: this.protocolName,
      leader: this.leaderId,
      currentStateTimestamp: this.currentStateTimestampMs,
      members: [...this.members.values()].map((member) => ({
        memberId: member.memberId,
        groupInstanceId: member.groupInstanceId,
        clientId: member.clientId,
        clientHost: member.clientHost,
        rebalanceTimeout: member.rebalanceTimeoutMs,
        sessionTimeout: member.sessionTimeoutMs,
        subscription: member.metadata(this.protocolName ?? ''),
        assignment: assignmentOf(member),
      })),
    }
  }

  get state(): ClassicGroupState {
    return this.#state
  }

  get previousState(): ClassicGroupState {
    return this.#previousState
  }

  get canRebalance(): boolean {
    return previousStates.PreparingRebalance.includes(this.#state)
  }

  get usesConsumerProtocol(): boolean {
    return this.protocolType === 'consumer'
  }

  transitionTo(state: ClassicGroupState, nowMs: number): void {
    assert(
      previousStates[state].includes(this.#state),
      `group ${this.groupId}: ${this.#state} may become ${state}`,
    )
    this.#previousState = this.#state
    this.#state = state
    this.currentStateTimestampMs = nowMs
  }

  member(memberId: string): ClassicMember {
    const member = this.members.get(memberId)
    assert(member !== undefined, `${memberId} is a member of group ${this.groupId}`)
    return member
  }

  staticMemberId(groupInstanceId: string): string | undefined {
    return this.#staticMembers.get(groupInstanceId)
  }

  get awaitingJoinCount(): number {
    let count = 0
    for (const member of this.members.values()) if (member.awaitingJoin !== undefined) count++
    return count
  }

  get hasAllMembersJoined(): boolean {
    return this.pendingJoinMembers.size === 0 && this.awaitingJoinCount === this.members.size
  }

  /** The largest of the members' rebalance timeouts: the slowest member sets the pace. */
  get rebalanceTimeoutMs(): number {
    let timeoutMs = 0
    for (const member of this.members.values()) timeoutMs = Math.max(timeoutMs, member.rebalanceTimeoutMs)
    return timeoutMs
  }

  isLeader(memberId: string): boolean {
    return this.leaderId === memberId
  }

  add(member: ClassicMember): void {
    if (member.groupInstanceId !== null) {
      assert(!this.#staticMembers.has(member.groupInstanceId), 'an instance id has one member')
      this.#staticMembers.set(member.groupInstanceId, member.memberId)
    }
    if (this.members.size === 0) this.protocolType = member.protocolType
    assert(this.protocolType === member.protocolType, 'members of a group share the protocol type')
    this.leaderId ??= member.memberId
    this.members.set(member.memberId, member)
    this.pendingJoinMembers.delete(member.memberId)
  }

  /** Forgets a member or a pending member; a removed leader is followed by any other member. */
  remove(memberId: string): void {
    const member = this.members.get(memberId)
    if (member !== undefined) {
      this.members.delete(memberId)
      if (member.groupInstanceId !== null) this.#staticMembers.delete(member.groupInstanceId)
    }
    if (this.isLeader(memberId)) this.leaderId = this.members.keys().next().value ?? null
    this.pendingJoinMembers.delete(memberId)
    this.pendingSyncMembers.delete(memberId)
  }

  /** Keeps the leader if it joined, else elects one that did. False: nobody joined, no leader to be had. */
  electJoinedLeader(): boolean {
    if (this.leaderId === null) return false
    if (this.member(this.leaderId).awaitingJoin !== undefined) return true
    for (const member of this.members.values()) {
      if (member.awaitingJoin === undefined) continue
      this.leaderId = member.memberId
      return true
    }
    return false
  }

  /** Gives an instance id a new member id. Requests parked under the old one are fenced. */
  replaceStaticMember(groupInstanceId: string, oldMemberId: string, newMemberId: string): ClassicMember {
    const old = this.member(oldMemberId)
    this.members.delete(oldMemberId)
    this.completeJoin(old, joinGroupResponse({ memberId: oldMemberId, errorCode: errors.FENCED_INSTANCE_ID }))
    this.completeSync(old, syncGroupResponse({ errorCode: errors.FENCED_INSTANCE_ID }))
    const replacement = new ClassicMember({ ...old, memberId: newMemberId })
    this.members.set(newMemberId, replacement)
    if (this.isLeader(oldMemberId)) this.leaderId = newMemberId
    this.#staticMembers.set(groupInstanceId, newMemberId)
    return replacement
  }

  /** NONE, or why `memberId` with `groupInstanceId` may not speak for a member. */
  validateMember(memberId: string, groupInstanceId: string | null): number {
    if (groupInstanceId !== null) {
      const holder = this.staticMemberId(groupInstanceId)
      if (holder === undefined) return errors.UNKNOWN_MEMBER_ID
      if (holder !== memberId) return errors.FENCED_INSTANCE_ID
    }
    return this.members.has(memberId) ? errors.NONE : errors.UNKNOWN_MEMBER_ID
  }

  /** An empty group takes any protocol; otherwise one that all members support must be among them. */
  supportsProtocols(protocolType: string, protocols: readonly JoinGroupRequestProtocol[]): boolean {
    if (this.#state === 'Empty') return protocolType !== '' && protocols.length > 0
    if (this.protocolType !== protocolType) return false
    const candidates = this.#candidateProtocols()
    return protocols.some(({ name }) => this.members.size === 0 || candidates.has(name))
  }

  /** The protocol with the most first choices among those all members support; the earliest wins a tie. */
  selectProtocol(): string {
    assert(this.members.size > 0, 'a protocol is selected by members')
    const candidates = this.#candidateProtocols()
    const votes = new Map<string, number>()
    for (const member of this.members.values()) {
      const choice = member.vote(candidates)
      votes.set(choice, (votes.get(choice) ?? 0) + 1)
    }
    return [...votes].reduce((best, next) => (next[1] > best[1] ? next : best))[0]
  }

  /** Ends the join phase: the next generation, completing its rebalance, or empty. */
  initNextGeneration(nowMs: number): void {
    this.generationId++
    this.protocolName = this.members.size > 0 ? this.selectProtocol() : null
    this.subscribedTopics = this.#computeSubscribedTopics()
    this.transitionTo(this.members.size > 0 ? 'CompletingRebalance' : 'Empty', nowMs)
    this.pendingSyncMembers.clear()
  }

  isSubscribedTo(topic: string): boolean {
    // Of a consumer group whose subscriptions cannot be read, any topic may be subscribed.
    return this.subscribedTopics?.has(topic) ?? this.usesConsumerProtocol
  }

  joinResponseMembers(): JoinGroupResponseMember[] {
    return [...this.members.values()].map((member) => ({
      memberId: member.memberId,
      groupInstanceId: member.groupInstanceId,
      metadata: member.metadata(this.protocolName ?? ''),
    }))
  }

  completeJoin(member: ClassicMember, response: JoinGroupResponse): void {
    const answer = member.awaitingJoin
    member.awaitingJoin = undefined
    answer?.(response)
  }

  /** True when a SyncGroup of the member was waiting. */
  completeSync(member: ClassicMember, response: SyncGroupResponse): boolean {
    const answer = member.awaitingSync
    member.awaitingSync = undefined
    answer?.(response)
    return answer !== undefined
  }

  #candidateProtocols(): Set<string> {
    const counts = new Map<string, number>()
    for (const member of this.members.values())
      for (const { name } of member.protocols) counts.set(name, (counts.get(name) ?? 0) + 1)
    return new Set([...counts].filter(([, count]) => count === this.members.size).map(([name]) => name))
  }

  #computeSubscribedTopics(): ReadonlySet<string> | undefined {
    if (!this.usesConsumerProtocol) return undefined
    const topics = new Set<string>()
    if (this.members.size === 0) return topics
    if (this.protocolName === null) return undefined
    for (const member of this.members.values()) {
      const subscribed = subscribedTopicsOf(member.metadata(this.protocolName))
      if (subscribed === undefined) return undefined
      for (const topic of subscribed) topics.add(topic)
    }
    return topics
  }
}
