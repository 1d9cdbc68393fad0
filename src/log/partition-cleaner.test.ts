import { deepEqual, equal, ok, rejects } from 'node:assert/strict'
import { test } from 'node:test'
import { encodeEndTxnMarker } from '../protocol/records/control-records.ts'
import { batchHeaders, readBatchHeader } from '../protocol/records/record-batch.ts'
import type { PartitionLog } from './partition-log.ts'
import { batchesFrom, clean, compacted, put, recordsFrom, shown } from './testing/compaction-world.ts'
import { directory, LogWorld, nowMs } from './testing/log-world.ts'

const dayMs = 86_400_000

function endTransaction(log: PartitionLog, type: 'abort' | 'commit', producerId: number): void {
  const marker = { type, producerId, producerEpoch: 0, coordinatorEpoch: 0, timestampMs: nowMs } as const
  const bytes = encodeEndTxnMarker({ ...marker, baseOffset: 0, partitionLeaderEpoch: 0 })
  ok(log.append(bytes, { leaderEpoch: 0, origin: 'coordinator', nowMs }).ok)
  log.highWatermark = log.logEndOffset
}

function transactional(log: PartitionLog, key: string, producerId: number): void {
  const producer = { producerId, producerEpoch: 0, baseSequence: 0, isTransactional: true }
  put(log, [[key, 'x']], producer)
}

test('[CLEAN1] of each key the newest record stays, at its offset; what is behind the dirty part stays whole', async () => {
  const log = await new LogWorld().create(compacted)
  put(log, [
    ['a', '1'],
    ['b', '1'],
  ])
  put(log, [
    ['a', '2'],
    ['c', '1'],
  ])
  log.roll(nowMs)
  put(log, [
    ['a', '3'],
    ['a', '4'],
  ])
  equal(await clean(log), true)
  deepEqual(await shown(log), ['1:b=1', '2:a=2', '3:c=1', '4:a=3', '5:a=4'])
  equal(log.cleaner.cleanedEndOffset, 4)
})

test('[CLEAN1] compression, timestamps, first and last offset of a batch stay', async () => {
  const log = await new LogWorld().create(compacted)
  const pairs = [
    ['a', '1'],
    ['b', '1'],
    ['c', '1'],
  ] as const
  put(log, pairs, { compression: 'gzip', timestamp: nowMs - 5 })
  put(log, [
    ['a', '2'],
    ['c', '2'],
  ])
  log.roll(nowMs)
  put(log, [['x', '']])
  await clean(log)
  const header = readBatchHeader((await batchesFrom(log))[0]!, 0)
  const { baseOffset, lastOffset, count, compression, maxTimestamp } = header
  deepEqual([baseOffset, lastOffset, count, compression, maxTimestamp], [0, 2, 1, 'gzip', nowMs - 5])
})

test('[CLEAN2] a batch that held the last record of a producer stays, empty', async () => {
  const world = new LogWorld()
  const log = await world.create(compacted)
  put(log, [['a', '1']], { producerId: 7, producerEpoch: 0, baseSequence: 0 })
  put(log, [['a', '2']], { producerId: 7, producerEpoch: 0, baseSequence: 1 })
  put(log, [['a', '3']])
  log.roll(nowMs)
  put(log, [['x', '']])
  await clean(log)
  const headers = (await batchesFrom(log)).map((batch) => readBatchHeader(batch, 0))
  deepEqual(
    headers.map(({ baseOffset, count, baseSequence }) => [baseOffset, count, baseSequence]),
    [
      [1, 0, 1],
      [2, 1, -1],
      [3, 1, -1],
    ],
  )
  await log.flush()
  for (const name of await world.fileNames())
    if (name.endsWith('.snapshot')) await world.disk.remove(`${directory}/${name}`)
  const loaded = await world.load({ isClean: false, mayHaveGaps: true, overrides: compacted })
  deepEqual(
    loaded.activeProducers().map(({ producerId, lastSequence }) => [producerId, lastSequence]),
    [[7, 1]],
  )
})

test('[CLEAN3] tombstones stay for delete.retention.ms from the first cleaning that meets them', async () => {
  const log = await new LogWorld().create({ ...compacted, 'delete.retention.ms': `${dayMs}` })
  const seal = (atMs: number) => {
    put(log, [['x', `${atMs}`]])
    log.roll(nowMs)
    put(log, [['y', `${atMs}`]])
  }
  put(log, [['a', '1']])
  put(log, [['a', null]])
  seal(0)
  await clean(log)
  deepEqual((await shown(log))[0], '1:a=')
  const { hasDeleteHorizon, baseTimestamp } = readBatchHeader((await batchesFrom(log))[0]!, 0)
  deepEqual([hasDeleteHorizon, baseTimestamp], [true, nowMs + dayMs])
  seal(1)
  await clean(log, { atMs: nowMs + dayMs - 1 })
  deepEqual((await shown(log))[0], '1:a=')
  seal(2)
  await clean(log, { atMs: nowMs + dayMs })
  deepEqual(
    (await recordsFrom(log)).filter(({ key }) => key === 'a'),
    [],
  )
})

