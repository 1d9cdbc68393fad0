import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ClientWorld } from '../client/testing/client-world.ts'
import { encodeProducerSnapshot } from '../log/producer-snapshot.ts'
import { groupRecords } from '../protocol/coordinator-records.ts'
import { groupMetadataValue } from '../protocol/generated/group-metadata-value.ts'
import { topicRecord } from '../protocol/generated/topic-record.ts'
import { encodeMetadataRecord } from '../protocol/metadata-records.ts'
import { encodeControlBatch, encodeEndTxnMarker } from '../protocol/records/control-records.ts'
import { encodeBatch, type NewRecord } from '../protocol/records/record-batch.ts'
import { CliWorld } from './testing/cli-world.ts'

function batch(baseOffset: number, records: readonly Omit<NewRecord, 'timestamp'>[]): Uint8Array {
  return encodeBatch({
    baseOffset,
    partitionLeaderEpoch: 2,
    producerId: 9,
    producerEpoch: 1,
    baseSequence: 5,
    records: records.map((record) => ({ timestamp: 1000, ...record })),
  })
}

function bytes(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(text))
}

async function dump(files: Record<string, Uint8Array>, flags = '', asked = Object.keys(files).join(',')) {
  const cli = new CliWorld(new ClientWorld())
  for (const [name, content] of Object.entries(files)) cli.files.set(name, content)
  const ran = await cli.run(`dump-log --files ${asked} ${flags}`.trim())
  return { ...ran, lines: ran.out.trimEnd().split('\n') }
}

const log = 'topic-0/00000000000000000010.log'

test("[CLI13] a segment is shown batch by batch, as by Kafka's tool", async () => {
  const first = batch(10, [{ key: bytes('k'), value: bytes('v'), headers: [{ key: 'h', value: null }] }])
  const second = batch(11, [
    { key: null, value: bytes('w') },
    { key: null, value: null },
  ])
  const file = new Uint8Array(Buffer.concat([first, second]))
  const shallow = await dump({ [log]: file })
  assert.deepEqual(shallow.lines.slice(0, 2), [`Dumping ${log}`, 'Log starting offset: 10'])
  assert.match(
    shallow.lines[3]!,
    /^baseOffset: 11 lastOffset: 12 count: 2 baseSequence: 5 lastSequence: 6 producerId: 9 producerEpoch: 1 partitionLeaderEpoch: 2 isTransactional: false isControl: false deleteHorizonMs: OptionalLong\.empty position: 73 CreateTime: 1000 size: 76 magic: 2 compresscodec: none crc: \d+ isvalid: true$/,
  )
  assert.equal(shallow.lines.length, 4)
  const deep = await dump({ [log]: file }, '--print-data-log')
  assert.deepEqual(
    deep.lines.filter((line) => line.startsWith('|')),
    [
      '| offset: 10 CreateTime: 1000 keySize: 1 valueSize: 1 sequence: 5 headerKeys: [h] key: k payload: v',
      '| offset: 11 CreateTime: 1000 keySize: -1 valueSize: 1 sequence: 5 headerKeys: [] payload: w',
      '| offset: 12 CreateTime: 1000 keySize: -1 valueSize: -1 sequence: 6 headerKeys: []',
    ],
  )
  const json = (await dump({ [log]: file }, '--print-data-log --json')).lines.map((line) => JSON.parse(line))
  assert.deepEqual([json[1].baseOffset, json[2].key, json[2].payload, json[3].position], [10, 'k', 'v', 73])
})

test('[CLI13] damage is told with its place, what lies before it is shown', async () => {
  const whole = batch(10, [{ key: null, value: bytes('v') }])
  const torn = await dump({ [log]: new Uint8Array(Buffer.concat([whole, whole.subarray(0, 30)])) })
  assert.equal(torn.lines.at(-1), 'Found 30 invalid bytes at the end of 00000000000000000010.log')
  const damaged = new Uint8Array(whole)
  damaged[damaged.length - 2]! ^= 1
  assert.match((await dump({ [log]: damaged })).lines[2]!, /isvalid: false$/)
  const gap = new Uint8Array(Buffer.concat([whole, batch(20, [{ key: null, value: null }])]))
  const gapped = await dump({ [log]: gap }, '--deep-iteration')
  assert.deepEqual([gapped.code, gapped.err], [1, 'Non-consecutive offsets: 10 is followed by 20\n'])
  const limited = await dump({ [log]: gap }, '--max-bytes 80')
  assert.equal(limited.lines.length, 3)
})

