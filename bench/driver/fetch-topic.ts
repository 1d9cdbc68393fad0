// Many consumers of one topic: each connection reads every partition from the start to the end it had, and counts
// bytes instead of decoding records, so that the broker and not the driver is what is measured.

import { calls } from '../../src/client/api-call.ts'
import type { KafkaConnection } from '../../src/client/kafka-connection.ts'
import { defaultsFetchPartition, defaultsFetchTopic } from '../../src/protocol/generated/fetch-request.ts'
import { batchHeaders } from '../../src/protocol/records/record-batch.ts'
import { cpuSecondsOf } from '../process-usage.ts'
import { checkCode, lastOffset, openConnections, send } from './connections.ts'
import type { Target } from './drive.ts'

export interface FetchOptions {
  readonly topic: string
  readonly partitions: number
  readonly connections: number
}

export interface FetchFigures {
  readonly gigabytes: number
  readonly seconds: number
  readonly cpuSeconds: number
}

const partitionBytesMax = 1_048_576

export async function fetchTopic(target: Target, options: FetchOptions): Promise<FetchFigures> {
  const connections = await openConnections(target.server, options.connections)
  const ends = await endOffsets(connections[0]!, options)
  const cpuBefore = cpuSecondsOf(target.pid)
  const startedMs = performance.now()
  const bytes = await Promise.all(connections.map((connection) => readAll(connection, options.topic, ends)))
  return {
    gigabytes: bytes.reduce((sum, each) => sum + each, 0) / 1e9,
    seconds: (performance.now() - startedMs) / 1000,
    cpuSeconds: cpuSecondsOf(target.pid) - cpuBefore,
  }
}

async function readAll(
  connection: KafkaConnection,
  topic: string,
  ends: ReadonlyMap<number, number>,
): Promise<number> {
  const offsets = new Map([...ends].filter(([, end]) => end > 0).map(([partition]) => [partition, 0]))
  let bytes = 0
  while (offsets.size > 0) {
    const partitions = [...offsets].map(([partition, fetchOffset]) => ({
      ...defaultsFetchPartition(),
      partition,
      fetchOffset,
      partitionMaxBytes: partitionBytesMax,
    }))
    const { errorCode, responses } = await send(connection, calls.fetch, {
      maxWaitMs: 500,
      minBytes: 1,
      maxBytes: 52_428_800,
      topics: [{ ...defaultsFetchTopic(), topic, partitions }],
    })
    checkCode(errorCode, 'Fetch')
    for (const { partitionIndex, records, ...answer } of responses.flatMap((each) => each.partitions)) {
      checkCode(answer.errorCode, 'Fetch')
      if (records === null || records.length === 0) continue
      bytes += records.length
      const next = nextOffset(records) ?? offsets.get(partitionIndex)!
      if (next >= ends.get(partitionIndex)!) offsets.delete(partitionIndex)
      else offsets.set(partitionIndex, next)
    }
  }
  return bytes
}

async function endOffsets(
  connection: KafkaConnection,
  { topic, partitions }: FetchOptions,
): Promise<Map<number, number>> {
  const asked = Array.from({ length: partitions }, (_, partitionIndex) => ({ ...lastOffset, partitionIndex }))
  const answer = await send(connection, calls.listOffsets, {
    replicaId: -1,
    topics: [{ name: topic, partitions: asked }],
  })
  return new Map(answer.topics[0]!.partitions.map(({ partitionIndex, offset }) => [partitionIndex, offset]))
}

/** Undefined when not even one batch is whole. */
function nextOffset(records: Uint8Array): number | undefined {
  let next: number | undefined
  for (const { header } of batchHeaders(records)) next = header.lastOffset + 1
  return next
}
