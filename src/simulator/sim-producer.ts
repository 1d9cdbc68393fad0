// An idempotent producer of a run. It numbers what it writes, `p0:17:xxx`, so that order and repetitions show. From
// time to time it ends and another one goes on with the numbers under a new producer id.

import type { Prng } from '../base/prng.ts'
import { type TopicPartition, topicPartitionKey } from '../base/topic-partition.ts'
import { Producer, producerDefaults } from '../client/producer.ts'
import type { Clients } from './clients.ts'
import { batchBytesMax } from './run-options.ts'
import { expiringTopic, mainTopic, tablePartitions } from './topics.ts'

/** Longer than any run: no record is given up. */
const deliveryTimeoutMs = 3_600_000
const expiringShare = 0.2
const tableShare = 0.4
const tombstoneShare = 0.2
const tableBytesMax = 300

export class SimProducer {
  readonly #clients: Clients
  readonly #index: number
  readonly #prng: Prng
  #number = 0
  #isStopping = false

  constructor(options: { index: number }, modules: { clients: Clients; prng: Prng }) {
    this.#index = options.index
    this.#clients = modules.clients
    this.#prng = modules.prng.fork(`producer-${options.index}`)
  }

  stop(): void {
    this.#isStopping = true
  }

  async run(): Promise<void> {
    while (!this.#isStopping) {
      await this.#live()
      this.#clients.sometimes.note('producer replaced')
    }
  }

  async #live(): Promise<void> {
    const { env, options } = this.#clients
    const client = this.#clients.client(`producer-${this.#index}`)
    const producer = new Producer(
      { ...producerDefaults, batchBytesMax, compression: options.compression, deliveryTimeoutMs },
      client,
    )
    const endMs = env.clock.monotonicMs() + this.#prng.between(500, options.producerLifeMsMax)
    const acknowledged: Promise<void>[] = []
    while (!this.#isStopping && env.clock.monotonicMs() < endMs) {
      acknowledged.push(this.#send(producer))
      if (this.#prng.chance(0.3)) await this.#clients.sleep(this.#prng.between(0, options.sendIntervalMsMax))
    }
    await producer.flush()
    await Promise.all(acknowledged)
    client.close()
  }

  #send(producer: Producer): Promise<void> {
    const { history, options } = this.#clients
    if (this.#prng.chance(tableShare)) return this.#sendKeyed(producer)
    const isExpiring = this.#prng.chance(expiringShare)
    const to = isExpiring
      ? { topic: expiringTopic, partition: 0 }
      : { topic: mainTopic, partition: this.#prng.between(0, options.partitions - 1) }
    const value = this.#nextValue(options.recordBytesMax)
    return this.#sendTo(producer, to, { key: null, value }, (offset, timestamp) =>
      history.onAcknowledged(topicPartitionKey(to), { offset, value, timestamp }),
    )
  }

  /** The keys are those of all producers, and a record of them may take one away. */
  #sendKeyed(producer: Producer): Promise<void> {
    const { history, tables, options } = this.#clients
    const to = this.#prng.pick(tablePartitions(options))
    const key = `k${this.#prng.between(0, options.keys - 1)}`
    const value = this.#prng.chance(tombstoneShare) ? '' : this.#nextValue(tableBytesMax)
    tables.onSent(topicPartitionKey(to), { key, value })
    return this.#sendTo(producer, to, { key, value }, (offset, timestamp) => {
      tables.onAcknowledged(topicPartitionKey(to), { offset, key, value, timestamp })
      history.countAcknowledgement()
    })
  }

  #nextValue(bytesMax: number): string {
    return `p${this.#index}:${this.#number++}:${'x'.repeat(this.#prng.between(0, bytesMax))}`
  }

  async #sendTo(
    producer: Producer,
    { topic, partition }: TopicPartition,
    { key, value }: { key: string | null; value: string },
    onAcknowledged: (offset: number, timestamp: number) => void,
  ): Promise<void> {
    const timestamp = this.#clients.env.clock.wallMs()
    const record = {
      key: key === null ? null : Buffer.from(key),
      value: value === '' ? null : Buffer.from(value),
      partition,
      timestamp,
    }
    const result = await producer.send(topic, record)
    if (result.ok) onAcknowledged(result.value.offset, timestamp)
    else if (!this.#clients.mayLose) {
      // Only a broker that lost records it had acknowledged may refuse a sequence.
      this.#clients.fail(new Error(`'${value.slice(0, 20)}' is refused: ${result.error.message}`))
    }
  }
}
