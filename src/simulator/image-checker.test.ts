import { doesNotThrow, throws } from 'node:assert/strict'
import { test } from 'node:test'
import type { BrokerImage } from '../metadata/broker-image.ts'
import { MetadataDelta } from '../metadata/metadata-delta.ts'
import { emptyImage, type MetadataImage } from '../metadata/metadata-image.ts'
import type { MetadataRecord } from '../protocol/metadata-records.ts'
import { checkSameMetadata } from './image-checker.ts'

const ids = { kept: 'AAAAAAAAAAAAAAAAAAAAAQ', other: 'AAAAAAAAAAAAAAAAAAAAAg' }

function topic(name: string, topicId = ids.kept): MetadataRecord {
  return { name: 'TopicRecord', value: { name, topicId } }
}

function config(resourceName: string, value: string): MetadataRecord {
  return { name: 'ConfigRecord', value: { resourceType: 2, resourceName, name: 'retention.ms', value } }
}

function image(offset: number, epoch: number, records: readonly MetadataRecord[]): MetadataImage {
  const delta = new MetadataDelta(emptyImage)
  for (const record of records) delta.replay(record)
  return delta.apply(offset, epoch)
}

const before = image(9, 1, [topic('kept'), config('kept', '1')])
const nothing = new Set<string>()

test('[SIM21] the same metadata in a later epoch is not complained of', () => {
  doesNotThrow(() => checkSameMetadata(before, image(12, 2, [topic('kept'), config('kept', '1')]), nothing))
})

const bad: Record<string, [RegExp, MetadataImage]> = {
  'a topic is gone': [/S15: topic kept was/, image(12, 2, [])],
  'a topic is another one': [
    /S15: topic kept/,
    image(12, 2, [topic('kept', ids.other), config('kept', '1')]),
  ],
  'a config is another one': [
    /S15: config retention.ms of topic kept was 1/,
    image(12, 2, [topic('kept'), config('kept', '2')]),
  ],
  'a topic has come from nowhere': [
    /S15: topic new was not there/,
    image(12, 2, [topic('kept'), config('kept', '1'), topic('new', ids.other)]),
  ],
  'records are missing at the end': [/S14/, image(8, 2, [topic('kept'), config('kept', '1')])],
  'the epoch has not grown': [/S13/, image(12, 1, [topic('kept'), config('kept', '1')])],
}
for (const [what, [message, after]] of Object.entries(bad))
  test(`[SIM21] it is told when ${what}`, () => {
    throws(() => checkSameMetadata(before, after, nothing), message)
  })

test('[SIM21] it is told when a broker registers with no new epoch', () => {
  const registered = (image: MetadataImage, epoch: number) => ({
    ...image,
    brokers: new Map([[1, { epoch } as BrokerImage]]),
  })
  const after = image(12, 2, [topic('kept'), config('kept', '1')])
  const check = (epoch: number) => checkSameMetadata(registered(before, 5), registered(after, epoch), nothing)
  doesNotThrow(() => check(6))
  throws(() => check(5), /S17: broker 1 had epoch 5, after a start it has 5/)
})

test('[SIM21] a topic that was being changed may be either way', () => {
  doesNotThrow(() => checkSameMetadata(before, image(12, 2, []), new Set(['kept'])))
  const offsets = topic('__consumer_offsets', ids.other)
  doesNotThrow(() =>
    checkSameMetadata(before, image(12, 2, [topic('kept'), config('kept', '1'), offsets]), nothing),
  )
})
