// The files of a real `__cluster_metadata-0` of Apache Kafka 4.3.1, for tests (test/golden/cluster-metadata).

import { readFileSync } from 'node:fs'
import { decodeMetadataRecord, type MetadataRecord } from '../src/protocol/metadata-records.ts'
import { batchHeaders, records } from '../src/protocol/records/record-batch.ts'

/** `00000000000000000078-0000000001.checkpoint` holds what the log holds before this offset. */
export const goldenSnapshotEndOffset = 78

export function goldenFile(name: string): Uint8Array {
  return new Uint8Array(readFileSync(new URL(`./golden/cluster-metadata/${name}`, import.meta.url)))
}

/** The metadata records of record batches, control batches left out. */
export function metadataRecords(bytes: Uint8Array): { offset: number; record: MetadataRecord }[] {
  const found: { offset: number; record: MetadataRecord }[] = []
  for (const { at, header } of batchHeaders(bytes)) {
    if (header.isControl) continue
    for (const { offset, value } of records(bytes, at)) {
      const record = decodeMetadataRecord(value!)
      if (record.name !== 'unknown') found.push({ offset, record })
    }
  }
  return found
}
