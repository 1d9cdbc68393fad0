// The cases every client is put through, in three stages: before a kill -9 of the broker, after it, and after a stop
// and start in order. A case fails by throwing what it found.

import { deepEqual, equal, ok } from 'node:assert/strict'
import { delay } from './brokers.ts'
import { CannotDo, type Codec, type ConformanceClient, type ConformanceRecord } from './client.ts'
import { createTopic, storedBatches } from './look.ts'

export type Stage = 'first' | 'after kill -9' | 'after restart'
export const stages: readonly Stage[] = ['first', 'after kill -9', 'after restart']

export interface Case {
  readonly title: string
  readonly stage: Stage
  /** `server` is HOST:PORT, as is `other`: the other broker of the run, for what moves records between two. */
  run(server: string, other?: string): Promise<void>
}

const codecs: readonly Codec[] = ['none', 'gzip', 'snappy', 'lz4', 'zstd']
const recordsPerCase = 200
const largeBytes = 900 * 1024
const plain = { codec: 'none', idempotent: false } as const

export function casesOf(client: ConformanceClient): Case[] {
  const prefix = client.name.replaceAll(/[^a-z0-9]+/gi, '-').toLowerCase()
  return [
    ...codecs.map((codec) => compressed(client, `${prefix}-${codec}`, codec)),
    keysHeadersNulls(client, `${prefix}-keys`),
    largeRecord(client, `${prefix}-large`),
    idempotent(client, `${prefix}-idempotent`),
    rebalance(client, `${prefix}-rebalance`),
    seekByTime(client, `${prefix}-times`),
    admin(client, `${prefix}-admin`),
    ...durable(client, `${prefix}-durable`),
  ]
}

function compressed({ operations }: ConformanceClient, topic: string, codec: Codec): Case {
  return {
    title: `produce and consume, ${codec === 'none' ? 'uncompressed' : codec}`,
    stage: 'first',
    async run(server) {
      await createTopic(server, topic, 1)
      // A batch that compression makes no smaller goes as it is: even one of a single record is made smaller here.
      const records = numbered(codec, recordsPerCase).map((each) => ({
        ...each,
        value: `${each.value} `.repeat(30),
      }))
      await operations.produce(server, { ...plain, topic, records, codec })
      const stored = await storedBatches(server, topic)
      deepEqual([...new Set(stored.map(({ compression }) => compression))], [codec], 'the codec as stored')
      sameRecords(await operations.consume(server, topic, null, records.length), records)
    },
  }
}

function keysHeadersNulls({ operations }: ConformanceClient, topic: string): Case {
  return {
    title: 'keys, headers, null keys and values',
    stage: 'first',
    async run(server) {
      await createTopic(server, topic, 1)
      const records = [
        { key: 'key', value: 'value', headers: [['name', 'content'] as const, ['name', 'again'] as const] },
        { key: 'gone', value: null, headers: [] },
        { key: null, value: 'no key', headers: [] },
      ]
      await operations.produce(server, { ...plain, topic, records })
      sameRecords(await operations.consume(server, topic, null, records.length), records)
    },
  }
}

function largeRecord({ operations }: ConformanceClient, topic: string): Case {
  return {
    title: 'a record of 900 KB',
    stage: 'first',
    async run(server) {
      await createTopic(server, topic, 1)
      const records = [{ key: null, value: 'large '.repeat(largeBytes / 6), headers: [] }]
      await operations.produce(server, { ...plain, topic, records })
      sameRecords(await operations.consume(server, topic, null, 1), records)
    },
  }
}

function idempotent({ operations }: ConformanceClient, topic: string): Case {
  return {
    title: 'idempotent producer',
    stage: 'first',
    async run(server) {
      await createTopic(server, topic, 1)
      const records = numbered('once', recordsPerCase)
      await operations.produce(server, { ...plain, topic, records, idempotent: true })
      const stored = await storedBatches(server, topic)
      ok(
        stored.every(({ producerId, baseSequence }) => producerId >= 0 && baseSequence >= 0),
        'batches are stored without a producer id and sequence',
      )
      sameRecords(await operations.consume(server, topic, null, records.length), records)
    },
  }
}

