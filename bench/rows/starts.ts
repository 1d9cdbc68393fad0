// Rows of brokers that start and stop: how long a producer waits for one, what it holds in memory.

import { type Broker, delay } from '../../conformance/brokers.ts'
import { createTopic } from '../create-topic.ts'
import { drive } from '../driver/drive.ts'
import { firstRecord } from '../first-record.ts'
import { producerPerformance } from '../kafka-tool.ts'
import { residentMbOf } from '../process-usage.ts'
import type { Row } from '../row.ts'

const cold = 'start on an empty directory'
const afterStop = 'start after a clean stop'
const afterKill = 'start after kill -9'
const idle = 'memory idle'
const settleMs = 5000

/** From the start of the process to the first acknowledged record. */
async function startSeconds(broker: Broker, topic: string, partition = 0): Promise<number> {
  const startedMs = performance.now()
  const acknowledged = firstRecord(broker.server, topic, partition).then(() => performance.now() - startedMs)
  const [waitedMs] = await Promise.all([acknowledged, broker.start()])
  return waitedMs / 1000
}

const start: Row = {
  name: 'start',
  does:
    'from the start of the process to the first acknowledged record, whose producer tries every 2 ' +
    'ms; of Apache Kafka the formatting of an empty directory is part of it; idle: 5 s after it',
  figures: [
    { name: cold, unit: 's', budget: { atMost: 0.15 } },
    { name: afterStop, unit: 's' },
    { name: afterKill, unit: 's' },
    { name: idle, unit: 'MB', budget: { atMost: 70 } },
  ],
  runs: 3,
  isQuick: true,
  startsItself: true,
  whenMissed:
    'A third is Node itself and the modules of its own that listening and files load, a third the program, whose ' +
    'compiled code comes from a cache, a tenth the syncs of a directory that is formatted, the rest the log of ' +
    'metadata: its first records and those of the topic, each synced before the next. Tried: one file instead of ' +
    'chunks, which gains nothing.',
  async run(broker) {
    const topic = 'first'
    const coldSeconds = await startSeconds(broker, topic)
    await delay(settleMs)
    const idleMb = residentMbOf(broker.pid)
    await broker.stop()
    const afterStopSeconds = await startSeconds(broker, topic)
    await broker.kill()
    const afterKillSeconds = await startSeconds(broker, topic)
    return {
      [cold]: coldSeconds,
      [afterStop]: afterStopSeconds,
      [afterKill]: afterKillSeconds,
      [idle]: idleMb,
    }
  },
}

const afterLoad = 'memory after 6 GB'

const memory: Row = {
  name: 'memory',
  does: "6 GB of 1 KB records in 1 MB batches to 4 partitions; Kafka's producer perf tool",
  figures: [{ name: afterLoad, unit: 'MB', budget: { atMost: 160 } }],
  runs: 1,
  isQuick: false,
  whenMissed:
    'It stays near 120 MB until the first segments are full at 4 GB. Then they are synced, writes wait for the ' +
    'disk, and what the frames of waiting requests took stays in the allocator: 40 MB and more, as the disk is. ' +
    'Fewer threads and arenas of the allocator gained 10 MB at most.',
  async run({ server, pid }, scale) {
    const props = ['acks=1', 'batch.size=1000000', 'linger.ms=20', 'max.request.size=2000000']
    const load = { records: Math.round(6_000_000 * scale), recordBytes: 1000, props }
    await producerPerformance(server, await createTopic(server, 4), load)
    await delay(settleMs)
    return { [afterLoad]: residentMbOf(pid) }
  },
}

const create = 'create'
const held = 'memory'

const manyPartitions: Row = {
  name: 'partitions-14000',
  does:
    '14 topics of 1,000 partitions, one request each, until all are led; then starts as above, to a ' +
    'record in the last partition',
  figures: [
    { name: create, unit: 's', budget: { atMost: 10 } },
    { name: held, unit: 'MB', budget: { atMost: 200 } },
    { name: afterStop, unit: 's', budget: { atMost: 3 } },
    { name: afterKill, unit: 's', budget: { atMost: 6 } },
  ],
  runs: 1,
  isQuick: false,
  startsItself: true,
  async run(broker, scale) {
    const [topics, partitions] = [14, Math.round(1000 * scale)]
    await broker.start()
    const timesMs = await drive(broker, 'createTopics', { prefix: 'many', topics, partitions })
    await delay(settleMs)
    const heldMb = residentMbOf(broker.pid)
    await broker.stop()
    const [topic, partition] = [`many-${topics - 1}`, partitions - 1]
    const afterStopSeconds = await startSeconds(broker, topic, partition)
    await broker.kill()
    const afterKillSeconds = await startSeconds(broker, topic, partition)
    return {
      [create]: timesMs.reduce((sum, each) => sum + each, 0) / 1000,
      [held]: heldMb,
      [afterStop]: afterStopSeconds,
      [afterKill]: afterKillSeconds,
    }
  },
}

export const startRows: readonly Row[] = [start, memory, manyPartitions]
