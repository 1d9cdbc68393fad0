// What an administrator asks about the cluster itself and does to it, one attempt each: its nodes, features,
// quorum and log directories.

import { errors } from '../base/errors.ts'
import type { DescribeClusterResponse } from '../protocol/generated/describe-cluster-response.ts'
import type { DescribeLogDirsResult } from '../protocol/generated/describe-log-dirs-response.ts'
import type { Listener, PartitionData } from '../protocol/generated/describe-quorum-response.ts'
import { calls } from './api-call.ts'
import { type ClientError, failure, outcome, type Result, success } from './client-error.ts'
import { endpointTypes, type KafkaClient } from './kafka-client.ts'

const metadataTopic = '__cluster_metadata'

export async function describeCluster(
  client: KafkaClient,
  includeFencedBrokers: boolean,
): Promise<Result<DescribeClusterResponse>> {
  const answer = await client.request('any', calls.describeCluster, {
    ...calls.describeCluster.request.defaults(),
    includeFencedBrokers,
    endpointType: endpointTypes[client.endpoints],
  })
  if (!answer.ok) return answer
  const { errorCode, errorMessage } = answer.value
  return errorCode === errors.NONE ? answer : failure(errorCode, errorMessage)
}

export async function unregisterBroker(client: KafkaClient, brokerId: number): Promise<Result<void>> {
  const answer = await client.request('controller', calls.unregisterBroker, { brokerId })
  return answer.ok ? outcome(answer.value) : answer
}

export interface Feature {
  readonly name: string
  readonly minVersion: number
  readonly maxVersion: number
  /** The level that the cluster uses; 0: it does not use it. */
  readonly finalizedLevel: number
}

export interface Features {
  /** Of the finalized levels; -1: unknown. */
  readonly epoch: number
  /** Sorted by name. */
  readonly features: readonly Feature[]
}

/** What one node supports and what the cluster uses. */
export async function describeFeatures(client: KafkaClient, node: number | 'any'): Promise<Result<Features>> {
  const answer = await client.request(node, calls.apiVersions, {
    clientSoftwareName: 'ottla',
    clientSoftwareVersion: 'unknown',
  })
  if (!answer.ok) return answer
  const { errorCode, supportedFeatures, finalizedFeatures, finalizedFeaturesEpoch } = answer.value
  if (errorCode !== errors.NONE) return failure(errorCode)
  const levels = new Map(finalizedFeatures.map(({ name, maxVersionLevel }) => [name, maxVersionLevel]))
  const features = supportedFeatures.map(({ name, minVersion, maxVersion }) => ({
    name,
    minVersion,
    maxVersion,
    finalizedLevel: levels.get(name) ?? 0,
  }))
  features.sort((left, right) => (left.name < right.name ? -1 : 1))
  return success({ epoch: finalizedFeaturesEpoch, features })
}

/** FeatureUpdate.UpgradeType. */
export const upgradeTypes = { upgrade: 1, safeDowngrade: 2, unsafeDowngrade: 3 } as const

export interface FeatureUpdates {
  /** Level by name; 0 gives the feature up. */
  readonly levels: ReadonlyMap<string, number>
  readonly upgradeType: (typeof upgradeTypes)[keyof typeof upgradeTypes]
  /** Only find out whether it could be done. */
  readonly isDryRun: boolean
}

/** The features that cannot be changed, with the reason of each; fails when the request itself does. */
export async function updateFeatures(
  client: KafkaClient,
  { levels, upgradeType, isDryRun }: FeatureUpdates,
): Promise<Result<ReadonlyMap<string, ClientError>>> {
  const answer = await client.request('controller', calls.updateFeatures, {
    ...calls.updateFeatures.request.defaults(),
    timeoutMs: client.requestTimeoutMs,
    featureUpdates: [...levels].map(([feature, maxVersionLevel]) => ({
      feature,
      maxVersionLevel,
      allowDowngrade: false,
      upgradeType,
    })),
    validateOnly: isDryRun,
  })
  if (!answer.ok) return answer
  const { errorCode, errorMessage, results } = answer.value
  if (errorCode !== errors.NONE) {
    const { error } = failure(errorCode, errorMessage)
    return success(new Map([...levels.keys()].map((name) => [name, error])))
  }
  const refused = results.filter((result) => result.errorCode !== errors.NONE)
  return success(
    new Map(refused.map((result) => [result.feature, failure(result.errorCode, result.errorMessage).error])),
  )
}

export interface Quorum extends PartitionData {
  /** Of the controllers, by id. */
  readonly listeners: ReadonlyMap<number, readonly Listener[]>
}

export async function describeQuorum(client: KafkaClient): Promise<Result<Quorum>> {
  const answer = await client.request('controller', calls.describeQuorum, {
    topics: [{ topicName: metadataTopic, partitions: [{ partitionIndex: 0 }] }],
  })
  if (!answer.ok) return answer
  const { errorCode, errorMessage, topics, nodes } = answer.value
  if (errorCode !== errors.NONE) return failure(errorCode, errorMessage)
  const partition = topics[0]?.partitions[0]
  if (partition === undefined) return failure(errors.UNKNOWN_SERVER_ERROR, 'no answer about the quorum')
  if (partition.errorCode !== errors.NONE) return failure(partition.errorCode, partition.errorMessage)
  return success({
    ...partition,
    listeners: new Map(nodes.map(({ nodeId, listeners }) => [nodeId, listeners])),
  })
}

/** The log directories of one broker, each with what lies in it of `topics` (null: of all). */
export async function describeLogDirs(
  client: KafkaClient,
  broker: number,
  partitions: ReadonlyMap<string, readonly number[]> | null,
): Promise<Result<DescribeLogDirsResult[]>> {
  const topics =
    partitions && [...partitions].map(([topic, indexes]) => ({ topic, partitions: [...indexes] }))
  const answer = await client.request(broker, calls.describeLogDirs, { topics })
  if (!answer.ok) return answer
  return answer.value.errorCode === errors.NONE
    ? success(answer.value.results)
    : failure(answer.value.errorCode)
}
