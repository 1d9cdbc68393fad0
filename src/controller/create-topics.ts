// CreateTopics (API 19): each topic of a request is decided on its own, all that are fine are written in one
// atomic batch. Records as Kafka writes them: topic, configs, partitions.

import { errors } from '../base/errors.ts'
import { zeroUuid } from '../base/uuid.ts'
import type { Random } from '../env/env.ts'
import type { MetadataImage } from '../metadata/metadata-image.ts'
import { type PartitionImage, partitionToRecord } from '../metadata/partition-image.ts'
import { randomUuid } from '../metadata/random-uuid.ts'
import type { CreatableTopic, CreateTopicsRequest } from '../protocol/generated/create-topics-request.ts'
import type {
  CreatableTopicConfigs,
  CreatableTopicResult,
  CreateTopicsResponse,
} from '../protocol/generated/create-topics-response.ts'
import type { MetadataRecord } from '../protocol/metadata-records.ts'
import { manualAssignment, placePartitions } from './assignment.ts'
import type { ConfigRules } from './config-rules.ts'
import { configChangeRecords } from './configs.ts'
import {
  type ApiError,
  apiError,
  type Checked,
  checked,
  type Decision,
  recordsPerOperationMax,
  refused,
} from './decision.ts'
import { clusterMetadataTopic, topicNameProblem } from './topic-names.ts'

export interface TopicDefaults {
  readonly numPartitions: number
  readonly replicationFactor: number
}

export interface CreateTopicsModules {
  readonly rules: ConfigRules
  readonly random: Random
  /** A new topic's effective configs for the answer, given its own. */
  readonly topicConfigEntries: (overrides: ReadonlyMap<string, string>) => CreatableTopicConfigs[]
}

interface NewTopic {
  readonly records: readonly MetadataRecord[]
  readonly result: CreatableTopicResult
}

export function decideCreateTopics(
  image: MetadataImage,
  request: CreateTopicsRequest,
  defaults: TopicDefaults,
  modules: CreateTopicsModules,
): Decision<CreateTopicsResponse> {
  const records: MetadataRecord[] = []
  const topics: CreatableTopicResult[] = []
  const tooMany = tooManyPartitions(request, defaults)
  for (const [name, given] of Map.groupBy(request.topics, (topic) => topic.name)) {
    const created: Checked<NewTopic> =
      tooMany ??
      (given.length > 1
        ? refused(errors.INVALID_REQUEST, `Topic '${name}' is in the request ${given.length} times.`)
        : createTopic(image, given[0]!, defaults, modules))
    if (created.ok) records.push(...created.value.records)
    topics.push(created.ok ? created.value.result : failure(name, created.error))
  }
  return {
    records: request.validateOnly ? [] : records,
    response: { throttleTimeMs: 0, topics },
    atomic: true,
  }
}

/** The limit is on the request, so no topic of it is created (`validateTotalNumberOfPartitions`). */
function tooManyPartitions(
  request: CreateTopicsRequest,
  defaults: TopicDefaults,
): Checked<never> | undefined {
  let total = 0
  for (const { assignments, numPartitions } of request.topics) {
    if (assignments.length > 0) total += assignments.length
    else total += numPartitions === -1 ? defaults.numPartitions : Math.max(0, numPartitions)
  }
  if (total <= recordsPerOperationMax) return undefined
  return refused(
    errors.POLICY_VIOLATION,
    `The request creates ${total} partitions, the limit for one request is ${recordsPerOperationMax}.`,
  )
}

function createTopic(
  image: MetadataImage,
  topic: CreatableTopic,
  defaults: TopicDefaults,
  modules: CreateTopicsModules,
): Checked<NewTopic> {
  const nameError = newTopicNameError(image, topic.name)
  if (nameError !== undefined) return { ok: false, error: nameError }
  const missingValue = topic.configs.find(({ value }) => value === null)
  if (missingValue !== undefined) {
    return refused(
      errors.INVALID_CONFIG,
      `Topic config '${missingValue.name}' of topic '${topic.name}' has a null value.`,
    )
  }
  const overrides = new Map(topic.configs.map(({ name, value }) => [name, value!]))
  const configs = configChangeRecords(image, modules.rules, { type: 'topic', name: topic.name }, overrides)
  if (!configs.ok) return configs
  const partitions = newPartitions(image, topic, defaults, modules.random)
  if (!partitions.ok) return partitions
  const topicId = randomUuid(modules.random)
  const created = [...partitions.value.entries()].map(
    ([index, partition]): MetadataRecord => ({
      name: 'PartitionRecord',
      value: partitionToRecord(topicId, index, partition),
    }),
  )
  return checked({
    records: [{ name: 'TopicRecord', value: { name: topic.name, topicId } }, ...configs.value, ...created],
    result: {
      name: topic.name,
      topicId,
      errorCode: errors.NONE,
      errorMessage: null,
      topicConfigErrorCode: errors.NONE,
      numPartitions: partitions.value.length,
      replicationFactor: partitions.value[0]!.replicas.length,
      configs: modules.topicConfigEntries(overrides),
    },
  })
}

