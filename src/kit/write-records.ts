// Topics and records of a test, written through the broker's own Produce and CreateTopics.

import { errorName, errors } from '../base/errors.ts'
import { zeroUuid } from '../base/uuid.ts'
import { calls } from '../client/api-call.ts'
import { partitionOfKey } from '../client/partitioner.ts'
import type { RecordHeader } from '../protocol/records/record.ts'
import { encodeBatch } from '../protocol/records/record-batch.ts'
import { OttlaError } from './ottla-error.ts'
import type { TestControl } from './test-control.ts'
import type { NewRecord, NewTopic, WrittenRecord } from './types.ts'

/** A record as it is written: bytes, and the partition that was chosen. */
export interface PlacedRecord {
  readonly partition: number
  readonly timestamp: number
  readonly key: Uint8Array | null
  readonly value: Uint8Array | null
  readonly headers: readonly RecordHeader[]
}

const encoder = new TextEncoder()
const acksAll = -1
/** Asks for the broker's default. */
const byDefault = -1

export async function createTopics(
  control: TestControl,
  topics: readonly (string | NewTopic)[],
): Promise<void> {
  if (topics.length === 0) return
  const { topics: results } = await control.local.call(calls.createTopics, {
    topics: topics.map((topic) => {
      const { name, partitions, configs = {} }: NewTopic = typeof topic === 'string' ? { name: topic } : topic
      return {
        name,
        numPartitions: partitions ?? byDefault,
        replicationFactor: byDefault,
        assignments: [],
        configs: Object.entries(configs).map(([config, value]) => ({ name: config, value: String(value) })),
      }
    }),
  })
  for (const { name, errorCode, errorMessage } of results)
    if (errorCode !== errors.NONE) throw refused(`create topic ${name}`, errorCode, errorMessage)
}

/** Creates the topic if there is none. */
export async function writeRecords(
  control: TestControl,
  topic: string,
  records: readonly NewRecord[],
): Promise<WrittenRecord[]> {
  if (control.image().topics.byName(topic) === undefined) await createTopics(control, [topic])
  const partitionCount = control.image().topics.byName(topic)!.partitions.length
  const nowMs = control.time.wallMs()
  return appendRecords(
    control,
    topic,
    records.map((record, index) => place(record, index, partitionCount, nowMs)),
  )
}

/** One batch per partition. The result is in the order of `records`. */
export async function appendRecords(
  control: TestControl,
  topic: string,
  records: readonly PlacedRecord[],
): Promise<WrittenRecord[]> {
  const batches = Map.groupBy(records, ({ partition }) => partition)
  const { responses } = await control.local.call(calls.produce, {
    acks: acksAll,
    topicData: [
      {
        name: topic,
        topicId: zeroUuid,
        partitionData: [...batches].map(([index, batch]) => ({ index, records: encode(batch) })),
      },
    ],
  })
  const nextOffsets = new Map<number, number>()
  for (const { index, errorCode, errorMessage, baseOffset } of responses[0]?.partitionResponses ?? []) {
    if (errorCode !== errors.NONE)
      throw refused(`produce to partition ${topic}-${index}`, errorCode, errorMessage)
    nextOffsets.set(index, baseOffset)
  }
  return records.map(({ partition }) => {
    const offset = nextOffsets.get(partition)!
    nextOffsets.set(partition, offset + 1)
    return { topic, partition, offset }
  })
}

/** A failure that the broker answered. */
export function refused(what: string, errorCode: number, message: string | null = null): OttlaError {
  const why = message === null || message === '' ? '' : `: ${message}`
  return new OttlaError(`cannot ${what}: ${errorName(errorCode)}${why}`)
}

function place(
  { key = null, value, headers = {}, timestamp, partition }: NewRecord,
  index: number,
  partitionCount: number,
  nowMs: number,
): PlacedRecord {
  const keyBytes = bytesOf(key)
  const chosen = keyBytes === null ? index % partitionCount : partitionOfKey(keyBytes, partitionCount)
  return {
    partition: partition ?? chosen,
    timestamp: timestamp ?? nowMs,
    key: keyBytes,
    value: bytesOf(value),
    headers: Object.entries(headers).map(([name, header]) => ({ key: name, value: bytesOf(header) })),
  }
}

function bytesOf(value: string | Uint8Array | null): Uint8Array | null {
  return typeof value === 'string' ? encoder.encode(value) : value
}

function encode(records: readonly PlacedRecord[]): Uint8Array {
  return encodeBatch({
    baseOffset: 0,
    partitionLeaderEpoch: -1,
    records,
  })
}
