// One member of a classic group: what it announced when joining, the assignment it got, and the request of
// its own that waits for the group (a parked JoinGroup or SyncGroup). At most one of each waits.

import { assert } from '../../base/assert.ts'
import type { JoinGroupRequestProtocol } from '../../protocol/generated/join-group-request.ts'
import type { JoinGroupResponse } from '../../protocol/generated/join-group-response.ts'
import type { SyncGroupResponse } from '../../protocol/generated/sync-group-response.ts'

export interface ClassicMemberOptions {
  readonly memberId: string
  readonly groupInstanceId: string | null
  readonly clientId: string
  readonly clientHost: string
  readonly rebalanceTimeoutMs: number
  readonly sessionTimeoutMs: number
  readonly protocolType: string
  /** In the member's order of preference. */
  readonly protocols: readonly JoinGroupRequestProtocol[]
  readonly assignment?: Uint8Array
}

export const emptyAssignment = new Uint8Array(0)

export class ClassicMember {
  readonly memberId: string
  readonly groupInstanceId: string | null
  readonly clientId: string
  readonly clientHost: string
  readonly protocolType: string
  rebalanceTimeoutMs: number
  sessionTimeoutMs: number
  /** From `ownProtocols`. */
  protocols: readonly JoinGroupRequestProtocol[]
  /** Its own bytes, not a view. */
  assignment: Uint8Array
  /** True until its first rebalance completes: such a member's parked join does not prove that it lives. */
  isNew = false
  awaitingJoin: ((response: JoinGroupResponse) => void) | undefined
  awaitingSync: ((response: SyncGroupResponse) => void) | undefined

  constructor(options: ClassicMemberOptions) {
    this.memberId = options.memberId
    this.groupInstanceId = options.groupInstanceId
    this.clientId = options.clientId
    this.clientHost = options.clientHost
    this.protocolType = options.protocolType
    this.rebalanceTimeoutMs = options.rebalanceTimeoutMs
    this.sessionTimeoutMs = options.sessionTimeoutMs
    this.protocols = ownProtocols(options.protocols)
    this.assignment = options.assignment?.slice() ?? emptyAssignment
  }

  get isStatic(): boolean {
    return this.groupInstanceId !== null
  }

  /** A member whose request is parked here is alive without heartbeats. */
  get hasSatisfiedHeartbeat(): boolean {
    return !this.isNew && (this.awaitingJoin !== undefined || this.awaitingSync !== undefined)
  }

  metadata(protocolName: string): Uint8Array {
    const protocol = this.protocols.find(({ name }) => name === protocolName)
    assert(protocol !== undefined, `member ${this.memberId} supports protocol ${protocolName}`)
    return protocol.metadata
  }

  /** The first of its protocols that is among `candidates`. */
  vote(candidates: ReadonlySet<string>): string {
    const protocol = this.protocols.find(({ name }) => candidates.has(name))
    assert(protocol !== undefined, `member ${this.memberId} supports a candidate protocol`)
    return protocol.name
  }

  /** True when name, order and metadata of all protocols are the same. */
  matches(offered: readonly JoinGroupRequestProtocol[]): boolean {
    const protocols = uniqueProtocols(offered)
    return (
      protocols.length === this.protocols.length &&
      protocols.every((protocol, index) => {
        const own = this.protocols[index]!
        return own.name === protocol.name && equalBytes(own.metadata, protocol.metadata)
      })
    )
  }
}

/**
 * The protocols as a member keeps them. A name offered twice counts once, or it would pass for the vote of two
 * members. Metadata is copied: a view would keep the whole received chunk in memory.
 */
export function ownProtocols(
  offered: readonly JoinGroupRequestProtocol[],
): readonly JoinGroupRequestProtocol[] {
  return uniqueProtocols(offered).map(({ name, metadata }) => ({ name, metadata: metadata.slice() }))
}

function uniqueProtocols(
  protocols: readonly JoinGroupRequestProtocol[],
): readonly JoinGroupRequestProtocol[] {
  return protocols.filter((protocol, index) => {
    return protocols.findIndex(({ name }) => name === protocol.name) === index
  })
}

function equalBytes(left: Uint8Array, right: Uint8Array): boolean {
  return left.length === right.length && left.every((byte, index) => byte === right[index])
}
