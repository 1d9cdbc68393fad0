// The version in which a record is written. It follows the finalized metadata.version, so that every member of
// the cluster can read the log; where a lower version holds the whole record, that one, as Kafka writes it.

import type { MetadataRecord } from '../protocol/metadata-records.ts'

/** The lowest metadata.version of each record version from 1 on: 8 is 3.4-IV0, 17 3.7-IV2, 23 4.0-IV1, 30 4.3-IV0. */
const registerBrokerSince = [7, 8, 17, 30] as const
const partitionSince = [17, 23] as const

/** The record version for `metadataVersion`, a finalized level. */
export function metadataRecordVersion(record: MetadataRecord, metadataVersion: number): number {
  switch (record.name) {
    case 'RegisterBrokerRecord':
      return reached(registerBrokerSince, metadataVersion)
    case 'PartitionRecord':
    case 'PartitionChangeRecord':
      return reached(partitionSince, metadataVersion)
    case 'BrokerRegistrationChangeRecord': {
      const { cordonedLogDirs, logDirs, inControlledShutdown } = record.value
      if (cordonedLogDirs !== null) return 3
      if (logDirs.length > 0) return 2
      return inControlledShutdown === 0 ? 0 : 1
    }
    default:
      return 0
  }
}

function reached(since: readonly number[], metadataVersion: number): number {
  return since.filter((level) => metadataVersion >= level).length
}
