// Reads assigned partitions: knows the position of each, keeps one Fetch under way per leader and what it brought
// until it is taken. A partition whose records are not yet taken is not asked for again, which bounds the memory.
// Retriable errors are told to `onWarning` and tried again after a pause; others end up in `takeError`.

import { errors } from '../base/errors.ts'
import { type TopicPartition, topicPartitionKey } from '../base/topic-partition.ts'
import { zeroUuid } from '../base/uuid.ts'
import { defaultsFetchPartition } from '../protocol/generated/fetch-request.ts'
import type { PartitionData } from '../protocol/generated/fetch-response.ts'
import { calls } from './api-call.ts'
import { retryBackoff } from './backoff.ts'
import { about, type ClientError, failure } from './client-error.ts'
import { type ConsumedRecord, readFetched } from './fetched-records.ts'
import type { KafkaClient } from './kafka-client.ts'
import { type IsolationLevel, isolationNumber, lookUpOffsets } from './offset-lookup.ts'

export interface FetcherOptions {
  readonly isolation: IsolationLevel
  /** Where to begin without a position, and when the position is not in the log any more; 'none': an error. */
  readonly autoOffsetReset: 'earliest' | 'latest' | 'none'
  readonly fetchBytesMin: number
  readonly fetchBytesMax: number
  readonly partitionBytesMax: number
  /** How long a broker waits for `fetchBytesMin`. */
  readonly fetchWaitMsMax: number
}

interface PartitionState extends TopicPartition {
  /** Of the next record to be taken; undefined: to be looked up. */
  position: number | undefined
  resetTo: 'earliest' | 'latest' | 'none'
  fetched: ConsumedRecord[]
  /** Where the next fetch begins, once `fetched` is taken. */
  fetchOffset: number
  isBusy: boolean
  notBeforeMs: number
}

export class Fetcher {
  readonly #options: FetcherOptions
  readonly #client: KafkaClient
  readonly #onWarning: (error: ClientError) => void
  #states = new Map<string, PartitionState>()
  #error: ClientError | undefined
  #wake: () => void = () => {}

  constructor(options: FetcherOptions, client: KafkaClient, onWarning: (error: ClientError) => void) {
    this.#options = options
    this.#client = client
    this.#onWarning = onWarning
  }

  get assignment(): TopicPartition[] {
    return [...this.#states.values()].map(({ topic, partition }) => ({ topic, partition }))
  }

  /** Partitions that were assigned before keep their positions. */
  assign(partitions: readonly TopicPartition[]): void {
    const before = this.#states
    this.#states = new Map(
      partitions.map(({ topic, partition }) => {
        const key = topicPartitionKey({ topic, partition })
        return [key, before.get(key) ?? this.#newState(topic, partition)]
      }),
    )
  }

  /** The next record to be taken has this offset, or is the first or the next one of the log. */
  seek(topicPartition: TopicPartition, to: number | 'earliest' | 'latest'): void {
    const state = this.#states.get(topicPartitionKey(topicPartition))
    if (state === undefined) return
    // A new state: what is under way for the old one is dropped when it comes.
    const fresh = this.#newState(state.topic, state.partition)
    if (typeof to === 'number') {
      fresh.position = to
      fresh.fetchOffset = to
    } else {
      fresh.resetTo = to
    }
    this.#states.set(topicPartitionKey(topicPartition), fresh)
  }

  /** Undefined: not known yet. */
  position(topicPartition: TopicPartition): number | undefined {
    return this.#states.get(topicPartitionKey(topicPartition))?.position
  }

  /** An error that repeating does not help with, once. */
  takeError(): ClientError | undefined {
    const error = this.#error
    this.#error = undefined
    return error
  }

  /** Up to `countMax` records; positions move behind them. */
  take(countMax: number): ConsumedRecord[] {
    const taken: ConsumedRecord[] = []
    for (const state of this.#states.values()) {
      const room = countMax - taken.length
      if (room === 0) break
      const { fetched } = state
      if (fetched.length === 0) continue
      const records = fetched.length <= room ? fetched : fetched.slice(0, room)
      state.fetched = fetched.length <= room ? [] : fetched.slice(room)
      state.position = state.fetched[0]?.offset ?? state.fetchOffset
      // Not spread into `push`: a fetch can bring more records than a call takes arguments.
      for (const record of records) taken.push(record)
    }
    return taken
  }

  /** Starts what can be started; resolves when something came or `waitMsMax` is over. */
  async fetch(waitMsMax: number): Promise<void> {
    const { clock, timers } = this.#client.modules
    const nowMs = clock.monotonicMs()
    const idle = [...this.#states.values()].filter(
      (state) => !state.isBusy && state.fetched.length === 0 && state.notBeforeMs <= nowMs,
    )
    const unplaced = idle.filter(({ position }) => position === undefined)
    if (unplaced.length > 0) void this.#lookUp(unplaced)
    void this.#fetchPlaced(idle.filter(({ position }) => position !== undefined))
    await new Promise<void>((resolve) => {
      const timer = timers.after(Math.min(waitMsMax, retryBackoff.initialMs), resolve)
      this.#wake = () => {
        timer.cancel()
        resolve()
      }
    })
  }

