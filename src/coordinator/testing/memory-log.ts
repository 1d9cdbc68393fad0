// A log for tests of coordinators: batches in memory in a format of its own, appended, watched and read
// through the interfaces the broker implements. The test decides when batches commit and when appends fail.

import { deserialize, serialize } from 'node:v8'
import type { TopicPartition } from '../../base/topic-partition.ts'
import type { BatchCodec, DecodedBatch, EncodedRecord } from '../runtime/batch-codec.ts'
import type {
  CoordinatorAppendResult,
  LoadablePartition,
  PartitionListener,
  PartitionReader,
  PartitionWriter,
} from '../runtime/partition-writer.ts'

interface StoredBatch {
  readonly baseOffset: number
  readonly records: readonly EncodedRecord[]
  readonly transactionalProducerId: number
  readonly marker: 'commit' | 'abort' | 'other' | undefined
}

export class MemoryLog implements PartitionWriter, PartitionReader, BatchCodec {
  batches: StoredBatch[] = []
  /** False holds the high watermark back until `commit`. */
  commitsAtOnce = true
  /** The error the next appends answer; 0 for none. */
  appendError = 0
  bytesMax = 1_000_000
  highWatermark = 0
  isPresent = true
  readonly #listeners = new Set<PartitionListener>()

  get endOffset(): number {
    const last = this.batches.at(-1)
    return last === undefined ? 0 : last.baseOffset + last.records.length
  }

  encode(records: readonly EncodedRecord[]): Uint8Array {
    return serialize({ records, transactionalProducerId: -1, marker: undefined })
  }

  *decode(chunk: Uint8Array): Iterable<DecodedBatch> {
    const { baseOffset, records, transactionalProducerId, marker } = deserialize(chunk) as StoredBatch
    yield {
      lastOffset: baseOffset + records.length - 1,
      transactionalProducerId,
      producerEpoch: -1,
      marker,
      records: records.map((record, index) => ({ ...record, offset: baseOffset + index })),
    }
  }

  append(_partition: TopicPartition, batch: Uint8Array): CoordinatorAppendResult {
    if (this.appendError !== 0) return { ok: false, error: this.appendError }
    this.store(deserialize(batch) as Omit<StoredBatch, 'baseOffset'>)
    return { ok: true, lastOffset: this.endOffset - 1 }
  }

  /** Puts a batch at the end as another writer would: a transactional producer or its coordinator. */
  store(batch: Omit<StoredBatch, 'baseOffset'>): void {
    this.batches.push({ ...batch, baseOffset: this.endOffset })
    if (this.commitsAtOnce) this.commit()
  }

  commit(): void {
    this.highWatermark = this.endOffset
    for (const listener of [...this.#listeners]) listener.onHighWatermark(this.highWatermark)
  }

  loseLeadership(error: number): void {
    for (const listener of [...this.#listeners]) listener.onFailed(error)
  }

  listen(_partition: TopicPartition, listener: PartitionListener): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  messageBytesMax(): number {
    return this.bytesMax
  }

  open(): LoadablePartition | undefined {
    if (!this.isPresent) return undefined
    const chunks = this.batches.map((batch) => serialize(batch))
    return { batches: chunksOf(chunks), endOffset: this.endOffset, highWatermark: this.highWatermark }
  }
}

async function* chunksOf(chunks: readonly Uint8Array[]): AsyncIterable<Uint8Array> {
  for (const chunk of chunks) yield chunk
}

/** Any structured-cloneable record, its `value` null for a tombstone. */
export function memorySerde<U extends { readonly value: unknown }>() {
  return {
    encode: (record: U): EncodedRecord => ({
      key: serialize({ ...record, value: null }),
      value: record.value === null ? null : serialize(record.value),
    }),
    decode: (key: Uint8Array, value: Uint8Array | null): U => ({
      ...(deserialize(key) as U),
      value: value === null ? null : deserialize(value),
    }),
  }
}
