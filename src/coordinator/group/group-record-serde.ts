// The bytes of the classic records of `__consumer_offsets`. Key: int16 type and its fields; value: int16
// version and its fields, flexible from version 4.
//   key type 0, 1 (OffsetCommit)   group string, topic string, partition int32
//   key type 2 (GroupMetadata)     group string
// Written as Kafka 4.3 writes: OffsetCommit value 4 (the topic id is a tagged field) or 1 when the commit set
// its own retention, GroupMetadata value 3. All value versions are read; other key types are not ours.

import type { EncodedRecord, RecordSerde } from '../runtime/batch-codec.ts'
import {
  type GroupMetadataMember,
  type GroupMetadataValue,
  type GroupRecord,
  type OffsetCommitValue,
  zeroTopicId,
} from './group-records.ts'
import { RecordDecodeError, RecordReader, RecordWriter } from './record-bytes.ts'

const offsetCommitKey = 1
const legacyOffsetCommitKey = 0
const groupMetadataKey = 2
const flexibleValueVersionMin = 4
const topicIdTag = 0

export const groupRecordSerde: RecordSerde<GroupRecord> = { encode: encodeRecord, decode: decodeRecord }

/** Undefined when a string of the record does not fit its field: flexible requests may carry longer ones. */
function encodeRecord(record: GroupRecord): EncodedRecord | undefined {
  const writer = new RecordWriter({ isFlexible: false })
  if (record.kind === 'offset-commit')
    writer.int16(offsetCommitKey).string(record.group).string(record.topic).int32(record.partition)
  else writer.int16(groupMetadataKey).string(record.group)
  const key = writer.finish()
  const value = encodeValue(record)
  return key === undefined || value === undefined ? undefined : { key, value }
}

function encodeValue(record: GroupRecord): Uint8Array | null | undefined {
  if (record.value === null) return null
  return record.kind === 'offset-commit'
    ? encodeOffsetCommit(record.value)
    : encodeGroupMetadata(record.value)
}

/** Throws RecordDecodeError for a record of a known type that is cut short or of an unknown version. */
function decodeRecord(key: Uint8Array, value: Uint8Array | null): GroupRecord | undefined {
  const reader = new RecordReader(key, { start: 0, isFlexible: false })
  const type = reader.int16()
  if (type === offsetCommitKey || type === legacyOffsetCommitKey) {
    const [group, topic, partition] = [reader.string(), reader.string(), reader.int32()]
    return { kind: 'offset-commit', group, topic, partition, value: value && decodeOffsetCommit(value) }
  }
  if (type !== groupMetadataKey) return undefined
  return { kind: 'group-metadata', group: reader.string(), value: value && decodeGroupMetadata(value) }
}

function encodeOffsetCommit(value: OffsetCommitValue): Uint8Array | undefined {
  const setsRetention = value.expireTimestamp >= 0
  const version = setsRetention ? 1 : 4
  const writer = new RecordWriter({ isFlexible: !setsRetention }).int16(version).int64(value.offset)
  if (setsRetention) {
    writer.string(value.metadata).int64(BigInt(value.commitTimestamp)).int64(BigInt(value.expireTimestamp))
    return writer.finish()
  }
  writer.int32(value.leaderEpoch).string(value.metadata).int64(BigInt(value.commitTimestamp))
  if (value.topicId === zeroTopicId) writer.unsignedVarint(0)
  else {
    const id = Buffer.from(value.topicId, 'base64url')
    writer.unsignedVarint(1).unsignedVarint(topicIdTag).unsignedVarint(id.length).raw(id)
  }
  return writer.finish()
}

function decodeOffsetCommit(bytes: Uint8Array): OffsetCommitValue {
  const { version, reader } = openValue(bytes)
  const offset = reader.int64()
  const leaderEpoch = version >= 3 ? reader.int32() : -1
  const metadata = reader.string()
  const commitTimestamp = Number(reader.int64())
  const expireTimestamp = version === 1 ? Number(reader.int64()) : -1
  let topicId = zeroTopicId
  reader.taggedFields((tag, field) => {
    if (tag === topicIdTag) topicId = Buffer.from(field).toString('base64url')
  })
  return { offset, leaderEpoch, metadata, commitTimestamp, expireTimestamp, topicId }
}

function encodeGroupMetadata(value: GroupMetadataValue): Uint8Array | undefined {
  const writer = new RecordWriter({ isFlexible: false })
    .int16(3)
    .string(value.protocolType)
    .int32(value.generation)
    .string(value.protocol)
    .string(value.leader)
    .int64(BigInt(value.currentStateTimestamp))
    .arrayLength(value.members.length)
  for (const member of value.members) {
    writer
      .string(member.memberId)
      .string(member.groupInstanceId)
      .string(member.clientId)
      .string(member.clientHost)
      .int32(member.rebalanceTimeout)
      .int32(member.sessionTimeout)
      .bytes(member.subscription)
      .bytes(member.assignment)
  }
  return writer.finish()
}

function decodeGroupMetadata(bytes: Uint8Array): GroupMetadataValue {
  const { version, reader } = openValue(bytes)
  const protocolType = reader.string()
  const generation = reader.int32()
  const protocol = reader.nullableString()
  const leader = reader.nullableString()
  const currentStateTimestamp = version >= 2 ? Number(reader.int64()) : -1
  const count = reader.arrayLength()
  const members: GroupMetadataMember[] = []
  for (let index = 0; index < count; index++) {
    members.push({
      memberId: reader.string(),
      groupInstanceId: version >= 3 ? reader.nullableString() : null,
      clientId: reader.string(),
      clientHost: reader.string(),
      rebalanceTimeout: version >= 1 ? reader.int32() : -1,
      sessionTimeout: reader.int32(),
      subscription: reader.bytes(),
      assignment: reader.bytes(),
    })
    reader.taggedFields(() => {})
  }
  reader.taggedFields(() => {})
  return { protocolType, generation, protocol, leader, currentStateTimestamp, members }
}

function openValue(bytes: Uint8Array): { version: number; reader: RecordReader } {
  const version = new RecordReader(bytes, { start: 0, isFlexible: false }).int16()
  if (version < 0 || version > 4) throw new RecordDecodeError(`value version ${version} is not known`)
  const isFlexible = version >= flexibleValueVersionMin
  return { version, reader: new RecordReader(bytes, { start: 2, isFlexible }) }
}
