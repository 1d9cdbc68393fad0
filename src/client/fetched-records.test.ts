import assert from 'node:assert/strict'
import { test } from 'node:test'
import { encodeEndTxnMarker } from '../protocol/records/control-records.ts'
import { encodeBatch } from '../protocol/records/record-batch.ts'
import { readFetched } from './fetched-records.ts'

function batch(baseOffset: number, values: string[], producerId = -1): Uint8Array {
  return encodeBatch({
    baseOffset,
    partitionLeaderEpoch: 3,
    producerId,
    producerEpoch: producerId < 0 ? -1 : 0,
    baseSequence: producerId < 0 ? -1 : 0,
    isTransactional: producerId >= 0,
    records: values.map((value) => ({ timestamp: 5, key: null, value: Buffer.from(value) })),
  })
}

function marker(baseOffset: number, producerId: number, type: 'abort' | 'commit'): Uint8Array {
  const epochs = { producerEpoch: 0, coordinatorEpoch: 0, partitionLeaderEpoch: 3 }
  return encodeEndTxnMarker({ type, producerId, baseOffset, timestampMs: 5, ...epochs })
}

function read(chunks: Uint8Array[], fetchOffset: number, aborted: [number, number][] | null = null) {
  return readFetched({
    topic: 't',
    partition: 1,
    fetchOffset,
    bytes: new Uint8Array(Buffer.concat(chunks)),
    abortedTransactions: aborted?.map(([producerId, firstOffset]) => ({ producerId, firstOffset })) ?? null,
  })
}

function values(result: ReturnType<typeof read>): string {
  assert.ok(result.ok)
  return result.value.records.map(({ offset, value }) => `${offset}${Buffer.from(value!)}`).join(' ')
}

test('[CLIENT18] records before the asked offset and a batch that is cut are left out', () => {
  const cut = batch(13, ['x']).subarray(0, 65)
  const result = read([batch(10, ['a', 'b', 'c']), cut], 11)
  assert.equal(values(result), '11b 12c')
  assert.equal(result.ok && result.value.nextOffset, 13)
  assert.equal(result.ok && result.value.records[0]!.leaderEpoch, 3)
})

test('[CLIENT18] markers are passed over, they are not records', () => {
  const result = read([batch(0, ['a'], 7), marker(1, 7, 'commit')], 0)
  assert.equal(values(result), '0a')
  assert.equal(result.ok && result.value.nextOffset, 2)
})

test('[CLIENT18] read_committed leaves out aborted transactions from their first record to their marker', () => {
  const log = [
    batch(0, ['a'], 7),
    batch(1, ['b'], 8),
    batch(2, ['c']),
    marker(3, 7, 'abort'),
    batch(4, ['d'], 7),
    marker(5, 8, 'commit'),
    batch(6, ['e'], 8),
    marker(7, 8, 'abort'),
  ]
  assert.equal(
    values(
      read(log, 0, [
        [8, 6],
        [7, 0],
      ]),
    ),
    '1b 2c 4d',
  )
  assert.equal(values(read(log, 0)), '0a 1b 2c 4d 6e')
})

test('[CLIENT18] a damaged batch is CORRUPT_MESSAGE with the place', () => {
  const damaged = batch(1, ['b'])
  damaged[damaged.length - 1]! ^= 1
  const result = read([batch(0, ['a']), damaged], 0)
  assert.equal(!result.ok && result.error.name, 'CORRUPT_MESSAGE')
  assert.match(result.ok ? '' : result.error.message, /partition t-1 at offset 1/)
})