function rebalance({ operations }: ConformanceClient, topic: string): Case {
  return {
    title: 'a group of two members, one leaves',
    stage: 'first',
    async run(server) {
      await createTopic(server, topic, 4)
      const { both, alone } = await operations.rebalance(server, topic, `${topic}-group`)
      ok(
        both.every((partitions) => partitions.length > 0),
        `a member has no partition: ${JSON.stringify(both)}`,
      )
      deepEqual(both.flat().toSorted(), [0, 1, 2, 3], 'partitions of both members')
      deepEqual(alone.toSorted(), [0, 1, 2, 3], 'partitions of the last member')
    },
  }
}

function seekByTime({ operations }: ConformanceClient, topic: string): Case {
  return {
    title: 'seek by time',
    stage: 'first',
    async run(server) {
      await createTopic(server, topic, 1)
      await operations.produce(server, { ...plain, topic, records: numbered('early', 20) })
      // Records carry the producer's clock in milliseconds: the next ones are later than this.
      await delay(20)
      const timestampMs = Date.now()
      const late = numbered('late', 20)
      await operations.produce(server, { ...plain, topic, records: late })
      sameRecords(await operations.consumeFrom(server, topic, timestampMs, late.length), late)
    },
  }
}

function admin({ operations }: ConformanceClient, topic: string): Case {
  return {
    title: 'create, describe, add partitions, delete a topic',
    stage: 'first',
    async run(server) {
      await operations.createTopic(server, topic, 2)
      equal(await eventually(() => operations.describeTopic(server, topic), 2), 2, 'partitions')
      await operations.addPartitions(server, topic, 5)
      equal(await eventually(() => operations.describeTopic(server, topic), 5), 5, 'partitions then')
      await operations.deleteTopic(server, topic)
      equal(await eventually(() => operations.describeTopic(server, topic), undefined), undefined, 'at last')
    },
  }
}

/** What was acknowledged and committed stays, through a kill -9 and through a restart. */
export function durable({ operations }: ConformanceClient, topic: string): Case[] {
  const first = numbered('first', recordsPerCase)
  const second = numbered('second', recordsPerCase / 2)
  const group = `${topic}-group`
  const half = first.length / 2
  return [
    {
      title: 'read half of a topic in a group and commit',
      stage: 'first',
      async run(server) {
        await createTopic(server, topic, 1)
        await operations.produce(server, { ...plain, topic, records: first })
        sameRecords(await operations.consume(server, topic, group, half), first.slice(0, half))
      },
    },
    {
      title: 'after kill -9: produce more, the group goes on where it committed',
      stage: 'after kill -9',
      async run(server) {
        await operations.produce(server, { ...plain, topic, records: second })
        const rest = [...first.slice(half), ...second]
        sameRecords(await operations.consume(server, topic, group, rest.length), rest)
      },
    },
    {
      title: 'after a restart: every record is there once, in order',
      stage: 'after restart',
      async run(server) {
        const all = [...first, ...second]
        sameRecords(await operations.consume(server, topic, null, all.length), all)
      },
    },
  ]
}

function numbered(name: string, count: number): ConformanceRecord[] {
  return Array.from({ length: count }, (_, index) => ({ key: null, value: `${name} ${index}`, headers: [] }))
}

/** A broker's metadata may lag for a moment, and a topic may go between being listed and described. */
async function eventually<T>(look: () => Promise<T>, expected: T): Promise<T> {
  for (let attempt = 0; attempt < 20; attempt++) {
    const seen = await look().catch((error: Error) => {
      if (error instanceof CannotDo) throw error
      return error
    })
    if (seen === expected) return expected
    await delay(100)
  }
  return look()
}

function sameRecords(actual: readonly ConformanceRecord[], expected: readonly ConformanceRecord[]): void {
  const at = expected.findIndex((record, index) => textOf(record) !== textOf(actual[index]))
  equal(actual.length, expected.length, 'number of records')
  if (at >= 0) throw new Error(`record ${at} is ${textOf(actual[at])} instead of ${textOf(expected[at])}`)
}

function textOf(record: ConformanceRecord | undefined): string {
  const { key, value, headers } = record ?? { key: null, value: null, headers: [] }
  const text = JSON.stringify([key, value, headers])
  return text.length > 200 ? `${text.length} characters ${text.slice(0, 50)}…${text.slice(-20)}` : text
}
