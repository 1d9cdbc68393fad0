// Whether the metadata after a restart is what it was before: every record of the image, but for what a start itself
// changes (registrations, leadership) and what was being changed when the broker ended. Holds S1 (leader epochs do not
// go back) and S15 (the state that snapshot and log make together is the state that there was).

import { imageRecords } from '../metadata/image-records.ts'
import type { MetadataImage } from '../metadata/metadata-image.ts'
import type { MetadataRecord } from '../protocol/metadata-records.ts'

interface Fact {
  /** The topic that it is about, empty when it is about none. */
  readonly topic: string
  readonly value: string
}

const internalTopicPrefix = '__'

/** Throws when anything but the topics in `inChange` differs. */
export function checkSameMetadata(
  before: MetadataImage,
  after: MetadataImage,
  inChange: ReadonlySet<string>,
): void {
  const factsBefore = factsOf(before)
  const factsAfter = factsOf(after)
  for (const key of new Set([...factsBefore.keys(), ...factsAfter.keys()])) {
    const was = factsBefore.get(key)
    const is = factsAfter.get(key)
    if (was?.value === is?.value || inChange.has((was ?? is)!.topic)) continue
    // The broker makes it on its own, at the first use.
    if (was === undefined && is?.topic.startsWith(internalTopicPrefix)) continue
    throw new Error(
      `S15: ${key} was ${was?.value ?? 'not there'} before the crash, it is ${is?.value ?? 'gone'} after it`,
    )
  }
  checkForward(before, after)
}

function checkForward(before: MetadataImage, after: MetadataImage): void {
  const { nextProducerId } = before.producerIds
  if (after.producerIds.nextProducerId < nextProducerId)
    throw new Error(
      `S15: the next producer id was ${nextProducerId}, it is ${after.producerIds.nextProducerId}`,
    )
  if (after.offset < before.offset)
    throw new Error(`S14: the metadata was committed up to ${before.offset}, it ends at ${after.offset}`)
  if (after.epoch <= before.epoch)
    throw new Error(`S13: epoch ${after.epoch} of the metadata log follows ${before.epoch}`)
  for (const topic of before.topics.all())
    for (const [index, { leaderEpoch }] of topic.partitions.entries()) {
      const is = after.topics.byId(topic.id)?.partitions[index]?.leaderEpoch ?? leaderEpoch
      if (is < leaderEpoch)
        throw new Error(`S1: ${topic.name}-${index} had leader epoch ${leaderEpoch}, it has ${is}`)
    }
}

function factsOf(image: MetadataImage): Map<string, Fact> {
  const nameOf = (id: string) => image.topics.byId(id)?.name ?? ''
  return new Map([...imageRecords(image)].flatMap((record) => factOf(record, nameOf) ?? []))
}

function factOf(record: MetadataRecord, nameOf: (topicId: string) => string): [string, Fact][] | undefined {
  const { value } = record
  switch (record.name) {
    case 'RegisterBrokerRecord':
    case 'RegisterControllerRecord':
    case 'ProducerIdsRecord':
      return undefined
    case 'TopicRecord':
      return [[`topic ${record.value.name}`, { topic: record.value.name, value: record.value.topicId }]]
    case 'PartitionRecord': {
      const { topicId, partitionId, replicas, directories } = record.value
      const topic = nameOf(topicId)
      const held = JSON.stringify({ replicas, directories })
      return [[`partition ${partitionId} of ${topic}`, { topic, value: held }]]
    }
    case 'ConfigRecord': {
      const { resourceType, resourceName, name } = record.value
      const topic = resourceType === topicResource ? resourceName : ''
      return [[`config ${name} of ${resourceName}`, { topic, value: String(record.value.value) }]]
    }
    default:
      return [[`${record.name} ${JSON.stringify(value)}`, { topic: '', value: 'there' }]]
  }
}

const topicResource = 2
