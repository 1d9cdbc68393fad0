// Brokers come fenced, are unfenced when they have caught up, and leave fenced or in controlled shutdown. Each
// step takes the leaderships and in-sync places along that it gives or takes away, in the same records
// (`ClusterControlManager`, `ReplicationControlManager.handleBroker…`).

import { errors } from '../base/errors.ts'
import type { BrokerImage, EndpointImage, FeatureRange } from '../metadata/broker-image.ts'
import { keepsEligibleLeaderReplicas, type MetadataImage } from '../metadata/metadata-image.ts'
import { metadataVersionFeature } from '../metadata/metadata-version.ts'
import { directoryId, type PartitionImage } from '../metadata/partition-image.ts'
import {
  type BrokerRegistrationChangeRecord,
  defaultsBrokerRegistrationChangeRecord,
} from '../protocol/generated/broker-registration-change-record.ts'
import type { RegisterBrokerRecord } from '../protocol/generated/register-broker-record.ts'
import type { UnregisterBrokerRequest } from '../protocol/generated/unregister-broker-request.ts'
import {
  type UnregisterBrokerResponse,
  unregisterBrokerResponse,
} from '../protocol/generated/unregister-broker-response.ts'
import type { MetadataRecord } from '../protocol/metadata-records.ts'
import type { StaticConfig } from './config-rules.ts'
import { type ApiError, apiError, type Decision, noError } from './decision.ts'
import { type LeavingReplicas, partitionChange } from './partition-change.ts'
import { type BrokersInMotion, partitionRules, topicRules } from './partition-rules.ts'

export interface BrokerRegistration {
  readonly brokerId: number
  readonly clusterId: string
  /** Fresh for every start of the broker's process. */
  readonly incarnationId: string
  readonly listeners: readonly EndpointImage[]
  readonly features: readonly FeatureRange[]
  readonly rack: string | null
  readonly logDirs: readonly string[]
  readonly cordonedLogDirs?: readonly string[]
  /** The epoch in the clean-shutdown file, -1 when the broker did not stop in order. */
  readonly previousBrokerEpoch: number
}

export interface RegistrationReply extends ApiError {
  readonly brokerEpoch: number
}

/** `nextOffset` becomes the epoch of a new incarnation: the offset at which these records begin. */
export function decideRegisterBroker(
  image: MetadataImage,
  staticConfig: StaticConfig,
  clusterId: string,
  registration: BrokerRegistration,
  nextOffset: number,
): Decision<RegistrationReply> {
  const error = registrationError(image, clusterId, registration)
  if (error !== undefined) return { records: [], response: { ...error, brokerEpoch: -1 }, atomic: true }
  const { brokerId, incarnationId } = registration
  const before = image.brokers.get(brokerId)
  const amends = before?.incarnationId === incarnationId ? before : undefined
  const brokerEpoch = amends?.epoch ?? nextOffset
  const value: RegisterBrokerRecord = {
    brokerId,
    isMigratingZkBroker: false,
    incarnationId,
    brokerEpoch,
    endPoints: registration.listeners.map((endpoint) => ({ ...endpoint })),
    features: registration.features.map((feature) => ({ ...feature })),
    rack: registration.rack,
    fenced: amends?.fenced ?? true,
    inControlledShutdown: amends?.inControlledShutdown ?? false,
    logDirs: [...registration.logDirs],
    cordonedLogDirs: [...(registration.cordonedLogDirs ?? [])],
  }
  const records: MetadataRecord[] = []
  if (before !== undefined && amends === undefined) {
    const clean = before.epoch === registration.previousBrokerEpoch || !keepsEligibleLeaderReplicas(image)
    records.push(...takeLeave(image, staticConfig, clean ? { removed: brokerId } : { unclean: brokerId }))
  }
  records.push({ name: 'RegisterBrokerRecord', value })
  // The registration comes last: should only a part be read back, the broker registers again.
  return { records, response: { ...noError, brokerEpoch }, atomic: false }
}

/** Lets the broker lead: partitions without a leader that it can lead get it. */
export function decideUnfence(
  image: MetadataImage,
  staticConfig: StaticConfig,
  broker: BrokerImage,
): Decision<void> {
  if (!broker.fenced) return { records: [], response: undefined, atomic: false }
  const unfence = registrationChange(broker, { fenced: -1 })
  const isLeaderless = ({ leader }: PartitionImage): boolean => leader < 0
  const elections = partitionChanges(image, staticConfig, isLeaderless, {}, { added: broker.id })
  const records = [unfence, ...elections]
  return { records, response: undefined, atomic: false }
}

/** Takes the broker's leaderships before it stops. */
export function decideControlledShutdown(
  image: MetadataImage,
  staticConfig: StaticConfig,
  broker: BrokerImage,
): Decision<void> {
  if (broker.inControlledShutdown) return { records: [], response: undefined, atomic: false }
  const records = [
    registrationChange(broker, { inControlledShutdown: 1 }),
    ...takeLeave(image, staticConfig, { removed: broker.id }),
  ]
  return { records, response: undefined, atomic: false }
}

