// DeleteRecords for many partitions: asks each leader once and answers per partition.

import { errors } from '../base/errors.ts'
import type { TopicPartition } from '../base/topic-partition.ts'
import { calls } from './api-call.ts'
import { failure, type Result, success } from './client-error.ts'
import type { KafkaClient } from './kafka-client.ts'

export interface RecordsToDelete extends TopicPartition {
  /** The first offset that stays; -1: none does. */
  readonly beforeOffset: number
}

/** One attempt for every partition; in the order of `deletions`, each with the new first offset or its own failure. */
export async function deleteRecords(
  client: KafkaClient,
  deletions: readonly RecordsToDelete[],
): Promise<Result<number>[]> {
  const leaders = await Promise.all(
    deletions.map(({ topic, partition }) => client.leaderOf(topic, partition)),
  )
  const results = new Map<RecordsToDelete, Result<number>>()
  const byLeader = new Map<number, RecordsToDelete[]>()
  for (const [index, leader] of leaders.entries()) {
    const deletion = deletions[index]!
    if (!leader.ok) results.set(deletion, leader)
    else byLeader.set(leader.value, [...(byLeader.get(leader.value) ?? []), deletion])
  }
  await Promise.all([...byLeader].map(([leader, led]) => askLeader(client, leader, led, results)))
  return deletions.map((deletion) => results.get(deletion)!)
}

async function askLeader(
  client: KafkaClient,
  leader: number,
  deletions: readonly RecordsToDelete[],
  results: Map<RecordsToDelete, Result<number>>,
): Promise<void> {
  const topics = Map.groupBy(deletions, ({ topic }) => topic)
  const answer = await client.request(leader, calls.deleteRecords, {
    ...calls.deleteRecords.request.defaults(),
    timeoutMs: client.requestTimeoutMs,
    topics: [...topics].map(([name, ofTopic]) => ({
      name,
      partitions: ofTopic.map(({ partition, beforeOffset }) => ({
        partitionIndex: partition,
        offset: beforeOffset,
      })),
    })),
  })
  for (const deletion of deletions) {
    if (!answer.ok) {
      results.set(deletion, answer)
      continue
    }
    const found = answer.value.topics
      .find(({ name }) => name === deletion.topic)
      ?.partitions.find(({ partitionIndex }) => partitionIndex === deletion.partition)
    const code = found?.errorCode ?? errors.UNKNOWN_SERVER_ERROR
    results.set(deletion, code === errors.NONE ? success(found!.lowWatermark) : failure(code))
  }
}
