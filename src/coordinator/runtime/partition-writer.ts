// What a coordinator needs from the broker: append to, watch and read one partition of an internal topic.
// The broker implements both; tests and the simulator hand in their own.

import type { TopicPartition } from '../../base/topic-partition.ts'

export type CoordinatorAppendResult =
  | { readonly ok: true; readonly lastOffset: number }
  | { readonly ok: false; readonly error: number }

export interface PartitionListener {
  /** The new high watermark: every record below it is committed. */
  onHighWatermark(offset: number): void
  /** Leadership or the log is lost; nothing else is called afterwards. */
  onFailed(error: number): void
}

export interface PartitionWriter {
  /** Appends one record batch as leader. Offsets are answered at once; the batch commits later. */
  append(partition: TopicPartition, batch: Uint8Array): CoordinatorAppendResult
  /** Watches a partition until the returned function is called. */
  listen(partition: TopicPartition, listener: PartitionListener): () => void
  /** The largest batch the partition takes, in bytes (`max.message.bytes`). */
  messageBytesMax(partition: TopicPartition): number
}

export interface LoadablePartition {
  /** Whole record batches from the log start to `endOffset`, in chunks of any size. */
  readonly batches: AsyncIterable<Uint8Array>
  readonly endOffset: number
  readonly highWatermark: number
}

export interface PartitionReader {
  /** The log as it is now; undefined when this broker has no log for the partition. */
  open(partition: TopicPartition): LoadablePartition | undefined
}