/** Fences the broker: after a controlled shutdown, or when its heartbeats stopped. */
export function decideFence(
  image: MetadataImage,
  staticConfig: StaticConfig,
  broker: BrokerImage,
): Decision<void> {
  if (broker.fenced) return { records: [], response: undefined, atomic: false }
  const records = [
    ...takeLeave(image, staticConfig, { removed: broker.id }),
    registrationChange(broker, { fenced: 1 }),
  ]
  return { records, response: undefined, atomic: false }
}

/** Forgets a broker; its replicas keep their places for a broker that may take the id again. */
export function decideUnregisterBroker(
  image: MetadataImage,
  staticConfig: StaticConfig,
  { brokerId }: UnregisterBrokerRequest,
): Decision<UnregisterBrokerResponse> {
  const broker = image.brokers.get(brokerId)
  if (broker === undefined) {
    const error = apiError(errors.BROKER_ID_NOT_REGISTERED, `No broker with id ${brokerId} is registered.`)
    return { records: [], response: { throttleTimeMs: 0, ...error }, atomic: false }
  }
  const value = { brokerId, brokerEpoch: broker.epoch }
  return {
    records: [
      ...takeLeave(image, staticConfig, { removed: brokerId }),
      { name: 'UnregisterBrokerRecord', value },
    ],
    response: unregisterBrokerResponse.defaults(),
    atomic: false,
  }
}

/** The changes of all partitions that count on the leaving broker. */
function takeLeave(
  image: MetadataImage,
  staticConfig: StaticConfig,
  leaving: LeavingReplicas,
): MetadataRecord[] {
  const id = leaving.removed ?? leaving.unclean!
  const countsOnBroker = ({ isr, elr }: PartitionImage): boolean =>
    isr.includes(id) || (leaving.unclean !== undefined && elr.includes(id))
  return partitionChanges(image, staticConfig, countsOnBroker, leaving, { left: id })
}

function partitionChanges(
  image: MetadataImage,
  staticConfig: StaticConfig,
  isConcerned: (partition: PartitionImage) => boolean,
  leaving: LeavingReplicas,
  motion: BrokersInMotion,
): MetadataRecord[] {
  const records: MetadataRecord[] = []
  for (const topic of image.topics.all()) {
    const ofTopic = topicRules(image, staticConfig, topic)
    for (const [partitionId, partition] of topic.partitions.entries()) {
      if (!isConcerned(partition)) continue
      const rules = partitionRules(image, ofTopic, partition, motion)
      const change = partitionChange(topic.id, partitionId, partition, leaving, rules)
      if (change !== undefined) records.push({ name: 'PartitionChangeRecord', value: change })
    }
  }
  return records
}

function registrationError(
  image: MetadataImage,
  clusterId: string,
  registration: BrokerRegistration,
): ApiError | undefined {
  const { brokerId, logDirs } = registration
  if (registration.clusterId !== clusterId) {
    const message = `Broker ${brokerId} belongs to cluster ${registration.clusterId}, this is cluster ${clusterId}.`
    return apiError(errors.INCONSISTENT_CLUSTER_ID, message)
  }
  const problem = logDirsProblem(image, brokerId, logDirs)
  if (problem !== undefined) return apiError(errors.INVALID_REGISTRATION, problem)
  return featuresError(image, registration)
}

function logDirsProblem(
  image: MetadataImage,
  brokerId: number,
  logDirs: readonly string[],
): string | undefined {
  if (logDirs.length === 0) return `Broker ${brokerId} registers without a log directory.`
  const reserved: readonly string[] = Object.values(directoryId)
  for (const [index, id] of logDirs.entries()) {
    if (reserved.includes(id)) return `Broker ${brokerId} registers the reserved directory id ${id}.`
    if (logDirs.indexOf(id) !== index) return `Broker ${brokerId} registers directory id ${id} twice.`
    for (const other of image.brokers.values()) {
      if (other.id !== brokerId && other.logDirs.includes(id)) {
        return `Directory id ${id} of broker ${brokerId} belongs to broker ${other.id}.`
      }
    }
  }
  return undefined
}

/** A broker must know every finalized feature at its level. */
function featuresError(
  image: MetadataImage,
  { brokerId, features }: BrokerRegistration,
): ApiError | undefined {
  const { metadataVersion, finalized } = image.features
  if (!features.some(({ name }) => name === metadataVersionFeature)) {
    const message = `Broker ${brokerId} registers without a range for ${metadataVersionFeature}.`
    return apiError(errors.INVALID_REGISTRATION, message)
  }
  for (const [name, level] of [[metadataVersionFeature, metadataVersion] as const, ...finalized]) {
    const range = features.find((feature) => feature.name === name)
    const min = range?.minSupportedVersion ?? 0
    const max = range?.maxSupportedVersion ?? 0
    if (level >= min && level <= max) continue
    const message = `Broker ${brokerId} supports ${name} from ${min} to ${max}, the cluster runs it at ${level}.`
    return apiError(errors.UNSUPPORTED_VERSION, message)
  }
  return undefined
}

function registrationChange(
  { id, epoch }: BrokerImage,
  change: Partial<BrokerRegistrationChangeRecord>,
): MetadataRecord {
  return {
    name: 'BrokerRegistrationChangeRecord',
    value: {
      ...defaultsBrokerRegistrationChangeRecord(),
      brokerId: id,
      brokerEpoch: epoch,
      ...change,
    },
  }
}
