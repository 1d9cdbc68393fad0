import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  controlKey,
  encodeControlBatch,
  encodeEndTxnMarker,
  readControlType,
  readCoordinatorEpoch,
} from './control-records.ts'
import { readBatchHeader, records } from './record-batch.ts'

test("[REC30] a transaction marker has Kafka's bytes and is read back", () => {
  const bytes = encodeEndTxnMarker({
    type: 'commit',
    producerId: 1002,
    producerEpoch: 0,
    coordinatorEpoch: 5,
    baseOffset: 23,
    partitionLeaderEpoch: 4,
    timestampMs: 1700000000010,
  })
  const golden =
    '00000000000000170000004200000004028d4cfe510030000000000000018bcfe5680a0000018bcfe5680a' +
    '00000000000003ea0000ffffffff000000012000000008000000010c00000000000500'
  assert.equal(Buffer.from(bytes).toString('hex'), golden)
  const marker = [...records(bytes, 0)][0]!
  assert.deepEqual([readControlType(marker.key), readCoordinatorEpoch(marker)], ['commit', 5])
})

test("[REC31] the quorum's control batches are control, not transactional", () => {
  const value = Uint8Array.of(0, 0, 1)
  const batch = { value, baseOffset: 7, partitionLeaderEpoch: 9, timestampMs: 1 }
  for (const type of [
    'leader-change',
    'snapshot-header',
    'snapshot-footer',
    'kraft-version',
    'kraft-voters',
  ] as const) {
    const bytes = encodeControlBatch({ ...batch, type })
    const { isControl, isTransactional, producerId, baseSequence } = readBatchHeader(bytes, 0)
    assert.deepEqual([isControl, isTransactional, producerId, baseSequence], [true, false, -1, -1])
    const [record] = records(bytes, 0)
    assert.deepEqual([readControlType(record!.key), record!.value], [type, value])
  }
})

test('[REC32] a control type of a newer release is unknown, a damaged key or marker a DecodeError', () => {
  assert.equal(readControlType(Uint8Array.of(0, 0, 0, 99)), 'unknown')
  assert.equal(readControlType(Uint8Array.of(0, 3, 0, 1, 7)), 'commit')
  for (const key of [null, Uint8Array.of(0, 0, 0), Uint8Array.of(0xff, 0xff, 0, 0)]) {
    assert.throws(() => readControlType(key), { name: 'DecodeError' })
  }
  const marker = { offset: 0, timestamp: 0, sequence: -1, key: controlKey('abort'), headers: [] }
  for (const value of [null, new Uint8Array(5), Uint8Array.of(0xff, 0xff, 0, 0, 0, 0)]) {
    assert.throws(() => readCoordinatorEpoch({ ...marker, value }), { name: 'DecodeError' })
  }
})
