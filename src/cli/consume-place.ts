// Where `ottla consume` begins and, with --exit, where it ends. Without a group only: a group knows where it is.

import type { TopicPartition } from '../base/topic-partition.ts'
import { type Result, success } from '../client/client-error.ts'
import type { Consumer, ConsumerOptions } from '../client/consumer.ts'
import type { KafkaClient } from '../client/kafka-client.ts'
import { type FoundOffset, lookUpOffsets, type OffsetSpec } from '../client/offset-lookup.ts'
import { patiently } from './with-client.ts'

export interface PlaceFlags {
  readonly partition?: number
  readonly offset?: number | 'earliest' | 'latest'
  /** So many records before the end of each partition. */
  readonly tail?: number
  /** Read no further than to where the partitions end now. */
  readonly exit?: boolean
}

/** Assigns `partitions` to the consumer and answers where to stop; nothing: never. */
export async function placeConsumer(
  client: KafkaClient,
  consumer: Consumer,
  partitions: readonly TopicPartition[],
  flags: PlaceFlags,
  { isolation }: ConsumerOptions,
): Promise<Result<readonly FoundOffset[]>> {
  consumer.assign(partitions)
  if (flags.offset !== undefined) consumer.seek(partitions[0]!, flags.offset)
  if (flags.tail === undefined && !flags.exit) return success([])
  const lookUp = (spec: OffsetSpec) => lookUpAll(client, partitions, spec, isolation)
  const ends = await lookUp('latest')
  if (!ends.ok) return ends
  if (flags.tail !== undefined) {
    const starts = await lookUp('earliest')
    if (!starts.ok) return starts
    for (const [index, end] of ends.value.entries())
      consumer.seek(end, Math.max(starts.value[index]!.offset, end.offset - flags.tail))
  }
  return success(flags.exit ? ends.value : [])
}

function lookUpAll(
  client: KafkaClient,
  partitions: readonly TopicPartition[],
  spec: OffsetSpec,
  isolation: ConsumerOptions['isolation'],
): Promise<Result<FoundOffset[]>> {
  return patiently(client, async () => {
    const found: FoundOffset[] = []
    for (const result of await lookUpOffsets(client, partitions, spec, isolation)) {
      if (!result.ok) return result
      found.push(result.value)
    }
    return success(found)
  })
}
