// The clients of a run, on a host of their own: producers that number what they write, consumers that read as a
// group and commit, an operator who creates and deletes topics. They use the project's own client.

import { assert } from '../base/assert.ts'
import { errors } from '../base/errors.ts'
import type { Prng } from '../base/prng.ts'
import { zeroUuid } from '../base/uuid.ts'
import { calls } from '../client/api-call.ts'
import { Consumer, consumerDefaults } from '../client/consumer.ts'
import { KafkaClient } from '../client/kafka-client.ts'
import { Producer, producerDefaults } from '../client/producer.ts'
import type { Env } from '../env/env.ts'
import { createTopicsRequest } from '../protocol/generated/create-topics-request.ts'
import { deleteTopicsRequest } from '../protocol/generated/delete-topics-request.ts'
import type { History, ReadRecord } from './history.ts'
import type { RunOptions } from './run-options.ts'
import { brokerPort, type SimBroker } from './sim-broker.ts'

export const mainTopic = 'main'
const groupId = 'readers'
const pollMs = 500
/** The checkers wait longer for nothing than any answer takes once all faults are gone. */
const endOfPartitionMs = 5000
const deliveryTimeoutMs = 3_600_000

export class Workload {
  readonly #env: Env
  readonly #options: RunOptions
  readonly #history: History
  readonly #prng: Prng
  #isStopping = false
  #running = 0
  #failure: unknown

  constructor(env: Env, options: RunOptions, history: History, prng: Prng) {
    this.#env = env
    this.#options = options
    this.#history = history
    this.#prng = prng
  }

