// How keys and values of records are shown: as text or numbers, or as the records of the cluster's own topics.

import { decodeAssignmentMessage, decodeSubscription } from '../../client/consumer-protocol.ts'
import { groupRecords, shareRecords, transactionRecords } from '../../protocol/coordinator-records.ts'
import { DecodeError } from '../../protocol/decode-error.ts'
import { decodeMetadataRecord } from '../../protocol/metadata-records.ts'
import { Reader } from '../../protocol/reader.ts'
import { jsonReady } from './message-json.ts'

export interface RecordContent {
  readonly offset: number
  readonly key: Uint8Array | null
  readonly value: Uint8Array | null
}

export interface Shown {
  /** Undefined: there is none to show. */
  readonly key: string | undefined
  readonly payload: string | undefined
}

export type RecordDecoder = (record: RecordContent) => Shown

type BytesDecoder = (bytes: Uint8Array) => string

/** By the last part of Kafka's class names. */
const bytesDecoders: ReadonlyMap<string, BytesDecoder> = new Map<string, BytesDecoder>([
  ['StringDecoder', (bytes) => Buffer.from(bytes).toString()],
  ['IntegerDecoder', (bytes) => (bytes.length === 4 ? `${new Reader(bytes).int32()}` : hex(bytes))],
  ['LongDecoder', (bytes) => (bytes.length === 8 ? `${new Reader(bytes).int64Exact()}` : hex(bytes))],
  ['DefaultDecoder', hex],
])

export const bytesDecoderNames: readonly string[] = [...bytesDecoders.keys()]

export function bytesDecoder(className: string): BytesDecoder | undefined {
  return bytesDecoders.get(className.slice(className.lastIndexOf('.') + 1))
}

export function plainDecoder(key: BytesDecoder, value: BytesDecoder): RecordDecoder {
  return (record) => ({
    key: record.key === null ? undefined : key(record.key),
    payload: record.value === null ? undefined : value(record.value),
  })
}

/** Records of __cluster_metadata. */
export function metadataDecoder({ offset, value }: RecordContent): Shown {
  return guarded(offset, undefined, () => {
    if (value === null) throw new DecodeError('the record has no value')
    const record = decodeMetadataRecord(value)
    if (record.name === 'unknown') {
      const { apiKey, version } = record
      return {
        key: undefined,
        payload: `Unknown record type ${apiKey} version ${version} at ${offset}, skipping.`,
      }
    }
    const version = versionOf(value)
    const data = jsonReady(record.value, record.name, version)
    const json = { type: constantCase(record.name), version, data }
    return { key: undefined, payload: JSON.stringify(json) }
  })
}

/** Records of __consumer_offsets, with subscriptions and assignments of consumers spelled out. */
export const offsetsDecoder = coordinatorDecoder(groupRecords, withConsumerProtocol)
/** Records of __transaction_state. */
export const transactionDecoder = coordinatorDecoder(transactionRecords)
/** Records of __share_group_state. */
export const shareStateDecoder = coordinatorDecoder(shareRecords)

interface Serde {
  decode(
    key: Uint8Array,
    value: Uint8Array | null,
  ): { readonly name: string; readonly type?: number; readonly key?: unknown; readonly value?: unknown }
}

function coordinatorDecoder(
  serde: Serde,
  spellOut: (value: unknown) => unknown = (value) => value,
): RecordDecoder {
  return ({ offset, key, value }) =>
    guarded(offset, 'offset', () => {
      if (key === null) throw new DecodeError('message had a missing key')
      const record = serde.decode(key, value)
      if (record.name === 'unknown') {
        return {
          key: `Unknown record type ${record.type} at offset ${offset}, skipping.`,
          payload: undefined,
        }
      }
      const type = `${new Reader(key).int16()}`
      const shownKey = JSON.stringify({ type, data: jsonReady(record.key, `${record.name}Key`, 0) })
      if (value === null) return { key: shownKey, payload: '<DELETE>' }
      const version = new Reader(value).int16()
      const data = jsonReady(spellOut(record.value), `${record.name}Value`, version)
      return { key: shownKey, payload: JSON.stringify({ version: `${version}`, data }) }
    })
}

function withConsumerProtocol(value: unknown): unknown {
  const group = value as {
    protocolType?: string
    members?: { subscription: Uint8Array; assignment: Uint8Array }[]
  }
  if (group.protocolType !== 'consumer' || group.members === undefined) return value
  const members = group.members.map((member) => ({
    ...member,
    subscription: spelledOut(member.subscription, decodeSubscription),
    assignment: spelledOut(member.assignment, decodeAssignmentMessage),
  }))
  return { ...group, members }
}

function spelledOut(bytes: Uint8Array, decode: (bytes: Uint8Array) => unknown): unknown {
  try {
    return decode(bytes)
  } catch (error) {
    if (error instanceof DecodeError) return bytes
    throw error
  }
}

/** What cannot be decoded is said in the place of the payload; the dump goes on. */
function guarded(offset: number, word: 'offset' | undefined, decode: () => Shown): Shown {
  try {
    return decode()
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error
    const text = `Error at ${word === undefined ? '' : `${word} `}${offset}, skipping. ${error.message}`
    return word === undefined ? { key: undefined, payload: text } : { key: text, payload: undefined }
  }
}

function versionOf(framed: Uint8Array): number {
  const reader = new Reader(framed)
  reader.unsignedVarint()
  reader.unsignedVarint()
  return reader.unsignedVarint()
}

/** `TopicRecord` as `TOPIC_RECORD`, Kafka's MetadataRecordType. */
function constantCase(name: string): string {
  return name.replace(/([a-z0-9])([A-Z])/g, '$1_$2').toUpperCase()
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex')
}
