import assert from 'node:assert/strict'
import { test } from 'node:test'
import { zeroUuid } from '../base/uuid.ts'
import { groupRecords, transactionRecords } from './coordinator-records.ts'
import { transactionLogValue } from './generated/transaction-log-value.ts'
import { decodeMetadataRecord, encodeMetadataRecord } from './metadata-records.ts'
import { DecodeError } from './reader.ts'

function hex(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(text, 'hex'))
}

test('[API3] metadata records of an unknown type or version are told apart from damaged ones', () => {
  assert.deepEqual(decodeMetadataRecord(hex('01' + 'e807' + '00' + 'aabb')), {
    name: 'unknown',
    apiKey: 1000,
    version: 0,
  })
  assert.deepEqual(decodeMetadataRecord(hex('01' + '02' + '63')), { name: 'unknown', apiKey: 2, version: 99 })
  assert.throws(() => decodeMetadataRecord(hex('02' + '02' + '00')), /frame version 2/)
  assert.throws(() => decodeMetadataRecord(hex('01' + '02' + '00')), DecodeError)
})

test('[WIRE6] bytes after a metadata record are refused', () => {
  const bytes = encodeMetadataRecord({ name: 'TopicRecord', value: { name: 'a', topicId: zeroUuid } })
  assert.equal(bytes.length, 3 + 2 + 16 + 1)
  assert.throws(() => decodeMetadataRecord(new Uint8Array([...bytes, 0])), /1 bytes follow a TopicRecord/)
})

test('[WIRE6] bytes after the key and the value of a coordinator record are ignored', () => {
  const { key, value } = transactionRecords.encode({
    name: 'TransactionLog',
    key: { transactionalId: 't' },
    value: transactionLogValue.defaults(),
  })
  const longer = transactionRecords.decode(new Uint8Array([...key, 1]), new Uint8Array([...value!, 2, 3]))
  assert.deepEqual(longer, transactionRecords.decode(key, value))
})

test('[API3] coordinator records of an unknown type or version are told apart from damaged ones', () => {
  assert.deepEqual(groupRecords.decode(hex('03e8'), null), {
    name: 'unknown',
    type: 1000,
    valueVersion: undefined,
  })
  const key = groupRecords.encode({ name: 'GroupMetadata', key: { group: 'g' }, value: null })
  assert.deepEqual(key, { key: hex('0002' + '0001' + '67'), value: null })
  assert.deepEqual(groupRecords.decode(key.key, hex('0063' + '00')), {
    name: 'unknown',
    type: 2,
    valueVersion: 99,
  })
  assert.deepEqual(groupRecords.decode(key.key, null), {
    name: 'GroupMetadata',
    key: { group: 'g' },
    value: null,
  })
  assert.throws(() => groupRecords.decode(key.key, hex('0003')), DecodeError)
  assert.throws(() => groupRecords.decode(hex('00'), null), DecodeError)
})
