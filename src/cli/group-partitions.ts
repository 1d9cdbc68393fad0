// Which partitions `--topic orders --topic clicks:0,1` means: all of the first topic, two of the second.

import { errors } from '../base/errors.ts'
import type { TopicPartition } from '../base/topic-partition.ts'
import { failure, type Result, success } from '../client/client-error.ts'
import type { KafkaClient } from '../client/kafka-client.ts'

/** Fails for a text of another form, and for what does not exist. */
export async function namedPartitions(
  client: KafkaClient,
  texts: readonly string[],
): Promise<Result<TopicPartition[]>> {
  const named = texts.map(parseTopicPartitions)
  const broken = named.indexOf(undefined)
  if (broken !== -1) {
    return failure(errors.INVALID_REQUEST, `--topic ${texts[broken]} is not of the form topic or topic:0,1`)
  }
  const parsed = named as NonNullable<(typeof named)[number]>[]
  const metadata = await client.metadata(parsed.map(({ topic }) => topic))
  if (!metadata.ok) return metadata
  const found: TopicPartition[] = []
  for (const { topic, partitions } of parsed) {
    const state = metadata.value.topics.get(topic)
    if (state?.errorCode !== errors.NONE) {
      const code = state?.errorCode ?? errors.UNKNOWN_TOPIC_OR_PARTITION
      return failure(
        code,
        code === errors.UNKNOWN_TOPIC_OR_PARTITION ? `Topic '${topic}' does not exist.` : null,
      )
    }
    const count = state.partitions.length
    const missing = partitions?.find((partition) => partition >= count)
    if (missing !== undefined) {
      return failure(
        errors.UNKNOWN_TOPIC_OR_PARTITION,
        `Topic '${topic}' has no partition ${missing}, it has ${count}.`,
      )
    }
    const chosen = partitions ?? Array.from({ length: count }, (_, partition) => partition)
    found.push(...chosen.map((partition) => ({ topic, partition })))
  }
  return success(found)
}

function parseTopicPartitions(text: string): { topic: string; partitions: number[] | undefined } | undefined {
  const [topic, list, ...rest] = text.split(':')
  if (topic === undefined || topic === '' || rest.length > 0) return undefined
  if (list === undefined) return { topic, partitions: undefined }
  const numbers = list.split(',').map((number) => number.trim())
  return numbers.every((number) => /^\d{1,9}$/.test(number))
    ? { topic, partitions: numbers.map(Number) }
    : undefined
}
