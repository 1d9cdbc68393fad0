// The clients of a run, on a host of their own: producers, a group of consumers, an administrator; and the reader that
// compares the end with what they were told.

import { assert } from '../base/assert.ts'
import type { Prng } from '../base/prng.ts'
import { type TopicPartition, topicPartitionKey } from '../base/topic-partition.ts'
import { Consumer, consumerDefaults } from '../client/consumer.ts'
import type { KafkaClient } from '../client/kafka-client.ts'
import { lookUpOffsets } from '../client/offset-lookup.ts'
import { type Clients, groupId } from './clients.ts'
import { demand } from './data-checker.ts'
import type { FinalPartition, ReadRecord } from './history.ts'
import { SimAdministrator } from './sim-administrator.ts'
import type { SimBroker } from './sim-broker.ts'
import { SimConsumer } from './sim-consumer.ts'
import { SimFetcher } from './sim-fetcher.ts'
import { SimProducer } from './sim-producer.ts'
import { SimTableReader } from './sim-table-reader.ts'
import type { TableRead } from './table-history.ts'
import { expiringPartition, streamPartitions } from './topics.ts'

/** The checkers wait longer for nothing than any answer takes once all faults are gone. */
const endOfPartitionMs = 3000
/** How many offsets and timestamps of a partition are looked up by index. */
const lookUps = 5

export class Workload {
  readonly clients: Clients
  readonly administrator: SimAdministrator
  readonly #producers: readonly SimProducer[]
  readonly #consumers: readonly SimConsumer[]
  readonly #fetcher: SimFetcher
  readonly #tableReader: SimTableReader
  readonly #prng: Prng
  #producing = 0

  constructor(modules: { clients: Clients; broker: SimBroker; prng: Prng }) {
    const { clients, prng } = modules
    const { producers, consumers } = clients.options
    this.clients = clients
    this.#prng = prng.fork('checker')
    this.#fetcher = new SimFetcher(modules)
    this.#tableReader = new SimTableReader(modules)
    this.administrator = new SimAdministrator(modules)
    this.#producers = Array.from({ length: producers }, (_, index) => new SimProducer({ index }, modules))
    this.#consumers = Array.from({ length: consumers }, (_, index) => new SimConsumer({ index }, modules))
  }

  start(): void {
    for (const producer of this.#producers) {
      this.#producing++
      this.clients.run(() => producer.run().finally(() => this.#producing--))
    }
    for (const consumer of this.#consumers) this.clients.run(() => consumer.run())
    this.clients.run(() => this.#fetcher.run())
    this.clients.run(() => this.#tableReader.run())
    this.clients.run(() => this.administrator.run())
  }

  /** Lets the producers finish what they have begun. */
  stopProducing(): void {
    for (const producer of this.#producers) producer.stop()
    this.administrator.stop()
  }

  get hasProduced(): boolean {
    return this.#producing === 0
  }

  stopConsuming(): void {
    for (const consumer of this.#consumers) consumer.stop()
    this.#fetcher.stop()
    this.#tableReader.stop()
  }

  /** E5: every partition belongs to one consumer, and all that was acknowledged and stays is read and committed. */
  get isConsumed(): boolean {
    const names = streamPartitions(this.clients.options).map(topicPartitionKey)
    const assigned = this.#consumers.flatMap((consumer) => consumer.assignment.map(topicPartitionKey))
    const isCovered = assigned.length === names.length && names.every((each) => assigned.includes(each))
    return (
      isCovered &&
      this.#fetcher.hasCaughtUp &&
      this.clients.history.hasCaughtUp(names.filter((name) => name !== expiringPartition))
    )
  }

  /** Everything that a partition holds, read from its beginning; some of it looked up once more by index. */
  async readFinal(topicPartition: TopicPartition): Promise<FinalPartition> {
    const client = this.clients.client('checker')
    const [earliest] = await lookUpOffsets(client, [topicPartition], 'earliest')
    const [committed] = await this.#committed(client, [topicPartition])
    assert(earliest?.ok === true, 'the log start can be looked up')
    const logStartOffset = earliest.value.offset
    const records = await this.#read(client, topicPartition, logStartOffset, Infinity)
    await this.#checkIndexes(client, topicPartition, records)
    client.close()
    return { logStartOffset, records, committedOffset: committed }
  }

  /** The same of a compacted partition. */
  async readTable(topicPartition: TopicPartition): Promise<TableRead> {
    const client = this.clients.client('checker')
    const table = await this.#tableReader.read(client, topicPartition)
    assert(table !== undefined, `${topicPartitionKey(topicPartition)} can be read`)
    const records = table.records.map(({ offset, timestamp, value }) => ({ offset, timestamp, value }))
    await this.#checkIndexes(client, topicPartition, records)
    client.close()
    return table
  }

  async #committed(client: KafkaClient, partitions: TopicPartition[]): Promise<(number | undefined)[]> {
    const consumer = new Consumer({ ...consumerDefaults, groupId }, client)
    const offsets = await consumer.committed(partitions)
    assert(offsets.ok, 'committed offsets can be read')
    return partitions.map(({ partition }) => {
      const found = offsets.value.find((each) => each.partition === partition)
      return found === undefined ? undefined : Number(found.offset)
    })
  }

  async #read(
    client: KafkaClient,
    topicPartition: TopicPartition,
    fromOffset: number,
    countMax: number,
  ): Promise<ReadRecord[]> {
    const consumer = new Consumer({ ...consumerDefaults, autoOffsetReset: 'earliest' }, client)
    consumer.assign([topicPartition])
    consumer.seek(topicPartition, fromOffset)
    const records: ReadRecord[] = []
    while (records.length < countMax) {
      const polled = await consumer.poll(endOfPartitionMs)
      assert(polled.ok, `${topicPartitionKey(topicPartition)} can be read`)
      if (polled.value.length === 0) break
      for (const { offset, timestamp, value } of polled.value)
        records.push({ offset, timestamp, value: Buffer.from(value ?? []).toString() })
    }
    await consumer.close()
    return records
  }

  /** S36: what is found by offset and by timestamp is what a reader from the beginning finds. */
  async #checkIndexes(
    client: KafkaClient,
    topicPartition: TopicPartition,
    records: readonly ReadRecord[],
  ): Promise<void> {
    const name = topicPartitionKey(topicPartition)
    for (let count = 0; count < lookUps && records.length > 0; count++) {
      const expected = this.#prng.pick(records)
      const [found] = await this.#read(client, topicPartition, expected.offset, 1)
      demand(
        found?.offset === expected.offset && found.value === expected.value,
        `S36: ${name}: offset ${expected.offset} is looked up and ${found?.offset} found`,
      )
      const { timestamp } = this.#prng.pick(records)
      const first = records.find((record) => record.timestamp >= timestamp)
      const [looked] = await lookUpOffsets(client, [topicPartition], timestamp)
      demand(
        looked?.ok === true && looked.value.offset === first?.offset,
        `S36: ${name}: timestamp ${timestamp} is at ${looked?.ok ? looked.value.offset : '?'}, not ${first?.offset}`,
      )
    }
  }
}
