import { deepEqual, equal } from 'node:assert/strict'
import { test } from 'node:test'
import { append, appendTo, batchOf, LogWorld, nowMs, valuesFrom } from './testing/log-world.ts'

const sized = { 'internal.segment.bytes': '100' }

test('[LOG29] a log cut back to an offset is as if nothing had been appended behind it', async () => {
  const world = new LogWorld()
  const log = await world.create({ ...sized, 'index.interval.bytes': '0' })
  for (let i = 0; i < 9; i++) appendTo(log, batchOf([`${i}`]), Math.floor(i / 3))
  log.highWatermark = 9
  await log.flush()
  await log.truncateTo(4, nowMs)
  deepEqual([log.logEndOffset, log.highWatermark, log.latestEpoch], [4, 4, 1])
  deepEqual(await valuesFrom(log, 0), ['0:0', '1:1', '2:2', '3:3'])
  appendTo(log, batchOf(['new']), 5)
  await log.close()
  const loaded = await world.load({ overrides: sized })
  deepEqual(await valuesFrom(loaded, 2), ['2:2', '3:3', '4:new'])
  deepEqual(loaded.endOffsetForEpoch(1), { epoch: 1, endOffset: 4 })
})

test('[LOG29] a cut inside a batch drops the whole batch; the producers are those of what is left', async () => {
  const log = await new LogWorld().create()
  const producer = { producerId: 1, producerEpoch: 0 }
  append(log, ['a', 'b'], { ...producer, baseSequence: 0 })
  append(log, ['c', 'd'], { ...producer, baseSequence: 2 })
  await log.truncateTo(3, nowMs)
  deepEqual(await valuesFrom(log, 0), ['0:a', '1:b'])
  deepEqual(
    log.activeProducers().map((entry) => entry.lastSequence),
    [1],
  )
  equal(append(log, ['c'], { ...producer, baseSequence: 2 }).baseOffset, 3)
})

test('[LOG29] a log may begin again, empty, at another offset', async () => {
  const world = new LogWorld()
  const log = await world.create(sized)
  for (let i = 0; i < 5; i++) append(log, [`${i}`])
  await log.truncateFullyAndStartAt(100, nowMs)
  deepEqual(
    [log.logStartOffset, log.logEndOffset, log.highWatermark, log.latestEpoch],
    [100, 100, 100, undefined],
  )
  append(log, ['x'])
  await log.close()
  const loaded = await world.load()
  deepEqual([loaded.logStartOffset, loaded.logEndOffset], [100, 101])
})
