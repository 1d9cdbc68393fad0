// ListOffsets for many partitions: asks each leader once and answers per partition.

import { errors } from '../base/errors.ts'
import { type TopicPartition, topicPartitionKey } from '../base/topic-partition.ts'
import { calls } from './api-call.ts'
import { failure, type Result, success } from './client-error.ts'
import type { KafkaClient } from './kafka-client.ts'

export type IsolationLevel = 'read_uncommitted' | 'read_committed'

/** What to look for: the ends of the log, or the first record that is not older than a time in ms since 1970. */
export type OffsetSpec = 'earliest' | 'latest' | number

export interface FoundOffset extends TopicPartition {
  /** -1: no record is that young. */
  readonly offset: number
  readonly timestamp: number
}

const earliestTimestamp = -2
const latestTimestamp = -1

/** The wire's number of an isolation level. */
export function isolationNumber(level: IsolationLevel): number {
  return level === 'read_committed' ? 1 : 0
}

/** One attempt for every partition; in the order of `partitions`, each with its own failure. */
export async function lookUpOffsets(
  client: KafkaClient,
  partitions: readonly TopicPartition[],
  spec: OffsetSpec,
  isolation: IsolationLevel = 'read_uncommitted',
): Promise<Result<FoundOffset>[]> {
  const leaders = await Promise.all(
    partitions.map(({ topic, partition }) => client.leaderOf(topic, partition)),
  )
  const found = new Map<string, Result<FoundOffset>>()
  const byLeader = new Map<number, TopicPartition[]>()
  for (const [index, leader] of leaders.entries()) {
    const topicPartition = partitions[index]!
    if (!leader.ok) found.set(topicPartitionKey(topicPartition), leader)
    else byLeader.set(leader.value, [...(byLeader.get(leader.value) ?? []), topicPartition])
  }
  await Promise.all(
    [...byLeader].map(([leader, led]) => askLeader(client, leader, led, spec, isolation, found)),
  )
  return partitions.map((topicPartition) => found.get(topicPartitionKey(topicPartition))!)
}

async function askLeader(
  client: KafkaClient,
  leader: number,
  partitions: readonly TopicPartition[],
  spec: OffsetSpec,
  isolation: IsolationLevel,
  found: Map<string, Result<FoundOffset>>,
): Promise<void> {
  const topics = Map.groupBy(partitions, ({ topic }) => topic)
  const timestamp = typeof spec === 'number' ? spec : spec === 'latest' ? latestTimestamp : earliestTimestamp
  const body = {
    ...calls.listOffsets.request.defaults(),
    replicaId: -1,
    isolationLevel: isolationNumber(isolation),
    topics: [...topics].map(([name, ofTopic]) => ({
      name,
      partitions: ofTopic.map(({ partition }) => ({
        partitionIndex: partition,
        currentLeaderEpoch: -1,
        timestamp,
      })),
    })),
  }
  const answer = await client.request(leader, calls.listOffsets, body)
  for (const { topic, partition } of partitions) {
    const result = answer.ok ? offsetIn(answer.value.topics, topic, partition) : answer
    if (!result.ok && result.error.isRetriable) client.forgetTopic(topic)
    found.set(topicPartitionKey({ topic, partition }), result)
  }
}

function offsetIn(
  topics: ReturnType<typeof calls.listOffsets.response.defaults>['topics'],
  topic: string,
  partition: number,
): Result<FoundOffset> {
  const found = topics
    .find(({ name }) => name === topic)
    ?.partitions.find(({ partitionIndex }) => partitionIndex === partition)
  if (found === undefined) return failure(errors.UNKNOWN_SERVER_ERROR, `no answer for ${topic}-${partition}`)
  if (found.errorCode !== errors.NONE) return failure(found.errorCode)
  return success({ topic, partition, offset: found.offset, timestamp: found.timestamp })
}
