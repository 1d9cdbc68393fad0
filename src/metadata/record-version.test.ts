import { deepEqual, equal } from 'node:assert/strict'
import { test } from 'node:test'
import { goldenFile, metadataRecords } from '../../test/golden-metadata-log.ts'
import {
  decodeMetadataRecord,
  encodeMetadataRecord,
  type MetadataRecord,
} from '../protocol/metadata-records.ts'
import { batchHeaders, records } from '../protocol/records/record-batch.ts'
import { imageToRecords } from './image-records.ts'
import { MetadataDelta } from './metadata-delta.ts'
import { emptyImage } from './metadata-image.ts'
import { latestMetadataVersion } from './metadata-version.ts'
import { metadataRecordVersion, recordsFor } from './record-version.ts'

test('[IMAGE8] every record of a real log is written in the version and the bytes that Kafka wrote', () => {
  const bytes = goldenFile('00000000000000000000.log')
  const written = [...batchHeaders(bytes)]
    .filter(({ header }) => !header.isControl)
    .flatMap(({ at }) => [...records(bytes, at)].map(({ value }) => Buffer.from(value!).toString('hex')))
  const again = metadataRecords(bytes).map(({ record }) =>
    Buffer.from(encodeMetadataRecord(record, metadataRecordVersion(record, latestMetadataVersion))).toString(
      'hex',
    ),
  )
  equal(written.length, 110)
  deepEqual(again, written)
})

test('[IMAGE8] at a lower metadata.version records keep the version that its members know', () => {
  const partition = metadataRecords(goldenFile('00000000000000000000.log')).find(
    ({ record }) => record.name === 'PartitionRecord',
  )!.record
  deepEqual(
    [16, 17, 22, 23, 30].map((level) => metadataRecordVersion(partition, level)),
    [0, 1, 1, 2, 2],
  )
})

test('[IMAGE9] at every metadata.version the state can be written, and read back as it is there', () => {
  const records = metadataRecords(goldenFile('00000000000000000000.log'))
    .map(({ record }) => record)
    // Tagged fields of later levels are not written before them.
    .filter(({ name }) => !['PartitionChangeRecord', 'BrokerRegistrationChangeRecord'].includes(name))
  for (let level = 7; level <= latestMetadataVersion; level++) {
    const delta = new MetadataDelta(emptyImage)
    for (const record of recordsFor(records, level)) delta.replay(record)
    delta.replay({ name: 'FeatureLevelRecord', value: { name: 'metadata.version', featureLevel: level } })
    const image = delta.apply(1, 1)
    const again = new MetadataDelta(emptyImage)
    for (const record of imageToRecords(image)) {
      const bytes = encodeMetadataRecord(record, metadataRecordVersion(record, level))
      again.replay(decodeMetadataRecord(bytes) as MetadataRecord)
    }
    deepEqual(imageToRecords(again.apply(1, 1)), imageToRecords(image))
  }
})
