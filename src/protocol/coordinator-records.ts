// The records of __consumer_offsets, __transaction_state and __share_group_state as one union by name for each
// topic. Keys begin with the type of the record, values with the version of the value, both int16
// (Kafka's CoordinatorRecordSerde). A null value is a tombstone.

import type { CoordinatorCodecs } from './coordinator-codecs.ts'
import { type GroupRecord, groupRecordCodecs } from './generated/records-group-table.ts'
import { type ShareRecord, shareRecordCodecs } from './generated/records-share-table.ts'
import { type TransactionRecord, transactionRecordCodecs } from './generated/records-transaction-table.ts'
import { hasVersion, type MessageCodec } from './message.ts'
import { Reader } from './reader.ts'
import { Writer } from './writer.ts'

export type { GroupRecord, ShareRecord, TransactionRecord }

/** A record as it stands in the log. */
export interface RecordBytes {
  readonly key: Uint8Array
  readonly value: Uint8Array | null
}

/** A record of a newer release: its type, or the version of its value, is not known here. */
export interface UnknownCoordinatorRecord {
  readonly name: 'unknown'
  readonly type: number
  /** Undefined: the type itself is unknown. */
  readonly valueVersion: number | undefined
}

interface AnyRecord {
  readonly name: string
  readonly key: unknown
  readonly value: unknown
}

/** Writes and reads the records of one topic. */
export class CoordinatorRecordSerde<R extends AnyRecord> {
  readonly #codecs: Readonly<Record<string, CoordinatorCodecs>>
  readonly #namesByType: ReadonlyMap<number, string>

  constructor(codecs: { readonly [Name in R['name']]: CoordinatorCodecs }) {
    this.#codecs = codecs
    this.#namesByType = new Map(
      Object.entries<CoordinatorCodecs>(codecs).map(([name, { key }]) => [key.apiKey, name]),
    )
  }

  /** The value is written in its highest version unless `valueVersion` says another. Throws EncodeError. */
  encode(record: R, valueVersion?: number): RecordBytes {
    const { key, value } = this.#codecs[record.name]!
    return {
      key: prefixed(key.apiKey, key, record.key, key.versions[1]),
      value:
        record.value === null ? null : versioned(value, record.value, valueVersion ?? value.stableVersionMax),
    }
  }

  /** Throws DecodeError where the bytes are damaged. Bytes after key and value are ignored, as in Kafka. */
  decode(key: Uint8Array, value: Uint8Array | null): R | UnknownCoordinatorRecord {
    const keyReader = new Reader(key)
    const type = keyReader.int16()
    const name = this.#namesByType.get(type)
    if (name === undefined) return { name: 'unknown', type, valueVersion: undefined }
    const codecs = this.#codecs[name]!
    const decodedKey = codecs.key.decode(keyReader, codecs.key.versions[1])
    if (value === null) return { name, key: decodedKey, value: null } as AnyRecord as R
    const valueReader = new Reader(value)
    const valueVersion = valueReader.int16()
    if (!hasVersion(codecs.value, valueVersion)) return { name: 'unknown', type, valueVersion }
    return { name, key: decodedKey, value: codecs.value.decode(valueReader, valueVersion) } as AnyRecord as R
  }
}

export const groupRecords = new CoordinatorRecordSerde<GroupRecord>(groupRecordCodecs)
export const transactionRecords = new CoordinatorRecordSerde<TransactionRecord>(transactionRecordCodecs)
export const shareRecords = new CoordinatorRecordSerde<ShareRecord>(shareRecordCodecs)

function versioned(codec: MessageCodec<unknown>, value: unknown, version: number): Uint8Array {
  return prefixed(version, codec, value, version)
}

function prefixed(prefix: number, codec: MessageCodec<unknown>, value: unknown, version: number): Uint8Array {
  const writer = new Writer()
  writer.int16(prefix)
  codec.encode(writer, value, version)
  return writer.toBytes()
}
