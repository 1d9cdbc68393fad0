// What the group coordinator needs of the broker: appending to, watching and reading `__consumer_offsets`
// through the partition table, and the batch format.

import { assert } from '../base/assert.ts'
import { errors } from '../base/errors.ts'
import { type TopicPartition, topicPartitionKey } from '../base/topic-partition.ts'
import type { BatchCodec, DecodedBatch, EncodedRecord } from '../coordinator/runtime/batch-codec.ts'
import type {
  CoordinatorAppendResult,
  LoadablePartition,
  PartitionListener,
  PartitionReader,
  PartitionWriter,
} from '../coordinator/runtime/partition-writer.ts'
import type { Clock } from '../env/env.ts'
import { readControlType } from '../protocol/records/control-records.ts'
import { batchHeaders, encodeBatch, records } from '../protocol/records/record-batch.ts'
import type { Partition } from '../replication/partition.ts'
import type { PartitionTable } from '../replication/partition-table.ts'

/** How much of a log is read at a time while a coordinator loads it. */
const loadBytesMax = 1024 * 1024

export class CoordinatorPartitions implements PartitionWriter, PartitionReader {
  readonly #partitions: PartitionTable
  readonly #clock: Clock

  constructor(modules: { partitions: PartitionTable; clock: Clock }) {
    this.#partitions = modules.partitions
    this.#clock = modules.clock
  }

  append({ topic, partition }: TopicPartition, batch: Uint8Array): CoordinatorAppendResult {
    const found = this.#partitions.get(topic, partition)
    if (found === undefined) return { ok: false, error: errors.NOT_LEADER_OR_FOLLOWER }
    const result = found.append(
      batch,
      { origin: 'coordinator', nowMs: this.#clock.wallMs() },
      found.log.config.minInsyncReplicas,
    )
    return result.ok ? { ok: true, lastOffset: result.lastOffset } : { ok: false, error: result.error }
  }

  listen({ topic, partition }: TopicPartition, listener: PartitionListener): () => void {
    const found = this.#partitions.get(topic, partition)
    if (found === undefined) {
      listener.onFailed(errors.NOT_LEADER_OR_FOLLOWER)
      return () => {}
    }
    return found.watch(listener)
  }

  messageBytesMax({ topic, partition }: TopicPartition): number {
    const found = this.#partitions.get(topic, partition)
    assert(found, `a coordinator writes only to partitions of this broker, not to ${topic}-${partition}`)
    return found.log.config.maxMessageBytes
  }

  open({ topic, partition }: TopicPartition): LoadablePartition | undefined {
    const found = this.#partitions.get(topic, partition)
    if (found === undefined) return undefined
    const endOffset = found.log.logEndOffset
    return { batches: chunks(found, endOffset), endOffset, highWatermark: found.highWatermark }
  }
}

async function* chunks({ log, topicPartition }: Partition, endOffset: number): AsyncIterable<Uint8Array> {
  let offset = log.logStartOffset
  while (offset < endOffset) {
    const read = await log.read({ offset, endOffset, bytesMax: loadBytesMax, minOneMessage: true })
    if (!read.ok) throw new Error(`${topicPartitionKey(topicPartition)} cannot be read at ${offset}`)
    if (read.records.length === 0) return
    yield read.records
    for (const { header } of batchHeaders(read.records)) offset = header.lastOffset + 1
  }
}

export const recordBatchCodec: BatchCodec = {
  encode(encoded: readonly EncodedRecord[], nowMs: number): Uint8Array {
    return encodeBatch({
      baseOffset: 0,
      partitionLeaderEpoch: -1,
      records: encoded.map(({ key, value }) => ({ timestamp: nowMs, key, value })),
    })
  },

  *decode(chunk: Uint8Array): Iterable<DecodedBatch> {
    for (const { at, header } of batchHeaders(chunk))
      yield {
        lastOffset: header.lastOffset,
        transactionalProducerId: header.isTransactional ? header.producerId : -1,
        producerEpoch: header.producerEpoch,
        marker: header.isControl ? markerOf(chunk, at) : undefined,
        records: records(chunk, at),
      }
  },
}

function markerOf(chunk: Uint8Array, at: number): 'commit' | 'abort' | 'other' {
  for (const { key } of records(chunk, at)) {
    const type = readControlType(key)
    if (type === 'commit' || type === 'abort') return type
  }
  return 'other'
}
