// Topics the broker keeps for itself: clients may read them, only coordinators write.
// Source: Topic.INTERNAL_TOPICS, DefaultAutoTopicCreationManager.creatableTopic and the …TopicConfigs of the
// coordinators.

import type { BrokerConfig } from '../config/broker-config.ts'
import { groupMetadataTopic } from '../coordinator/group/group-coordinator.ts'
import type { MetadataImage } from '../metadata/metadata-image.ts'
import type { CreatableTopic } from '../protocol/generated/create-topics-request.ts'
import { creatableTopic } from './topic-auto-creation.ts'

interface InternalTopic {
  /** The config prefix of count, replication factor and segment size. */
  readonly prefix: string
  /** The config that holds `min.insync.replicas`, if the topic has its own. */
  readonly minInsyncReplicas?: string
  readonly configs: Readonly<Record<string, string>>
}

const internalTopics: ReadonlyMap<string, InternalTopic> = new Map([
  [
    groupMetadataTopic,
    { prefix: 'offsets.topic', configs: { 'cleanup.policy': 'compact', 'compression.type': 'producer' } },
  ],
  [
    '__transaction_state',
    {
      prefix: 'transaction.state.log',
      minInsyncReplicas: 'transaction.state.log.min.isr',
      configs: {
        'cleanup.policy': 'compact',
        'compression.type': 'uncompressed',
        'unclean.leader.election.enable': 'false',
      },
    },
  ],
  [
    '__share_group_state',
    {
      prefix: 'share.coordinator.state.topic',
      minInsyncReplicas: 'share.coordinator.state.topic.min.isr',
      configs: { 'cleanup.policy': 'delete', 'compression.type': 'producer', 'retention.ms': '-1' },
    },
  ],
])

export function isInternalTopic(topic: string): boolean {
  return internalTopics.has(topic)
}

/** The topic as it is created when it is first needed: as its coordinator wants it, or with the cluster's defaults. */
export function topicOnFirstUse(name: string, config: BrokerConfig, image: MetadataImage): CreatableTopic {
  const topic = internalTopics.get(name)
  if (topic === undefined) return creatableTopic(name)
  const { prefix, minInsyncReplicas, configs } = topic
  // A single broker cannot hold the default of three replicas. Kafka then refuses for ever, until its user
  // sets the factor to one; here the topic takes as many as the cluster has.
  const replicas = Math.max(1, Math.min(config.int(`${prefix}.replication.factor`), image.brokers.size))
  const all = new Map(Object.entries(configs)).set(
    'segment.bytes',
    String(config.int(`${prefix}.segment.bytes`)),
  )
  if (minInsyncReplicas !== undefined)
    all.set('min.insync.replicas', String(Math.min(config.int(minInsyncReplicas), replicas)))
  return creatableTopic(name, config.int(`${prefix}.num.partitions`), replicas, all)
}
