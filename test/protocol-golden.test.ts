// Every message of Kafka 4.3 in every version against bytes that Apache Kafka itself wrote.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  type CoordinatorRecordSerde,
  groupRecords,
  shareRecords,
  transactionRecords,
} from '../src/protocol/coordinator-records.ts'
import { decodeFramedRecord, encodeFramedRecord } from '../src/protocol/framed-record.ts'
import { encodeMessage } from '../src/protocol/message.ts'
import {
  decodeMetadataRecord,
  encodeMetadataRecord,
  type MetadataRecord,
} from '../src/protocol/metadata-records.ts'
import { Reader } from '../src/protocol/reader.ts'
import { type Codec, loadCodecs, versionsOf } from './support/codecs.ts'
import { fromHex, goldenLines, goldenValue, toHex } from './support/golden-values.ts'

interface GoldenMessage {
  readonly message: string
  readonly version: number
  readonly fill: string
  readonly hex: string
  readonly value: unknown
}

interface GoldenRecord extends Omit<GoldenMessage, 'message'> {
  readonly record: string
  readonly apiKey: number
}

interface GoldenCoordinatorRecord {
  readonly topic: string
  readonly record: string
  readonly type: number
  readonly valueVersion: number
  readonly fill: string
  readonly keyHex: string
  readonly key: unknown
  readonly valueHex: string | null
  readonly value: unknown
}

const codecs = await loadCodecs()

function codecOf(name: string): Codec {
  const codec = codecs.get(name)
  assert.ok(codec !== undefined, `no codec for ${name}`)
  return codec
}

function checkBody(golden: GoldenMessage): void {
  const { message, codec } = codecOf(golden.message)
  const title = `${golden.message} ${golden.version} ${golden.fill}`
  const reader = new Reader(fromHex(golden.hex))
  const value = codec.decode(reader, golden.version)
  assert.equal(reader.remaining, 0, title)
  assert.deepStrictEqual(value, goldenValue(message, codec, golden.value), title)
  assert.equal(toHex(encodeMessage(codec, value, golden.version)), golden.hex, title)
}

test('[WIRE1] every request, response, header, control and consumer message reads and writes as in Kafka', () => {
  const lines = goldenLines<GoldenMessage>('rpc-messages.jsonl.gz')
  for (const golden of lines) checkBody(golden)
  const seen = new Set(lines.map((golden) => `${golden.message} ${golden.version}`))
  for (const { message, codec } of codecs.values()) {
    if (message.kind !== 'request' && message.kind !== 'response') continue
    for (const version of versionsOf(codec)) assert.ok(seen.has(`${message.name} ${version}`), message.name)
  }
})

test('[WIRE1] quorum state and producer snapshots read and write as in Kafka', () => {
  for (const golden of goldenLines<GoldenMessage>('raft-and-storage-data.jsonl')) checkBody(golden)
})

test('[WIRE1] metadata records read and write as in Kafka, with their frame', () => {
  for (const golden of goldenLines<GoldenRecord>('metadata-records.jsonl')) {
    const { message, codec } = codecOf(golden.record)
    const expected = {
      name: golden.record,
      value: goldenValue(message, codec, golden.value),
    } as MetadataRecord
    assert.deepStrictEqual(decodeMetadataRecord(fromHex(golden.hex)), expected)
    assert.equal(toHex(encodeMetadataRecord(expected, golden.version)), golden.hex)
  }
})

test('[WIRE1] remote log metadata records read and write as in Kafka, with their frame', () => {
  for (const golden of goldenLines<GoldenRecord>('remote-log-metadata-records.jsonl')) {
    const { message, codec } = codecOf(golden.record)
    const expected = goldenValue(message, codec, golden.value)
    const record = decodeFramedRecord(fromHex(golden.hex), new Map([[codec.apiKey, codec]]))
    assert.deepStrictEqual(record.value, expected)
    assert.equal(toHex(encodeFramedRecord(codec, expected, golden.version)), golden.hex)
  }
})

const serdes: ReadonlyMap<
  string,
  CoordinatorRecordSerde<{ name: string; key: unknown; value: unknown }>
> = new Map([
  ['__consumer_offsets', groupRecords as never],
  ['__transaction_state', transactionRecords as never],
  ['__share_group_state', shareRecords as never],
])

test('[WIRE1] the records of the internal topics read and write as in Kafka', () => {
  for (const golden of goldenLines<GoldenCoordinatorRecord>('coordinator-records.jsonl')) {
    const serde = serdes.get(golden.topic)!
    const key = codecOf(`${golden.record}Key`)
    const value = codecOf(`${golden.record}Value`)
    const expected = {
      name: golden.record,
      key: goldenValue(key.message, key.codec, golden.key),
      value: golden.value === null ? null : goldenValue(value.message, value.codec, golden.value),
    }
    const valueBytes = golden.valueHex === null ? null : fromHex(golden.valueHex)
    assert.deepStrictEqual(serde.decode(fromHex(golden.keyHex), valueBytes), expected)
    const written = serde.encode(expected, golden.valueVersion)
    assert.equal(toHex(written.key), golden.keyHex)
    assert.equal(written.value === null ? null : toHex(written.value), golden.valueHex)
  }
})
