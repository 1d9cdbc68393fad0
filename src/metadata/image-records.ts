// A snapshot: the records that make an image from nothing. Features come first, because they decide how the
// rest is read; within a kind the order is sorted, so that equal images give equal snapshots.

import type { MetadataRecord } from '../protocol/metadata-records.ts'
import { brokerToRecord } from './broker-image.ts'
import { type ConfigResource, configResourceTypes } from './configs-image.ts'
import type { MetadataImage } from './metadata-image.ts'
import { metadataVersionFeature } from './metadata-version.ts'
import { partitionToRecord } from './partition-image.ts'
import { recordsFor } from './record-version.ts'

export function imageToRecords(image: MetadataImage): MetadataRecord[] {
  return [...imageRecords(image)]
}

/** The same one by one, each made when it is asked for. */
export function* imageRecords(image: MetadataImage): Generator<MetadataRecord> {
  const { metadataVersion } = image.features
  for (const records of [
    featureRecords(image),
    clusterRecords(image),
    topicRecords(image),
    configRecords(image),
    quotaRecords(image),
    producerIdsRecords(image),
    securityRecords(image),
  ]) {
    for (const record of records) yield* recordsFor([record], metadataVersion)
  }
}

function featureRecords({ features }: MetadataImage): MetadataRecord[] {
  const levels = sorted(features.finalized)
  if (features.metadataVersion > 0) levels.unshift([metadataVersionFeature, features.metadataVersion])
  return levels.map(([name, featureLevel]) => ({
    name: 'FeatureLevelRecord',
    value: { name, featureLevel },
  }))
}

function clusterRecords(image: MetadataImage): MetadataRecord[] {
  const brokers = [...image.brokers.values()].toSorted((a, b) => a.id - b.id)
  const controllers = [...image.controllers.values()].toSorted((a, b) => a.id - b.id)
  return [
    ...brokers.map(
      (broker): MetadataRecord => ({ name: 'RegisterBrokerRecord', value: brokerToRecord(broker) }),
    ),
    ...controllers.map(
      (controller): MetadataRecord => ({
        name: 'RegisterControllerRecord',
        value: {
          controllerId: controller.id,
          incarnationId: controller.incarnationId,
          zkMigrationReady: false,
          endPoints: controller.endpoints.map((endpoint) => ({ ...endpoint })),
          features: controller.features.map((feature) => ({ ...feature })),
        },
      }),
    ),
  ]
}

function* topicRecords({ topics }: MetadataImage): Generator<MetadataRecord> {
  for (const topic of [...topics.all()].toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
    yield { name: 'TopicRecord', value: { name: topic.name, topicId: topic.id } }
    for (const [index, partition] of topic.partitions.entries()) {
      yield { name: 'PartitionRecord', value: partitionToRecord(topic.id, index, partition) }
    }
  }
}

function configRecords({ configs }: MetadataImage): MetadataRecord[] {
  const resources = [...configs.all()].toSorted(
    (a, b) => configResourceTypes[a.type] - configResourceTypes[b.type] || (a.name < b.name ? -1 : 1),
  )
  return resources.flatMap((resource) =>
    sorted(resource.configs).map(([name, value]) => configRecord(resource, name, value)),
  )
}

/** Sets one config of a resource; a null value takes it back. */
export function configRecord(resource: ConfigResource, name: string, value: string | null): MetadataRecord {
  const resourceType = configResourceTypes[resource.type]
  return { name: 'ConfigRecord', value: { resourceType, resourceName: resource.name, name, value } }
}

function quotaRecords({ clientQuotas }: MetadataImage): MetadataRecord[] {
  return sortedByKey(clientQuotas).flatMap((quota) =>
    sorted(quota.values).map(
      ([key, value]): MetadataRecord => ({
        name: 'ClientQuotaRecord',
        value: { entity: quota.entity.map((part) => ({ ...part })), key, value, remove: false },
      }),
    ),
  )
}

function producerIdsRecords({ producerIds: { nextProducerId } }: MetadataImage): MetadataRecord[] {
  // Who holds the last block does not outlive the records themselves.
  const value = { brokerId: -1, brokerEpoch: -1, nextProducerId }
  return nextProducerId > 0 ? [{ name: 'ProducerIdsRecord', value }] : []
}

function securityRecords(image: MetadataImage): MetadataRecord[] {
  return [
    ...sortedByKey(image.acls).map((value): MetadataRecord => ({ name: 'AccessControlEntryRecord', value })),
    ...sortedByKey(image.scram).map(
      (value): MetadataRecord => ({ name: 'UserScramCredentialRecord', value }),
    ),
    ...sortedByKey(image.delegationTokens).map(
      (value): MetadataRecord => ({ name: 'DelegationTokenRecord', value }),
    ),
  ]
}

function sortedByKey<V>(map: Iterable<readonly [string, V]>): V[] {
  return sorted(map).map(([, value]) => value)
}

function sorted<V>(map: Iterable<readonly [string, V]>): (readonly [string, V])[] {
  return [...map].toSorted(([a], [b]) => (a < b ? -1 : 1))
}
