// Kafka's perf tools: what the producer's counted as sent is what the consumer's reads, as a group that goes on where
// it committed, through a kill -9 and a restart.

import { equal } from 'node:assert/strict'
import { lines, reasonOf } from '../client.ts'
import { createTopic } from '../look.ts'
import type { Program } from '../program.ts'
import { kafkaJars, kafkaTool } from './java.ts'

const topic = 'perf-tools'
const records = 20_000
const group = 'perf-readers'

export const perfTools: Program = {
  name: "Kafka's perf tools",
  source: 'clients/perf-tools.ts',
  missing: () => reasonOf(kafkaJars()),
  cases: [
    {
      title: 'produce with acks all, read as a group',
      stage: 'first',
      async run(server) {
        await createTopic(server, topic, 2)
        await produce(server)
        equal(await consume(server, records, '--group', group), records)
      },
    },
    {
      title: 'after kill -9: produce more, the group reads that and nothing else',
      stage: 'after kill -9',
      async run(server) {
        await produce(server)
        equal(await consume(server, records, '--group', group), records)
      },
    },
    {
      title: 'after a restart: another group reads all',
      stage: 'after restart',
      run: async (server) => equal(await consume(server, 2 * records, '--group', `${group}-2`), 2 * records),
    },
  ],
}

async function produce(server: string): Promise<void> {
  await kafkaTool('ProducerPerformance', [
    ...['--topic', topic, '--num-records', String(records), '--record-size', '100', '--throughput', '-1'],
    ...['--producer-props', `bootstrap.servers=${server}`, 'acks=all'],
  ])
}

/** The number of records that were read. */
async function consume(server: string, count: number, ...more: readonly string[]): Promise<number> {
  const printed = await kafkaTool('ConsumerPerformance', [
    ...['--bootstrap-server', server, '--topic', topic, '--num-records', String(count), '--hide-header'],
    ...['--timeout', '30000', ...more],
  ])
  return Number(lines(printed).at(-1)?.split(',')[4])
}
