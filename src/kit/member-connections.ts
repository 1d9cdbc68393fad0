// Which group members speak over which connection. A member moves to the connection it was last heard on; with the
// end of that connection it is given up. Static members are not followed: they exist to outlive their connections.

import type { ConsumerGroupHeartbeatRequest } from '../protocol/generated/consumer-group-heartbeat-request.ts'
import type { JoinGroupRequest } from '../protocol/generated/join-group-request.ts'
import type { JoinGroupResponse } from '../protocol/generated/join-group-response.ts'

export interface LiveMember {
  readonly groupId: string
  readonly memberId: string
  /** Of the protocol of KIP-848. */
  readonly isModern: boolean
}

const joinGroupKey = 11
const heartbeatKey = 12
const syncGroupKey = 14
const consumerGroupHeartbeatKey = 68

export class MemberConnections {
  readonly #membersOf = new Map<string, Map<string, LiveMember>>()
  readonly #peerOf = new Map<string, string>()

  has(groupId: string, memberId: string): boolean {
    return this.#peerOf.has(keyOf(groupId, memberId))
  }

  onRequest(peer: string, apiKey: number, body: unknown): void {
    if (apiKey !== joinGroupKey && apiKey !== heartbeatKey && apiKey !== syncGroupKey) {
      if (apiKey === consumerGroupHeartbeatKey) this.#onModernHeartbeat(peer, body)
      return
    }
    const { groupId, memberId, groupInstanceId } = body as JoinGroupRequest
    if (memberId !== '' && groupInstanceId === null) this.#heard(peer, { groupId, memberId, isModern: false })
  }

  /** A new member learns its id from the answer. */
  onAnswer(peer: string, apiKey: number, body: unknown, answer: unknown): void {
    if (apiKey !== joinGroupKey) return
    const { groupId, groupInstanceId } = body as JoinGroupRequest
    const { memberId } = answer as JoinGroupResponse
    if (memberId !== '' && groupInstanceId === null) this.#heard(peer, { groupId, memberId, isModern: false })
  }

  /** Forgets the connection; answers the members that went with it. */
  onClosed(peer: string): LiveMember[] {
    const gone = [...(this.#membersOf.get(peer)?.values() ?? [])]
    for (const { groupId, memberId } of gone) this.#peerOf.delete(keyOf(groupId, memberId))
    this.#membersOf.delete(peer)
    return gone
  }

  #onModernHeartbeat(peer: string, body: unknown): void {
    const { groupId, memberId, instanceId, memberEpoch } = body as ConsumerGroupHeartbeatRequest
    if (memberId !== '' && instanceId === null && memberEpoch >= 0)
      this.#heard(peer, { groupId, memberId, isModern: true })
  }

  #heard(peer: string, member: LiveMember): void {
    const key = keyOf(member.groupId, member.memberId)
    const before = this.#peerOf.get(key)
    if (before === peer) return
    if (before !== undefined) this.#membersOf.get(before)?.delete(key)
    this.#peerOf.set(key, peer)
    const members = this.#membersOf.get(peer) ?? new Map<string, LiveMember>()
    members.set(key, member)
    this.#membersOf.set(peer, members)
  }
}

function keyOf(groupId: string, memberId: string): string {
  return JSON.stringify([groupId, memberId])
}
