// The administrator of a run: creates, grows, configures and deletes topics, and deletes records of the one that may
// lose them. A topic whose change was not answered stays among those in change: it may be either way.

import { assert } from '../base/assert.ts'
import { errors } from '../base/errors.ts'
import type { Prng } from '../base/prng.ts'
import { zeroUuid } from '../base/uuid.ts'
import { calls } from '../client/api-call.ts'
import type { Result } from '../client/client-error.ts'
import type { KafkaClient } from '../client/kafka-client.ts'
import { createPartitionsRequest } from '../protocol/generated/create-partitions-request.ts'
import { createTopicsRequest } from '../protocol/generated/create-topics-request.ts'
import { deleteRecordsRequest } from '../protocol/generated/delete-records-request.ts'
import { deleteRecordsResponse } from '../protocol/generated/delete-records-response.ts'
import { deleteTopicsRequest } from '../protocol/generated/delete-topics-request.ts'
import { incrementalAlterConfigsRequest } from '../protocol/generated/incremental-alter-configs-request.ts'
import { incrementalAlterConfigsResponse } from '../protocol/generated/incremental-alter-configs-response.ts'
import type { Clients } from './clients.ts'
import type { SimBroker } from './sim-broker.ts'
import { expiringPartition, expiringTopic, fadingTopic, mainTopic, tableTopic } from './topics.ts'

const deleteRecords = { request: deleteRecordsRequest, response: deleteRecordsResponse }
const alterConfigs = { request: incrementalAlterConfigsRequest, response: incrementalAlterConfigsResponse }
const topicResource = 2
const keepForEver = -1
const setOperation = 0
const expiringSegmentBytes = 30_000
const pauseMsMax = 1500
/** Longer than any run. */
const creationMsMax = 3_600_000

export class SimAdministrator {
  readonly #clients: Clients
  readonly #prng: Prng
  readonly #broker: SimBroker
  readonly #topics = new Map<string, number>()
  #deletedTo = 0
  #isStopping = false

  constructor(modules: { clients: Clients; broker: SimBroker; prng: Prng }) {
    this.#clients = modules.clients
    this.#broker = modules.broker
    this.#prng = modules.prng.fork('administrator')
  }

  /** Up to where somebody asked for records of the expiring topic to be deleted. */
  get deletedTo(): number {
    return this.#deletedTo
  }

  stop(): void {
    this.#isStopping = true
  }

