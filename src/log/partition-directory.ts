// The directories of partitions within a log directory, by their names.
//
//   <topic>-<partition>                    a live log
//   <topic>-<partition>.<32 hex>-delete    renamed first, removed after file.delete.delay.ms
//   <topic>-<partition>.<32 hex>-stray     no longer assigned to this broker by the metadata
//   <topic>-<partition>.<32 hex>-future    the target of a move between log directories
//
// In -delete and -stray names the topic is cut so that the name fits a file system's 255 bytes.

import type { TopicPartition } from '../base/topic-partition.ts'

export type DirectorySuffix = 'delete' | 'stray' | 'future'

export type PartitionDirectory =
  | { readonly kind: 'log'; readonly topicPartition: TopicPartition }
  | { readonly kind: DirectorySuffix }

const directoryNameBytesMax = 255

/** What a directory inside a log directory is, or undefined for a name that Kafka would not have made. */
export function parsePartitionDirectory(name: string): PartitionDirectory | undefined {
  const renamed = /^\S+-\S+\.\S+-(delete|stray|future)$/.exec(name)
  if (renamed !== null) return { kind: renamed[1] as DirectorySuffix }
  const live = /^(\S+)-(\d+)$/.exec(name)
  if (live === null) return undefined
  return { kind: 'log', topicPartition: { topic: live[1]!, partition: Number(live[2]) } }
}

/** The name of a renamed directory; `uniqueId` is 16 random bytes. */
export function renamedDirectory(
  topicPartition: TopicPartition,
  uniqueId: Uint8Array,
  suffix: DirectorySuffix,
): string {
  const tail = `-${topicPartition.partition}.${Buffer.from(uniqueId).toString('hex')}-${suffix}`
  return topicPartition.topic.slice(0, directoryNameBytesMax - tail.length) + tail
}
