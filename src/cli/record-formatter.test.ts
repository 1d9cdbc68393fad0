import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ConsumedRecord } from '../client/fetched-records.ts'
import { formatRecord, jsonRecord, recordFormat } from './record-formatter.ts'

const record: ConsumedRecord = {
  topic: 'orders',
  partition: 2,
  offset: 7,
  leaderEpoch: 3,
  timestamp: 1000,
  timestampType: 'create',
  key: Buffer.from('k'),
  value: Buffer.from('v'),
  headers: [
    { key: 'a', value: Buffer.from('1') },
    { key: 'b', value: null },
  ],
}

function format(properties: Record<string, string>, changed: Partial<ConsumedRecord> = {}): string {
  const bytes = formatRecord(recordFormat(new Map(Object.entries(properties))), { ...record, ...changed })
  return Buffer.from(bytes).toString()
}

test("[CLI7] records are printed as Kafka's default formatter prints them", () => {
  assert.equal(format({}), 'v\n')
  const everything = Object.fromEntries(
    ['timestamp', 'partition', 'offset', 'delivery', 'epoch', 'headers', 'key'].map((part) => [
      `print.${part}`,
      'true',
    ]),
  )
  assert.equal(
    format(everything),
    'CreateTime:1000\tPartition:2\tOffset:7\tDelivery:NOT_PRESENT\tEpoch:3\ta:1,b:null\tk\tv\n',
  )
  assert.equal(format({ 'print.headers': 'true' }, { headers: [] }), 'NO_HEADERS\tv\n')
  assert.equal(format({ 'print.key': 'true', 'null.literal': '-' }, { key: null, value: null }), '-\t-\n')
  assert.equal(format({ 'print.key': 'true', 'key.separator': '=', 'line.separator': ';' }), 'k=v;')
  assert.equal(format({ 'print.timestamp': 'true' }, { timestampType: 'append' }), 'LogAppendTime:1000\tv\n')
  assert.equal(format({ 'print.key': 'true', 'print.value': 'false' }), 'k\n')
  assert.equal(format({ 'print.value': 'false' }), '')
})

test('[CLI7] keys and values that are no text pass unaltered, in JSON as base64', () => {
  const bytes = Buffer.from([0xff, 0x00])
  const printed = formatRecord(recordFormat(new Map()), { ...record, value: bytes })
  assert.deepEqual([...printed], [0xff, 0x00, 0x0a])
  const json = JSON.parse(Buffer.from(jsonRecord({ ...record, value: bytes })).toString())
  assert.deepEqual(json, {
    topic: 'orders',
    partition: 2,
    offset: 7,
    timestamp: 1000,
    timestampType: 'create',
    key: 'k',
    value: { base64: '/wA=' },
    headers: [
      { key: 'a', value: '1' },
      { key: 'b', value: null },
    ],
  })
})
