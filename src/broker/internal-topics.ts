// Topics the broker keeps for itself: clients may read them, only coordinators write.
// Source: Topic.INTERNAL_TOPICS, GroupCoordinatorService.groupMetadataTopicConfigs.

import type { BrokerConfig } from '../config/broker-config.ts'
import type { MetadataImage } from '../metadata/metadata-image.ts'
import type { CreatableTopic } from '../protocol/generated/create-topics-request.ts'
import { creatableTopic } from './topic-auto-creation.ts'

export const groupMetadataTopic = '__consumer_offsets'
const internalTopics: ReadonlySet<string> = new Set([
  groupMetadataTopic,
  '__transaction_state',
  '__share_group_state',
])

export function isInternalTopic(topic: string): boolean {
  return internalTopics.has(topic)
}

/** `__consumer_offsets` as `offsets.topic.*` wants it. */
export function groupMetadataTopicOf(config: BrokerConfig, image: MetadataImage): CreatableTopic {
  const configs = new Map([
    ['cleanup.policy', 'compact'],
    ['compression.type', 'producer'],
    ['segment.bytes', String(config.int('offsets.topic.segment.bytes'))],
  ])
  // A single broker cannot hold the default of three replicas. Kafka then refuses for ever, until its user
  // sets the factor to one; here the topic takes as many as the cluster has.
  const replicationFactor = Math.min(config.int('offsets.topic.replication.factor'), image.brokers.size)
  return creatableTopic(
    groupMetadataTopic,
    config.int('offsets.topic.num.partitions'),
    Math.max(1, replicationFactor),
    configs,
  )
}
