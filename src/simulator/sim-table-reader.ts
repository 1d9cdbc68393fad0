// A reader of compacted partitions, as an application that builds a table from one: it reads from the beginning to
// where the partition ends, again and again, while records are written, superseded and cleaned away.

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
/** Writers may be faster for a while. */
const roundsMax = 20

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

  /**
   * Reads until there is nothing more: a record may be gone for one that was written while this read. Undefined when
   * a fault came between, or when the end stayed ahead.
   */
  async read(client: KafkaClient, table: TopicPartition): Promise<TableRead | undefined> {
    const newest = this.#clients.tables.newest(topicPartitionKey(table))
    const consumer = new Consumer({ ...consumerDefaults, autoOffsetReset: 'earliest' }, client)
    consumer.assign([table])
    consumer.seek(table, 'earliest')
    const records: KeyedRecord[] = []
    for (let round = 0; round < roundsMax; round++) {
      const [end] = await lookUpOffsets(client, [table], 'latest')
      if (end?.ok !== true) return undefined
      const isThere = (consumer.position(table) ?? -1) >= end.value.offset
      const isLost = !isThere && (await this.#readTo(consumer, table, end.value.offset, records))
      if (isLost === undefined) return undefined
      if (!isThere && !isLost) continue
      await consumer.close()
      return { newest, records, ...this.#goneBefore(table) }
    }
    return undefined
  }

  /** Answers whether records up to `end` are lost, as they may be; undefined when a fault came between. */
  async #readTo(
    consumer: Consumer,
    table: TopicPartition,
    end: number,
    records: KeyedRecord[],
  ): Promise<boolean | undefined> {
    while ((consumer.position(table) ?? -1) < end) {
      const polled = await consumer.poll(pollMs)
      if (!polled.ok) return undefined
      if (polled.value.length === 0 && this.#clients.mayLose) return true
      records.push(...polled.value.map(keyed))
    }
    return false
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
