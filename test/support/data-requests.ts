// The data APIs as tests ask them: codecs in pairs, requests for one partition, record batches whole and damaged.

import { apiVersionsRequest } from '../../src/protocol/generated/api-versions-request.ts'
import { apiVersionsResponse } from '../../src/protocol/generated/api-versions-response.ts'
import { createTopicsRequest } from '../../src/protocol/generated/create-topics-request.ts'
import { createTopicsResponse } from '../../src/protocol/generated/create-topics-response.ts'
import {
  defaultsFetchPartition,
  defaultsFetchTopic,
  type FetchPartition,
  type FetchRequest,
  fetchRequest,
} from '../../src/protocol/generated/fetch-request.ts'
import { fetchResponse, type PartitionData } from '../../src/protocol/generated/fetch-response.ts'
import { initProducerIdRequest } from '../../src/protocol/generated/init-producer-id-request.ts'
import { initProducerIdResponse } from '../../src/protocol/generated/init-producer-id-response.ts'
import {
  type ListOffsetsRequest,
  listOffsetsRequest,
} from '../../src/protocol/generated/list-offsets-request.ts'
import { listOffsetsResponse } from '../../src/protocol/generated/list-offsets-response.ts'
import {
  type OffsetForLeaderEpochRequest,
  offsetForLeaderEpochRequest,
} from '../../src/protocol/generated/offset-for-leader-epoch-request.ts'
import { offsetForLeaderEpochResponse } from '../../src/protocol/generated/offset-for-leader-epoch-response.ts'
import { type ProduceRequest, produceRequest } from '../../src/protocol/generated/produce-request.ts'
import {
  type PartitionProduceResponse,
  produceResponse,
} from '../../src/protocol/generated/produce-response.ts'
import { batchFields } from '../../src/protocol/records/batch-layout.ts'
import { writeInt16, writeInt32, writeInt64 } from '../../src/protocol/records/big-endian.ts'
import {
  batchHeaders,
  encodeBatch,
  type NewBatch,
  type NewRecord,
  records,
  updateCrc,
} from '../../src/protocol/records/record-batch.ts'
import type { ApiCodecs } from './raw-connection.ts'

export const produceCodecs = { request: produceRequest, response: produceResponse }
export const fetchCodecs = { request: fetchRequest, response: fetchResponse }
export const listOffsetsCodecs = { request: listOffsetsRequest, response: listOffsetsResponse }
export const apiVersionsCodecs = { request: apiVersionsRequest, response: apiVersionsResponse }
export const createTopicsCodecs = { request: createTopicsRequest, response: createTopicsResponse }
export const initProducerIdCodecs = { request: initProducerIdRequest, response: initProducerIdResponse }
export const offsetForLeaderEpochCodecs = {
  request: offsetForLeaderEpochRequest,
  response: offsetForLeaderEpochResponse,
}

export interface TopicNameAndId {
  readonly name: string
  readonly id: string
}

const produceTopicIdVersionMin = 13
const fetchTopicIdVersionMin = 13

export function versionsFrom(min: number, max: number): number[] {
  return Array.from({ length: max - min + 1 }, (_, index) => min + index)
}

/** A record of now, whose key is `key` and whose value is `value`. */
export function record(value: string, more: Partial<NewRecord> = {}): NewRecord {
  return { timestamp: Date.now(), key: Buffer.from('k'), value: Buffer.from(value), ...more }
}

export function batchOf(contents: readonly NewRecord[], more: Partial<NewBatch> = {}): Uint8Array {
  return encodeBatch({
    baseOffset: 0,
    partitionLeaderEpoch: -1,
    records: contents,
    ...more,
  })
}

/** `values` as one batch of records. */
export function batch(...values: string[]): Uint8Array {
  return batchOf(values.map((value) => record(value)))
}

const fieldWriters = {
  baseOffset: writeInt64,
  batchLength: writeInt32,
  partitionLeaderEpoch: writeInt32,
  attributes: writeInt16,
  lastOffsetDelta: writeInt32,
  baseTimestamp: writeInt64,
  maxTimestamp: writeInt64,
  producerId: writeInt64,
  producerEpoch: writeInt16,
  baseSequence: writeInt32,
  count: writeInt32,
} as const

/** A copy of `bytes` whose header field says `value`, with a checksum that fits. */
export function withField(bytes: Uint8Array, field: keyof typeof fieldWriters, value: number): Uint8Array {
  const changed = bytes.slice()
  fieldWriters[field](changed, batchFields[field], value)
  if (field !== 'batchLength') updateCrc(changed, 0)
  return changed
}

export function withMagic(bytes: Uint8Array, magic: number): Uint8Array {
  const changed = bytes.slice()
  changed[batchFields.magic] = magic
  return changed
}

