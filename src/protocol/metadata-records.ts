// The records of __cluster_metadata as one union by name, to and from their bytes in the log.

import { decodeFramedRecord, encodeFramedRecord } from './framed-record.ts'
import { type MetadataRecord, metadataRecordCodecs } from './generated/metadata-record-table.ts'

export type { MetadataRecord }

/** A record of a newer release: its type, or its version, is not known here. */
export interface UnknownMetadataRecord {
  readonly name: 'unknown'
  readonly apiKey: number
  readonly version: number
}

const codecsByKey = new Map(Object.values(metadataRecordCodecs).map((codec) => [codec.apiKey, codec]))

/** The bytes of a record, in its highest stable version unless `version` says another. Throws EncodeError. */
export function encodeMetadataRecord(record: MetadataRecord, version?: number): Uint8Array {
  const codec = metadataRecordCodecs[record.name]
  return encodeFramedRecord(codec, record.value, version ?? codec.stableVersionMax)
}

/** Throws DecodeError where the bytes are damaged. */
export function decodeMetadataRecord(bytes: Uint8Array): MetadataRecord | UnknownMetadataRecord {
  const { apiKey, version, codec, value } = decodeFramedRecord(bytes, codecsByKey)
  if (codec === undefined) return { name: 'unknown', apiKey, version }
  return { name: codec.name, value } as MetadataRecord
}
