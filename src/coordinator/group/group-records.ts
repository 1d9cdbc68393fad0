// The records of `__consumer_offsets` that the classic protocol writes. The same values are in memory, in the log
// and in the property "replaying the log gives the live state".

import type { GroupMetadataValue } from '../../protocol/generated/group-metadata-value.ts'
import type { OffsetCommitKey } from '../../protocol/generated/offset-commit-key.ts'
import type { OffsetCommitValue } from '../../protocol/generated/offset-commit-value.ts'

/** A null value is a tombstone. */
export type GroupRecord =
  | { readonly name: 'OffsetCommit'; readonly key: OffsetCommitKey; readonly value: OffsetCommitValue | null }
  | {
      readonly name: 'GroupMetadata'
      readonly key: { group: string }
      readonly value: GroupMetadataValue | null
    }

export function offsetTombstone(group: string, topic: string, partition: number): GroupRecord {
  return { name: 'OffsetCommit', key: { group, topic, partition }, value: null }
}

export function groupMetadataRecord(group: string, value: GroupMetadataValue): GroupRecord {
  return { name: 'GroupMetadata', key: { group }, value }
}

export function groupTombstone(group: string): GroupRecord {
  return { name: 'GroupMetadata', key: { group }, value: null }
}