test("[CLI14] the cluster's own records are decoded, what cannot be is said in its place", async () => {
  const topic = { ...topicRecord.defaults(), name: 'orders', topicId: 'AAAAAAAAAAAAAAAAAAAABQ' }
  const value = encodeMetadataRecord({ name: 'TopicRecord', value: topic })
  const metadata = batch(0, [
    { key: null, value },
    { key: null, value: bytes('x') },
  ])
  const decoded = await dump(
    { '00000000000000000000-0000000000.checkpoint': metadata },
    '--cluster-metadata-decoder',
  )
  assert.equal(decoded.lines[1], 'Snapshot end offset: 0, epoch: 0')
  assert.match(
    decoded.lines[3]!,
    / payload: \{"type":"TOPIC_RECORD","version":0,"data":\{"name":"orders","topicId":"AAAAAAAAAAAAAAAAAAAABQ"\}\}$/,
  )
  assert.match(decoded.lines[4]!, / payload: Error at 1, skipping\. /)
  const key = { group: 'g' }
  const group = { ...groupMetadataValue.defaults(), protocolType: 'consumer', generation: 3 }
  const records = [
    groupRecords.encode({ name: 'GroupMetadata', key, value: group }),
    groupRecords.encode({ name: 'GroupMetadata', key, value: null }),
  ]
  const offsets = await dump({ [log]: batch(10, records) }, '--offsets-decoder --skip-record-metadata')
  assert.match(
    offsets.lines[3]!,
    /^\| key: \{"type":"2","data":\{"group":"g"\}\} payload: \{"version":"\d","data":\{"protocolType":"consumer","generation":3,/,
  )
  assert.equal(offsets.lines[4], '| key: {"type":"2","data":{"group":"g"}} payload: <DELETE>')
})

test('[CLI14] control records are shown by their kind', async () => {
  const marker = encodeEndTxnMarker({
    type: 'abort',
    producerId: 9,
    producerEpoch: 1,
    coordinatorEpoch: 4,
    baseOffset: 10,
    partitionLeaderEpoch: 2,
    timestampMs: 1000,
  })
  const version = encodeControlBatch({
    type: 'kraft-version',
    value: new Uint8Array([0, 0, 0, 1, 0]),
    baseOffset: 11,
    partitionLeaderEpoch: 2,
    timestampMs: 1000,
  })
  const shown = await dump({ [log]: new Uint8Array(Buffer.concat([marker, version])) }, '--deep-iteration')
  assert.match(shown.lines[3]!, / headerKeys: \[\] endTxnMarker: ABORT coordinatorEpoch: 4$/)
  assert.match(shown.lines[5]!, / headerKeys: \[\] KRaftVersion \{"version":0,"kRaftVersion":1\}$/)
})

test('[CLI15] indexes and snapshots are shown entry by entry and compared with their log', async () => {
  const file = batch(10, [
    { key: null, value: bytes('v') },
    { key: null, value: bytes('w') },
  ])
  const index = Buffer.alloc(24)
  index.writeInt32BE(1, 0)
  const good = await dump(
    { '00000000000000000010.index': index, '00000000000000000010.log': file },
    '',
    '00000000000000000010.index',
  )
  assert.deepEqual([good.code, good.lines.slice(1)], [0, ['offset: 11 position: 0']])
  index.writeInt32BE(5, 0)
  const bad = await dump(
    { '00000000000000000010.index': index, '00000000000000000010.log': file },
    '--verify-index-only',
    '00000000000000000010.index',
  )
  assert.equal(bad.err, 'Mismatch in 00000000000000000010.index: index offset: 15, log offset: 11\n')
  assert.equal(bad.lines.length, 1)
  const times = Buffer.alloc(24)
  times.writeBigInt64BE(2000n, 0)
  times.writeInt32BE(3, 8)
  times.writeBigInt64BE(1000n, 12)
  times.writeInt32BE(4, 20)
  const timed = await dump({ '00000000000000000010.timeindex': times })
  assert.deepEqual(timed.lines.slice(1), ['timestamp: 2000 offset: 13', 'timestamp: 1000 offset: 14'])
  assert.match(timed.err, /Out of order timestamp .*1000 follows 2000/)
  const transactions = Buffer.alloc(34)
  transactions.writeBigInt64BE(9n, 2)
  const aborted = await dump({ '00000000000000000010.txnindex': transactions })
  assert.equal(aborted.lines[1], 'version: 0 producerId: 9 firstOffset: 0 lastOffset: 0 lastStableOffset: 0')
  const entry = { producerId: 9, epoch: 1, lastSequence: 7, lastOffset: 20, offsetDelta: 2, timestamp: 1000 }
  const snapshot = encodeProducerSnapshot([{ ...entry, coordinatorEpoch: 4, currentTxnFirstOffset: -1 }])
  const producers = await dump({ '00000000000000000010.snapshot': snapshot })
  assert.equal(
    producers.lines[1],
    'producerId: 9 producerEpoch: 1 coordinatorEpoch: 4 currentTxnFirstOffset: OptionalLong.empty lastTimestamp: 1000 ' +
      'firstSequence: 5 lastSequence: 7 lastOffset: 20 offsetDelta: 2 timestamp: 1000',
  )
})

test('[CLI15] files that cannot be read or are not known are told, the others are shown', async () => {
  const index = new Uint8Array(0)
  const ran = await dump(
    { '0.index': index, 'meta.properties': index },
    '',
    'nope.log,meta.properties,0.index',
  )
  assert.equal(ran.code, 1)
  assert.equal(ran.err, 'Cannot read nope.log: no such file.\nIgnoring unknown file meta.properties\n')
  assert.equal(ran.lines.at(-1), '0.index is empty.')
  const damaged = await dump({ '0.snapshot': bytes('x') })
  assert.equal(damaged.err, 'Snapshot 0.snapshot is damaged or of an unknown version.\n')
})
