import { deepEqual, equal } from 'node:assert/strict'
import { test } from 'node:test'
import { errors } from '../base/errors.ts'
import {
  append,
  appendTo,
  batchOf,
  directory,
  LogWorld,
  nowMs,
  topicConfig,
  valuesFrom,
} from './testing/log-world.ts'

const smallSegments = { 'internal.segment.bytes': '1048576', 'index.interval.bytes': '0' }

test('[LOG1] an append assigns the next offsets and the leader epoch, and is readable before it is written', async () => {
  const log = await new LogWorld().create()
  const first = append(log, ['a', 'b'])
  const second = append(log, ['c'])
  deepEqual([first.baseOffset, first.lastOffset, second.baseOffset], [0, 1, 2])
  equal(log.writtenEndOffset, 0)
  deepEqual(await valuesFrom(log, 0), ['0:a', '1:b', '2:c'])
  equal(log.latestEpoch, 0)
})

test('[LOG2] the appends of a turn go out in one write, and onWritten tells how far', async () => {
  const world = new LogWorld()
  const log = await world.create()
  const written: number[] = []
  log.onWritten = (endOffset) => written.push(endOffset)
  append(log, ['a'])
  append(log, ['b'])
  append(log, ['c'])
  await log.flush()
  deepEqual(written, [3])
  equal(log.writtenEndOffset, 3)
  equal(log.flushedEndOffset, 3)
  deepEqual(await valuesFrom(log, 1), ['1:b', '2:c'])
})

test('[LOG2] a write takes appends up to a megabyte', async () => {
  const log = await new LogWorld().create()
  const written: number[] = []
  log.onWritten = (endOffset) => written.push(endOffset)
  for (const kilobytes of [300, 300, 600, 1000, 100]) append(log, ['x'.repeat(kilobytes * 1000)])
  await log.flush()
  deepEqual(written, [2, 3, 4, 5])
  equal((await valuesFrom(log, 0)).length, 5)
})

test('[LOG3] a read inside a batch returns the whole batch', async () => {
  const log = await new LogWorld().create()
  append(log, ['a', 'b', 'c'])
  await log.flush()
  const result = await log.read({ offset: 2, endOffset: 3, bytesMax: 1000, minOneMessage: false })
  equal(result.ok && result.records.length, batchOf(['a', 'b', 'c']).length)
})

test('[LOG3] a read stops at its bounds: whole batches, the first one even if too large when asked for', async () => {
  const log = await new LogWorld().create()
  for (const value of ['a', 'b', 'c']) append(log, [value])
  await log.flush()
  const size = batchOf(['a']).length
  const lengthOf = async (endOffset: number, bytesMax: number, minOneMessage: boolean) => {
    const result = await log.read({ offset: 0, endOffset, bytesMax, minOneMessage })
    return result.ok ? result.records.length : -1
  }
  equal(await lengthOf(3, size * 2 + 5, false), size * 2)
  equal(await lengthOf(1, 1000, false), size)
  equal(await lengthOf(3, 10, false), 0)
  equal(await lengthOf(3, 10, true), size)
  equal(await lengthOf(0, 1000, true), 0)
})

test('[LOG3] a read outside the log is out of range; at its end it is empty', async () => {
  const log = await new LogWorld().create()
  append(log, ['a'])
  const at = (offset: number) => log.read({ offset, endOffset: 1, bytesMax: 100, minOneMessage: true })
  deepEqual(await at(2), { ok: false, error: errors.OFFSET_OUT_OF_RANGE })
  deepEqual(await at(1), { ok: true, records: new Uint8Array(0) })
  log.highWatermark = 1
  log.incrementLogStartOffset(1)
  deepEqual(await at(0), { ok: false, error: errors.OFFSET_OUT_OF_RANGE })
})

test('[LOG4] a full segment is sealed and the next one begins with the batch that did not fit', async () => {
  const world = new LogWorld()
  const log = await world.create(smallSegments)
  const large = 'x'.repeat(400_000)
  for (let i = 0; i < 5; i++) append(log, [`${i}${large}`])
  await log.flush()
  deepEqual(
    (await world.fileNames()).filter((name) => name.endsWith('.log')),
    ['00000000000000000000.log', '00000000000000000002.log', '00000000000000000004.log'],
  )
  deepEqual(
    (await valuesFrom(log, 0, 1000)).map((value) => value.slice(0, 3)),
    ['0:0', '1:1', '2:2', '3:3', '4:4'],
  )
})

test('[LOG4] a segment is sealed when a batch is newer than its first one by segment.ms', async () => {
  const log = await new LogWorld().create({ 'segment.ms': '1000' })
  append(log, ['a'], { timestamp: nowMs - 5000 })
  append(log, ['b'], { timestamp: nowMs - 4000 })
  equal(log.segmentCount, 1)
  append(log, ['c'], { timestamp: nowMs - 3999 })
  equal(log.segmentCount, 2)
})

test('[LOG5] after a clean close the log loads with the same end, epochs and records', async () => {
  const world = new LogWorld()
  const log = await world.create(smallSegments)
  for (let i = 0; i < 100; i++) append(log, [`value ${i}`])
  await log.close()
  const loaded = await world.load({ recoveryPoint: 100, highWatermark: 90 })
  equal(loaded.logEndOffset, 100)
  equal(loaded.highWatermark, 90)
  equal(loaded.flushedEndOffset, 100)
  equal(loaded.latestEpoch, 0)
  equal(loaded.topicId, 'k0pF6jW9TYOaph4e9xo4LQ')
  deepEqual((await valuesFrom(loaded, 57)).slice(0, 2), ['57:value 57', '58:value 58'])
  append(loaded, ['more'])
  deepEqual(await valuesFrom(loaded, 99), ['99:value 99', '100:more'])
})

test('[LOG6] after a crash the log is cut at the first byte that is not part of a sound batch', async () => {
  const world = new LogWorld()
  const log = await world.create()
  for (const value of ['a', 'b', 'c']) append(log, [value])
  await log.flush()
  const path = `${directory}/00000000000000000000.log`
  await world.changeFile(path, (bytes) => bytes.subarray(0, bytes.length - 1))
  const loaded = await world.load({ isClean: false })
  equal(loaded.logEndOffset, 2)
  deepEqual(await valuesFrom(loaded, 0), ['0:a', '1:b'])
  equal((await world.readFile(path)).length, 2 * batchOf(['a']).length)
  append(loaded, ['d'])
  deepEqual(await valuesFrom(loaded, 1), ['1:b', '2:d'])
})

test('[LOG38] a new config holds from the next append on', async () => {
  const log = await new LogWorld().create()
  log.updateConfig(topicConfig({ 'max.message.bytes': '10' }))
  const refused = appendTo(log, batchOf(['a']))
  equal(!refused.ok && refused.error, errors.MESSAGE_TOO_LARGE)
})

test('[LOG39] a log that is gone answers that it is not here', async () => {
  const log = await new LogWorld().create()
  append(log, ['a'])
  await log.flush()
  await log.abandon()
  const refused = appendTo(log, batchOf(['b']))
  equal(!refused.ok && refused.error, errors.NOT_LEADER_OR_FOLLOWER)
  const read = await log.read({ offset: 0, endOffset: 1, bytesMax: 100, minOneMessage: true })
  deepEqual(read, { ok: false, error: errors.NOT_LEADER_OR_FOLLOWER })
  equal(directory, log.directory)
})
