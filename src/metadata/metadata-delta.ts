// What a run of metadata records changes in an image: `replay` collects, `apply` makes the next image. Records
// are trusted: one that does not fit the image is a broken invariant, for the controller checked it before.
// Metadata transactions are the reader's business; a delta sees only records that count.

import { assert } from '../base/assert.ts'
import type { ClientQuotaRecord } from '../protocol/generated/client-quota-record.ts'
import type { ConfigRecord } from '../protocol/generated/config-record.ts'
import type { FeatureLevelRecord } from '../protocol/generated/feature-level-record.ts'
import type { MetadataRecord } from '../protocol/metadata-records.ts'
import { type BrokerImage, brokerFromRecord, brokerWithChange, sortedFeatures } from './broker-image.ts'
import { type ConfigResource, configResourceType } from './configs-image.ts'
import { type MetadataImage, quotaEntityKey, scramKey, sortedEntity } from './metadata-image.ts'
import { TopicsDelta } from './topics-delta.ts'
import type { TopicImage } from './topics-image.ts'

/** Fencing as FenceBrokerRecord and UnfenceBrokerRecord said it before metadata.version 7. */
const fencingChange = { fence: 1, unfence: -1 } as const

export class MetadataDelta {
  readonly base: MetadataImage
  readonly #topics: TopicsDelta
  readonly #changedConfigs = new Map<string, ConfigResource>()
  readonly #changedBrokers = new Set<number>()
  #next: MetadataImage

  constructor(base: MetadataImage) {
    this.base = base
    this.#next = base
    this.#topics = new TopicsDelta(base.topics)
  }

  /** Ids of topics that are new or have new or changed partitions. */
  get changedTopics(): ReadonlySet<string> {
    return this.#topics.changed
  }

  /** Topics of the base image that are gone, by id. */
  get deletedTopics(): ReadonlyMap<string, TopicImage> {
    return this.#topics.deleted
  }

  /** Resources whose dynamic configs were written, changed or not. */
  get changedConfigs(): readonly ConfigResource[] {
    return [...this.#changedConfigs.values()]
  }

  get changedBrokers(): ReadonlySet<number> {
    return this.#changedBrokers
  }

  /** The image with every replayed record, which end at `offset` with `epoch`. Nothing is replayed afterwards. */
  apply(offset: number, epoch: number): MetadataImage {
    return { ...this.#next, topics: this.#topics.apply(), offset, epoch }
  }

  replay(record: MetadataRecord): void {
    switch (record.name) {
      case 'TopicRecord':
        this.#topics.create(record.value.name, record.value.topicId)
        break
      case 'PartitionRecord':
        this.#topics.createPartition(record.value)
        break
      case 'PartitionChangeRecord':
        this.#topics.changePartition(record.value)
        break
      case 'RemoveTopicRecord':
        this.#removeTopic(record.value.topicId)
        break
      case 'ClearElrRecord':
        this.#topics.clearElr(record.value.topicName)
        break
      case 'ConfigRecord':
        this.#replayConfig(record.value)
        break
      case 'FeatureLevelRecord':
        this.#replayFeatureLevel(record.value)
        break
      case 'ProducerIdsRecord':
        this.#merge({ producerIds: { nextProducerId: record.value.nextProducerId } })
        break
      case 'ClientQuotaRecord':
        this.#replayClientQuota(record.value)
        break
      default:
        this.#replayClusterRecord(record)
        break
    }
  }

  #replayClusterRecord(record: MetadataRecord): void {
    switch (record.name) {
      case 'RegisterBrokerRecord':
        this.#putBroker(brokerFromRecord(record.value))
        break
      case 'UnregisterBrokerRecord':
        this.#removeBroker(record.value.brokerId)
        break
      case 'BrokerRegistrationChangeRecord':
        this.#putBroker(brokerWithChange(this.#broker(record.value.brokerId), record.value))
        break
      case 'FenceBrokerRecord':
        this.#fence(record.value.id, fencingChange.fence)
        break
      case 'UnfenceBrokerRecord':
        this.#fence(record.value.id, fencingChange.unfence)
        break
      case 'RegisterControllerRecord': {
        const { controllerId, incarnationId, endPoints, features } = record.value
        const controller = {
          id: controllerId,
          incarnationId,
          endpoints: endPoints,
          features: sortedFeatures(features),
        }
        this.#merge({ controllers: withEntry(this.#next.controllers, controllerId, controller) })
        break
      }
      default:
        this.#replaySecurityRecord(record)
        break
    }
  }

  #replaySecurityRecord(record: MetadataRecord): void {
    const { scram, acls, delegationTokens } = this.#next
    switch (record.name) {
      case 'UserScramCredentialRecord': {
        const key = scramKey(record.value.mechanism, record.value.name)
        this.#merge({ scram: scram.set(key, record.value) })
        break
      }
      case 'RemoveUserScramCredentialRecord': {
        const key = scramKey(record.value.mechanism, record.value.name)
        this.#merge({ scram: scram.delete(key) })
        break
      }
      case 'AccessControlEntryRecord':
        this.#merge({ acls: acls.set(record.value.id, record.value) })
        break
      case 'RemoveAccessControlEntryRecord':
        this.#merge({ acls: acls.delete(record.value.id) })
        break
      case 'DelegationTokenRecord': {
        const tokens = delegationTokens.set(record.value.tokenId, record.value)
        this.#merge({ delegationTokens: tokens })
        break
      }
      case 'RemoveDelegationTokenRecord':
        this.#merge({ delegationTokens: delegationTokens.delete(record.value.tokenId) })
        break
      default:
        // NoOp moves the offset only, transactions are resolved by the reader, and the migration from
        // ZooKeeper ended before this format.
        break
    }
  }

