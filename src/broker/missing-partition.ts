// The answer for a partition that this broker has no replica of (ReplicaManager.getPartitionOrError).

import { errors } from '../base/errors.ts'
import type { MetadataImage } from '../metadata/metadata-image.ts'

/** Another broker's partition has a leader to look for; one that nobody has is unknown. */
export function missingPartitionError({ topics }: MetadataImage, topic: string, partition: number): number {
  const exists = topics.byName(topic)?.partitions[partition] !== undefined
  return exists ? errors.NOT_LEADER_OR_FOLLOWER : errors.UNKNOWN_TOPIC_OR_PARTITION
}
