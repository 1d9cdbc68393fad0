// DescribeTopicPartitions (key 75), version 0: topics in order of name, a page of partitions at a time, with the
// replicas that are eligible to lead (KIP-966). No topic named means all of them; the cursor is where the next
// page begins. Creates nothing.

import { errors } from '../../base/errors.ts'
import { topicNameProblem } from '../../controller/topic-names.ts'
import type { PartitionImage } from '../../metadata/partition-image.ts'
import {
  type DescribeTopicPartitionsRequest,
  describeTopicPartitionsRequest,
} from '../../protocol/generated/describe-topic-partitions-request.ts'
import {
  type DescribeTopicPartitionsResponse,
  type DescribeTopicPartitionsResponsePartition,
  type DescribeTopicPartitionsResponseTopic,
  defaultsDescribeTopicPartitionsResponseTopic,
  describeTopicPartitionsResponse,
} from '../../protocol/generated/describe-topic-partitions-response.ts'
import type { Api, RequestContext } from '../api.ts'
import { topicOperations } from '../authorized-operations.ts'
import type { BrokerModules } from '../broker-modules.ts'
import { brokerAddresses } from '../brokers.ts'
import { isInternalTopic } from '../internal-topics.ts'

export function describeTopicPartitionsApi(
  modules: BrokerModules,
): Api<DescribeTopicPartitionsRequest, DescribeTopicPartitionsResponse> {
  return {
    request: describeTopicPartitionsRequest,
    response: describeTopicPartitionsResponse,
    versions: [0, 0],
    handle: (context, request) => describePage(modules, context, request),
  }
}

function describePage(
  { image, config }: BrokerModules,
  { listenerName }: RequestContext,
  request: DescribeTopicPartitionsRequest,
): DescribeTopicPartitionsResponse {
  const { topics: known } = image()
  const { cursor } = request
  const isForAll = request.topics.length === 0
  const names = isForAll ? [...known.all()].map(({ name }) => name) : request.topics.map(({ name }) => name)
  const due = [...new Set(names)].filter((name) => name >= (cursor?.topicName ?? '')).toSorted()
  const isCursorKnown = isForAll || cursor === null || due[0] === cursor.topicName
  if (!isCursorKnown || (cursor?.partitionIndex ?? 0) < 0) return invalidCursor(request)
  const live = new Set(brokerAddresses(image(), listenerName).map(({ nodeId }) => nodeId))
  const response = describeTopicPartitionsResponse.defaults()
  let left = Math.max(
    1,
    Math.min(request.responsePartitionLimit, config.int('max.request.partition.size.limit')),
  )
  for (const name of due) {
    const topic = known.byName(name)
    if (left === 0) {
      response.nextCursor = { topicName: name, partitionIndex: 0 }
      break
    }
    if (topic === undefined) {
      if (!isForAll) response.topics.push(missing(name))
      continue
    }
    const first = name === cursor?.topicName ? cursor.partitionIndex : 0
    const page = topic.partitions.slice(first, first + left)
    response.topics.push({
      errorCode: errors.NONE,
      name,
      topicId: topic.id,
      isInternal: isInternalTopic(name),
      partitions: page.map((partition, index) => described(partition, first + index, live)),
      topicAuthorizedOperations: topicOperations,
    })
    left -= page.length
    if (first + page.length < topic.partitions.length) {
      response.nextCursor = { topicName: name, partitionIndex: first + page.length }
      break
    }
  }
  return response
}

function described(
  partition: PartitionImage,
  partitionIndex: number,
  live: ReadonlySet<number>,
): DescribeTopicPartitionsResponsePartition {
  return {
    errorCode: errors.NONE,
    partitionIndex,
    leaderId: live.has(partition.leader) ? partition.leader : -1,
    leaderEpoch: partition.leaderEpoch,
    replicaNodes: [...partition.replicas],
    isrNodes: [...partition.isr],
    eligibleLeaderReplicas: [...partition.elr],
    lastKnownElr: [...partition.lastKnownElr],
    offlineReplicas: partition.replicas.filter((id) => !live.has(id)),
  }
}

function missing(name: string): DescribeTopicPartitionsResponseTopic {
  const isValid = topicNameProblem(name) === undefined
  return {
    ...defaultsDescribeTopicPartitionsResponseTopic(),
    errorCode: isValid ? errors.UNKNOWN_TOPIC_OR_PARTITION : errors.INVALID_TOPIC_EXCEPTION,
    name,
    isInternal: isInternalTopic(name),
    topicAuthorizedOperations: topicOperations,
  }
}

/** The answer has no error of its own: every topic that was named bears it. */
function invalidCursor({ topics }: DescribeTopicPartitionsRequest): DescribeTopicPartitionsResponse {
  const failed = { ...defaultsDescribeTopicPartitionsResponseTopic(), errorCode: errors.INVALID_REQUEST }
  return {
    ...describeTopicPartitionsResponse.defaults(),
    topics: topics.map(({ name }) => ({ ...failed, name })),
  }
}
