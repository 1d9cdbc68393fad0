// The name of a partition.

export interface TopicPartition {
  readonly topic: string
  readonly partition: number
}

/** `<topic>-<partition>`: unique, because the partition holds no dash; also the name of its log's directory. */
export function topicPartitionKey({ topic, partition }: TopicPartition): string {
  return `${topic}-${partition}`
}
