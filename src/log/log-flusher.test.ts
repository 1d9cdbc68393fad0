import { deepEqual, equal, rejects } from 'node:assert/strict'
import { test } from 'node:test'
import { errors } from '../base/errors.ts'
import { DiskError, type File } from '../env/env.ts'
import { MemoryDisk } from '../platform/memory-disk.ts'
import { append, appendTo, batchOf, directory, LogWorld, nowMs } from './testing/log-world.ts'

/** A disk whose files count syncs and refuse writes on demand. */
class WatchedDisk extends MemoryDisk {
  syncCount = 0
  refusal: Error | undefined
  syncRefusal: Error | undefined

  override async open(path: string, mode: 'read' | 'create'): Promise<File> {
    const file = await super.open(path, mode)
    const { write, sync } = file
    file.write = async (...args) => {
      if (this.refusal !== undefined) throw this.refusal
      return write.apply(file, args)
    }
    file.sync = async () => {
      this.syncCount++
      if (this.syncRefusal !== undefined) throw this.syncRefusal
      return sync.apply(file)
    }
    return file
  }
}

test('[LOG36] with flush.messages=1 written means durable; without it nothing is synced', async () => {
  for (const [flushMessages, expected] of [
    ['1', 1],
    ['9223372036854775807', 0],
  ] as const) {
    const disk = new WatchedDisk()
    const log = await new LogWorld(disk).create({ 'flush.messages': flushMessages })
    const written = new Promise((resolve) => (log.onWritten = resolve))
    append(log, ['a'])
    await written
    equal(log.flushedEndOffset, expected)
    equal(disk.syncCount > 0, expected === 1)
  }
})

test('[LOG36] flush.ms flushes what has waited so long', async () => {
  const log = await new LogWorld().create({ 'flush.ms': '1000' })
  append(log, ['a'])
  equal(log.flushIfDue(nowMs), undefined)
  equal(log.flushIfDue(nowMs + 999), undefined)
  await log.flushIfDue(nowMs + 1000)
  equal(log.flushedEndOffset, 1)
})

test('[LOG37] a disk that refuses a write ends the log: nothing is acknowledged, taken or read any more', async () => {
  const disk = new WatchedDisk()
  const log = await new LogWorld(disk).create()
  const failures: string[] = []
  log.onFailed = (message) => failures.push(message)
  disk.refusal = new Error('no space left')
  append(log, ['a'])
  await rejects(log.flush(), /no space left/)
  deepEqual([failures, log.writtenEndOffset], [['no space left'], 0])
  const refused = appendTo(log, batchOf(['b']))
  equal(!refused.ok && refused.error, errors.KAFKA_STORAGE_ERROR)
  const read = await log.read({ offset: 0, endOffset: 1, bytesMax: 100, minOneMessage: true })
  deepEqual(read, { ok: false, error: errors.KAFKA_STORAGE_ERROR })
})

test('[LOG4] the indexes of a sealed segment reach the disk, also when its records were flushed before', async () => {
  const world = new LogWorld()
  const log = await world.create({ 'index.interval.bytes': '0' })
  for (const value of ['a', 'b', 'c']) append(log, [value])
  await log.flush()
  log.roll(nowMs)
  await log.flush()
  equal((await world.readFile(`${directory}/00000000000000000000.index`)).length, 16)
  deepEqual(await world.fileNames(), [
    '00000000000000000000.index',
    '00000000000000000000.log',
    '00000000000000000000.timeindex',
    '00000000000000000003.log',
    '00000000000000000003.snapshot',
    'leader-epoch-checkpoint',
    'partition.metadata',
  ])
})

test('[LOG37] a sync that failed is never tried again, and nothing is acknowledged after it', async () => {
  const disk = new WatchedDisk()
  const log = await new LogWorld(disk).create()
  append(log, ['a'])
  await log.flush()
  const written: number[] = []
  log.onWritten = (endOffset) => written.push(endOffset)
  disk.syncRefusal = new Error('input/output error')
  append(log, ['b'])
  const flushing = log.flush()
  await rejects(flushing, /input/)
  const syncCount = disk.syncCount
  disk.syncRefusal = undefined
  const isRefusal = (error: unknown) => error instanceof DiskError && error.message === 'input/output error'
  await rejects(log.flush(), isRefusal)
  await rejects(log.close(), isRefusal)
  deepEqual([disk.syncCount, log.flushedEndOffset, written], [syncCount, 1, [2]])
})

test('[LOG36] with flush.messages=1 the records found after a crash are durable before anyone hears of them', async () => {
  const world = new LogWorld()
  const log = await world.create()
  append(log, ['a'])
  await log.flush()
  const options = { isClean: false, recoveryPoint: 0 }
  equal((await world.load(options)).flushedEndOffset, 0)
  const careful = await world.load({ ...options, overrides: { 'flush.messages': '1' } })
  equal(careful.flushedEndOffset, 1)
})