  #merge(change: Partial<MetadataImage>): void {
    this.#next = { ...this.#next, ...change }
  }

  #removeTopic(id: string): void {
    const name = this.#topics.remove(id)
    const resource = { type: 'topic', name } as const
    if (this.#next.configs.for('topic', name).size === 0) return
    this.#changedConfigs.set(`topic:${name}`, resource)
    this.#merge({ configs: this.#next.configs.with(resource, new Map()) })
  }

  #replayConfig(record: ConfigRecord): void {
    const type = configResourceType(record.resourceType)
    // A type of a later release: nothing here reads its configs.
    if (type === undefined) return
    const resource = { type, name: record.resourceName }
    const { configs } = this.#next
    const before = configs.for(type, record.resourceName)
    const after =
      record.value === null ? withoutEntry(before, record.name) : withEntry(before, record.name, record.value)
    this.#changedConfigs.set(`${type}:${record.resourceName}`, resource)
    this.#merge({ configs: configs.with(resource, after) })
  }

  #replayFeatureLevel(record: FeatureLevelRecord): void {
    const { features } = this.#next
    if (record.name === 'metadata.version') {
      this.#merge({ features: { ...features, metadataVersion: record.featureLevel } })
      return
    }
    // The level of kraft.version is a control record of the log itself (KAFKA-18979).
    if (record.name === 'kraft.version') return
    const finalized =
      record.featureLevel === 0
        ? withoutEntry(features.finalized, record.name)
        : withEntry(features.finalized, record.name, record.featureLevel)
    this.#merge({ features: { ...features, finalized } })
  }

  #replayClientQuota(record: ClientQuotaRecord): void {
    const key = quotaEntityKey(record.entity)
    const { clientQuotas } = this.#next
    const before: ReadonlyMap<string, number> = clientQuotas.get(key)?.values ?? new Map()
    const values = record.remove
      ? withoutEntry(before, record.key)
      : withEntry(before, record.key, record.value)
    const entity = sortedEntity(record.entity)
    this.#merge({
      clientQuotas: values.size === 0 ? clientQuotas.delete(key) : clientQuotas.set(key, { entity, values }),
    })
  }

  #broker(id: number): BrokerImage {
    const broker = this.#next.brokers.get(id)
    assert(broker !== undefined, `broker ${id} is registered when its registration changes`)
    return broker
  }

  #putBroker(broker: BrokerImage): void {
    this.#changedBrokers.add(broker.id)
    this.#merge({ brokers: withEntry(this.#next.brokers, broker.id, broker) })
  }

  #removeBroker(id: number): void {
    this.#changedBrokers.add(id)
    this.#merge({ brokers: withoutEntry(this.#next.brokers, id) })
  }

  #fence(id: number, change: number): void {
    this.#putBroker({ ...this.#broker(id), fenced: change === fencingChange.fence })
  }
}

function withEntry<K, V>(map: ReadonlyMap<K, V>, key: K, value: V): ReadonlyMap<K, V> {
  return new Map(map).set(key, value)
}

function withoutEntry<K, V>(map: ReadonlyMap<K, V>, key: K): ReadonlyMap<K, V> {
  const copy = new Map(map)
  copy.delete(key)
  return copy
}
