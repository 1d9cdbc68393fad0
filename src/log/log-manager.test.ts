import { deepEqual, equal, rejects } from 'node:assert/strict'
import { test } from 'node:test'
import { Logger } from '../base/logger.ts'
import { MemoryDisk } from '../platform/memory-disk.ts'
import { LogManager } from './log-manager.ts'
import {
  append,
  brokerConfig,
  nowMs,
  topicConfig,
  topicId,
  turnTimers,
  valuesFrom,
} from './testing/log-world.ts'

const orders0 = { topic: 'orders', partition: 0 }
const orders1 = { topic: 'orders', partition: 1 }

function open(disk: MemoryDisk, directories = ['/data']): Promise<LogManager> {
  let drawn = 0xab
  const random = { next: () => 0.5, bytes: (count: number) => new Uint8Array(count).fill(drawn++) }
  const clock = { wallMs: () => nowMs, monotonicMs: () => 0 }
  const logger = new Logger('kafka.log.LogManager', { write: () => {} })
  const options = { directories, brokerConfig: brokerConfig() }
  return LogManager.open(options, { disk, clock, random, logger, timers: turnTimers })
}

async function names(disk: MemoryDisk, path: string): Promise<string[]> {
  return (await disk.list(path)).map((entry) => entry.name)
}

async function text(disk: MemoryDisk, path: string): Promise<string> {
  const file = await disk.open(path, 'read')
  const bytes = new Uint8Array(await file.size())
  await file.read(bytes, 0)
  await file.close()
  return new TextDecoder().decode(bytes)
}

test('[LOG30] a clean stop leaves checkpoints and the marker; the next start takes the marker and finds all', async () => {
  const disk = new MemoryDisk()
  const manager = await open(disk)
  equal(manager.previousBrokerEpoch, -1)
  const log = await manager.create(orders0, topicId, topicConfig())
  append(log, ['a', 'b'])
  log.highWatermark = 1
  await manager.close({ brokerEpoch: 13 })
  equal(await text(disk, '/data/.kafka_cleanshutdown'), '{"version":0,"brokerEpoch":13}')
  equal(await text(disk, '/data/recovery-point-offset-checkpoint'), '0\n1\norders 0 2\n')
  equal(await text(disk, '/data/replication-offset-checkpoint'), '0\n1\norders 0 1\n')
  const next = await open(disk)
  equal(next.previousBrokerEpoch, 13)
  equal((await names(disk, '/data')).includes('.kafka_cleanshutdown'), false)
  const loaded = next.get(orders0)!
  deepEqual([loaded.logEndOffset, loaded.highWatermark, loaded.topicId], [2, 1, topicId])
  deepEqual(await valuesFrom(loaded, 0), ['0:a', '1:b'])
})

test('[LOG30] without the marker the logs are recovered, and the high watermark comes from its checkpoint', async () => {
  const disk = new MemoryDisk()
  const manager = await open(disk)
  const log = await manager.create(orders0, topicId, topicConfig())
  append(log, ['a', 'b'])
  await log.flush()
  log.highWatermark = 2
  await manager.tick(nowMs + 5000)
  append(log, ['c'])
  await log.flush()
  await disk.remove('/data/.lock')
  const next = await open(new Proxy(disk, { get: unlocked }) as MemoryDisk)
  const loaded = next.get(orders0)!
  deepEqual([loaded.logEndOffset, loaded.highWatermark, next.previousBrokerEpoch], [3, 2, -1])
})

/** The process that held the lock is gone. */
function unlocked(disk: MemoryDisk, name: string | symbol): unknown {
  if (name === 'lock') return async () => ({ release: async () => {} })
  const value = Reflect.get(disk, name)
  return typeof value === 'function' ? value.bind(disk) : value
}

test('[LOG31] a directory in use by another broker is refused', async () => {
  const disk = new MemoryDisk()
  await open(disk)
  await rejects(open(disk), { kind: 'locked' })
})

test('[LOG32] a deleted log is gone at once, its files after file.delete.delay.ms', async () => {
  const disk = new MemoryDisk()
  const manager = await open(disk)
  const log = await manager.create(orders0, topicId, topicConfig())
  append(log, ['a'])
  await log.flush()
  await manager.delete(orders0)
  equal(manager.get(orders0), undefined)
  const renamed = `orders-0.${'ab'.repeat(16)}-delete`
  deepEqual(await names(disk, '/data'), [renamed])
  await manager.tick(nowMs + 59_000)
  deepEqual((await names(disk, '/data')).includes(renamed), true)
  await manager.tick(nowMs + 60_000)
  deepEqual((await names(disk, '/data')).includes(renamed), false)
})

test('[LOG32] a topic made again under its name waits for the deletion and begins empty', async () => {
  const disk = new MemoryDisk()
  const manager = await open(disk)
  const log = await manager.create(orders0, topicId, topicConfig())
  append(log, ['a'])
  const deleting = manager.delete(orders0)
  const again = await manager.create(orders0, 'Z2u7olvZTbmWAYRyhm66TA', topicConfig())
  await deleting
  deepEqual([again.logEndOffset, again.topicId], [0, 'Z2u7olvZTbmWAYRyhm66TA'])
})

test('[LOG33] a new log goes to the directory with the fewest logs', async () => {
  const disk = new MemoryDisk()
  const manager = await open(disk, ['/one', '/two'])
  await manager.create(orders0, topicId, topicConfig())
  await manager.create(orders1, topicId, topicConfig())
  deepEqual([manager.directoryOf(orders0), manager.directoryOf(orders1)], ['/one', '/two'])
})

test('[LOG34] a disk error puts the directory out with all its logs, and no clean marker is written', async () => {
  const disk = new MemoryDisk()
  const manager = await open(disk, ['/one', '/two'])
  const first = await manager.create(orders0, topicId, topicConfig())
  const second = await manager.create(orders1, topicId, topicConfig())
  const failed: string[] = []
  manager.onDirectoryFailed = (path) => failed.push(path)
  append(first, ['a'])
  await disk.remove('/one/orders-0')
  await rejects(first.flush(), { kind: 'not-found' })
  deepEqual(failed, ['/one'])
  append(second, ['b'])
  await manager.close({ brokerEpoch: 1 })
  equal((await names(disk, '/one')).includes('.kafka_cleanshutdown'), false)
  equal((await names(disk, '/two')).includes('.kafka_cleanshutdown'), true)
})

test('[LOG32] a log may be deleted with work under way; its directory stays in service', async () => {
  const disk = new MemoryDisk()
  const manager = await open(disk)
  const failed: string[] = []
  manager.onDirectoryFailed = (path) => failed.push(path)
  for (let i = 0; i < 20; i++) {
    const log = await manager.create(orders0, topicId, topicConfig())
    append(log, ['a'])
    log.roll(nowMs)
    append(log, ['b'])
    for (let turn = 0; turn < i; turn++) await Promise.resolve()
    await manager.delete(orders0)
    // Someone may hold on to the log.
    await log.flush()
    await manager.tick(nowMs + i * 60_000)
  }
  deepEqual(failed, [])
})
