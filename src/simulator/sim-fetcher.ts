// A reader of the main topic with a fetch session (KIP-227): it names its partitions once and afterwards only what has
// changed. Now and then it forgets its session, which the broker has to bound. What comes has to go on where it ended.

import { assert } from '../base/assert.ts'
import { errors } from '../base/errors.ts'
import type { Prng } from '../base/prng.ts'
import { topicPartitionKey } from '../base/topic-partition.ts'
import { zeroUuid } from '../base/uuid.ts'
import { calls } from '../client/api-call.ts'
import type { FetchPartition } from '../protocol/generated/fetch-request.ts'
import { defaultsFetchPartition } from '../protocol/generated/fetch-request.ts'
import type { FetchResponse, PartitionData } from '../protocol/generated/fetch-response.ts'
import { batchHeaders } from '../protocol/records/record-batch.ts'
import type { Clients } from './clients.ts'
import { demand } from './data-checker.ts'
import { mainTopic } from './topics.ts'

const waitMsMax = 300
const pauseMsMax = 300
const partitionBytesMax = 100_000
const forgetShare = 0.02
/** Of a request that begins a session. */
const firstEpoch = 0
const noSession = { id: 0, epoch: firstEpoch }

export class SimFetcher {
  readonly #clients: Clients
  readonly #prng: Prng
  /** Where each partition goes on. */
  readonly #positions: number[]
  /** Those whose position the session does not know yet. */
  readonly #moved: Set<number>
  #session = noSession
  #isStopping = false

  constructor(modules: { clients: Clients; prng: Prng }) {
    this.#clients = modules.clients
    this.#prng = modules.prng.fork('fetcher')
    this.#positions = new Array(this.#clients.options.partitions).fill(0)
    this.#moved = new Set(this.#positions.keys())
  }

  /** Whether all that was acknowledged has been read. */
  get hasCaughtUp(): boolean {
    return this.#positions.every((position, partition) => {
      const last = this.#clients.history.lastAcknowledged(topicPartitionKey({ topic: mainTopic, partition }))
      return position > (last ?? -1)
    })
  }

  stop(): void {
    this.#isStopping = true
  }

  async run(): Promise<void> {
    const client = this.#clients.client('fetcher')
    while (!this.#isStopping) {
      const answer = await client.request('any', calls.fetch, this.#request())
      if (answer.ok && answer.value.errorCode === errors.NONE) this.#onAnswer(answer.value)
      else this.#beginAnew(answer.ok)
      if (this.#prng.chance(forgetShare)) this.#beginAnew(false)
      await this.#clients.sleep(this.#prng.between(0, pauseMsMax))
    }
    client.close()
  }

  /** All partitions in the first request of a session, then those that moved. */
  #request() {
    const asked = [...this.#moved].map((partition) => this.#partition(partition))
    this.#moved.clear()
    return {
      ...calls.fetch.request.defaults(),
      maxWaitMs: waitMsMax,
      minBytes: 1,
      sessionId: this.#session.id,
      sessionEpoch: this.#session.epoch,
      topics: asked.length === 0 ? [] : [{ topic: mainTopic, topicId: zeroUuid, partitions: asked }],
    }
  }

  #partition(partition: number): FetchPartition {
    const fetchOffset = this.#positions[partition]!
    return { ...defaultsFetchPartition(), partition, fetchOffset, partitionMaxBytes: partitionBytesMax }
  }

  #onAnswer({ sessionId, responses }: FetchResponse): void {
    const { epoch } = this.#session
    // Without room for another session the broker answers without one.
    this.#session = sessionId === 0 ? noSession : { id: sessionId, epoch: epoch + 1 }
    if (sessionId === 0) this.#clients.sometimes.note('fetch without a session for want of room')
    else if (epoch > firstEpoch) this.#clients.sometimes.note('fetch session went on')
    for (const { partitions } of responses) for (const data of partitions) this.#onPartition(data)
    if (sessionId === 0) this.#beginAnew(false)
  }

  #onPartition({ partitionIndex, errorCode, records }: PartitionData): void {
    if (errorCode === errors.OFFSET_OUT_OF_RANGE) {
      assert(this.#clients.mayLose, 'nothing was lost, so no offset is behind the end')
      this.#move(partitionIndex, 0)
    }
    if (records === null) return
    for (const { header } of batchHeaders(records)) {
      const position = this.#positions[partitionIndex]!
      demand(
        header.baseOffset <= position && position <= header.lastOffset,
        `S11: ${mainTopic}-${partitionIndex}: a session at ${position} is given ${header.baseOffset}`,
      )
      this.#move(partitionIndex, header.lastOffset + 1)
    }
  }

  #move(partition: number, position: number): void {
    this.#positions[partition] = position
    this.#moved.add(partition)
  }

  #beginAnew(isRefused: boolean): void {
    if (isRefused) this.#clients.sometimes.note('fetch session refused')
    this.#session = noSession
    for (const partition of this.#positions.keys()) this.#moved.add(partition)
  }
}
