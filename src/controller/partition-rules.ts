// The rules that hold for one partition right now: who may lead it, how many must be in sync, which elections
// its topic allows.

import { keepsEligibleLeaderReplicas, type MetadataImage } from '../metadata/metadata-image.ts'
import { directoryId, type PartitionImage } from '../metadata/partition-image.ts'
import type { TopicImage } from '../metadata/topics-image.ts'
import { isActive } from './assignment.ts'
import type { StaticConfig } from './config-rules.ts'
import type { PartitionRules } from './partition-change.ts'
import { topicBoolean, topicInt } from './topic-settings.ts'

/** Brokers that the image does not yet show as they will be. */
export interface BrokersInMotion {
  /** Still fenced there, but about to lead. */
  readonly added?: number
  /** Still active there, but about to stop leading. */
  readonly left?: number
}

/** What holds for all partitions of a topic. */
export type TopicRules = Omit<PartitionRules, 'canLead'>

export function topicRules(image: MetadataImage, staticConfig: StaticConfig, topic: TopicImage): TopicRules {
  const minIsr = topicInt(image, staticConfig, topic.name, 'min.insync.replicas')
  const unclean = topicBoolean(image, staticConfig, topic.name, 'unclean.leader.election.enable')
  return {
    minIsr: Math.min(minIsr, topic.partitions[0]!.replicas.length),
    keepsElr: keepsEligibleLeaderReplicas(image),
    election: unclean ? 'unclean' : 'online',
  }
}

export function partitionRules(
  image: MetadataImage,
  ofTopic: TopicRules,
  partition: PartitionImage,
  { added, left }: BrokersInMotion = {},
): PartitionRules {
  return {
    ...ofTopic,
    canLead: (id) =>
      id !== left && (id === added || isActive(image, id)) && hasOnlineDirectory(image, partition, id),
  }
}

function hasOnlineDirectory(image: MetadataImage, partition: PartitionImage, brokerId: number): boolean {
  const directory = partition.directories[partition.replicas.indexOf(brokerId)]
  if (directory === directoryId.unassigned || directory === directoryId.migrating) return true
  const logDirs = image.brokers.get(brokerId)?.logDirs ?? []
  return logDirs.length === 0 || (directory !== undefined && logDirs.includes(directory))
}
