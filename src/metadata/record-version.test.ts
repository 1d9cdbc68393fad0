import { deepEqual, equal } from 'node:assert/strict'
import { test } from 'node:test'
import { goldenFile, metadataRecords } from '../../test/golden-metadata-log.ts'
import { encodeMetadataRecord } from '../protocol/metadata-records.ts'
import { batchHeaders, records } from '../protocol/records/record-batch.ts'
import { latestMetadataVersion } from './metadata-version.ts'
import { metadataRecordVersion } from './record-version.ts'

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
