// What a controller writes when it becomes active (`ActivationRecordsGenerator`): into an empty log the bootstrap
// records, in a metadata transaction so that they count together; into a log that ends inside a transaction
// the record that gives it up.

import type { MetadataRecord } from '../protocol/metadata-records.ts'
import type { LoadedMetadata } from './metadata-log.ts'

/**
 * `bootstrap` are the records of `bootstrap.checkpoint`. `minInsyncReplicas` becomes the cluster's
 * min.insync.replicas where eligible leader replicas are kept, for they depend on one value for all brokers.
 */
export function activationRecords(
  loaded: LoadedMetadata,
  bootstrap: readonly MetadataRecord[],
  minInsyncReplicas: number,
): MetadataRecord[] {
  const records: MetadataRecord[] = []
  if (loaded.inTransaction) {
    records.push({ name: 'AbortTransactionRecord', value: { reason: 'Controller failover' } })
  }
  if (loaded.image.features.metadataVersion > 0) return records
  records.push({ name: 'BeginTransactionRecord', value: { name: 'Bootstrap records' } }, ...bootstrap)
  if (bootstrap.some(enablesElr)) {
    records.push({
      name: 'ConfigRecord',
      value: {
        resourceType: 4,
        resourceName: '',
        name: 'min.insync.replicas',
        value: String(minInsyncReplicas),
      },
    })
  }
  records.push({ name: 'EndTransactionRecord', value: {} })
  return records
}

function enablesElr(record: MetadataRecord): boolean {
  return (
    record.name === 'FeatureLevelRecord' &&
    record.value.name === 'eligible.leader.replicas.version' &&
    record.value.featureLevel > 0
  )
}
