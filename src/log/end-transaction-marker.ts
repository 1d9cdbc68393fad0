// The decision that a control batch of a transaction carries.

import { readControlType, readCoordinatorEpoch } from '../protocol/records/control-records.ts'
import { type BatchHeader, records } from '../protocol/records/record-batch.ts'
import type { EndTransactionMarker } from './producer-entry.ts'

/** Undefined for a data batch, an empty batch that compaction left, and control batches of the quorum. */
export function endTransactionMarkerOf(
  header: BatchHeader,
  bytes: Uint8Array,
  at: number,
): EndTransactionMarker | undefined {
  if (!header.isControl || header.producerId < 0) return undefined
  for (const record of records(bytes, at)) {
    const type = readControlType(record.key)
    if (type !== 'abort' && type !== 'commit') return undefined
    return { type, coordinatorEpoch: readCoordinatorEpoch(record), timestamp: record.timestamp }
  }
  return undefined
}
