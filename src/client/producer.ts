// Writes records. Per partition: records gather in batches, and one batch at a time is on its way, so that order
// holds through every retry and records that come meanwhile fill the next batch. With idempotence the broker drops
// repetitions: a batch keeps its producer id and sequence number from its first attempt to its last.

import { errors } from '../base/errors.ts'
import { topicPartitionKey } from '../base/topic-partition.ts'
import type { Compression } from '../protocol/records/compression.ts'
import { type ClientError, failure, type Result, success } from './client-error.ts'
import type { KafkaClient } from './kafka-client.ts'
import { nextStickyPartition, partitionOfKey } from './partitioner.ts'
import { ProduceGatherer } from './produce-gatherer.ts'
import {
  type BatchEntry,
  noIdentity,
  ProducerBatch,
  type ProducerRecord,
  type RecordMetadata,
  recordBytes,
} from './producer-batch.ts'
import { ProducerIdentity } from './producer-identity.ts'

export interface ProducerOptions {
  /** -1: all in-sync replicas; 0: no answer is waited for. */
  readonly acks: -1 | 0 | 1
  readonly compression: Compression
  readonly lingerMs: number
  /** Before compression; a larger record makes a batch of its own. */
  readonly batchBytesMax: number
  /** From `send` to the last attempt. */
  readonly deliveryTimeoutMs: number
  /** Needs acks -1. */
  readonly isIdempotent: boolean
  /** Whether a broker that allows it may create a missing topic. */
  readonly autoCreateTopics: boolean
}

/** Kafka's defaults. */
export const producerDefaults: ProducerOptions = {
  acks: -1,
  compression: 'none',
  lingerMs: 5,
  batchBytesMax: 16_384,
  deliveryTimeoutMs: 120_000,
  isIdempotent: true,
  autoCreateTopics: true,
}

interface PartitionQueue {
  readonly topic: string
  readonly partition: number
  /** The first is on its way or about to be; the last may be open. */
  readonly batches: ProducerBatch[]
}

interface TopicState {
  queues: PartitionQueue[] | undefined
  sticky: PartitionQueue | undefined
  /** Sends that wait until the number of partitions is known. */
  waiting: { record: ProducerRecord; resolve(result: Result<RecordMetadata>): void }[]
}

/** The broker has lost or never had what the sequence numbers refer to. */
const lostSequenceErrors: readonly number[] = [
  errors.OUT_OF_ORDER_SEQUENCE_NUMBER,
  errors.UNKNOWN_PRODUCER_ID,
  errors.INVALID_PRODUCER_EPOCH,
]

/** After these the batch may have been written all the same. */
const unsureErrors: readonly number[] = [
  errors.NETWORK_EXCEPTION,
  errors.REQUEST_TIMED_OUT,
  errors.NOT_ENOUGH_REPLICAS_AFTER_APPEND,
  errors.UNKNOWN_SERVER_ERROR,
  errors.KAFKA_STORAGE_ERROR,
]

export class Producer {
  readonly #options: ProducerOptions
  readonly #client: KafkaClient
  readonly #gatherer: ProduceGatherer
  readonly #identity: ProducerIdentity
  readonly #topics = new Map<string, TopicState>()
  #bufferedBytes = 0
  #unsettledCount = 0
  #isFlushing = false
  #waiters: { readonly isDue: () => boolean; readonly resolve: () => void }[] = []

  constructor(options: ProducerOptions, client: KafkaClient) {
    this.#options = options
    this.#client = client
    this.#gatherer = new ProduceGatherer(options.acks, client)
    this.#identity = new ProducerIdentity(client)
  }

  /** Records that were sent and are not yet settled. */
  get bufferedBytes(): number {
    return this.#bufferedBytes
  }

  /** Resolves when the record is acknowledged or given up. Records of a partition keep their order. */
  send(topic: string, record: ProducerRecord): Promise<Result<RecordMetadata>> {
    this.#unsettledCount++
    this.#bufferedBytes += recordBytes({ timestamp: 0, ...record })
    return new Promise((resolve) => {
      const settle = (result: Result<RecordMetadata>) => {
        this.#unsettledCount--
        this.#bufferedBytes -= recordBytes({ timestamp: 0, ...record })
        resolve(result)
        this.#wakeWaiters()
      }
      const state = this.#topic(topic)
      if (state.queues === undefined) state.waiting.push({ record, resolve: settle })
      else this.#append(state, state.queues, record, settle)
    })
  }

