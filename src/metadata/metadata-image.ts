// The cluster's metadata at one offset of `__cluster_metadata-0`, immutable. A new image shares whatever did not
// change, so comparing two images by reference finds the changes; MetadataDelta is the only way to make one.

import type { AccessControlEntryRecord } from '../protocol/generated/access-control-entry-record.ts'
import type { DelegationTokenRecord } from '../protocol/generated/delegation-token-record.ts'
import type { UserScramCredentialRecord } from '../protocol/generated/user-scram-credential-record.ts'
import type { BrokerImage, ControllerImage } from './broker-image.ts'
import { ConfigsImage } from './configs-image.ts'
import { PersistentMap } from './persistent-map.ts'
import { TopicsImage } from './topics-image.ts'

export interface FeaturesImage {
  /** The finalized level of `metadata.version`; 0 before the bootstrap records. */
  readonly metadataVersion: number
  /** Finalized levels of the other features; level 0 is absent. */
  readonly finalized: ReadonlyMap<string, number>
}

export interface ProducerIdsImage {
  /** The first id of the next block; 0 when none was given out. */
  readonly nextProducerId: number
}

export interface QuotaEntity {
  /** `user`, `client-id` or `ip`. */
  readonly entityType: string
  /** Null stands for the default of the type. */
  readonly entityName: string | null
}

export interface ClientQuotaImage {
  /** In order of entity type. */
  readonly entity: readonly QuotaEntity[]
  readonly values: ReadonlyMap<string, number>
}

export interface MetadataImage {
  /** The last offset in the image, -1 of the empty one; and the epoch of that record. */
  readonly offset: number
  readonly epoch: number
  readonly features: FeaturesImage
  readonly brokers: ReadonlyMap<number, BrokerImage>
  readonly controllers: ReadonlyMap<number, ControllerImage>
  readonly topics: TopicsImage
  readonly configs: ConfigsImage
  readonly producerIds: ProducerIdsImage
  /** By `quotaEntityKey`. */
  readonly clientQuotas: PersistentMap<ClientQuotaImage>
  /** By `scramKey`. */
  readonly scram: PersistentMap<UserScramCredentialRecord>
  /** By the id of the entry. */
  readonly acls: PersistentMap<AccessControlEntryRecord>
  /** By token id. */
  readonly delegationTokens: PersistentMap<DelegationTokenRecord>
}

export const emptyImage: MetadataImage = {
  offset: -1,
  epoch: 0,
  features: { metadataVersion: 0, finalized: new Map() },
  brokers: new Map(),
  controllers: new Map(),
  topics: TopicsImage.empty(),
  configs: ConfigsImage.empty(),
  producerIds: { nextProducerId: 0 },
  clientQuotas: PersistentMap.empty(),
  scram: PersistentMap.empty(),
  acls: PersistentMap.empty(),
  delegationTokens: PersistentMap.empty(),
}

/** One key for the same entity whatever the order of its parts. */
export function quotaEntityKey(entity: readonly QuotaEntity[]): string {
  return JSON.stringify(sortedEntity(entity).map((part) => [part.entityType, part.entityName]))
}

export function sortedEntity(entity: readonly QuotaEntity[]): readonly QuotaEntity[] {
  return entity.toSorted((a, b) => (a.entityType < b.entityType ? -1 : 1))
}

/** `mechanism`: 1 SCRAM-SHA-256, 2 SCRAM-SHA-512. */
export function scramKey(mechanism: number, user: string): string {
  return `${mechanism}:${user}`
}

export const eligibleLeaderReplicasFeature = 'eligible.leader.replicas.version'

/** Whether eligible leader replicas (KIP-966) are kept. */
export function keepsEligibleLeaderReplicas(image: MetadataImage): boolean {
  return (image.features.finalized.get(eligibleLeaderReplicasFeature) ?? 0) > 0
}