function newTopicNameError(image: MetadataImage, name: string): ApiError | undefined {
  if (name === clusterMetadataTopic) {
    return apiError(errors.INVALID_REQUEST, `Topic '${name}' belongs to the cluster and cannot be created.`)
  }
  const problem = topicNameProblem(name)
  if (problem !== undefined) return apiError(errors.INVALID_TOPIC_EXCEPTION, problem)
  if (image.topics.byName(name) !== undefined) {
    return apiError(errors.TOPIC_ALREADY_EXISTS, `Topic '${name}' already exists.`)
  }
  const colliding = image.topics.collidingName(name)
  if (colliding === undefined) return undefined
  return apiError(
    errors.INVALID_TOPIC_EXCEPTION,
    `Topic '${name}' collides with topic '${colliding}': '.' and '_' are the same in metric names.`,
  )
}

function newPartitions(
  image: MetadataImage,
  topic: CreatableTopic,
  defaults: TopicDefaults,
  random: Random,
): Checked<PartitionImage[]> {
  if (topic.assignments.length > 0) return assignedPartitions(image, topic)
  if (topic.replicationFactor < -1 || topic.replicationFactor === 0) {
    return refused(
      errors.INVALID_REPLICATION_FACTOR,
      `Topic '${topic.name}' asks for ${topic.replicationFactor} replicas, not 1 or more, or -1 for the default.`,
    )
  }
  if (topic.numPartitions < -1 || topic.numPartitions === 0) {
    return refused(
      errors.INVALID_PARTITIONS,
      `Topic '${topic.name}' asks for ${topic.numPartitions} partitions, not 1 or more, or -1 for the default.`,
    )
  }
  const count = topic.numPartitions === -1 ? defaults.numPartitions : topic.numPartitions
  const replicationFactor =
    topic.replicationFactor === -1 ? defaults.replicationFactor : topic.replicationFactor
  return placePartitions(image, count, replicationFactor, random)
}

function assignedPartitions(image: MetadataImage, topic: CreatableTopic): Checked<PartitionImage[]> {
  if (topic.replicationFactor !== -1 || topic.numPartitions !== -1) {
    return refused(
      errors.INVALID_REQUEST,
      `Topic '${topic.name}' has manual assignments; partition count and replication factor must then be -1.`,
    )
  }
  const partitions: PartitionImage[] = []
  let replicationFactor: number | undefined
  for (const { partitionIndex, brokerIds } of topic.assignments) {
    if (partitions[partitionIndex] !== undefined) {
      return refused(
        errors.INVALID_REPLICA_ASSIGNMENT,
        `Partition ${partitionIndex} of topic '${topic.name}' is assigned more than once.`,
      )
    }
    // Also keeps the array from growing to whatever index a client names.
    if (partitionIndex < 0 || partitionIndex >= topic.assignments.length) {
      return refused(
        errors.INVALID_REPLICA_ASSIGNMENT,
        `Assigned partitions of topic '${topic.name}' must be numbered from 0 without gaps, unlike ${partitionIndex}.`,
      )
    }
    const partition = manualAssignment(image, partitionIndex, brokerIds, replicationFactor)
    if (!partition.ok) return partition
    replicationFactor = brokerIds.length
    partitions[partitionIndex] = partition.value
  }
  return checked(partitions)
}

function failure(name: string, error: ApiError): CreatableTopicResult {
  return {
    name,
    topicId: zeroUuid,
    ...error,
    topicConfigErrorCode: errors.NONE,
    numPartitions: -1,
    replicationFactor: -1,
    configs: [],
  }
}
