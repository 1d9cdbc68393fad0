// What an administrator asks about topics and does to them, one attempt each.

import { errors } from '../base/errors.ts'
import { zeroUuid } from '../base/uuid.ts'
import type { DescribeConfigsResourceResult } from '../protocol/generated/describe-configs-response.ts'
import { calls } from './api-call.ts'
import { failure, outcome, type Result, success } from './client-error.ts'
import type { KafkaClient } from './kafka-client.ts'

export interface PartitionDescription {
  readonly partition: number
  /** -1: none. */
  readonly leader: number
  readonly replicas: readonly number[]
  readonly isr: readonly number[]
  /** Null: not told by this broker (KIP-966). */
  readonly elr: readonly number[] | null
  readonly lastKnownElr: readonly number[] | null
}

export interface TopicDescription {
  readonly name: string
  readonly topicId: string
  readonly isInternal: boolean
  /** In the order of their indexes. */
  readonly partitions: readonly PartitionDescription[]
}

export interface NewTopic {
  readonly name: string
  /** -1: the cluster's default. */
  readonly partitions: number
  readonly replicationFactor: number
  /** Brokers by partition; instead of the two before. */
  readonly assignments: readonly (readonly number[])[] | null
  readonly configs: readonly (readonly [name: string, value: string])[]
}

const topicResource = 2
const answeredPartitionsMax = 2000

export interface TopicListing {
  readonly name: string
  readonly topicId: string
  readonly isInternal: boolean
}

/** Every topic, in the order of the names. */
export async function listTopics(client: KafkaClient): Promise<Result<TopicListing[]>> {
  const metadata = await client.metadata('all')
  if (!metadata.ok) return metadata
  return success([...metadata.value.topics.values()].sort(byName))
}

/** In the order of the names; fails at the first topic that cannot be described. */
export async function describeTopics(
  client: KafkaClient,
  names: readonly string[],
): Promise<Result<TopicDescription[]>> {
  if (names.length === 0) return success([])
  const described = await describeByPages(client, names)
  if (described.ok || described.error.code !== errors.UNSUPPORTED_VERSION) return described
  return describeByMetadata(client, names)
}

async function describeByPages(
  client: KafkaClient,
  names: readonly string[],
): Promise<Result<TopicDescription[]>> {
  const found = new Map<string, TopicDescription & { partitions: PartitionDescription[] }>()
  let cursor: { topicName: string; partitionIndex: number } | null = null
  do {
    const answer: Result<ReturnType<typeof calls.describeTopicPartitions.response.defaults>> =
      await client.request('any', calls.describeTopicPartitions, {
        topics: names.toSorted().map((name) => ({ name })),
        responsePartitionLimit: answeredPartitionsMax,
        cursor,
      })
    if (!answer.ok) return answer
    for (const { name, errorCode, topicId, isInternal, partitions } of answer.value.topics) {
      if (errorCode !== errors.NONE) return failure(errorCode, topicProblem(name ?? '', errorCode))
      const topic = found.get(name!) ?? { name: name!, topicId, isInternal, partitions: [] }
      found.set(name!, topic)
      for (const each of partitions) {
        const {
          partitionIndex: partition,
          leaderId,
          replicaNodes,
          isrNodes,
          eligibleLeaderReplicas,
          lastKnownElr,
        } = each
        const elr = eligibleLeaderReplicas
        topic.partitions.push({
          partition,
          leader: leaderId,
          replicas: replicaNodes,
          isr: isrNodes,
          elr,
          lastKnownElr,
        })
      }
    }
    cursor = answer.value.nextCursor
  } while (cursor !== null)
  return success([...found.values()].sort(byName))
}

async function describeByMetadata(
  client: KafkaClient,
  names: readonly string[],
): Promise<Result<TopicDescription[]>> {
  const metadata = await client.metadata(names)
  if (!metadata.ok) return metadata
  const described: TopicDescription[] = []
  for (const name of names.toSorted()) {
    const { errorCode, topicId, isInternal, partitions } = metadata.value.topics.get(name)!
    if (errorCode !== errors.NONE) return failure(errorCode, topicProblem(name, errorCode))
    const descriptions = partitions.map(({ partitionIndex, leaderId, replicaNodes, isrNodes }) => ({
      partition: partitionIndex,
      leader: leaderId,
      replicas: replicaNodes,
      isr: isrNodes,
      elr: null,
      lastKnownElr: null,
    }))
    described.push({ name, topicId, isInternal, partitions: descriptions })
  }
  return success(described)
}

/** The effective configs of each topic. */
export async function describeTopicConfigs(
  client: KafkaClient,
  names: readonly string[],
): Promise<Result<Map<string, DescribeConfigsResourceResult[]>>> {
  if (names.length === 0) return success(new Map())
  const answer = await client.request('any', calls.describeConfigs, {
    ...calls.describeConfigs.request.defaults(),
    resources: names.map((resourceName) => ({
      resourceType: topicResource,
      resourceName,
      configurationKeys: null,
    })),
  })
  if (!answer.ok) return answer
  const failed = answer.value.results.find(({ errorCode }) => errorCode !== errors.NONE)
  if (failed !== undefined) return failure(failed.errorCode, failed.errorMessage)
  return success(new Map(answer.value.results.map(({ resourceName, configs }) => [resourceName, configs])))
}

export async function createTopic(client: KafkaClient, topic: NewTopic): Promise<Result<void>> {
  const { name, assignments } = topic
  const answer = await client.request('controller', calls.createTopics, {
    ...calls.createTopics.request.defaults(),
    timeoutMs: client.requestTimeoutMs,
    topics: [
      {
        name,
        numPartitions: assignments === null ? topic.partitions : -1,
        replicationFactor: assignments === null ? topic.replicationFactor : -1,
        assignments: (assignments ?? []).map((brokerIds, partitionIndex) => ({
          partitionIndex,
          brokerIds: [...brokerIds],
        })),
        configs: topic.configs.map(([configName, value]) => ({ name: configName, value })),
      },
    ],
  })
  return answer.ok ? outcome(answer.value.topics[0]) : answer
}

export async function deleteTopic(client: KafkaClient, name: string): Promise<Result<void>> {
  const answer = await client.request('controller', calls.deleteTopics, (version) => ({
    ...calls.deleteTopics.request.defaults(),
    timeoutMs: client.requestTimeoutMs,
    ...(version >= 6 ? { topics: [{ name, topicId: zeroUuid }] } : { topicNames: [name] }),
  }))
  if (!answer.ok) return answer
  const [response] = answer.value.responses
  return outcome(response, topicProblem(name, response?.errorCode ?? errors.NONE))
}

/** Adds partitions up to `count`; `assignments`: the brokers of the new ones. */
export async function createPartitions(
  client: KafkaClient,
  name: string,
  count: number,
  assignments: readonly (readonly number[])[] | null,
): Promise<Result<void>> {
  const answer = await client.request('controller', calls.createPartitions, {
    ...calls.createPartitions.request.defaults(),
    timeoutMs: client.requestTimeoutMs,
    topics: [
      { name, count, assignments: assignments?.map((brokerIds) => ({ brokerIds: [...brokerIds] })) ?? null },
    ],
  })
  return answer.ok ? outcome(answer.value.results[0]) : answer
}

function topicProblem(name: string, errorCode: number): string | null {
  return errorCode === errors.UNKNOWN_TOPIC_OR_PARTITION ? `Topic '${name}' does not exist.` : null
}

function byName(left: { readonly name: string }, right: { readonly name: string }): number {
  return left.name < right.name ? -1 : 1
}
