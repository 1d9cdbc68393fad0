// The records of `__consumer_offsets` that the classic protocol writes, decoded. The same values are in
// memory, in the log and in the property "replaying the log gives the live state".

export interface OffsetCommitValue {
  readonly offset: bigint
  /** -1 when the client gave none. */
  readonly leaderEpoch: number
  readonly metadata: string
  readonly commitTimestamp: number
  /** -1 unless the request set its own retention. */
  readonly expireTimestamp: number
  readonly topicId: string
}

export interface GroupMetadataMember {
  readonly memberId: string
  readonly groupInstanceId: string | null
  readonly clientId: string
  readonly clientHost: string
  /** Milliseconds; -1 in values of version 0, where it is the session timeout. */
  readonly rebalanceTimeout: number
  readonly sessionTimeout: number
  readonly subscription: Uint8Array
  readonly assignment: Uint8Array
}

export interface GroupMetadataValue {
  readonly protocolType: string
  readonly generation: number
  readonly protocol: string | null
  readonly leader: string | null
  /** -1 in values of versions 0 and 1. */
  readonly currentStateTimestamp: number
  readonly members: readonly GroupMetadataMember[]
}

/** A null value is a tombstone. */
export type GroupRecord =
  | {
      readonly kind: 'offset-commit'
      readonly group: string
      readonly topic: string
      readonly partition: number
      readonly value: OffsetCommitValue | null
    }
  | { readonly kind: 'group-metadata'; readonly group: string; readonly value: GroupMetadataValue | null }

export function offsetTombstone(group: string, topic: string, partition: number): GroupRecord {
  return { kind: 'offset-commit', group, topic, partition, value: null }
}

export function groupTombstone(group: string): GroupRecord {
  return { kind: 'group-metadata', group, value: null }
}

export const zeroTopicId = 'AAAAAAAAAAAAAAAAAAAAAA'
