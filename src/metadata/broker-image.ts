// Registrations of brokers and controllers: RegisterBrokerRecord and RegisterControllerRecord create them whole,
// BrokerRegistrationChangeRecord changes fencing, shutdown and directories.

import { assert } from '../base/assert.ts'
import type { BrokerRegistrationChangeRecord } from '../protocol/generated/broker-registration-change-record.ts'
import type { RegisterBrokerRecord } from '../protocol/generated/register-broker-record.ts'

export interface EndpointImage {
  readonly name: string
  readonly host: string
  readonly port: number
  /** 0 PLAINTEXT, 1 SSL, 2 SASL_PLAINTEXT, 3 SASL_SSL. */
  readonly securityProtocol: number
}

export interface FeatureRange {
  readonly name: string
  readonly minSupportedVersion: number
  readonly maxSupportedVersion: number
}

export interface BrokerImage {
  readonly id: number
  /** The offset at which the records of this registration begin. */
  readonly epoch: number
  readonly incarnationId: string
  /** A fenced broker leads nothing and is not shown to clients. */
  readonly fenced: boolean
  readonly inControlledShutdown: boolean
  readonly rack: string | null
  readonly endpoints: readonly EndpointImage[]
  readonly features: readonly FeatureRange[]
  readonly logDirs: readonly string[]
  /** Directories that get no new replicas. */
  readonly cordonedLogDirs: readonly string[]
}

export interface ControllerImage {
  readonly id: number
  readonly incarnationId: string
  readonly endpoints: readonly EndpointImage[]
  readonly features: readonly FeatureRange[]
}

export function brokerFromRecord(record: RegisterBrokerRecord): BrokerImage {
  return {
    id: record.brokerId,
    epoch: record.brokerEpoch,
    incarnationId: record.incarnationId,
    fenced: record.fenced,
    inControlledShutdown: record.inControlledShutdown,
    rack: record.rack,
    endpoints: record.endPoints,
    features: sortedFeatures(record.features),
    logDirs: record.logDirs,
    cordonedLogDirs: record.cordonedLogDirs ?? [],
  }
}

/** By name: members write them in whatever order. */
export function sortedFeatures(features: readonly FeatureRange[]): readonly FeatureRange[] {
  return features.toSorted((a, b) => (a.name < b.name ? -1 : 1))
}

export function brokerToRecord(broker: BrokerImage): RegisterBrokerRecord {
  return {
    brokerId: broker.id,
    isMigratingZkBroker: false,
    incarnationId: broker.incarnationId,
    brokerEpoch: broker.epoch,
    endPoints: broker.endpoints.map((endpoint) => ({ ...endpoint })),
    features: broker.features.map((feature) => ({ ...feature })),
    rack: broker.rack,
    fenced: broker.fenced,
    inControlledShutdown: broker.inControlledShutdown,
    logDirs: [...broker.logDirs],
    cordonedLogDirs: [...broker.cordonedLogDirs],
  }
}

export function brokerWithChange(broker: BrokerImage, change: BrokerRegistrationChangeRecord): BrokerImage {
  assert(
    change.brokerEpoch === broker.epoch,
    `a change of broker ${broker.id} carries its epoch ${broker.epoch}, not ${change.brokerEpoch}`,
  )
  return {
    ...broker,
    fenced: change.fenced === 0 ? broker.fenced : change.fenced > 0,
    inControlledShutdown: change.inControlledShutdown === 0 ? broker.inControlledShutdown : true,
    logDirs: change.logDirs.length > 0 ? change.logDirs : broker.logDirs,
    cordonedLogDirs: change.cordonedLogDirs ?? broker.cordonedLogDirs,
  }
}
