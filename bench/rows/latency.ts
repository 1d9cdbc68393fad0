// Rows of latency: what one record takes from its producer to its consumer, and acknowledgements under a modest load.

import { createTopic } from '../create-topic.ts'
import { drive } from '../driver/drive.ts'
import { endToEndLatency, producerPerformance } from '../kafka-tool.ts'
import type { Row } from '../row.ts'

const mean = 'mean'
const p99 = 'p99'
const p999 = 'p99.9'

const endToEnd: Row = {
  name: 'end-to-end-latency',
  does:
    "one record of 100 B at a time, produced with acks=all and read back, 10,000 times; Kafka's " +
    'EndToEndLatency, which tells percentiles in whole milliseconds',
  figures: [mean, p99, p999].map((name) => ({ name, unit: 'ms', budget: { timesKafkaAtMost: 0.5 } })),
  runs: 3,
  isQuick: true,
  whenMissed:
    "Most of it is the tool's own: an acknowledged record takes a plain client of Node 0.17 ms and 0.8 ms at the " +
    '99th percentile, half of the former the waking of an idle core (0.08 ms while another process keeps it awake).',
  async run({ server }, scale) {
    const topic = await createTopic(server, 1)
    const { meanMs, p99Ms, p999Ms } = await endToEndLatency(server, topic, Math.round(10_000 * scale), 100)
    return { [mean]: meanMs, [p99]: p99Ms, [p999]: p999Ms }
  },
}

const recordsPerSecond = 3000
const plainP99 = 'p99 of a plain client'

const acknowledgement: Row = {
  name: 'latency-3000',
  does:
    "3,000 records of 1 KB a second, acks=all, 4 partitions, until acknowledged; Kafka's producer " +
    'perf tool over 15 s, after 5 s to warm up; then the same from 16 connections of our own client, without a JVM',
  figures: [
    ...[p99, p999].map((name) => ({ name, unit: 'ms', budget: { timesKafkaAtMost: 0.3 } })),
    { name: plainP99, unit: 'ms' },
  ],
  runs: 3,
  isQuick: true,
  whenMissed:
    'A plain client sees 3 to 5 ms with either, so what is left is processes that wake one another on two ' +
    'cores; one request at a time takes 0.17 ms, 0.8 at the 99th percentile. The budget was set where ' +
    'Apache Kafka took 37 to 60 ms.',
  async run(broker, scale) {
    const { server } = broker
    const topic = await createTopic(server, 4)
    const load = { recordBytes: 1000, throughput: recordsPerSecond, props: ['acks=all'] }
    const records = Math.round(recordsPerSecond * 20 * scale)
    const warmUpRecords = Math.round(records / 4)
    const { p99Ms, p999Ms } = await producerPerformance(server, topic, { ...load, records, warmUpRecords })
    const plain = await drive(broker, 'produceBatches', {
      ...{ topic, partitions: 4, connections: 16, inFlight: 1, acks: -1 },
      ...{ recordBytes: 1000, recordsPerBatch: 1, seconds: 8 * scale, requestsPerSecond: recordsPerSecond },
    })
    return { [p99]: p99Ms, [p999]: p999Ms, [plainP99]: plain.p99Ms }
  },
}

export const latencyRows: readonly Row[] = [endToEnd, acknowledgement]
