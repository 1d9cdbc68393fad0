// Brings the broker to the committed metadata: logs, topic configs, coordinators. Changes are applied one
// after another in the order they were committed; `image` is the last one that is applied whole, so that a
// topic a client is told of can be written to. Source: BrokerMetadataPublisher.

import { type GroupCoordinator, groupMetadataTopic } from '../coordinator/group/group-coordinator.ts'
import type { ConfigsImage } from '../metadata/configs-image.ts'
import type { MetadataDelta } from '../metadata/metadata-delta.ts'
import { emptyImage, type MetadataImage } from '../metadata/metadata-image.ts'
import type { Partition } from '../replication/partition.ts'
import type { PartitionTable } from '../replication/partition-table.ts'

export interface MetadataPublisherModules {
  readonly partitions: PartitionTable
  readonly groups: GroupCoordinator
  /** The broker's own configs have changed, or are known for the first time. */
  readonly onBrokerConfigs: (configs: ConfigsImage) => void
  /** Applying failed in a way nothing can go on from. */
  readonly onBroken: (error: unknown) => void
}

export class MetadataPublisher {
  readonly #modules: MetadataPublisherModules
  #image: MetadataImage = emptyImage
  #applied: Promise<void> = Promise.resolve()

  constructor(modules: MetadataPublisherModules) {
    this.#modules = modules
  }

  get image(): MetadataImage {
    return this.#image
  }

  /** Resolves when everything published before the call is applied. */
  applied(): Promise<void> {
    return this.#applied
  }

  /** Applies what the metadata log held at start: every partition opens its log. Nobody is elected yet. */
  async begin(image: MetadataImage): Promise<void> {
    const topicIds = [...image.topics.all()].map(({ id }) => id)
    await this.#modules.partitions.apply(image, topicIds, [])
    this.#modules.onBrokerConfigs(image.configs)
    this.#image = image
  }

  publish(image: MetadataImage, delta: MetadataDelta): void {
    this.#applied = this.#applied
      .then(() => this.#apply(image, delta))
      .catch((error) => this.#modules.onBroken(error))
  }

  async #apply(image: MetadataImage, delta: MetadataDelta): Promise<void> {
    const { partitions, groups } = this.#modules
    const deleted = [...delta.deletedTopics.values()]
    const { elected, removed } = await partitions.apply(image, delta.changedTopics, deleted)
    this.#applyConfigs(image.configs, delta)
    this.#image = image
    for (const index of groupPartitions(removed)) groups.onResignation(index)
    for (const partition of elected)
      if (partition.topicPartition.topic === groupMetadataTopic)
        void groups.onElection(partition.topicPartition.partition, partition.leader.leaderEpoch)
    if (deleted.length > 0) void groups.onTopicsDeleted(deleted.map(({ name, id }) => ({ name, id })))
  }

  #applyConfigs(configs: ConfigsImage, { changedConfigs }: MetadataDelta): void {
    const { partitions, onBrokerConfigs } = this.#modules
    for (const { type, name } of changedConfigs) if (type === 'topic') partitions.applyConfigs(configs, name)
    if (!changedConfigs.some(({ type }) => type === 'broker')) return
    onBrokerConfigs(configs)
    partitions.applyDefaults(configs)
  }
}

function groupPartitions(partitions: readonly Partition[]): number[] {
  return partitions
    .filter(({ topicPartition }) => topicPartition.topic === groupMetadataTopic)
    .map(({ topicPartition }) => topicPartition.partition)
}
