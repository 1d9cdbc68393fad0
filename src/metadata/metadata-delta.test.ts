import { deepEqual, equal, throws } from 'node:assert/strict'
import { test } from 'node:test'
import { goldenFile, goldenSnapshotEndOffset, metadataRecords } from '../../test/golden-metadata-log.ts'
import { defaultsPartitionChangeRecord } from '../protocol/generated/partition-change-record.ts'
import type { MetadataRecord } from '../protocol/metadata-records.ts'
import { imageToRecords } from './image-records.ts'
import { MetadataDelta } from './metadata-delta.ts'
import { emptyImage, type MetadataImage } from './metadata-image.ts'

const emptyChange = { ...defaultsPartitionChangeRecord(), partitionId: 0 }
const log = metadataRecords(goldenFile('00000000000000000000.log'))

function imageOf(records: readonly MetadataRecord[], base: MetadataImage = emptyImage): MetadataImage {
  const delta = new MetadataDelta(base)
  for (const record of records) delta.replay(record)
  return delta.apply(base.offset + records.length, 1)
}

const goldenImage = imageOf(log.map(({ record }) => record))

test('[IMAGE2] the log of a real node gives the state that its own snapshot holds', () => {
  const snapshot = imageOf(
    metadataRecords(goldenFile('00000000000000000078-0000000001.checkpoint')).map((r) => r.record),
  )
  const upToSnapshot = imageOf(
    log.filter(({ offset }) => offset < goldenSnapshotEndOffset).map((r) => r.record),
  )
  deepEqual(imageToRecords(upToSnapshot), imageToRecords(snapshot))
})

test('[IMAGE3] an image made from the records of an image is equal to it', () => {
  const again = imageOf(imageToRecords(goldenImage))
  deepEqual(imageToRecords(again), imageToRecords(goldenImage))
  deepEqual(again.topics.byName('codecs'), goldenImage.topics.byName('codecs'))
  deepEqual(again.brokers, goldenImage.brokers)
  deepEqual(again.features, goldenImage.features)
  const configs = ({ configs }: MetadataImage) => new Map([...configs.all()].map((each) => [each.name, each]))
  deepEqual(configs(again), configs(goldenImage))
  equal(configs(again).size > 0, true)
  deepEqual(again.producerIds, goldenImage.producerIds)
  equal(again.clientQuotas.size, 3)
  equal(again.scram.size, 1)
  equal(again.acls.size, 1)
})

test('[IMAGE2] a controlled shutdown leaves partitions without leader and their replica eligible', () => {
  equal(goldenImage.brokers.get(1)!.inControlledShutdown, true)
  const { leader, leaderEpoch, partitionEpoch, isr, elr } = goldenImage.topics.byName('txn')!.partitions[0]!
  deepEqual(
    { leader, leaderEpoch, partitionEpoch, isr, elr },
    { leader: -1, leaderEpoch: 1, partitionEpoch: 1, isr: [], elr: [1] },
  )
})

test('[IMAGE4] a removed topic takes its configs along, and an image shares what did not change', () => {
  const topic = goldenImage.topics.byName('codecs')!
  const delta = new MetadataDelta(goldenImage)
  delta.replay({ name: 'RemoveTopicRecord', value: { topicId: topic.id } })
  const after = delta.apply(200, 1)
  equal(after.topics.byName('codecs'), undefined)
  equal(after.topics.byId(topic.id), undefined)
  equal(after.configs.for('topic', 'codecs').size, 0)
  deepEqual([...delta.deletedTopics.values()], [topic])
  deepEqual(delta.changedConfigs, [{ type: 'topic', name: 'codecs' }])
  equal(after.topics.byName('txn'), goldenImage.topics.byName('txn'))
  equal(after.acls, goldenImage.acls)
  equal(goldenImage.topics.byName('codecs'), topic)
})

test('[IMAGE4] a name that is created again after its removal is another topic', () => {
  const old = goldenImage.topics.byName('a')
  equal(old, undefined)
  const first = imageOf([{ name: 'TopicRecord', value: { name: 'a.b', topicId: 'first-----------------' } }])
  const delta = new MetadataDelta(first)
  delta.replay({ name: 'RemoveTopicRecord', value: { topicId: 'first-----------------' } })
  delta.replay({ name: 'TopicRecord', value: { name: 'a.b', topicId: 'second----------------' } })
  const second = delta.apply(3, 1)
  equal(second.topics.byName('a.b')!.id, 'second----------------')
  equal(second.topics.byId('first-----------------'), undefined)
  equal(second.topics.size, 1)
  equal(second.topics.collidingName('a_b'), 'a.b')
  deepEqual([...delta.changedTopics], ['second----------------'])
})

test('[IMAGE5] a partition change raises the partition epoch, and the leader epoch where it names a leader', () => {
  const change = { ...emptyChange, isr: [1], leader: 1, eligibleLeaderReplicas: [], lastKnownElr: [] }
  const topicId = goldenImage.topics.byName('txn')!.id
  const led = imageOf([{ name: 'PartitionChangeRecord', value: { ...change, topicId } }], goldenImage)
  const partition = led.topics.byName('txn')!.partitions[0]!
  deepEqual([partition.leader, partition.leaderEpoch, partition.partitionEpoch, partition.elr], [1, 2, 2, []])
  const shrunk = imageOf(
    [{ name: 'PartitionChangeRecord', value: { ...emptyChange, topicId, isr: [] } }],
    led,
  )
  const after = shrunk.topics.byName('txn')!.partitions[0]!
  deepEqual([after.leader, after.leaderEpoch, after.partitionEpoch, after.isr], [1, 2, 3, []])
})

test('[IMAGE6] a record that does not fit the image is a broken invariant', () => {
  const unknown = { name: 'RemoveTopicRecord', value: { topicId: 'unknown---------------' } } as const
  throws(() => imageOf([unknown], goldenImage), /exists when it is removed/)
  const value = { ...emptyChange, topicId: goldenImage.topics.byName('txn')!.id, partitionId: 9 }
  throws(() => imageOf([{ name: 'PartitionChangeRecord', value }], goldenImage), /txn-9 exists/)
})

test('[IMAGE7] clearing eligible leader replicas reaches one topic or all', () => {
  const one = imageOf([{ name: 'ClearElrRecord', value: { topicName: 'txn' } }], goldenImage)
  deepEqual(one.topics.byName('txn')!.partitions[0]!.elr, [])
  deepEqual(one.topics.byName('codecs')!.partitions[0]!.elr, [1])
  const all = imageOf([{ name: 'ClearElrRecord', value: { topicName: '' } }], goldenImage)
  for (const { partitions } of all.topics.all()) for (const { elr } of partitions) deepEqual(elr, [])
})
