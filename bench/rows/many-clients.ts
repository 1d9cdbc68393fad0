// Rows with more clients than Java processes would fit on the machine: the bench's own client plays them, in one
// process, with the same code for both brokers.

import { delay } from '../../conformance/brokers.ts'
import { createTopic } from '../create-topic.ts'
import { drive } from '../driver/drive.ts'
import { consumerPerformance, producerPerformance } from '../kafka-tool.ts'
import { dropFromPageCache } from '../page-cache.ts'
import { cpuSecondsOf } from '../process-usage.ts'
import type { Row } from '../row.ts'
import { percentile } from '../statistics.ts'

const driver = '; own client in a process of its own'
const cpuPerGigabyte = 'broker CPU'
const throughput = 'throughput'
const p99 = 'p99'

const producers: Row = {
  name: 'producers-100',
  does: `100 connections, each with one batch of 16 KB on its way, acks=1, 4 partitions${driver}`,
  figures: [
    { name: cpuPerGigabyte, unit: 's/GB' },
    { name: throughput, unit: 'MB/s' },
    { name: p99, unit: 'ms' },
  ],
  runs: 3,
  isQuick: false,
  async run(broker, scale) {
    const batch = { recordBytes: 1000, recordsPerBatch: 16 }
    const { requests, seconds, cpuSeconds, p99Ms } = await drive(broker, 'produceBatches', {
      topic: await createTopic(broker.server, 4),
      ...{ partitions: 4, connections: 100, inFlight: 1, acks: 1, seconds: 8 * scale, ...batch },
    })
    const gigabytes = (requests * batch.recordBytes * batch.recordsPerBatch) / 1e9
    return {
      [cpuPerGigabyte]: cpuSeconds / gigabytes,
      [throughput]: (gigabytes * 1000) / seconds,
      [p99]: p99Ms,
    }
  },
}

const consumers: Row = {
  name: 'consumers-100',
  does: `100 consumers that each read the same 40 MB of 4 partitions from their start${driver}`,
  figures: [
    { name: cpuPerGigabyte, unit: 's/GB' },
    { name: throughput, unit: 'MB/s' },
  ],
  runs: 3,
  isQuick: false,
  async run(broker, scale) {
    const [partitions, records] = [4, Math.round(40_000 * scale)]
    const topic = await createTopic(broker.server, partitions)
    const props = ['acks=all', 'batch.size=65536', 'linger.ms=20']
    await producerPerformance(broker.server, topic, { records, recordBytes: 1000, props })
    const { gigabytes, seconds, cpuSeconds } = await drive(broker, 'fetchTopic', {
      ...{ topic, partitions, connections: 100 },
    })
    return { [cpuPerGigabyte]: cpuSeconds / gigabytes, [throughput]: (gigabytes * 1000) / seconds }
  },
}

const join = 'until all have a partition'
const joinCpu = 'broker CPU of the join'

const groupOf200: Row = {
  name: 'group-200',
  does:
    "200 consumers join one group for 200 partitions, with Kafka's 3 s of " +
    `group.initial.rebalance.delay.ms${driver}`,
  figures: [
    { name: join, unit: 's' },
    { name: joinCpu, unit: 's' },
  ],
  runs: 3,
  isQuick: false,
  async run(broker, scale) {
    const members = Math.round(200 * scale)
    const topic = await createTopic(broker.server, members)
    const { seconds, cpuSeconds } = await drive(broker, 'joinGroup', { topic, members })
    return { [join]: seconds, [joinCpu]: cpuSeconds }
  },
}

const median = 'median'

const topicCreation: Row = {
  name: 'topic-creation',
  does: `100 topics of 10 partitions one after the other, until all are led${driver}`,
  figures: [
    { name: median, unit: 'ms' },
    { name: p99, unit: 'ms' },
  ],
  runs: 3,
  isQuick: false,
  async run(broker, scale) {
    const prefix = `created-${performance.now()}`
    const timesMs = await drive(broker, 'createTopics', {
      prefix,
      topics: Math.round(100 * scale),
      partitions: 10,
    })
    return { [median]: percentile(timesMs, 0.5), [p99]: percentile(timesMs, 0.99) }
  },
}

const oldRead = 'read of old data'

const oldData: Row = {
  name: 'old-data',
  does:
    '1 GB that is not in the page cache is read while 10,000 records of 1 KB a second are written, ' +
    "acks=all; Kafka's perf tools, whose start is part of the reading",
  figures: [
    { name: `produce ${p99}`, unit: 'ms' },
    { name: oldRead, unit: 'MB/s' },
    { name: cpuPerGigabyte, unit: 's/GB' },
  ],
  runs: 3,
  isQuick: false,
  async run(broker, scale) {
    const { server, pid } = broker
    const records = Math.round(1_000_000 * scale)
    const [old, fresh] = [await createTopic(server, 4), await createTopic(server, 4)]
    const props = ['acks=1', 'batch.size=1000000', 'linger.ms=20', 'max.request.size=2000000']
    await producerPerformance(server, old, { records, recordBytes: 1000, props })
    await dropFromPageCache(broker)
    const before = cpuSecondsOf(pid)
    const startedMs = performance.now()
    const writing = {
      records: Math.round(150_000 * scale),
      recordBytes: 1000,
      throughput: 10_000,
      props: ['acks=all'],
    }
    const [{ p99Ms }, readSeconds] = await Promise.all([
      producerPerformance(server, fresh, writing),
      consumerPerformance(server, old, records).then(() => (performance.now() - startedMs) / 1000),
    ])
    const gigabytes = (records * 1000) / 1e9 + (writing.records * 1000) / 1e9
    return {
      [`produce ${p99}`]: p99Ms,
      [oldRead]: records / 1000 / readSeconds,
      [cpuPerGigabyte]: (cpuSecondsOf(pid) - before) / gigabytes,
    }
  },
}

/** A JVM compiles for a while what was busy. */
const settleMs = 15_000
const silent = 'silent clients'
const waiting = 'waiting consumers'

const idle: Row = {
  name: 'idle',
  does:
    '1,000 partitions without traffic and 100 clients over 30 s: connections that say nothing, then ' +
    `consumers that wait, two Fetches a second each${driver}`,
  figures: [
    { name: silent, unit: '% of a core', budget: { atMost: 0.5 } },
    { name: waiting, unit: '% of a core' },
  ],
  runs: 1,
  isQuick: false,
  async run(broker, scale) {
    const partitions = 1000
    const topic = await createTopic(broker.server, partitions)
    await delay(settleMs)
    const options = { clients: 100, seconds: 30 * scale, partitions }
    const first = await drive(broker, 'idleClients', options)
    const second = await drive(broker, 'idleClients', { ...options, topic })
    return { [silent]: first.cpuPercent, [waiting]: second.cpuPercent }
  },
}

export const manyClientRows: readonly Row[] = [producers, consumers, oldData, groupOf200, topicCreation, idle]
