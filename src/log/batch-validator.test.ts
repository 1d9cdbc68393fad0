import { deepEqual, equal } from 'node:assert/strict'
import { test } from 'node:test'
import { errors } from '../base/errors.ts'
import { encodeEndTxnMarker } from '../protocol/records/control-records.ts'
import { readBatchHeader, records, setBaseOffset, updateCrc } from '../protocol/records/record-batch.ts'
import type { AppendResult } from './append-result.ts'
import { append, appendTo, batchOf, LogWorld, nowMs } from './testing/log-world.ts'

async function errorOf(batch: Uint8Array, overrides: Record<string, string> = {}): Promise<number> {
  const log = await new LogWorld().create(overrides)
  const result = appendTo(log, batch)
  equal(log.logEndOffset, result.ok ? result.lastOffset + 1 : 0)
  return result.ok ? errors.NONE : result.error
}

/** The batch with bytes replaced and a checksum that fits. */
function changed(batch: Uint8Array, at: number, ...bytes: number[]): Uint8Array {
  const copy = batch.slice()
  copy.set(bytes, at)
  updateCrc(copy, 0)
  return copy
}

const lastOffsetDeltaAt = 23
const countAt = 57
const attributesAt = 22

test('[LOG11] a leader takes exactly one whole batch of magic 2', async () => {
  const batch = batchOf(['a', 'b'])
  const oldMagic = batch.slice()
  oldMagic[16] = 1
  const tooSmall = batch.slice()
  tooSmall.set([0, 0, 0, 10], 8)
  equal(await errorOf(batch.subarray(0, 40)), errors.CORRUPT_MESSAGE)
  equal(await errorOf(batch.subarray(0, batch.length - 1)), errors.INVALID_RECORD)
  equal(await errorOf(Buffer.concat([batch, batch])), errors.INVALID_RECORD)
  equal(await errorOf(oldMagic), errors.INVALID_RECORD)
  equal(await errorOf(tooSmall), errors.CORRUPT_MESSAGE)
  equal(await errorOf(changed(batch, attributesAt, 6)), errors.UNSUPPORTED_COMPRESSION_TYPE)
  equal(await errorOf(batch), errors.NONE)
})

test('[LOG12] the header of a client batch must be that of a new batch', async () => {
  const batch = batchOf(['a', 'b'])
  const offset = batch.slice()
  setBaseOffset(offset, 0, 5)
  equal(await errorOf(offset), errors.INVALID_RECORD)
  equal(await errorOf(changed(batch, lastOffsetDeltaAt, 0, 0, 0, 2)), errors.INVALID_RECORD)
  equal(await errorOf(changed(batch, lastOffsetDeltaAt, 255, 255, 255, 255)), errors.INVALID_RECORD)
  equal(await errorOf(changed(batch, countAt, 0, 0, 0, 0)), errors.INVALID_RECORD)
  equal(await errorOf(changed(batch, attributesAt, 0x20)), errors.INVALID_RECORD)
  equal(
    await errorOf(batchOf(['a'], { producerId: 7, producerEpoch: 0, baseSequence: -1 })),
    errors.INVALID_RECORD,
  )
})

test('[LOG13] a batch whose bytes do not have their checksum is refused', async () => {
  const batch = batchOf(['a'])
  batch[batch.length - 2]! ^= 1
  equal(await errorOf(batch), errors.CORRUPT_MESSAGE)
})

test('[LOG14] a batch above max.message.bytes is refused, as it came and as it would be stored', async () => {
  const large = 'x'.repeat(2000)
  equal(await errorOf(batchOf([large]), { 'max.message.bytes': '1000' }), errors.MESSAGE_TOO_LARGE)
  const compressed = batchOf([large], { compression: 'gzip' })
  equal(await errorOf(compressed, { 'max.message.bytes': '1000' }), errors.NONE)
  const stored = { 'max.message.bytes': '1000', 'compression.type': 'uncompressed' }
  equal(await errorOf(batchOf([large], { compression: 'gzip' }), stored), errors.MESSAGE_TOO_LARGE)
})

test('[LOG14] a batch above the segment size is refused', async () => {
  const overrides = { 'internal.segment.bytes': '1000' }
  equal(await errorOf(batchOf(['x'.repeat(2000)]), overrides), errors.RECORD_LIST_TOO_LARGE)
})

test('[LOG15] a compacted topic takes no record without a key; each bad record is told', async () => {
  const log = await new LogWorld().create({ 'cleanup.policy': 'compact' })
  const contents = [null, new Uint8Array([1]), null].map((key) => ({ timestamp: nowMs, key, value: null }))
  const result: AppendResult = appendTo(log, batchOf([], { records: contents }))
  equal(!result.ok && result.error, errors.INVALID_RECORD)
  deepEqual(!result.ok && result.recordErrors.map((error) => error.batchIndex), [0, 2])
})

