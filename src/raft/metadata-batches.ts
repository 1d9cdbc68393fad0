// Metadata records as record batches: key null, value the framed record.

import { DecodeError } from '../protocol/decode-error.ts'
import { decodeMetadataRecord, type MetadataRecord } from '../protocol/metadata-records.ts'
import { encodeBatch, records } from '../protocol/records/record-batch.ts'
import type { BatchPlace } from './control-records.ts'

/** `KafkaRaftClient.MAX_BATCH_SIZE_BYTES`: members of the quorum fetch whole batches. */
export const batchBytesMax = 8 * 1024 * 1024

/** Batches of encoded records at consecutive offsets, none above `bytesMax` unless a single record is. */
export function* metadataBatches(
  values: Iterable<Uint8Array>,
  place: BatchPlace,
  bytesMax = batchBytesMax,
): Generator<Uint8Array> {
  let { baseOffset } = place
  let gathered: Uint8Array[] = []
  let bytes = 0
  for (const value of values) {
    if (bytes > 0 && bytes + value.length + recordOverheadBytesMax > bytesMax) {
      yield metadataBatch(gathered, { ...place, baseOffset })
      baseOffset += gathered.length
      gathered = []
      bytes = 0
    }
    gathered.push(value)
    bytes += value.length + recordOverheadBytesMax
  }
  if (gathered.length > 0) yield metadataBatch(gathered, { ...place, baseOffset })
}

/** Lengths, attributes and deltas around a value. */
const recordOverheadBytesMax = 24

export function metadataBatch(
  values: readonly Uint8Array[],
  { baseOffset, epoch, timestampMs }: BatchPlace,
): Uint8Array {
  return encodeBatch({
    baseOffset,
    partitionLeaderEpoch: epoch,
    records: values.map((value) => ({ timestamp: timestampMs, key: null, value })),
  })
}

/** The records of the batch at `at`. Throws DecodeError, also for a record of a newer release. */
export function* metadataRecordsOf(bytes: Uint8Array, at: number): Generator<MetadataRecord> {
  for (const { offset, value } of records(bytes, at)) {
    if (value === null) throw new DecodeError(`the metadata record at offset ${offset} has no value`)
    const record = decodeMetadataRecord(value)
    if (record.name === 'unknown') {
      const kind = `type ${record.apiKey} and version ${record.version}`
      throw new DecodeError(`the metadata record at offset ${offset} has ${kind}, known to a newer release`)
    }
    yield record
  }
}