  /** Resolves when less than `bytes` are buffered: a sender that waits for it bounds its memory. */
  whenBufferedBelow(bytes: number): Promise<void> {
    return this.#when(() => this.#bufferedBytes < bytes)
  }

  /** Sends what lingers; resolves when every record sent before is settled. */
  async flush(): Promise<void> {
    this.#isFlushing = true
    for (const { queues } of this.#topics.values())
      for (const { batches } of queues ?? []) batches.at(-1)?.seal()
    await this.#when(() => this.#unsettledCount === 0)
    this.#isFlushing = false
  }

  #when(isDue: () => boolean): Promise<void> {
    if (isDue()) return Promise.resolve()
    return new Promise((resolve) => this.#waiters.push({ isDue, resolve }))
  }

  #wakeWaiters(): void {
    const due = this.#waiters.filter(({ isDue }) => isDue())
    if (due.length === 0) return
    this.#waiters = this.#waiters.filter((waiter) => !due.includes(waiter))
    for (const { resolve } of due) resolve()
  }

  #topic(topic: string): TopicState {
    const known = this.#topics.get(topic)
    if (known !== undefined) return known
    const state: TopicState = { queues: undefined, sticky: undefined, waiting: [] }
    this.#topics.set(topic, state)
    void this.#loadTopic(topic, state)
    return state
  }

  async #loadTopic(topic: string, state: TopicState): Promise<void> {
    const { deliveryTimeoutMs, autoCreateTopics } = this.#options
    const loaded = await this.#client.retrying(deliveryTimeoutMs, async () => {
      const metadata = await this.#client.metadata([topic], { autoCreate: autoCreateTopics })
      if (!metadata.ok) return metadata
      const { errorCode, partitions } = metadata.value.topics.get(topic)!
      if (errorCode === errors.NONE) return success(partitions.length)
      return failure(
        errorCode,
        errorCode === errors.UNKNOWN_TOPIC_OR_PARTITION ? `topic ${topic} does not exist` : null,
      )
    })
    const { waiting } = state
    state.waiting = []
    if (!loaded.ok) {
      this.#topics.delete(topic)
      for (const { resolve } of waiting) resolve(loaded)
      return
    }
    const queues = Array.from({ length: loaded.value }, (_, partition) => ({ topic, partition, batches: [] }))
    state.queues = queues
    for (const { record, resolve } of waiting) this.#append(state, queues, record, resolve)
  }

  #append(
    state: TopicState,
    queues: readonly PartitionQueue[],
    record: ProducerRecord,
    resolve: (result: Result<RecordMetadata>) => void,
  ): void {
    const queue = this.#queueOf(state, queues, record)
    if (queue === undefined) {
      const message = `the topic has no partition ${record.partition}, it has ${queues.length}`
      resolve(failure(errors.UNKNOWN_TOPIC_OR_PARTITION, message))
      return
    }
    const { clock } = this.#client.modules
    const { key, value, headers, timestamp = clock.wallMs() } = record
    const entry: BatchEntry = { record: { key, value, timestamp, ...(headers && { headers }) }, resolve }
    const last = queue.batches.at(-1)
    const isFull =
      last !== undefined && last.sizeBytes + recordBytes(entry.record) > this.#options.batchBytesMax
    if (isFull) last.seal()
    if (last !== undefined && !last.isSealed) {
      last.add(entry)
      return
    }
    queue.batches.push(new ProducerBatch(clock.monotonicMs(), [entry]))
    if (queue.batches.length === 1) void this.#drive(queue)
  }

  #queueOf(
    state: TopicState,
    queues: readonly PartitionQueue[],
    { key, partition }: ProducerRecord,
  ): PartitionQueue | undefined {
    if (partition !== undefined) return queues[partition]
    if (key !== null) return queues[partitionOfKey(key, queues.length)]
    const { sticky } = state
    if (sticky === undefined || sticky.batches.at(-1)?.isSealed !== false) {
      const next = nextStickyPartition(sticky?.partition, queues.length, this.#client.modules.random)
      state.sticky = queues[next]
    }
    return state.sticky
  }

  /** Delivers the batches of one partition, one after another, until none is left. */
  async #drive(queue: PartitionQueue): Promise<void> {
    for (let batch = queue.batches[0]; batch !== undefined; batch = queue.batches[0]) {
      await this.#whenSealed(batch)
      const delivered = await this.#deliver(queue, batch)
      queue.batches.shift()
      if (!delivered.ok && delivered.error.code === errors.MESSAGE_TOO_LARGE && batch.entries.length > 1) {
        queue.batches.unshift(...halves(batch))
        continue
      }
      settle(queue, batch, delivered)
    }
  }

  #whenSealed(batch: ProducerBatch): Promise<void> {
    if (batch.isSealed) return batch.sealed
    const { timers, clock } = this.#client.modules
    const restMs = this.#isFlushing ? 0 : batch.createdMs + this.#options.lingerMs - clock.monotonicMs()
    // What is sent in this turn still joins the batch.
    if (restMs <= 0) timers.soon(() => batch.seal())
    else timers.after(restMs, () => batch.seal())
    return batch.sealed
  }

  async #deliver(queue: PartitionQueue, batch: ProducerBatch): Promise<Result<Delivery>> {
    const restMs =
      batch.createdMs + this.#options.deliveryTimeoutMs - this.#client.modules.clock.monotonicMs()
    const delivered = await this.#client.retrying(restMs, () => this.#attempt(queue, batch))
    if (!delivered.ok) this.#giveUp(queue, batch)
    return delivered
  }

  async #attempt(queue: PartitionQueue, batch: ProducerBatch): Promise<Result<Delivery>> {
    const leader = await this.#client.leaderOf(queue.topic, queue.partition)
    if (!leader.ok) return leader
    const encoded = await this.#encode(queue, batch)
    if (!encoded.ok) return encoded
    const { topic, partition } = queue
    const answer = await this.#gatherer.send(leader.value, { topic, partition, records: encoded.value })
    if (!answer.ok) return this.#attemptFailed(queue, batch, answer.error)
    const { errorCode, errorMessage, baseOffset, logAppendTimeMs } = answer.value
    if (errorCode === errors.NONE) return success({ baseOffset, logAppendTimeMs })
    if (errorCode === errors.DUPLICATE_SEQUENCE_NUMBER)
      return success({ baseOffset: -1, logAppendTimeMs: -1 })
    return this.#attemptFailed(queue, batch, failure(errorCode, errorMessage).error)
  }

  #attemptFailed(queue: PartitionQueue, batch: ProducerBatch, error: ClientError): Result<Delivery> {
    // Most retriable errors mean that the partition moved; asking once more costs little.
    if (error.isRetriable) this.#client.forgetTopic(queue.topic)
    if (unsureErrors.includes(error.code) && !error.isUnreachable) batch.isUnsure = true
    if (lostSequenceErrors.includes(error.code) && !batch.isUnsure) {
      this.#identity.renew(batch.identity!)
      batch.forgetEncoding()
      return { ok: false, error: { ...error, isRetriable: true } }
    }
    return { ok: false, error }
  }

  async #encode(queue: PartitionQueue, batch: ProducerBatch): Promise<Result<Uint8Array>> {
    const { isIdempotent, compression } = this.#options
    if (!isIdempotent || batch.identity !== undefined) return success(batch.encode(noIdentity, compression))
    const identity = await this.#identity.take(topicPartitionKey(queue), batch.entries.length)
    return identity.ok ? success(batch.encode(identity.value, compression)) : identity
  }

  #giveUp(queue: PartitionQueue, { identity, isUnsure }: ProducerBatch): void {
    if (identity === undefined || identity === noIdentity) return
    if (isUnsure) this.#identity.renew(identity)
    else this.#identity.takeBack(topicPartitionKey(queue), identity)
  }
}

interface Delivery {
  readonly baseOffset: number
  readonly logAppendTimeMs: number
}

function halves(batch: ProducerBatch): ProducerBatch[] {
  const middle = Math.ceil(batch.entries.length / 2)
  return [batch.entries.slice(0, middle), batch.entries.slice(middle)].map((entries) => {
    const half = new ProducerBatch(batch.createdMs, entries)
    half.seal()
    return half
  })
}

function settle(
  { topic, partition }: PartitionQueue,
  { entries }: ProducerBatch,
  delivered: Result<Delivery>,
): void {
  for (const [index, { record, resolve }] of entries.entries()) {
    if (!delivered.ok) {
      resolve(delivered)
      continue
    }
    const { baseOffset, logAppendTimeMs } = delivered.value
    const offset = baseOffset < 0 ? -1 : baseOffset + index
    const timestamp = logAppendTimeMs < 0 ? record.timestamp : logAppendTimeMs
    resolve(success({ topic, partition, offset, timestamp }))
  }
}
