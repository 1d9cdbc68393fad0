// A reader of compacted partitions, as an application that builds a table from one: it reads from the beginning to
// where the partition ended when it began, again and again, while records are written, superseded and cleaned away.

import type { Prng } from '../base/prng.ts'
import { type TopicPartition, topicPartitionKey } from '../base/topic-partition.ts'
import { Consumer, consumerDefaults } from '../client/consumer.ts'
import type { KafkaClient } from '../client/kafka-client.ts'
import { lookUpOffsets } from '../client/offset-lookup.ts'
import type { Clients } from './clients.ts'
import type { KeyedRecord, TableRead } from './table-history.ts'
import { fadingTopic, tablePartitions } from './topics.ts'

const pollMs = 500
const pauseMsMax = 1500

export class SimTableReader {
  readonly #clients: Clients
  readonly #prng: Prng
  #isStopping = false

  constructor(modules: { clients: Clients; prng: Prng }) {
    this.#clients = modules.clients
    this.#prng = modules.prng.fork('table-reader')
  }

  stop(): void {
    this.#isStopping = true
  }

  async run(): Promise<void> {
    const client = this.#clients.client('table-reader')
    while (!this.#isStopping) {
      const table = this.#prng.pick(tablePartitions(this.#clients.options))
      const read = await this.read(client, table)
      if (read !== undefined) this.#clients.tables.onRead(topicPartitionKey(table), read)
      await this.#clients.sleep(this.#prng.between(0, pauseMsMax))
    }
    client.close()
  }

  /** Undefined when a fault came between. */
  async read(client: KafkaClient, table: TopicPartition): Promise<TableRead | undefined> {
    const newest = this.#clients.tables.newest(topicPartitionKey(table))
    const [end] = await lookUpOffsets(client, [table], 'latest')
    if (end?.ok !== true) return undefined
    const records = await this.#readTo(client, table, end.value.offset)
    return records === undefined ? undefined : { newest, records, ...this.#goneBefore(table) }
  }

  async #readTo(client: KafkaClient, table: TopicPartition, end: number): Promise<KeyedRecord[] | undefined> {
    const consumer = new Consumer({ ...consumerDefaults, autoOffsetReset: 'earliest' }, client)
    consumer.assign([table])
    consumer.seek(table, 'earliest')
    const records: KeyedRecord[] = []
    while ((consumer.position(table) ?? -1) < end) {
      const polled = await consumer.poll(pollMs)
      if (!polled.ok) return undefined
      // A broker that lost records ends before that.
      if (polled.value.length === 0 && this.#clients.mayLose) break
      records.push(...polled.value.map(keyed))
    }
    await consumer.close()
    return records
  }

  /** What is younger was never old enough by the broker's clock, which may have jumped ahead. */
  #goneBefore({ topic }: TopicPartition): Pick<TableRead, 'expiredBeforeMs' | 'tombstonesBeforeMs'> {
    const { clockJumpMsMax, retentionMs, compaction } = this.#clients.options
    const nowMs = clockJumpMsMax > 0 ? Infinity : this.#clients.env.clock.wallMs()
    return {
      expiredBeforeMs: topic === fadingTopic ? nowMs - retentionMs : -Infinity,
      tombstonesBeforeMs: nowMs - compaction.deleteRetentionMs,
    }
  }
}

function keyed({
  offset,
  timestamp,
  key,
  value,
}: {
  readonly offset: number
  readonly timestamp: number
  readonly key: Uint8Array | null
  readonly value: Uint8Array | null
}): KeyedRecord {
  const text = (bytes: Uint8Array | null) => Buffer.from(bytes ?? []).toString()
  return { offset, timestamp, key: text(key), value: text(value) }
}
