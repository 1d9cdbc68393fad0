// DescribeQuorum (key 55), versions 0 to 2: who votes on the metadata and how far each has read. This node is its
// own quorum: it leads, and is its only voter. Versions: 1 tells times, 2 directories and endpoints.

import { errors } from '../../base/errors.ts'
import { zeroUuid } from '../../base/uuid.ts'
import {
  type DescribeQuorumRequest,
  describeQuorumRequest,
} from '../../protocol/generated/describe-quorum-request.ts'
import {
  type DescribeQuorumResponse,
  defaultsPartitionData,
  describeQuorumResponse,
  type TopicData,
} from '../../protocol/generated/describe-quorum-response.ts'
import type { Api, RequestContext } from '../api.ts'
import type { BrokerModules } from '../broker-modules.ts'

const metadataTopic = '__cluster_metadata'
const directoryIdVersionMin = 2

export function describeQuorumApi(
  modules: BrokerModules,
): Api<DescribeQuorumRequest, DescribeQuorumResponse> {
  return {
    request: describeQuorumRequest,
    response: describeQuorumResponse,
    versions: [0, 2],
    handle: (context, request) => describeQuorum(modules, context, request),
  }
}

function describeQuorum(
  modules: BrokerModules,
  { apiVersion, nowMs }: RequestContext,
  { topics }: DescribeQuorumRequest,
): DescribeQuorumResponse {
  const response = describeQuorumResponse.defaults()
  const [topic] = topics
  const isMetadata =
    topics.length === 1 &&
    topic?.topicName === metadataTopic &&
    topic.partitions.length === 1 &&
    topic.partitions[0]!.partitionIndex === 0
  if (!isMetadata) return { ...response, topics: unknownTopics(topics) }
  const { leaderEpoch, highWatermark, logEndOffset, directoryId, endpoints } = modules.quorum()
  const { nodeId } = modules
  const voter = {
    replicaId: nodeId,
    replicaDirectoryId: apiVersion >= directoryIdVersionMin ? directoryId : zeroUuid,
    logEndOffset,
    lastFetchTimestamp: nowMs,
    lastCaughtUpTimestamp: nowMs,
  }
  response.topics = [
    {
      topicName: metadataTopic,
      partitions: [
        { ...defaultsPartitionData(), leaderId: nodeId, leaderEpoch, highWatermark, currentVoters: [voter] },
      ],
    },
  ]
  if (apiVersion >= directoryIdVersionMin)
    response.nodes = [{ nodeId, listeners: endpoints.map((endpoint) => ({ ...endpoint })) }]
  return response
}

function unknownTopics(topics: DescribeQuorumRequest['topics']): TopicData[] {
  const error = {
    errorCode: errors.UNKNOWN_TOPIC_OR_PARTITION,
    errorMessage: `Only partition 0 of ${metadataTopic} has a quorum.`,
  }
  return topics.map(({ topicName, partitions }) => ({
    topicName,
    partitions: partitions.map(({ partitionIndex }) => ({
      ...defaultsPartitionData(),
      partitionIndex,
      ...error,
    })),
  }))
}