test('[CLEAN4] what an aborted transaction wrote goes, then its marker; until then readers are told of it', async () => {
  const log = await new LogWorld().create({ ...compacted, 'delete.retention.ms': '0' })
  transactional(log, 'a', 1)
  endTransaction(log, 'abort', 1)
  transactional(log, 'b', 2)
  endTransaction(log, 'commit', 2)
  put(log, [['x', '1']])
  log.roll(nowMs)
  put(log, [['y', '1']])
  const offsets = async () => (await batchesFrom(log)).map((batch) => readBatchHeader(batch, 0).baseOffset)
  await clean(log)
  // The last data of a producer that is remembered stays as an empty batch.
  deepEqual(
    [await offsets(), await shown(log)],
    [
      [0, 1, 2, 3, 4, 5],
      ['2:b=x', '4:x=1', '5:y=1'],
    ],
  )
  equal(log.abortedTransactions(0, 10).length, 1)
  log.removeExpiredProducers(nowMs + 10, 1)
  for (let round = 0; round < 3; round++) {
    put(log, [['x', `${round}`]])
    log.roll(nowMs)
    put(log, [['y', `${round}`]])
    await clean(log, { atMs: nowMs + round })
    if (round === 0) deepEqual((await offsets()).slice(0, 3), [1, 2, 3])
    if (round === 0) equal(log.abortedTransactions(0, 10).length, 1)
  }
  deepEqual((await offsets()).slice(0, 2), [2, 3])
  equal(log.abortedTransactions(0, 10).length, 0)
})

test('[CLEAN5] nothing is cleaned of the active segment, at or above an open transaction, and within min.compaction.lag.ms', async () => {
  const log = await new LogWorld().create({ ...compacted, 'min.compaction.lag.ms': '1000' })
  put(log, [['a', '1']], { timestamp: nowMs - 2000 })
  log.roll(nowMs)
  put(log, [['a', '2']], { timestamp: nowMs - 500 })
  log.roll(nowMs)
  put(log, [['a', '3']])
  equal((await log.cleaner.range(nowMs)).segmentCount, 1)
  equal((await log.cleaner.range(nowMs + 600)).segmentCount, 2)
  transactional(log, 'b', 1)
  log.roll(nowMs)
  put(log, [['a', '4']])
  log.roll(nowMs)
  equal((await log.cleaner.range(nowMs + 100_000)).segmentCount, 2)
})

test('[CLEAN6] a map that is full ends the cleaning where it is; the next one goes on there', async () => {
  const log = await new LogWorld().create(compacted)
  for (const value of ['1', '2']) {
    put(
      log,
      ['a', 'b', 'c', 'd'].map((key) => [key, value]),
    )
  }
  log.roll(nowMs)
  put(log, [['x', '']])
  const ends: (number | undefined)[] = []
  for (let round = 0; round < 6 && log.cleaner.cleanedEndOffset !== 8; round++) {
    await clean(log, { keysMax: 3 })
    ends.push(log.cleaner.cleanedEndOffset)
  }
  deepEqual(ends, [3, 6, 8])
  deepEqual(await shown(log), ['4:a=2', '5:b=2', '6:c=2', '7:d=2', '8:x='])
})

test('[CLEAN7] segments that fit into one become one; readers, lookups and a restart find all that is left', async () => {
  const world = new LogWorld()
  const overrides = { ...compacted, 'index.interval.bytes': '200' }
  const log = await world.create(overrides)
  for (let i = 0; i < 200; i++) {
    put(log, [[`k${i % 37}`, `${i}`]], { timestamp: nowMs + i })
    if (i % 20 === 19) log.roll(nowMs)
  }
  const expected = Array.from(
    { length: 37 },
    (_, index) => `${163 + index}:k${(163 + index) % 37}=${163 + index}`,
  )
  put(log, [['x', '']], { timestamp: nowMs + 200 })
  await clean(log)
  equal(log.segmentCount, 2)
  deepEqual(await shown(log), [...expected, '200:x='])
  deepEqual((await shown(log, 180)).slice(0, 1), ['180:k32=180'])
  equal((await log.offsetForTimestamp(nowMs + 10))?.offset, 163)
  equal((await log.offsetForTimestamp(nowMs + 190))?.offset, 190)
  await log.close()
  const names = (await world.fileNames()).filter((name) => !name.endsWith('.deleted'))
  deepEqual(
    names.filter((name) => name.endsWith('.log')),
    ['00000000000000000000.log', '00000000000000000200.log'],
  )
  for (const isClean of [true, false]) {
    const loaded = await world.load({ isClean, mayHaveGaps: true, overrides })
    deepEqual(await shown(loaded), [...expected, '200:x='])
    await loaded.close()
  }
})

