// CreatePartitions (API 37): topics only grow, by partitions that are placed or assigned by hand.

import { errors } from '../base/errors.ts'
import type { Random } from '../env/env.ts'
import type { MetadataImage } from '../metadata/metadata-image.ts'
import { type PartitionImage, partitionToRecord } from '../metadata/partition-image.ts'
import type { TopicImage } from '../metadata/topics-image.ts'
import type {
  CreatePartitionsRequest,
  CreatePartitionsTopic,
} from '../protocol/generated/create-partitions-request.ts'
import type {
  CreatePartitionsResponse,
  CreatePartitionsTopicResult,
} from '../protocol/generated/create-partitions-response.ts'
import type { MetadataRecord } from '../protocol/metadata-records.ts'
import { manualAssignment, placePartitions } from './assignment.ts'
import {
  type ApiError,
  type Checked,
  checked,
  type Decision,
  noError,
  recordsPerOperationMax,
  refused,
} from './decision.ts'

export function decideCreatePartitions(
  image: MetadataImage,
  request: CreatePartitionsRequest,
  random: Random,
): Decision<CreatePartitionsResponse> {
  const records: MetadataRecord[] = []
  const counts = Map.groupBy(request.topics, ({ name }) => name)
  const results = [...counts].map(([name, topics]): CreatePartitionsTopicResult => {
    const added =
      topics.length > 1
        ? refused(errors.INVALID_REQUEST, `Topic '${name}' is in the request ${topics.length} times.`)
        : addPartitions(image, topics[0]!, recordsPerOperationMax - records.length, random)
    if (added.ok) records.push(...added.value)
    const error: ApiError = added.ok ? noError : added.error
    return { name, ...error }
  })
  return {
    records: request.validateOnly ? [] : records,
    response: { throttleTimeMs: 0, results },
    atomic: true,
  }
}

function addPartitions(
  image: MetadataImage,
  request: CreatePartitionsTopic,
  recordsLeft: number,
  random: Random,
): Checked<MetadataRecord[]> {
  const topic = image.topics.byName(request.name)
  if (topic === undefined) {
    return refused(errors.UNKNOWN_TOPIC_OR_PARTITION, `Topic '${request.name}' does not exist.`)
  }
  const before = topic.partitions.length
  const additional = request.count - before
  if (additional <= 0) {
    return refused(
      errors.INVALID_PARTITIONS,
      `Topic '${request.name}' has ${before} partition(s); ${request.count} would not be an increase.`,
    )
  }
  if (additional > recordsLeft) {
    return refused(
      errors.POLICY_VIOLATION,
      `Topic '${request.name}' would get ${additional} partitions, a request's limit is ${recordsPerOperationMax}.`,
    )
  }
  const partitions = addedPartitions(image, topic, request, additional, random)
  if (!partitions.ok) return partitions
  const records = partitions.value.map(
    (partition, index): MetadataRecord => ({
      name: 'PartitionRecord',
      value: partitionToRecord(topic.id, before + index, partition),
    }),
  )
  return checked(records)
}

function addedPartitions(
  image: MetadataImage,
  topic: TopicImage,
  { assignments }: CreatePartitionsTopic,
  additional: number,
  random: Random,
): Checked<PartitionImage[]> {
  const replicationFactor = topic.partitions[0]!.replicas.length
  if (assignments === null) return placePartitions(image, additional, replicationFactor, random)
  if (assignments.length !== additional) {
    return refused(
      errors.INVALID_REPLICA_ASSIGNMENT,
      `Topic '${topic.name}' would get ${additional} partition(s), but ${assignments.length} assignment(s) are given.`,
    )
  }
  const partitions: PartitionImage[] = []
  for (const [index, { brokerIds }] of assignments.entries()) {
    const id = topic.partitions.length + index
    const partition = manualAssignment(image, id, brokerIds, replicationFactor)
    if (!partition.ok) return partition
    partitions.push(partition.value)
  }
  return checked(partitions)
}
