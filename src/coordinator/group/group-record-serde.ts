// The bytes of the classic records of `__consumer_offsets`, as Kafka 4.3 writes them: GroupMetadata values in version
// 3, OffsetCommit values in version 4, or 1 when the commit set its own retention. Records of other types are not
// ours and are skipped; a value of a version that is not known fails the load, as it does in Kafka.

import {
  type GroupRecord as AnyGroupRecord,
  groupRecords,
  type UnknownCoordinatorRecord,
} from '../../protocol/coordinator-records.ts'
import { DecodeError } from '../../protocol/decode-error.ts'
import { defaultsOffsetCommitValue } from '../../protocol/generated/offset-commit-value.ts'
import { EncodeError } from '../../protocol/writer.ts'
import type { EncodedRecord, RecordSerde } from '../runtime/batch-codec.ts'
import type { GroupRecord } from './group-records.ts'

export const groupRecordSerde: RecordSerde<GroupRecord> = { encode, decode }

const groupMetadataVersion = 3
const ownRetentionVersion = 1
const offsetCommitVersion = 4

/** Undefined when a string of the record is longer than its field can say. */
function encode(record: GroupRecord): EncodedRecord | undefined {
  try {
    return groupRecords.encode(record, versionOf(record))
  } catch (problem) {
    if (problem instanceof EncodeError) return undefined
    throw problem
  }
}

function versionOf(record: GroupRecord): number {
  if (record.name === 'GroupMetadata') return groupMetadataVersion
  const setsRetention = record.value !== null && record.value.expireTimestamp >= 0
  return setsRetention ? ownRetentionVersion : offsetCommitVersion
}

/** Throws DecodeError for a record of a known type that is cut short or whose value is of an unknown version. */
function decode(key: Uint8Array, value: Uint8Array | null): GroupRecord | undefined {
  const record: AnyGroupRecord | UnknownCoordinatorRecord = groupRecords.decode(key, value)
  switch (record.name) {
    case 'OffsetCommit':
    case 'GroupMetadata':
      return record
    case 'LegacyOffsetCommit': {
      const committed = record.value && { ...defaultsOffsetCommitValue(), ...record.value }
      return { name: 'OffsetCommit', key: record.key, value: committed }
    }
    case 'unknown':
      if (record.valueVersion === undefined) return undefined
      throw new DecodeError(`value version ${record.valueVersion} of record type ${record.type} is not known`)
    default:
      return undefined
  }
}
