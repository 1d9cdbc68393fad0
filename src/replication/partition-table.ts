// The partitions of this broker, kept equal to the metadata image: a new assignment opens or makes the log,
// a deleted topic removes it, a new leader epoch reaches the partition. Everything that serves a partition
// finds it here. Source: ReplicaManager.applyDelta.

import { errors } from '../base/errors.ts'
import type { Logger } from '../base/logger.ts'
import { type TopicPartition, topicPartitionKey } from '../base/topic-partition.ts'
import type { TopicConfig } from '../config/topic-config.ts'
import type { LogManager } from '../log/log-manager.ts'
import type { PartitionLog } from '../log/partition-log.ts'
import type { ConfigsImage } from '../metadata/configs-image.ts'
import type { MetadataImage } from '../metadata/metadata-image.ts'
import type { TopicImage } from '../metadata/topics-image.ts'
import { Partition } from './partition.ts'

export interface PartitionTableModules {
  readonly logs: LogManager
  readonly logger: Logger
  /** The effective configuration of a topic. */
  readonly topicConfig: (configs: ConfigsImage, topic: string) => TopicConfig
}

/** What a change of metadata meant for this broker. */
export interface TableChange {
  /** Partitions this broker leads in a newer epoch than before. */
  readonly elected: readonly Partition[]
  readonly removed: readonly Partition[]
}

export class PartitionTable {
  readonly #nodeId: number
  readonly #modules: PartitionTableModules
  readonly #topics = new Map<string, (Partition | undefined)[]>()

  constructor(options: { nodeId: number }, modules: PartitionTableModules) {
    this.#nodeId = options.nodeId
    this.#modules = modules
  }

  get(topic: string, partition: number): Partition | undefined {
    return this.#topics.get(topic)?.[partition]
  }

  *all(): Iterable<Partition> {
    for (const partitions of this.#topics.values())
      for (const partition of partitions) if (partition !== undefined) yield partition
  }

  /**
   * Brings topics to the state of `image`: those in `topicIds` have changed, those in `deleted` are gone.
   * Resolves when every new partition can be written to.
   */
  async apply(
    image: MetadataImage,
    topicIds: Iterable<string>,
    deleted: Iterable<TopicImage>,
  ): Promise<TableChange> {
    const removed: Partition[] = []
    for (const topic of deleted) removed.push(...(await this.#removeTopic(topic)))
    const elected: Partition[] = []
    for (const topicId of topicIds) {
      const topic = image.topics.byId(topicId)
      if (topic !== undefined) elected.push(...(await this.#applyTopic(image, topic)))
    }
    return { elected, removed }
  }

  /** Passes changed defaults of the broker on to the logs of every topic. */
  applyDefaults(configs: ConfigsImage): void {
    for (const topic of this.#topics.keys()) this.applyConfigs(configs, topic)
  }

  /** Passes changed topic configs on to the logs. */
  applyConfigs(configs: ConfigsImage, topic: string): void {
    const config = this.#modules.topicConfig(configs, topic)
    for (const partition of this.#topics.get(topic) ?? []) partition?.log.updateConfig(config)
  }

  /** Sets logs aside that belong to no partition of `image`: of topics deleted while this broker was down. */
  async setAsideStrays(image: MetadataImage): Promise<void> {
    const { logs } = this.#modules
    for (const { topicPartition, topicId } of [...logs.all()]) {
      const topic = image.topics.byName(topicPartition.topic)
      const isAssigned =
        topic?.partitions[topicPartition.partition]?.replicas.includes(this.#nodeId) === true &&
        (topicId === undefined || topicId === topic.id)
      if (!isAssigned) await logs.setAside(topicPartition)
    }
  }

  async #applyTopic(image: MetadataImage, topic: TopicImage): Promise<Partition[]> {
    const partitions = this.#topics.get(topic.name) ?? []
    this.#topics.set(topic.name, partitions)
    const config = this.#modules.topicConfig(image.configs, topic.name)
    const elected: Partition[] = []
    for (const [index, partitionImage] of topic.partitions.entries()) {
      if (!partitionImage.replicas.includes(this.#nodeId)) continue
      const known = partitions[index]
      const epochBefore = known?.image.leaderEpoch ?? -1
      if (known !== undefined) known.update(partitionImage)
      else {
        const topicPartition = { topic: topic.name, partition: index }
        const log = await this.#openLog(topicPartition, topic.id, config)
        if (log === undefined) continue
        partitions[index] = new Partition(
          { nodeId: this.#nodeId, topicPartition, topicId: topic.id },
          partitionImage,
          log,
        )
      }
      if (partitionImage.leader === this.#nodeId && partitionImage.leaderEpoch > epochBefore)
        elected.push(partitions[index]!)
    }
    return elected
  }

  /** The log that was loaded at start, or a new one. Undefined when the disk refuses. */
  async #openLog(
    topicPartition: TopicPartition,
    topicId: string,
    config: TopicConfig,
  ): Promise<PartitionLog | undefined> {
    const { logs, logger } = this.#modules
    try {
      const loaded = logs.get(topicPartition)
      if (loaded === undefined) return await logs.create(topicPartition, topicId, config)
      loaded.updateConfig(config)
      return loaded
    } catch (error) {
      const name = topicPartitionKey(topicPartition)
      logger.error(`The log of ${name} cannot be opened; the partition is not served`, { error })
      return undefined
    }
  }

  async #removeTopic(topic: TopicImage): Promise<Partition[]> {
    const partitions = this.#topics.get(topic.name)
    if (partitions === undefined) return []
    this.#topics.delete(topic.name)
    const removed: Partition[] = []
    for (const partition of partitions) {
      if (partition === undefined) continue
      partition.fail(errors.UNKNOWN_TOPIC_OR_PARTITION)
      await this.#modules.logs.delete(partition.topicPartition)
      removed.push(partition)
    }
    return removed
  }
}
