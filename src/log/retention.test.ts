import { deepEqual, equal } from 'node:assert/strict'
import { test } from 'node:test'
import { errors } from '../base/errors.ts'
import { append, batchOf, LogWorld, nowMs, valuesFrom } from './testing/log-world.ts'

const day = 86_400_000
const sized = { 'internal.segment.bytes': '100' }

async function fiveSegments(world: LogWorld, overrides: Record<string, string> = {}) {
  const log = await world.create({ ...sized, ...overrides })
  for (let i = 0; i < 5; i++) append(log, [`${i}`], { timestamp: nowMs - (5 - i) * day })
  log.highWatermark = 5
  equal(log.segmentCount, 5)
  return log
}

test('[LOG26] segments whose newest record is older than retention.ms go, oldest first, and the log start moves', async () => {
  const world = new LogWorld()
  const log = await fiveSegments(world, { 'retention.ms': `${3 * day}` })
  equal(await log.deleteOldSegments(nowMs), 2)
  deepEqual([log.logStartOffset, log.segmentCount], [2, 3])
  deepEqual(await valuesFrom(log, 2), ['2:2', '3:3', '4:4'])
  const read = await log.read({ offset: 1, endOffset: 5, bytesMax: 100, minOneMessage: true })
  deepEqual(read, { ok: false, error: errors.OFFSET_OUT_OF_RANGE })
})

test('[LOG26] a segment with old records stays as long as one of them is young', async () => {
  const log = await new LogWorld().create({ 'retention.ms': `${day}` })
  append(log, ['old'], { timestamp: nowMs - 2 * day })
  append(log, ['young'], { timestamp: nowMs })
  log.roll(nowMs)
  log.highWatermark = 2
  equal(await log.deleteOldSegments(nowMs), 0)
})

test('[LOG26] segments go while the rest is at least retention.bytes', async () => {
  const size = batchOf(['0']).length
  const log = await fiveSegments(new LogWorld(), { 'retention.bytes': `${3 * size}`, 'retention.ms': '-1' })
  equal(await log.deleteOldSegments(nowMs), 2)
  equal(log.sizeBytes, 3 * size)
})

test('[LOG26] when all has expired the active segment is sealed and goes too; the offsets go on', async () => {
  const world = new LogWorld()
  const log = await fiveSegments(world, { 'retention.ms': '1000' })
  equal(await log.deleteOldSegments(nowMs), 5)
  deepEqual([log.logStartOffset, log.logEndOffset, log.sizeBytes], [5, 5, 0])
  await log.close()
  const loaded = await world.load()
  deepEqual([loaded.logStartOffset, loaded.logEndOffset], [5, 5])
  equal(append(loaded, ['next']).baseOffset, 5)
})

test('[LOG27] nothing at or above the high watermark goes, nor anything of a topic that is not deleted from', async () => {
  const log = await fiveSegments(new LogWorld(), { 'retention.ms': '1000' })
  log.highWatermark = 3
  equal(await log.deleteOldSegments(nowMs), 3)
  const compacted = await fiveSegments(new LogWorld(), {
    'cleanup.policy': 'compact',
    'retention.ms': '1000',
  })
  equal(await compacted.deleteOldSegments(nowMs), 0)
  compacted.incrementLogStartOffset(2)
  equal(await compacted.deleteOldSegments(nowMs), 2)
})

test('[LOG28] files of a deleted segment stay for file.delete.delay.ms under another name', async () => {
  const world = new LogWorld()
  const log = await fiveSegments(world, { 'retention.ms': `${4 * day}`, 'file.delete.delay.ms': '50' })
  await log.flush()
  equal(await log.deleteOldSegments(nowMs), 1)
  const deleted = () => world.fileNames().then((names) => names.filter((name) => name.endsWith('.deleted')))
  deepEqual(await deleted(), [
    '00000000000000000000.index.deleted',
    '00000000000000000000.log.deleted',
    '00000000000000000000.timeindex.deleted',
  ])
  equal(log.removeDeletedFiles(nowMs + 49), undefined)
  await log.removeDeletedFiles(nowMs + 50)
  deepEqual(await deleted(), [])
})
