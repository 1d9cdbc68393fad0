// A member of the group that reads all topics of a run. It commits what it has read, and tells the history.

import { type TopicPartition, topicPartitionKey } from '../base/topic-partition.ts'
import { Consumer, consumerDefaults } from '../client/consumer.ts'
import { type Clients, groupId } from './clients.ts'
import { expiringTopic, mainTopic } from './topics.ts'

const pollMs = 500

export class SimConsumer {
  readonly #clients: Clients
  readonly #index: number
  /** Partitions of which records were read and no commit was answered since. */
  readonly #uncommitted = new Set<string>()
  #consumer: Consumer | undefined
  #isStopping = false

  constructor(options: { index: number }, modules: { clients: Clients }) {
    this.#index = options.index
    this.#clients = modules.clients
  }

  get assignment(): readonly TopicPartition[] {
    return this.#consumer?.assignment ?? []
  }

  stop(): void {
    this.#isStopping = true
  }

  async run(): Promise<void> {
    const client = this.#clients.client(`consumer-${this.#index}`)
    const { sessionTimeoutMs } = this.#clients.options
    const consumer = new Consumer(
      {
        ...consumerDefaults,
        groupId,
        sessionTimeoutMs,
        heartbeatIntervalMs: sessionTimeoutMs / 6,
        rebalanceTimeoutMs: 20_000,
        autoOffsetReset: 'earliest',
        autoCommitIntervalMs: undefined,
      },
      client,
    )
    this.#consumer = consumer
    consumer.subscribe([mainTopic, expiringTopic])
    while (!this.#isStopping) {
      const polled = await consumer.poll(pollMs)
      if (!polled.ok) {
        await this.#clients.sleep(pollMs)
        continue
      }
      for (const { topic, partition, offset, timestamp, value } of polled.value) {
        const name = topicPartitionKey({ topic, partition })
        this.#clients.history.onRead(name, { offset, timestamp, value: Buffer.from(value ?? []).toString() })
        this.#uncommitted.add(name)
      }
      await this.#commit(consumer)
    }
    await consumer.close()
    client.close()
  }

  /** Commits what was read since the last commit that was answered, of the partitions that are still owned. */
  async #commit(consumer: Consumer): Promise<void> {
    const positions = consumer.assignment.flatMap((topicPartition) => {
      const offset = consumer.position(topicPartition)
      const isDue = this.#uncommitted.has(topicPartitionKey(topicPartition))
      return isDue && offset !== undefined ? [{ ...topicPartition, offset }] : []
    })
    if (positions.length === 0) return
    const committed = await consumer.commit(positions)
    if (!committed.ok) return
    for (const position of positions) {
      this.#uncommitted.delete(topicPartitionKey(position))
      this.#clients.history.onCommitted(topicPartitionKey(position), position.offset)
    }
  }
}
