// Compacted topics of a whole node: they shrink while it runs, and are found again after a restart.

import { deepEqual, ok } from 'node:assert/strict'
import { test } from 'node:test'
import type { Ottla } from '../../src/kit/kit.ts'
import { start } from './raw-client.ts'

const properties = {
  'log.cleaner.backoff.ms': 0,
  'log.cleaner.min.cleanable.ratio': 0.1,
  'offsets.topic.segment.bytes': 1_048_576,
}

/** The cleaner begins with a tick of the node, which does not wait for it. */
async function whenCompacted(kafka: Ottla, topic: string, countMax: number): Promise<void> {
  for (let turn = 0; turn < 100; turn++) {
    if ((await kafka.consume(topic)).length <= countMax) return
    await kafka.clock.advance(1000)
  }
  ok(false, `${topic} is not compacted`)
}

test('[CLEAN14] a compacted topic shrinks to its newest values while the broker runs, also for its next life', async (t) => {
  const configs = { 'cleanup.policy': 'compact', 'internal.segment.bytes': 2000 }
  const kafka = await start(t, { topics: [{ name: 'accounts', configs }], properties })
  for (let round = 0; round < 20; round++) {
    const records = Array.from({ length: 10 }, (_, key) => ({ key: `k${key}`, value: `${round}` }))
    for (const record of records) await kafka.produce('accounts', record)
  }
  await whenCompacted(kafka, 'accounts', 60)
  const newest = async () => new Map((await kafka.consume('accounts')).map(({ key, value }) => [key, value]))
  const expected = new Map(Array.from({ length: 10 }, (_, key) => [`k${key}`, '19']))
  deepEqual(await newest(), expected)
  await kafka.down()
  await kafka.up()
  deepEqual(await newest(), expected)
})

test('[CLEAN14] __consumer_offsets shrinks, and the offsets of all groups are there after a restart', async (t) => {
  const partitions = 300
  const kafka = await start(t, { topics: [{ name: 'orders', partitions }], properties })
  for (let round = 1; round <= 60; round++) {
    const offsets = Array.from({ length: partitions }, (_, partition) => ({
      topic: 'orders',
      partition,
      offset: 0,
    }))
    await kafka.groups.setOffsets(`group-${round % 2}`, offsets)
  }
  const before = (await kafka.consume('__consumer_offsets')).length
  await whenCompacted(kafka, '__consumer_offsets', before * 0.7)
  await kafka.down()
  await kafka.up()
  for (const group of ['group-0', 'group-1']) {
    deepEqual((await kafka.groups.offsets(group)).length, partitions)
  }
})
