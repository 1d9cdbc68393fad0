// Records of a topic for a test, read through the broker's own Fetch: those that are there, or as many as are
// asked for.

import { errors } from '../base/errors.ts'
import { zeroUuid } from '../base/uuid.ts'
import { calls } from '../client/api-call.ts'
import { type ConsumedRecord, readFetched } from '../client/fetched-records.ts'
import { isolationNumber } from '../client/offset-lookup.ts'
import type { Clock } from '../env/env.ts'
import type { TopicImage } from '../metadata/topics-image.ts'
import { defaultsFetchPartition } from '../protocol/generated/fetch-request.ts'
import { OttlaError } from './ottla-error.ts'
import type { TestControl } from './test-control.ts'
import type { ConsumeOptions, ReadRecord } from './types.ts'
import { refused } from './write-records.ts'

interface Place {
  readonly partition: number
  nextOffset: number
  endOffset: number
}

const waitMsMaxDefault = 5000
/** How long one Fetch waits for news. */
const fetchWaitMs = 100
const fetchBytesMax = 50 * 1024 * 1024
const earliestTimestamp = -2
const latestTimestamp = -1
const decoder = new TextDecoder()

/** `machineClock`: patience has nothing to do with the broker's clock. */
export async function readRecords(
  control: TestControl,
  topic: string,
  options: ConsumeOptions,
  machineClock: Clock,
): Promise<ReadRecord[]> {
  const { count, waitMsMax = waitMsMaxDefault } = options
  const isolation = isolationNumber(options.committedOnly === true ? 'read_committed' : 'read_uncommitted')
  const places = await placesOf(control, topic, options, isolation)
  const deadlineMs = machineClock.monotonicMs() + waitMsMax
  const found: ConsumedRecord[] = []
  for (;;) {
    const isAtEnd = places.every(({ nextOffset, endOffset }) => nextOffset >= endOffset)
    if (isAtEnd && found.length >= (count ?? 0)) return inOrder(found)
    const restMs = deadlineMs - machineClock.monotonicMs()
    if (restMs <= 0)
      throw new OttlaError(
        `${found.length} of ${count ?? 'the'} records came to topic ${topic} within ${waitMsMax} ms`,
      )
    for (const record of await fetch(control, topic, places, isolation)) found.push(record)
  }
}

async function placesOf(
  control: TestControl,
  topic: string,
  { partition, offset }: ConsumeOptions,
  isolation: number,
): Promise<Place[]> {
  const { partitions } = topicOrThrow(control, topic)
  if (partition !== undefined && partitions[partition] === undefined)
    throw new OttlaError(`topic ${topic} has no partition ${partition}, it has ${partitions.length}`)
  const indexes = partition === undefined ? partitions.map((_, index) => index) : [partition]
  const ends = await offsetsOf(control, topic, indexes, latestTimestamp, isolation)
  const starts = await offsetsOf(control, topic, indexes, earliestTimestamp, isolation)
  return indexes.map((index) => ({
    partition: index,
    nextOffset: Math.max(offset ?? 0, starts.get(index)!),
    endOffset: ends.get(index)!,
  }))
}

/** Names the topics there are when there is none of this name. */
export function topicOrThrow(control: TestControl, topic: string): TopicImage {
  const { topics } = control.image()
  const found = topics.byName(topic)
  if (found !== undefined) return found
  const names = [...topics.all()].map(({ name }) => name).sort()
  throw new OttlaError(`topic ${topic} does not exist; there are: ${names.join(', ')}`)
}

/** By partition: where the log begins or ends. */
async function offsetsOf(
  control: TestControl,
  topic: string,
  partitions: readonly number[],
  timestamp: number,
  isolationLevel: number,
): Promise<Map<number, number>> {
  const { topics } = await control.local.call(calls.listOffsets, {
    replicaId: -1,
    isolationLevel,
    topics: [
      {
        name: topic,
        partitions: partitions.map((partitionIndex) => ({
          partitionIndex,
          currentLeaderEpoch: -1,
          timestamp,
        })),
      },
    ],
  })
  const offsets = new Map<number, number>()
  for (const { partitionIndex, errorCode, offset } of topics[0]?.partitions ?? []) {
    if (errorCode !== errors.NONE) throw refused(`find partition ${topic}-${partitionIndex}`, errorCode)
    offsets.set(partitionIndex, offset)
  }
  return offsets
}

/** Where the partitions of a topic end, by partition. */
export function endOffsets(
  control: TestControl,
  topic: string,
  partitions: readonly number[],
): Promise<Map<number, number>> {
  return offsetsOf(control, topic, partitions, latestTimestamp, isolationNumber('read_uncommitted'))
}

async function fetch(
  control: TestControl,
  topic: string,
  places: readonly Place[],
  isolationLevel: number,
): Promise<ConsumedRecord[]> {
  const { responses } = await control.local.call(calls.fetch, {
    maxWaitMs: fetchWaitMs,
    minBytes: 1,
    maxBytes: fetchBytesMax,
    isolationLevel,
    sessionId: 0,
    sessionEpoch: -1,
    topics: [
      {
        topic,
        topicId: zeroUuid,
        partitions: places.map(({ partition, nextOffset }) => ({
          ...defaultsFetchPartition(),
          partition,
          fetchOffset: nextOffset,
          partitionMaxBytes: fetchBytesMax,
        })),
      },
    ],
  })
  const found: ConsumedRecord[] = []
  for (const { partitionIndex, errorCode, records, abortedTransactions } of responses[0]?.partitions ?? []) {
    if (errorCode !== errors.NONE) throw refused(`read partition ${topic}-${partitionIndex}`, errorCode)
    const place = places.find(({ partition }) => partition === partitionIndex)!
    if (records === null || records.length === 0) continue
    const source = { topic, partition: partitionIndex, fetchOffset: place.nextOffset, abortedTransactions }
    const read = readFetched({ ...source, bytes: records })
    if (!read.ok) throw new OttlaError(read.error.message)
    place.nextOffset = read.value.nextOffset
    for (const record of read.value.records) found.push(record)
  }
  return found
}

function inOrder(records: ConsumedRecord[]): ReadRecord[] {
  return records
    .sort((left, right) => left.partition - right.partition || left.offset - right.offset)
    .map(({ topic, partition, offset, timestamp, key, value, headers }) => ({
      topic,
      partition,
      offset,
      timestamp,
      key: textOf(key),
      value: textOf(value),
      headers: Object.fromEntries(headers.map(({ key: name, value: bytes }) => [name, textOf(bytes) ?? ''])),
      keyBytes: copyOf(key),
      valueBytes: copyOf(value),
      headerBytes: headers.map(({ key: name, value: bytes }) => ({ key: name, value: copyOf(bytes) })),
    }))
}

function textOf(bytes: Uint8Array | null): string | null {
  return bytes === null ? null : decoder.decode(bytes)
}

/** What a test keeps must not keep a whole log segment with it. */
function copyOf(bytes: Uint8Array | null): Uint8Array | null {
  return bytes === null ? null : new Uint8Array(bytes)
}