/** A Produce request for one partition, by name or by id as the version has it. */
export function produceTo(
  version: number,
  topic: TopicNameAndId,
  records: Uint8Array | null,
  more: Partial<ProduceRequest> & { partition?: number } = {},
): Partial<ProduceRequest> {
  const { partition = 0, ...fields } = more
  return {
    acks: -1,
    timeoutMs: 30_000,
    topicData: [
      {
        ...namedIn(version, produceTopicIdVersionMin, topic),
        partitionData: [{ index: partition, records }],
      },
    ],
    ...fields,
  }
}

/** The topic's name below `versionMin`, its id from there on; `topic` and `name` serve Fetch and Produce. */
function namedIn(version: number, versionMin: number, { name, id }: TopicNameAndId) {
  return version < versionMin ? { name, topicId: defaultsFetchTopic().topicId } : { name: '', topicId: id }
}

/** A Fetch request for one partition that does not wait. */
export function fetchFrom(
  version: number,
  topic: TopicNameAndId,
  fetchOffset: number,
  more: Partial<FetchRequest> & { of?: Partial<FetchPartition> } = {},
): Partial<FetchRequest> {
  const { of = {}, ...fields } = more
  const { name, topicId } = namedIn(version, fetchTopicIdVersionMin, topic)
  const partition = { ...defaultsFetchPartition(), partitionMaxBytes: 1_048_576, fetchOffset, ...of }
  return {
    maxBytes: 52_428_800,
    minBytes: 1,
    sessionEpoch: -1,
    topics: [{ topic: name, topicId, partitions: [partition] }],
    ...fields,
  }
}

export function listOffsetsOf(
  topic: string,
  timestamp: number,
  more: Partial<ListOffsetsRequest> & { partition?: number; currentLeaderEpoch?: number } = {},
): Partial<ListOffsetsRequest> {
  const { partition = 0, currentLeaderEpoch = -1, ...fields } = more
  return {
    replicaId: -1,
    topics: [{ name: topic, partitions: [{ partitionIndex: partition, currentLeaderEpoch, timestamp }] }],
    ...fields,
  }
}

export function epochEndOf(
  topic: string,
  leaderEpoch: number,
  more: Partial<OffsetForLeaderEpochRequest> & { partition?: number; currentLeaderEpoch?: number } = {},
): Partial<OffsetForLeaderEpochRequest> {
  const { partition = 0, currentLeaderEpoch = -1, ...fields } = more
  return { topics: [{ topic, partitions: [{ partition, currentLeaderEpoch, leaderEpoch }] }], ...fields }
}

/** Anything that answers requests: a node under test or one connection. */
export interface Callee {
  call<Q, R>(codecs: ApiCodecs<Q, R>, version: number, fields?: Partial<Q>): Promise<R>
}

/** A topic that can be written to when this resolves. */
export async function createTopic(
  callee: Callee,
  name: string,
  configs: Readonly<Record<string, string>> = {},
  numPartitions = 1,
): Promise<TopicNameAndId> {
  const entries = Object.entries(configs).map(([key, value]) => ({ name: key, value }))
  const { topics } = await callee.call(createTopicsCodecs, 7, {
    topics: [{ name, numPartitions, replicationFactor: 1, assignments: [], configs: entries }],
  })
  const { topicId, errorCode, errorMessage } = topics[0]!
  if (errorCode !== 0) throw new Error(`cannot create ${name}: ${errorCode} ${errorMessage}`)
  return { name, id: topicId }
}

/** Sends one batch to partition 0 and returns what is said about it. */
export async function produceOne(
  callee: Callee,
  topic: TopicNameAndId,
  records: Uint8Array | null,
  version = 12,
): Promise<PartitionProduceResponse> {
  const { responses } = await callee.call(produceCodecs, version, produceTo(version, topic, records))
  return responses[0]!.partitionResponses[0]!
}

/** What a fetch without waiting says about partition 0. */
export async function fetchOne(
  callee: Callee,
  topic: TopicNameAndId,
  fetchOffset: number,
  more: Parameters<typeof fetchFrom>[3] = {},
  version = 12,
): Promise<PartitionData> {
  const { responses } = await callee.call(fetchCodecs, version, fetchFrom(version, topic, fetchOffset, more))
  return responses[0]!.partitions[0]!
}

/** The values of all records in what a fetch gave, with their offsets. */
export function valuesOf({ records: bytes }: PartitionData): [offset: number, value: string][] {
  const values: [number, string][] = []
  for (const { at } of batchHeaders(bytes!))
    for (const { offset, value } of records(bytes!, at)) values.push([offset, Buffer.from(value!).toString()])
  return values
}
