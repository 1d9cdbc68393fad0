// What the log of one partition begins with.

import type { TopicPartition } from '../base/topic-partition.ts'
import type { TopicConfig } from '../config/topic-config.ts'

export interface LogOptions {
  readonly directory: string
  readonly topicPartition: TopicPartition
  /** Of `partition.metadata`; undefined when the directory has none. */
  readonly topicId: string | undefined
  readonly config: TopicConfig
  /** The names of the directory and its files may not be durable: just made, or found after a crash. */
  readonly isFresh: boolean
  /** The log end, when the files are as a clean shutdown leaves them. */
  readonly cleanEndOffset: number | undefined
}