  /** Throws what went wrong in a client. */
  check(): void {
    if (this.#failure !== undefined) throw this.#failure
  }

  get isDone(): boolean {
    return this.#running === 0
  }

  /** Lets every client finish what it has begun. */
  stop(): void {
    this.#isStopping = true
  }

  start(broker: SimBroker): void {
    for (let index = 0; index < this.#options.producers; index++) this.#run(() => this.#produce(index))
    for (let index = 0; index < this.#options.consumers; index++) this.#run(() => this.#consume(index))
    this.#run(() => this.#administrate(broker))
  }

  async createMainTopic(): Promise<void> {
    const client = this.#client('creator')
    const created = await client.retrying(deliveryTimeoutMs, () => this.#createTopic(client, mainTopic))
    client.close()
    assert(created.ok, 'the main topic is created')
  }

  /** Everything a partition holds, read from the beginning. */
  async readAll(partition: number): Promise<ReadRecord[]> {
    const client = this.#client(`checker-${partition}`)
    const consumer = new Consumer({ ...consumerDefaults, autoOffsetReset: 'earliest' }, client)
    const topicPartition = { topic: mainTopic, partition }
    consumer.assign([topicPartition])
    consumer.seek(topicPartition, 'earliest')
    const records: ReadRecord[] = []
    for (;;) {
      const polled = await consumer.poll(endOfPartitionMs)
      assert(polled.ok, `partition ${partition} can be read`)
      if (polled.value.length === 0) break
      for (const { offset, value } of polled.value) records.push({ offset, value: text(value) })
    }
    await consumer.close()
    client.close()
    return records
  }

  async committed(): Promise<Map<number, number>> {
    const client = this.#client('committed')
    const consumer = new Consumer({ ...consumerDefaults, groupId }, client)
    const partitions = Array.from({ length: this.#options.partitions }, (_, partition) => ({
      topic: mainTopic,
      partition,
    }))
    const offsets = await consumer.committed(partitions)
    assert(offsets.ok, 'committed offsets can be read')
    client.close()
    return new Map(offsets.value.map(({ partition, offset }) => [partition, Number(offset)]))
  }

  #run(work: () => Promise<void>): void {
    this.#running++
    work()
      .catch((error) => {
        this.#failure = error
      })
      .finally(() => this.#running--)
  }

  async #produce(index: number): Promise<void> {
    const prng = this.#prng.fork(`producer-${index}`)
    const client = this.#client(`producer-${index}`)
    const producer = new Producer(
      { ...producerDefaults, compression: this.#options.compression, deliveryTimeoutMs },
      client,
    )
    const acknowledged: Promise<void>[] = []
    for (let number = 0; !this.#isStopping; number++) {
      const value = `p${index}:${number}:${'x'.repeat(prng.between(0, this.#options.recordBytesMax))}`
      const partition = prng.between(0, this.#options.partitions - 1)
      acknowledged.push(
        producer.send(mainTopic, { key: null, value: Buffer.from(value), partition }).then((result) => {
          if (result.ok) this.#history.onAcknowledged(name(partition), result.value.offset, value)
          // Only a broker that lost records it had acknowledged may refuse a sequence.
          else if (this.#options.crash === 'kill')
            this.#failure ??= new Error(`'${value.slice(0, 20)}' is refused: ${result.error.message}`)
        }),
      )
      if (prng.chance(0.3)) await this.#sleep(prng.between(0, this.#options.sendIntervalMsMax))
    }
    await producer.flush()
    await Promise.all(acknowledged)
    client.close()
  }

  async #consume(index: number): Promise<void> {
    const client = this.#client(`consumer-${index}`)
    const consumer = new Consumer(
      { ...consumerDefaults, groupId, autoOffsetReset: 'earliest', autoCommitIntervalMs: undefined },
      client,
    )
    consumer.subscribe([mainTopic])
    while (!this.#isStopping) {
      const polled = await consumer.poll(pollMs)
      if (!polled.ok) {
        await this.#sleep(pollMs)
        continue
      }
      const offsets = new Map<number, number>()
      for (const { partition, offset, value } of polled.value) {
        this.#history.onRead(name(partition), { offset, value: text(value) })
        offsets.set(partition, offset + 1)
      }
      if (offsets.size > 0) await this.#commit(consumer, offsets)
    }
    await consumer.close()
    client.close()
  }

  async #commit(consumer: Consumer, offsets: ReadonlyMap<number, number>): Promise<void> {
    const positions = [...offsets].map(([partition, offset]) => ({ topic: mainTopic, partition, offset }))
    const committed = await consumer.commit(positions)
    if (!committed.ok) return
    for (const [partition, offset] of offsets) this.#history.onCommitted(name(partition), offset)
  }

  async #administrate(broker: SimBroker): Promise<void> {
    const prng = this.#prng.fork('administrator')
    const client = this.#client('administrator')
    for (let number = 0; !this.#isStopping; number++) {
      const topic = `t${number}`
      broker.topicsInChange.add(topic)
      await this.#createTopic(client, topic)
      await this.#sleep(prng.between(100, 3000))
      if (prng.chance(0.5)) await this.#deleteTopic(client, topic)
      await this.#sleep(prng.between(100, 3000))
    }
    client.close()
  }

  async #createTopic(client: KafkaClient, topic: string) {
    const configs = [{ name: 'internal.segment.bytes', value: String(this.#options.segmentBytes) }]
    const creatable = { name: topic, numPartitions: -1, replicationFactor: -1, assignments: [], configs }
    const request = { ...createTopicsRequest.defaults(), topics: [creatable] }
    const answer = await client.request('any', calls.createTopics, request)
    if (!answer.ok) return answer
    const { errorCode } = answer.value.topics[0]!
    const isThere = errorCode === errors.NONE || errorCode === errors.TOPIC_ALREADY_EXISTS
    assert(isThere, `topic ${topic} can be created, error ${errorCode}`)
    return answer
  }

  async #deleteTopic(client: KafkaClient, topic: string): Promise<void> {
    await client.request('any', calls.deleteTopics, {
      ...deleteTopicsRequest.defaults(),
      topics: [{ name: topic, topicId: zeroUuid }],
    })
  }

  #client(clientId: string): KafkaClient {
    const { network, timers, clock, random } = this.#env
    return new KafkaClient(
      { bootstrapServers: [{ host: 'broker', port: brokerPort }], clientId, requestTimeoutMs: 10_000 },
      { network, timers, clock, random },
    )
  }

  #sleep(ms: number): Promise<void> {
    return new Promise((resolve) => this.#env.timers.after(ms, () => resolve()))
  }
}

export function name(partition: number): string {
  return `${mainTopic}-${partition}`
}

function text(value: Uint8Array | null): string {
  return Buffer.from(value ?? []).toString()
}