test('[CLEAN7] a reader that is under way while segments are replaced gets the same records', async () => {
  const log = await new LogWorld().create({ ...compacted, 'index.interval.bytes': '100' })
  for (let i = 0; i < 60; i++) {
    put(log, [[`k${i % 9}`, 'v'.repeat(50)]])
    if (i % 6 === 5) log.roll(nowMs)
  }
  put(log, [['x', '']])
  let isDone = false
  const cleaning = clean(log).finally(() => (isDone = true))
  let reads = 0
  while (!isDone) {
    const newest = (await recordsFrom(log)).slice(-10).map(({ offset }) => offset)
    deepEqual(newest, [51, 52, 53, 54, 55, 56, 57, 58, 59, 60])
    reads++
  }
  await cleaning
  ok(reads > 0)
})

test('[CLEAN8] truncation, closing and deletion give a cleaning up; it leaves nothing behind', async () => {
  for (const end of ['truncate', 'close', 'abandon'] as const) {
    const world = new LogWorld()
    const log = await world.create(compacted)
    for (let i = 0; i < 10; i++) put(log, [['a', `${i}`]])
    log.roll(nowMs)
    put(log, [['x', '']])
    let going: Promise<void> | undefined
    const pace = async () => {
      if (end === 'truncate') going ??= log.truncateTo(5, nowMs)
      else going ??= end === 'close' ? log.close() : log.abandon()
    }
    equal(await clean(log, { pace }), false, end)
    await going
    deepEqual(
      (await world.fileNames()).filter((name) => /cleaned|swap/.test(name)),
      [],
    )
    equal(log.cleaner.cleanedEndOffset, undefined)
    if (end === 'truncate') equal((await shown(log)).length, 5)
  }
})

test('[CLEAN8] a log that is cut below its clean part is clean to there', async () => {
  const log = await new LogWorld().create(compacted)
  for (let i = 0; i < 10; i++) put(log, [[`${i}`, '']])
  log.roll(nowMs)
  put(log, [['x', '']])
  await clean(log)
  equal(log.cleaner.cleanedEndOffset, 10)
  await log.truncateTo(5, nowMs)
  equal(log.cleaner.cleanedEndOffset, 5)
})

test('[CLEAN9] a damaged segment is left as it is', async () => {
  const world = new LogWorld()
  const log = await world.create(compacted)
  put(log, [['a', '1']])
  put(log, [['a', '2']])
  log.roll(nowMs)
  put(log, [['x', '']])
  await log.flush()
  await world.changeFile(`${directory}/00000000000000000000.log`, (bytes) => bytes.with(bytes.length - 1, 1))
  const loaded = await world.load({ overrides: compacted })
  loaded.highWatermark = loaded.logEndOffset
  await rejects(clean(loaded), { name: 'UncleanableError' })
  ok(!(await world.fileNames()).some((name) => name.includes('cleaned')))
})

test('[CLEAN10] records without a key, of a topic that was not compacted before, go', async () => {
  const log = await new LogWorld().create()
  put(log, [
    [null, '1'],
    ['a', '1'],
  ])
  log.roll(nowMs)
  put(log, [['x', '']])
  await clean(log)
  deepEqual(await shown(log), ['1:a=1', '2:x='])
})

test('[CLEAN10] the last batch below the high watermark stays, if empty', async () => {
  const log = await new LogWorld().create(compacted)
  put(log, [['a', '1']])
  put(log, [['a', null]])
  log.roll(nowMs)
  await clean(log, { atMs: nowMs })
  log.cleaner.cleanedEndOffset = 0
  await clean(log, { atMs: nowMs + 2 * dayMs })
  const headers = (await batchesFrom(log)).flatMap((batch) => [...batchHeaders(batch)])
  deepEqual(
    headers.map(({ header }) => [header.baseOffset, header.count]),
    [[1, 0]],
  )
})

test('[CLEAN16] a gap at or below the recovery point is the cleaner’s; above it the log ends at the gap', async () => {
  const world = new LogWorld()
  const log = await world.create(compacted)
  for (const key of ['a', 'b', 'c']) {
    put(log, [[key, '1']])
    log.roll(nowMs)
  }
  await log.flush()
  await world.changeFile(`${directory}/00000000000000000001.log`, () => new Uint8Array(0))
  const load = { isClean: false, mayHaveGaps: true, overrides: compacted }
  deepEqual(await shown(await world.load({ ...load, gapsEndOffset: 2 })), ['0:a=1', '2:c=1'])
  deepEqual(await shown(await world.load({ ...load, gapsEndOffset: 1 })), ['0:a=1'])
})
