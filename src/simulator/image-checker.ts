// Whether the metadata after a restart is what it was before: every record of the image, but for what a start itself
// changes (registrations, leadership) and what was being changed when the broker ended. Holds S1 (leader epochs do not
// go back), S13 and S17 (the epochs of the metadata log and of brokers grow), S14 (nothing committed is lost) and S15
// (the state that snapshot and log make together is the state that there was).

import type { MetadataImage } from '../metadata/metadata-image.ts'

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
  for (const [id, { epoch }] of before.brokers) {
    const is = after.brokers.get(id)?.epoch
    if (is === undefined || is <= epoch)
      throw new Error(`S17: broker ${id} had epoch ${epoch}, after a start it has ${is}`)
  }
  for (const topic of before.topics.all())
    for (const [index, { leaderEpoch }] of topic.partitions.entries()) {
      const is = after.topics.byId(topic.id)?.partitions[index]?.leaderEpoch ?? leaderEpoch
      if (is < leaderEpoch)
        throw new Error(`S1: ${topic.name}-${index} had leader epoch ${leaderEpoch}, it has ${is}`)
    }
}

/** Read from the image itself: a snapshot may leave out what the records of an image leave out. */
function factsOf({ topics, configs, features, ...image }: MetadataImage): Map<string, Fact> {
  const facts = new Map<string, Fact>()
  for (const { name: topic, id, partitions } of topics.all()) {
    facts.set(`topic ${topic}`, { topic, value: id })
    for (const [index, { replicas, directories }] of partitions.entries())
      facts.set(`partition ${index} of ${topic}`, { topic, value: JSON.stringify({ replicas, directories }) })
  }
  for (const { type, name: resource, configs: ofResource } of configs.all())
    for (const [name, value] of ofResource)
      facts.set(`config ${name} of ${type} ${resource}`, { topic: type === 'topic' ? resource : '', value })
  for (const [name, level] of features.finalized)
    facts.set(`feature ${name}`, { topic: '', value: `${level}` })
  facts.set('metadata.version', { topic: '', value: String(features.metadataVersion) })
  for (const kind of ['acls', 'clientQuotas', 'scram', 'delegationTokens'] as const)
    for (const [key, value] of image[kind])
      facts.set(`${kind} ${key}`, { topic: '', value: JSON.stringify(value) })
  return facts
}
