// An idempotent producer of a run. It numbers what it writes, `p0:17:xxx`, so that order and repetitions show. From
// time to time it ends and another one goes on with the numbers under a new producer id.

import type { Prng } from '../base/prng.ts'
import { topicPartitionKey } from '../base/topic-partition.ts'
import { Producer, producerDefaults } from '../client/producer.ts'
import { type Clients, expiringTopic, mainTopic } from './clients.ts'

/** Longer than any run: no record is given up. */
const deliveryTimeoutMs = 3_600_000
const expiringShare = 0.2

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
      { ...producerDefaults, compression: options.compression, deliveryTimeoutMs },
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

  async #send(producer: Producer): Promise<void> {
    const { env, history, options } = this.#clients
    const value = `p${this.#index}:${this.#number++}:${'x'.repeat(this.#prng.between(0, options.recordBytesMax))}`
    const isExpiring = this.#prng.chance(expiringShare)
    const topic = isExpiring ? expiringTopic : mainTopic
    const partition = isExpiring ? 0 : this.#prng.between(0, options.partitions - 1)
    const timestamp = env.clock.wallMs()
    const result = await producer.send(topic, { key: null, value: Buffer.from(value), partition, timestamp })
    if (result.ok) {
      const { offset } = result.value
      history.onAcknowledged(topicPartitionKey({ topic, partition }), { offset, value, timestamp })
    } else if (!this.#clients.mayLose) {
      // Only a broker that lost records it had acknowledged may refuse a sequence.
      this.#clients.fail(new Error(`'${value.slice(0, 20)}' is refused: ${result.error.message}`))
    }
  }
}
