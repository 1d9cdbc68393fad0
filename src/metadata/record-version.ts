// How a record is written at a finalized metadata.version, which every member of the cluster can read: in which
// version, and without what that version cannot say. Where a lower version holds the whole record, that one, as
// Kafka writes it. Levels: 8 is 3.4-IV0, 15 3.7-IV0, 17 3.7-IV2, 23 4.0-IV1, 30 4.3-IV0.

import type { MetadataRecord } from '../protocol/metadata-records.ts'

/** The lowest metadata.version of each record version from 1 on. */
const registerBrokerSince = [7, 8, 17, 30] as const
const partitionSince = [17, 23] as const

/** The lowest metadata.version that has the thing at all. */
const since = { controllerRegistration: 15, logDirectories: 17, cordonedLogDirectories: 30 } as const

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

/** The records as far as they exist at `metadataVersion`: what a member would read back. */
export function recordsFor(records: readonly MetadataRecord[], metadataVersion: number): MetadataRecord[] {
  // The usual case; and before the bootstrap records there is nothing to leave out.
  if (metadataVersion >= since.cordonedLogDirectories || metadataVersion === 0) return [...records]
  return records.flatMap((record) => recordFor(record, metadataVersion) ?? [])
}

function recordFor(record: MetadataRecord, metadataVersion: number): MetadataRecord | undefined {
  const hasLogDirectories = metadataVersion >= since.logDirectories
  switch (record.name) {
    case 'RegisterBrokerRecord': {
      const logDirs = hasLogDirectories ? record.value.logDirs : []
      return { ...record, value: { ...record.value, logDirs, cordonedLogDirs: null } }
    }
    case 'PartitionRecord':
      return hasLogDirectories ? record : { ...record, value: { ...record.value, directories: [] } }
    case 'RegisterControllerRecord':
      return metadataVersion >= since.controllerRegistration ? record : undefined
    default:
      return record
  }
}

function reached(levels: readonly number[], metadataVersion: number): number {
  return levels.filter((level) => metadataVersion >= level).length
}
