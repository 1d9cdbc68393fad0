// Metadata (key 3), versions 0 to 13.
// Topics: null asks for all (version 0: none named), a name or from version 12 an id for one. A topic that is
// named, missing and allowed to be created is created; the first answer still says that it is unknown.
// The controller named is a random live broker: brokers pass on what the controller must do, and answering
// with the real one would send clients to a node they may not reach (KIP-590).
// Left out: authorized operations (there is no authorizer yet, Kafka then tells all operations).

import { errors } from '../../base/errors.ts'
import { zeroUuid } from '../../base/uuid.ts'
import { topicNameProblem } from '../../controller/topic-names.ts'
import type { PartitionImage } from '../../metadata/partition-image.ts'
import type { TopicImage } from '../../metadata/topics-image.ts'
import {
  type MetadataRequest,
  type MetadataRequestTopic,
  metadataRequest,
} from '../../protocol/generated/metadata-request.ts'
import {
  type MetadataResponse,
  type MetadataResponsePartition,
  type MetadataResponseTopic,
  metadataResponse,
} from '../../protocol/generated/metadata-response.ts'
import type { Api, RequestContext } from '../api.ts'
import { clusterOperations, noOperations, topicOperations } from '../authorized-operations.ts'
import type { BrokerModules } from '../broker-modules.ts'
import { type BrokerAddress, brokerAddresses } from '../brokers.ts'
import { isInternalTopic, topicOnFirstUse } from '../internal-topics.ts'

const listenerNotFoundVersionMin = 6
const topicIdVersionMin = 12

export function metadataApi(modules: BrokerModules): Api<MetadataRequest, MetadataResponse> {
  return {
    request: metadataRequest,
    response: metadataResponse,
    versions: [0, 13],
    handle: (context, request) => metadata(modules, context, request),
  }
}

function metadata(
  modules: BrokerModules,
  context: RequestContext,
  request: MetadataRequest,
): MetadataResponse {
  if (request.topics?.some((topic) => isInvalid(topic, context.apiVersion))) return refused(request.topics)
  const brokers = brokerAddresses(modules.image(), context.listenerName)
  const topics = topicsOf(modules, context, request, brokers)
  const controller = brokers[Math.floor(modules.random.next() * brokers.length)]
  return {
    throttleTimeMs: 0,
    brokers: brokers.map(({ nodeId, host, port, rack }) => ({ nodeId, host, port, rack })),
    clusterId: modules.clusterId,
    controllerId: controller?.nodeId ?? -1,
    topics: topics.map((topic) => ({
      ...topic,
      topicAuthorizedOperations:
        request.includeTopicAuthorizedOperations && topic.name !== null ? topicOperations : noOperations,
    })),
    clusterAuthorizedOperations: request.includeClusterAuthorizedOperations
      ? clusterOperations
      : noOperations,
    errorCode: errors.NONE,
  }
}

/** Versions 10 and 11 have a field for ids that no broker may take, and none lets a topic go without name and id. */
function isInvalid({ name, topicId }: MetadataRequestTopic, apiVersion: number): boolean {
  return apiVersion < topicIdVersionMin
    ? name === null || topicId !== zeroUuid
    : name === null && topicId === zeroUuid
}

function refused(topics: readonly MetadataRequestTopic[]): MetadataResponse {
  const errorCode = errors.INVALID_REQUEST
  return {
    ...metadataResponse.defaults(),
    topics: topics.map(({ name, topicId }) => failed(name ?? '', topicId, errorCode)),
    errorCode,
  }
}

function topicsOf(
  modules: BrokerModules,
  context: RequestContext,
  request: MetadataRequest,
  brokers: readonly BrokerAddress[],
): MetadataResponseTopic[] {
  const image = modules.image()
  const seen: Seen = {
    apiVersion: context.apiVersion,
    live: new Set(brokers.map(({ nodeId }) => nodeId)),
    registered: image.brokers,
  }
  const describe = (topic: TopicImage) => described(topic, seen)
  const isAll = request.topics === null || (context.apiVersion === 0 && request.topics.length === 0)
  if (isAll) return [...image.topics.all()].map(describe)
  const byId = request.topics!.filter(({ topicId }) => topicId !== zeroUuid)
  // Where any topic is asked for by id, Kafka looks at ids only.
  if (byId.length > 0)
    return [...new Set(byId.map(({ topicId }) => topicId))].map((topicId) => {
      const topic = image.topics.byId(topicId)
      return topic === undefined ? failed(null, topicId, errors.UNKNOWN_TOPIC_ID) : describe(topic)
    })
  const missing: string[] = []
  const answers = [...new Set(request.topics!.map(({ name }) => name!))].map((name) => {
    const topic = image.topics.byName(name)
    if (topic !== undefined) return describe(topic)
    if (topicNameProblem(name) !== undefined) return failed(name, zeroUuid, errors.INVALID_TOPIC_EXCEPTION)
    missing.push(name)
    return failed(name, zeroUuid, errors.UNKNOWN_TOPIC_OR_PARTITION)
  })
  if (request.allowAutoTopicCreation && modules.config.boolean('auto.create.topics.enable'))
    modules.topicAutoCreation.create(missing.map((name) => topicOnFirstUse(name, modules.config, image)))
  return answers
}

/** What a client of this version and listener is told by. */
interface Seen {
  readonly apiVersion: number
  /** The brokers that are not fenced and have the listener. */
  readonly live: ReadonlySet<number>
  readonly registered: { has(brokerId: number): boolean }
}

function described(topic: TopicImage, seen: Seen): MetadataResponseTopic {
  return {
    errorCode: errors.NONE,
    name: topic.name,
    topicId: topic.id,
    isInternal: isInternalTopic(topic.name),
    partitions: topic.partitions.map((partition, index) => describedPartition(partition, index, seen)),
    topicAuthorizedOperations: noOperations,
  }
}

function describedPartition(
  partition: PartitionImage,
  partitionIndex: number,
  seen: Seen,
): MetadataResponsePartition {
  const { live } = seen
  return {
    errorCode: partitionError(partition, seen),
    partitionIndex,
    leaderId: live.has(partition.leader) ? partition.leader : -1,
    leaderEpoch: partition.leaderEpoch,
    replicaNodes: shown(partition.replicas, seen),
    isrNodes: shown(partition.isr, seen),
    offlineReplicas: partition.replicas.filter((id) => !live.has(id)),
  }
}

function partitionError(
  { leader, replicas }: PartitionImage,
  { apiVersion, live, registered }: Seen,
): number {
  if (!live.has(leader))
    return registered.has(leader) && apiVersion >= listenerNotFoundVersionMin
      ? errors.LISTENER_NOT_FOUND
      : errors.LEADER_NOT_AVAILABLE
  const isAnyMissing = replicas.some((id) => !live.has(id))
  return apiVersion === 0 && isAnyMissing ? errors.REPLICA_NOT_AVAILABLE : errors.NONE
}

/** Version 0 tells only replicas that have an endpoint. */
function shown(ids: readonly number[], { apiVersion, live }: Seen): number[] {
  return apiVersion === 0 ? ids.filter((id) => live.has(id)) : [...ids]
}

function failed(name: string | null, topicId: string, errorCode: number): MetadataResponseTopic {
  return {
    errorCode,
    name,
    topicId,
    isInternal: name !== null && isInternalTopic(name),
    partitions: [],
    topicAuthorizedOperations: noOperations,
  }
}
