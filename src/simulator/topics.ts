// The topics of a run, and what may become of their records.

import type { TopicPartition } from '../base/topic-partition.ts'
import type { RunOptions } from './run-options.ts'

/** Keeps every record. */
export const mainTopic = 'main'
/** Loses its oldest records to age and to requests; one partition. */
export const expiringTopic = 'expiring'
export const expiringPartition = `${expiringTopic}-0`
/** Keeps the newest record of each key. */
export const tableTopic = 'table'
/** Keeps the newest record of each key until it is too old. */
export const fadingTopic = 'fading'

/** Which partitions a group reads, record by record. */
export function streamPartitions({ partitions }: RunOptions): TopicPartition[] {
  return [...partitionsOf(mainTopic, partitions), { topic: expiringTopic, partition: 0 }]
}

/** Which partitions are compacted. */
export function tablePartitions({ tables }: RunOptions): TopicPartition[] {
  return [...partitionsOf(tableTopic, tables), { topic: fadingTopic, partition: 0 }]
}

/** By the name of a partition, which begins with its topic. */
export function isCompacted(partition: string): boolean {
  return /^(?:table|fading|__consumer_offsets)[-/]/.test(partition)
}

function partitionsOf(topic: string, count: number): TopicPartition[] {
  return Array.from({ length: count }, (_, partition) => ({ topic, partition }))
}