  /** The topics that the others work with. */
  async createTopics(): Promise<void> {
    const { segmentBytes, retentionMs, tables, compaction } = this.#clients.options
    const compacted = {
      'cleanup.policy': 'compact',
      'internal.segment.bytes': String(compaction.segmentBytes),
      'delete.retention.ms': String(compaction.deleteRetentionMs),
      // Whatever can be cleaned is worth it.
      'min.cleanable.dirty.ratio': '0',
    }
    const client = this.#clients.client('creator')
    const create = (topic: string, partitions: number, configs: Record<string, string>) =>
      client.retrying(creationMsMax, () => this.#create(client, topic, partitions, configs))
    const main = await create(mainTopic, -1, { 'internal.segment.bytes': String(segmentBytes) })
    const expiring = await create(expiringTopic, 1, {
      'internal.segment.bytes': String(expiringSegmentBytes),
      'retention.ms': String(retentionMs),
    })
    const fading = { ...compacted, 'cleanup.policy': 'compact,delete', 'retention.ms': String(retentionMs) }
    const made = [
      main,
      expiring,
      await create(tableTopic, tables, compacted),
      await create(fadingTopic, 1, fading),
      // As the broker makes it, but for the sizes: a group of a run does not write a segment of 100 MB.
      await create('__consumer_offsets', -1, compacted),
    ]
    client.close()
    assert(
      made.every(({ ok }) => ok),
      'the topics are created',
    )
  }

  async run(): Promise<void> {
    const client = this.#clients.client('administrator')
    for (let number = 0; !this.#isStopping; number++) {
      await this.#act(client, number)
      await this.#clients.sleep(this.#prng.between(50, pauseMsMax))
    }
    client.close()
  }

  async #act(client: KafkaClient, number: number): Promise<void> {
    const topics = [...this.#topics.keys()]
    const action = this.#prng.pick([
      'create',
      'create',
      'delete',
      'grow',
      'configure',
      'delete records',
    ] as const)
    if (action === 'delete records') return this.#deleteRecords(client)
    if (action === 'create' || topics.length === 0) return this.#createAnother(client, `t${number}`)
    const topic = this.#prng.pick(topics)
    if (action === 'delete') await this.#delete(client, topic)
    else if (action === 'grow') await this.#grow(client, topic)
    else await this.#configure(client, topic)
  }

  async #createAnother(client: KafkaClient, topic: string): Promise<void> {
    const partitions = this.#prng.between(1, 3)
    const isDone = await this.#changing(topic, () => this.#create(client, topic, partitions, {}))
    if (isDone) this.#topics.set(topic, partitions)
  }

  #delete(client: KafkaClient, topic: string): Promise<boolean> {
    this.#topics.delete(topic)
    return this.#changing(topic, () =>
      client.request('any', calls.deleteTopics, {
        ...deleteTopicsRequest.defaults(),
        topics: [{ name: topic, topicId: zeroUuid }],
      }),
    )
  }

  async #grow(client: KafkaClient, topic: string): Promise<void> {
    const count = this.#topics.get(topic)! + 1
    const isDone = await this.#changing(topic, () =>
      client.request('any', calls.createPartitions, {
        ...createPartitionsRequest.defaults(),
        topics: [{ name: topic, count, assignments: null }],
      }),
    )
    if (!isDone) return
    this.#topics.set(topic, count)
    this.#clients.sometimes.note('partitions added')
  }

  async #configure(client: KafkaClient, topic: string): Promise<void> {
    const retentionMs = this.#prng.between(1_000_000, 2_000_000)
    const isDone = await this.#changing(topic, () => setRetention(client, topic, retentionMs))
    if (isDone) this.#clients.sometimes.note('config changed')
  }

  /** From now on nothing goes for its age. */
  async endExpiry(): Promise<void> {
    const client = this.#clients.client('keeper')
    for (const topic of [expiringTopic, fadingTopic]) {
      const kept = await client.retrying(creationMsMax, () => setRetention(client, topic, keepForEver))
      assert(kept.ok, 'the retention is changed')
    }
    client.close()
  }

  /** Half of the time to the newest record that was acknowledged, which a client knows to be there. */
  async #deleteRecords(client: KafkaClient): Promise<void> {
    const last = this.#clients.history.lastAcknowledged(expiringPartition)
    if (last === undefined || last < 0) return
    const offset = this.#prng.chance(0.5) ? last : Math.floor(last / 2)
    this.#deletedTo = Math.max(this.#deletedTo, offset)
    const answer = await client.request('any', deleteRecords, {
      ...deleteRecordsRequest.defaults(),
      topics: [{ name: expiringTopic, partitions: [{ partitionIndex: 0, offset }] }],
    })
    if (!answer.ok) return
    const { errorCode, lowWatermark } = answer.value.topics[0]!.partitions[0]!
    if (errorCode !== errors.NONE) return
    assert(lowWatermark >= offset, `records below ${offset} are deleted, the log starts at ${lowWatermark}`)
    this.#clients.sometimes.note('records deleted on request')
  }

  /** Runs one change of a topic and says whether the broker answered it. */
  async #changing(topic: string, change: () => Promise<Result<unknown>>): Promise<boolean> {
    const { topicsInChange } = this.#broker
    const wasInDoubt = topicsInChange.has(topic)
    topicsInChange.add(topic)
    const answer = await change()
    if (answer.ok && !wasInDoubt) topicsInChange.delete(topic)
    return answer.ok
  }

  async #create(
    client: KafkaClient,
    topic: string,
    numPartitions: number,
    overrides: Record<string, string>,
  ): Promise<Result<unknown>> {
    const configs = Object.entries(overrides).map(([name, value]) => ({ name, value }))
    const creatable = { name: topic, numPartitions, replicationFactor: -1, assignments: [], configs }
    const request = { ...createTopicsRequest.defaults(), topics: [creatable] }
    const answer = await client.request('any', calls.createTopics, request)
    if (!answer.ok) return answer
    const { errorCode } = answer.value.topics[0]!
    const isThere = errorCode === errors.NONE || errorCode === errors.TOPIC_ALREADY_EXISTS
    assert(isThere, `topic ${topic} can be created, error ${errorCode}`)
    return answer
  }
}

function setRetention(client: KafkaClient, topic: string, retentionMs: number): Promise<Result<unknown>> {
  const config = { name: 'retention.ms', configOperation: setOperation, value: String(retentionMs) }
  return client.request('any', alterConfigs, {
    ...incrementalAlterConfigsRequest.defaults(),
    resources: [{ resourceType: topicResource, resourceName: topic, configs: [config] }],
  })
}
