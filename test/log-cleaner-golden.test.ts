// The cleaner against logs that Apache Kafka wrote (test/golden/logdir/README.md).

import { deepEqual, equal, ok } from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { test } from 'node:test'
import type { PartitionLog } from '../src/log/partition-log.ts'
import { batchesFrom, clean, shown } from '../src/log/testing/compaction-world.ts'
import { LogWorld } from '../src/log/testing/log-world.ts'
import { readBatchHeader } from '../src/protocol/records/record-batch.ts'

/** Before every record, so that nothing has expired. */
const nowMs = 0

async function loadGolden(name: string, world: LogWorld): Promise<PartitionLog> {
  const [, topic, partition] = /^(.*)-(\d+)$/.exec(name)!
  const golden = new URL(`golden/logdir/data/${name}/`, import.meta.url)
  await world.disk.makeDirectory(`/data/${name}`)
  for (const file of readdirSync(golden)) {
    const handle = await world.disk.open(`/data/${name}/${file}`, 'create')
    await handle.write([readFileSync(new URL(file, golden))], 0)
    await handle.close()
  }
  const topicPartition = { topic: topic!, partition: Number(partition) }
  const log = await world.load({ directory: `/data/${name}`, topicPartition, nowMs })
  log.highWatermark = log.logEndOffset
  return log
}

test('[CLEAN15] a log that Kafka cleaned is clean: cleaning it again changes no byte', async () => {
  const world = new LogWorld()
  const log = await loadGolden('compacted-0', world)
  const before = await batchesFrom(log)
  ok(before.some((batch) => readBatchHeader(batch, 0).hasDeleteHorizon))
  equal(await clean(log, { atMs: nowMs }), true)
  equal(log.cleaner.cleanedEndOffset, 16)
  deepEqual(await batchesFrom(log), before)
})

test('[CLEAN15] transactions that Kafka wrote lose their aborted records and nothing else', async () => {
  const log = await loadGolden('txn-0', new LogWorld())
  const aborted = log.abortedTransactions(0, log.logEndOffset)
  log.roll(nowMs)
  const before = await batchesFrom(log)
  equal(await clean(log, { atMs: nowMs }), true)
  const after = await batchesFrom(log)
  deepEqual(log.abortedTransactions(0, log.logEndOffset), aborted)
  const isAborted = (batch: Uint8Array) => {
    const { producerId, baseOffset, isTransactional, isControl } = readBatchHeader(batch, 0)
    return aborted.some(
      (entry) =>
        isTransactional &&
        !isControl &&
        entry.producerId === producerId &&
        baseOffset >= entry.firstOffset &&
        baseOffset <= entry.lastOffset,
    )
  }
  ok(before.some(isAborted))
  for (const batch of after.filter(isAborted)) equal(readBatchHeader(batch, 0).count, 0)
  deepEqual(await shown(log), [
    '12:c0=committed 1.0',
    '13:c1=committed 1.1',
    '14:c2=committed 1.2',
    '20:d=committed by another producer 1',
    '23:p=plain again 1',
  ])
})