test('[LOG16] create times lie within the bounds of the topic; a record without one passes', async () => {
  const bounds = { 'message.timestamp.before.max.ms': '1000', 'message.timestamp.after.max.ms': '500' }
  equal(await errorOf(batchOf(['a'], { timestamp: nowMs - 1001 }), bounds), errors.INVALID_TIMESTAMP)
  equal(await errorOf(batchOf(['a'], { timestamp: nowMs - 1000 }), bounds), errors.NONE)
  equal(await errorOf(batchOf(['a'], { timestamp: nowMs + 501 }), bounds), errors.INVALID_TIMESTAMP)
  equal(await errorOf(batchOf(['a'], { timestamp: nowMs + 500 }), bounds), errors.NONE)
  equal(await errorOf(batchOf(['a'], { timestamp: -1 }), bounds), errors.NONE)
  const marked = batchOf(['a'], { timestampType: 'append' })
  equal(await errorOf(marked, { 'message.timestamp.type': 'LogAppendTime' }), errors.INVALID_TIMESTAMP)
})

test('[LOG17] with LogAppendTime every record gets the time of the append', async () => {
  const log = await new LogWorld().create({ 'message.timestamp.type': 'LogAppendTime' })
  const result = append(log, ['a', 'b'], { timestamp: 5 })
  equal(result.logAppendTimeMs, nowMs)
  const read = await log.read({ offset: 0, endOffset: 2, bytesMax: 1000, minOneMessage: true })
  deepEqual(read.ok && [...records(read.records, 0)].map((record) => record.timestamp), [nowMs, nowMs])
})

test('[LOG17] with CreateTime a wrong max timestamp in the header is corrected', async () => {
  const log = await new LogWorld().create()
  const maxTimestampAt = 35
  appendTo(log, changed(batchOf(['a'], { timestamp: nowMs }), maxTimestampAt, 0, 0, 0, 0, 0, 0, 0, 1))
  const read = await log.read({ offset: 0, endOffset: 1, bytesMax: 1000, minOneMessage: true })
  equal(read.ok && readBatchHeader(read.records, 0).maxTimestamp, nowMs)
})

test('[LOG18] a batch is stored as it came, or in the codec that the topic asks for', async () => {
  for (const [compressionType, expected] of [
    ['producer', 'gzip'],
    ['uncompressed', 'none'],
    ['zstd', 'zstd'],
  ]) {
    const log = await new LogWorld().create({ 'compression.type': compressionType! })
    append(log, ['a', 'b'], { compression: 'gzip' })
    const read = await log.read({ offset: 0, endOffset: 2, bytesMax: 1000, minOneMessage: true })
    const bytes = read.ok ? read.records : new Uint8Array(0)
    equal(readBatchHeader(bytes, 0).compression, expected)
    deepEqual(
      [...records(bytes, 0)].map((record) => [record.offset, Buffer.from(record.value!).toString()]),
      [
        [0, 'a'],
        [1, 'b'],
      ],
    )
  }
})

test('[LOG19] a follower takes batches with their offsets, drops a cut one and those of a higher epoch', async () => {
  const leader = await new LogWorld().create()
  for (const [index, value] of ['a', 'b', 'c'].entries()) appendTo(leader, batchOf([value]), index)
  const read = await leader.read({ offset: 0, endOffset: 3, bytesMax: 1000, minOneMessage: true })
  const fetched = read.ok ? read.records : new Uint8Array(0)
  const follower = await new LogWorld().create()
  const options = { leaderEpoch: 1, origin: 'replica', nowMs } as const
  const taken = follower.append(fetched, options)
  equal(taken.ok && taken.lastOffset, 1)
  equal(follower.latestEpoch, 1)
  const cut = follower.append(fetched.slice(0, fetched.length - 1).subarray(fetched.length / 3), {
    ...options,
    leaderEpoch: 2,
  })
  equal(!cut.ok && cut.error, errors.OFFSET_OUT_OF_RANGE)
  const damaged = fetched.slice(2 * (fetched.length / 3))
  damaged[65]! ^= 1
  const refused = follower.append(damaged, { ...options, leaderEpoch: 2 })
  equal(!refused.ok && refused.error, errors.CORRUPT_MESSAGE)
})

test('[LOG20] the Raft log takes only batches of the epoch of its leader', async () => {
  const log = await new LogWorld().create()
  const batch = batchOf(['a'], { partitionLeaderEpoch: 4 })
  const refused = log.append(batch, { leaderEpoch: 5, origin: 'raft', nowMs })
  equal(!refused.ok && refused.error, errors.INVALID_RECORD)
  equal(log.append(batch, { leaderEpoch: 4, origin: 'raft', nowMs }).ok, true)
})

test('[LOG12] a coordinator may write control batches', async () => {
  const log = await new LogWorld().create()
  const marker = encodeEndTxnMarker({
    type: 'commit',
    producerId: 1,
    producerEpoch: 0,
    coordinatorEpoch: 3,
    baseOffset: 0,
    partitionLeaderEpoch: 0,
    timestampMs: nowMs,
  })
  equal(log.append(marker, { leaderEpoch: 0, origin: 'coordinator', nowMs }).ok, true)
})
