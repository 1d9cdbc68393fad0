// The embedded protocol of consumer groups ("consumer"): what members put into JoinGroup and SyncGroup, a version
// in front of each message. Subscriptions are written in version 1: more would claim what this client does not do.

import {
  type ConsumerProtocolAssignment,
  consumerProtocolAssignment,
} from '../protocol/generated/consumer-protocol-assignment.ts'
import {
  type ConsumerProtocolSubscription,
  consumerProtocolSubscription,
} from '../protocol/generated/consumer-protocol-subscription.ts'
import type { MessageCodec } from '../protocol/message.ts'
import { Reader } from '../protocol/reader.ts'
import { Writer } from '../protocol/writer.ts'
import type { Assignment } from './range-assignor.ts'

const subscriptionVersion = 1
const assignmentVersion = 0

export function encodeSubscription(topics: readonly string[]): Uint8Array {
  const value = { ...consumerProtocolSubscription.defaults(), topics: topics.toSorted() }
  return encodeVersioned(consumerProtocolSubscription, subscriptionVersion, value)
}

/** What a member subscribes to. Throws DecodeError. */
export function decodeSubscription(bytes: Uint8Array): ConsumerProtocolSubscription {
  return decodeVersioned(consumerProtocolSubscription, bytes)
}

export function encodeAssignment(assignment: Assignment): Uint8Array {
  const assignedPartitions = [...assignment].map(([topic, partitions]) => ({
    topic,
    partitions: [...partitions],
  }))
  return encodeVersioned(consumerProtocolAssignment, assignmentVersion, {
    assignedPartitions,
    userData: null,
  })
}

/** The message that SyncGroup hands to a member. Throws DecodeError. */
export function decodeAssignmentMessage(bytes: Uint8Array): ConsumerProtocolAssignment {
  return decodeVersioned(consumerProtocolAssignment, bytes)
}

/** No bytes are an assignment of nothing. Throws DecodeError. */
export function decodeAssignment(bytes: Uint8Array): Assignment {
  if (bytes.length === 0) return new Map()
  const { assignedPartitions } = decodeAssignmentMessage(bytes)
  return new Map(assignedPartitions.map(({ topic, partitions }) => [topic, partitions]))
}

function encodeVersioned<T>(codec: MessageCodec<T>, version: number, value: T): Uint8Array {
  const writer = new Writer()
  writer.int16(version)
  codec.encode(writer, value, version)
  return writer.toBytes()
}

/** A newer version only adds fields at the end, so the highest known one reads its beginning. */
function decodeVersioned<T>(codec: MessageCodec<T>, bytes: Uint8Array): T {
  const reader = new Reader(bytes)
  const version = reader.int16()
  if (version < codec.versions[0]) throw reader.error(`${codec.name} has version ${version}`)
  return codec.decode(reader, Math.min(version, codec.versions[1]))
}