  #newState(topic: string, partition: number): PartitionState {
    const resetTo = this.#options.autoOffsetReset
    return {
      topic,
      partition,
      position: undefined,
      resetTo,
      fetched: [],
      fetchOffset: -1,
      isBusy: false,
      notBeforeMs: 0,
    }
  }

  async #lookUp(states: readonly PartitionState[]): Promise<void> {
    for (const state of states) state.isBusy = true
    for (const [spec, group] of Map.groupBy(states, ({ resetTo }) => resetTo)) {
      if (spec === 'none') {
        for (const { topic, partition } of group) {
          const message = `partition ${topic}-${partition} has no position and no policy for finding one`
          this.#error = failure(errors.OFFSET_OUT_OF_RANGE, message).error
        }
        continue
      }
      const found = await lookUpOffsets(this.#client, group, spec, this.#options.isolation)
      for (const [index, result] of found.entries()) {
        const state = group[index]!
        if (!result.ok) this.#failed(state, result.error)
        else state.position = state.fetchOffset = result.value.offset
      }
    }
    for (const state of states) state.isBusy = false
    this.#wake()
  }

  async #fetchPlaced(states: readonly PartitionState[]): Promise<void> {
    for (const state of states) state.isBusy = true
    const leaders = await Promise.all(
      states.map(({ topic, partition }) => this.#client.leaderOf(topic, partition)),
    )
    const byLeader = new Map<number, PartitionState[]>()
    for (const [index, leader] of leaders.entries()) {
      const state = states[index]!
      if (leader.ok) byLeader.set(leader.value, [...(byLeader.get(leader.value) ?? []), state])
      else {
        state.isBusy = false
        this.#failed(state, leader.error)
      }
    }
    for (const [leader, led] of byLeader) void this.#fetchFrom(leader, led)
  }

  async #fetchFrom(leader: number, states: readonly PartitionState[]): Promise<void> {
    const answer = await this.#client.request(leader, calls.fetch, this.#fetchBody(states))
    for (const state of states) {
      state.isBusy = false
      if (!answer.ok) {
        this.#client.forgetTopic(state.topic)
        this.#failed(state, answer.error)
        continue
      }
      const data = answer.value.responses
        .find(({ topic }) => topic === state.topic)
        ?.partitions.find(({ partitionIndex }) => partitionIndex === state.partition)
      const errorCode = answer.value.errorCode || data?.errorCode || errors.NONE
      if (errorCode !== errors.NONE) this.#onPartitionError(state, errorCode)
      else if (data !== undefined) this.#onPartitionData(state, data)
    }
    this.#wake()
  }

  #fetchBody(states: readonly PartitionState[]) {
    const { fetchWaitMsMax, fetchBytesMin, fetchBytesMax, partitionBytesMax, isolation } = this.#options
    const topics = Map.groupBy(states, ({ topic }) => topic)
    return {
      ...calls.fetch.request.defaults(),
      maxWaitMs: fetchWaitMsMax,
      minBytes: fetchBytesMin,
      maxBytes: fetchBytesMax,
      isolationLevel: isolationNumber(isolation),
      topics: [...topics].map(([topic, ofTopic]) => ({
        topic,
        topicId: zeroUuid,
        partitions: ofTopic.map(({ partition, fetchOffset }) => ({
          ...defaultsFetchPartition(),
          partition,
          fetchOffset,
          partitionMaxBytes: partitionBytesMax,
        })),
      })),
    }
  }

  #onPartitionData(state: PartitionState, data: PartitionData): void {
    const { topic, partition, fetchOffset } = state
    const { records, abortedTransactions } = data
    if (records === null || records.length === 0) return
    const read = readFetched({ topic, partition, fetchOffset, bytes: records, abortedTransactions })
    if (!read.ok) {
      this.#error = read.error
      return
    }
    state.fetched = read.value.records
    state.fetchOffset = read.value.nextOffset
    if (state.fetched.length === 0) state.position = state.fetchOffset
  }

  #onPartitionError(state: PartitionState, errorCode: number): void {
    if (errorCode === errors.OFFSET_OUT_OF_RANGE && this.#options.autoOffsetReset !== 'none') {
      state.resetTo = this.#options.autoOffsetReset
      state.position = undefined
      return
    }
    this.#client.forgetTopic(state.topic)
    this.#failed(state, failure(errorCode).error)
  }

  #failed(state: PartitionState, error: ClientError): void {
    const { topic, partition } = state
    // Sought elsewhere or given up meanwhile: nobody waits for it.
    if (this.#states.get(topicPartitionKey(state)) !== state) return
    const named = about(`partition ${topic}-${partition}`, { ok: false, error }).error
    state.notBeforeMs = this.#client.modules.clock.monotonicMs() + retryBackoff.maxMs
    if (error.isRetriable) this.#onWarning(named)
    else this.#error = named
  }
}
