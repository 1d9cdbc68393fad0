import { deepEqual, equal } from 'node:assert/strict'
import { test } from 'node:test'
import type { PartitionLog } from './partition-log.ts'
import { append, LogWorld, nowMs } from './testing/log-world.ts'

test('[LOG35] an offset is found by timestamp, across segments and from index files', async () => {
  const world = new LogWorld()
  const overrides = { 'internal.segment.bytes': '400', 'index.interval.bytes': '0' }
  const log = await world.create(overrides)
  for (let i = 0; i < 30; i++) append(log, [`${i}`], { timestamp: nowMs + i * 10 - 300 })
  const check = async (subject: PartitionLog) => {
    for (const i of [0, 7, 8, 15, 29]) {
      deepEqual(await subject.offsetForTimestamp(nowMs + i * 10 - 305), {
        timestamp: nowMs + i * 10 - 300,
        offset: i,
        leaderEpoch: 0,
      })
    }
    equal(await subject.offsetForTimestamp(nowMs), undefined)
    equal((await subject.maxTimestamp())?.offset, 29)
  }
  await check(log)
  await log.close()
  await check(await world.load({ overrides }))
})

test('[LOG35] the record of the largest timestamp is found wherever it is; the earliest is the log start', async () => {
  const log = await new LogWorld().create()
  append(log, ['a'], { timestamp: nowMs })
  append(log, ['b', 'c'], { timestamp: nowMs + 50 })
  append(log, ['d'], { timestamp: nowMs + 10 })
  deepEqual(await log.maxTimestamp(), { timestamp: nowMs + 50, offset: 1, leaderEpoch: 0 })
  log.highWatermark = 4
  log.incrementLogStartOffset(2)
  deepEqual(log.earliest(), { timestamp: -1, offset: 2, leaderEpoch: 0 })
  deepEqual(log.latest(), { timestamp: -1, offset: 4, leaderEpoch: 0 })
})
