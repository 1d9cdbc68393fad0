import { deepEqual, equal, ok } from 'node:assert/strict'
import { test } from 'node:test'
import { Logger } from '../base/logger.ts'
import { TopicConfig } from '../config/topic-config.ts'
import { MemoryDisk } from '../platform/memory-disk.ts'
import { LogManager } from './log-manager.ts'
import type { PartitionLog } from './partition-log.ts'
import { compacted, put, shown } from './testing/compaction-world.ts'
import { brokerConfig, nowMs, topicId, turnTimers } from './testing/log-world.ts'

const backoffMs = 15_000

interface World {
  readonly disk: MemoryDisk
  readonly manager: LogManager
  /** The delays that the throttle asked for. */
  readonly waitsMs: number[]
}

async function open(entries: Record<string, string> = {}, disk = new MemoryDisk()): Promise<World> {
  const waitsMs: number[] = []
  let elapsedMs = 0
  const after = (delayMs: number, callback: () => void) => {
    waitsMs.push(delayMs)
    elapsedMs += delayMs
    queueMicrotask(callback)
    return { cancel: () => {} }
  }
  const manager = await LogManager.open(
    { directories: ['/data'], brokerConfig: brokerConfig(entries) },
    {
      disk,
      clock: { wallMs: () => nowMs, monotonicMs: () => elapsedMs },
      timers: { ...turnTimers, after },
      random: { next: () => 0, bytes: (count) => new Uint8Array(count) },
      logger: new Logger('kafka.log', { write: () => {} }),
    },
  )
  return { disk, manager, waitsMs }
}

function create(
  { manager }: World,
  partition: number,
  overrides: Record<string, string> = {},
): Promise<PartitionLog> {
  const config = TopicConfig.of(brokerConfig(), new Map(Object.entries({ ...compacted, ...overrides })))
  return manager.create({ topic: 'accounts', partition }, topicId, config)
}

function fill(log: PartitionLog, count: number, timestamp = nowMs): void {
  for (let i = 0; i < count; i++) put(log, [['a', `${i}`]], { timestamp })
  log.roll(nowMs)
  put(log, [['x', '']], { timestamp })
}

async function checkpoint(disk: MemoryDisk): Promise<string> {
  const file = await disk.open('/data/cleaner-offset-checkpoint', 'read')
  const bytes = new Uint8Array(await file.size())
  await file.read(bytes, 0)
  return new TextDecoder().decode(bytes)
}

test('[CLEAN17] a clock that is set back does not keep the cleaner waiting', async () => {
  const world = await open()
  const dirty = await create(world, 0)
  fill(dirty, 10)
  await world.manager.clean(nowMs - 60_000)
  deepEqual(await shown(dirty), ['9:a=9', '10:x='])
})

test('[CLEAN12] every log.cleaner.backoff.ms the logs that are dirty enough are cleaned, and the checkpoint tells', async () => {
  const world = await open()
  const dirty = await create(world, 0)
  const deleting = await create(world, 1, { 'cleanup.policy': 'delete' })
  fill(dirty, 10)
  fill(deleting, 10)
  await world.manager.clean(nowMs + backoffMs - 1)
  equal((await shown(dirty)).length, 11)
  await world.manager.clean(nowMs + backoffMs)
  deepEqual(await shown(dirty), ['9:a=9', '10:x='])
  equal((await shown(deleting)).length, 11)
  equal(await checkpoint(world.disk), '0\n1\naccounts 0 10\n')
  await world.manager.close()
  const next = await open({}, world.disk)
  equal(next.manager.get({ topic: 'accounts', partition: 0 })!.cleaner.cleanedEndOffset, 10)
})

test('[CLEAN12] a log below min.cleanable.dirty.ratio is left alone until max.compaction.lag.ms has passed', async () => {
  const world = await open()
  const log = await create(world, 0, { 'max.compaction.lag.ms': '60000' })
  for (let i = 0; i < 10; i++) put(log, [[`k${i}`, '']])
  log.roll(nowMs)
  put(log, [['k0', 'new']])
  log.roll(nowMs)
  put(log, [['x', '']])
  log.cleaner.cleanedEndOffset = 10
  await world.manager.clean(nowMs + backoffMs)
  equal((await shown(log)).length, 12)
  await world.manager.clean(nowMs + 60_001)
  equal((await shown(log)).length, 11)
})

test('[CLEAN12] without log.cleaner.enable nothing is cleaned', async () => {
  const world = await open({ 'log.cleaner.enable': 'false' })
  const log = await create(world, 0)
  fill(log, 10)
  await world.manager.clean(nowMs + backoffMs)
  equal((await shown(log)).length, 11)
})

test('[CLEAN12] a checkpoint outside of the log is not believed', async () => {
  const world = await open()
  const log = await create(world, 0)
  fill(log, 10)
  log.cleaner.cleanedEndOffset = 1000
  await world.manager.clean(nowMs + backoffMs)
  deepEqual(await shown(log), ['9:a=9', '10:x='])
})

test('[CLEAN12] a deleted topic leaves nothing in the checkpoint for the next of its name', async () => {
  const world = await open()
  const log = await create(world, 0)
  fill(log, 10)
  await world.manager.clean(nowMs + backoffMs)
  await world.manager.delete(log.topicPartition)
  equal(await checkpoint(world.disk), '0\n0\n')
})

test('[CLEAN12] a damaged log does not keep the others from being cleaned, and is not tried again', async () => {
  const disk = new MemoryDisk()
  const before = await open({}, disk)
  for (const partition of [0, 1]) fill(await create(before, partition), partition === 0 ? 20 : 10)
  await before.manager.close()
  const file = await disk.open('/data/accounts-0/00000000000000000000.log', 'create')
  await file.write([Uint8Array.of(0xff)], 70)
  await file.close()
  const { manager } = await open({}, disk)
  const [damaged, sound] = [0, 1].map((partition) => manager.get({ topic: 'accounts', partition })!)
  for (const log of [damaged!, sound!]) {
    log.updateConfig(TopicConfig.of(brokerConfig(), new Map(Object.entries(compacted))))
    log.highWatermark = log.logEndOffset
  }
  await manager.clean(nowMs + backoffMs)
  deepEqual(await shown(sound!), ['9:a=9', '10:x='])
  equal(damaged!.failure, undefined)
  equal(damaged!.cleaner.cleanedEndOffset, undefined)
})

test('[CLEAN13] the cleaner reads and writes no faster than log.cleaner.io.max.bytes.per.second', async () => {
  const world = await open({ 'log.cleaner.io.max.bytes.per.second': '1000' })
  const log = await create(world, 0)
  fill(log, 100)
  const bytes = log.sizeBytes
  await world.manager.clean(nowMs + backoffMs)
  const waitedMs = world.waitsMs.reduce((sum, waitMs) => sum + waitMs, 0)
  ok(waitedMs >= bytes, `${waitedMs} ms for ${bytes} bytes`)
  equal((await shown(log)).length, 2)
})
