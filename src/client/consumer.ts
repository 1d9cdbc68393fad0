// Reads records, either of partitions that are assigned by hand or as a member of a group. `poll` is the heart: it
// keeps the membership, finds positions and fetches; between two polls only heartbeats go on. What `poll` returned
// counts as processed at the next one: that is what automatic commits commit.

import { assert } from '../base/assert.ts'
import { errors } from '../base/errors.ts'
import type { TopicPartition } from '../base/topic-partition.ts'
import type { Timer } from '../env/env.ts'
import { type ClientError, failure, type Result, success } from './client-error.ts'
import { type CommittedOffset, commitOffsets, fetchCommitted, noMember } from './committed-offsets.ts'
import type { ConsumedRecord } from './fetched-records.ts'
import { Fetcher, type FetcherOptions } from './fetcher.ts'
import { GroupMember, type GroupMemberOptions } from './group-member.ts'
import type { KafkaClient } from './kafka-client.ts'

export interface ConsumerOptions extends FetcherOptions, Omit<GroupMemberOptions, 'groupId' | 'topics'> {
  /** Needed for `subscribe` and `commit`. */
  readonly groupId: string | null
  /** Undefined: only `commit` commits. */
  readonly autoCommitIntervalMs: number | undefined
  readonly recordsPerPollMax: number
  /** Told of errors that are tried again. */
  readonly onWarning: (error: ClientError) => void
}

/** Kafka's defaults. */
export const consumerDefaults: ConsumerOptions = {
  groupId: null,
  instanceId: null,
  isolation: 'read_uncommitted',
  autoOffsetReset: 'latest',
  fetchBytesMin: 1,
  fetchBytesMax: 52_428_800,
  partitionBytesMax: 1_048_576,
  fetchWaitMsMax: 500,
  sessionTimeoutMs: 45_000,
  rebalanceTimeoutMs: 300_000,
  heartbeatIntervalMs: 3000,
  autoCommitIntervalMs: 5000,
  recordsPerPollMax: 500,
  onWarning: () => {},
}

export class Consumer {
  readonly #options: ConsumerOptions
  readonly #client: KafkaClient
  readonly #fetcher: Fetcher
  #member: GroupMember | undefined
  #joining: Promise<Result<void>> | undefined
  /** What the last join gave, until the committed offsets are known. */
  #unplaced: readonly TopicPartition[] | undefined
  #lastCommitMs: number

  constructor(options: ConsumerOptions, client: KafkaClient) {
    this.#options = options
    this.#client = client
    this.#fetcher = new Fetcher(options, client, options.onWarning)
    this.#lastCommitMs = client.modules.clock.monotonicMs()
  }

  get assignment(): TopicPartition[] {
    return this.#fetcher.assignment
  }

  /** Reads these partitions; positions come from `seek`, else from `autoOffsetReset`. */
  assign(partitions: readonly TopicPartition[]): void {
    this.#fetcher.assign(partitions)
  }

  /** Becomes a member of the group, with the next polls. Positions are the committed ones. */
  subscribe(topics: readonly string[]): void {
    const { groupId } = this.#options
    assert(groupId !== null, 'a consumer that subscribes has a group')
    this.#member = new GroupMember(
      { ...this.#options, groupId, topics },
      this.#client,
      this.#options.onWarning,
    )
  }

  seek(topicPartition: TopicPartition, to: number | 'earliest' | 'latest'): void {
    this.#fetcher.seek(topicPartition, to)
  }

  /** The offset of the next record `poll` returns; undefined: not known yet. */
  position(topicPartition: TopicPartition): number | undefined {
    return this.#fetcher.position(topicPartition)
  }

  /** The next records of the assigned partitions, in order within each; none when `waitMsMax` is over. */
  async poll(waitMsMax: number): Promise<Result<ConsumedRecord[]>> {
    const { clock } = this.#client.modules
    const deadlineMs = clock.monotonicMs() + waitMsMax
    for (;;) {
      const restMs = Math.max(0, deadlineMs - clock.monotonicMs())
      const ready = await this.#keepMembership(restMs)
      if (ready !== undefined && !ready.ok) return ready
      this.#commitIfDue()
      const records = this.#fetcher.take(this.#options.recordsPerPollMax)
      const error = this.#fetcher.takeError()
      if (error !== undefined) return { ok: false, error }
      if (records.length > 0 || clock.monotonicMs() >= deadlineMs) return success(records)
      if (ready !== undefined) await this.#fetcher.fetch(deadlineMs - clock.monotonicMs())
    }
  }

  /** Commits `offsets`, or the positions of all assigned partitions. */
  async commit(offsets?: readonly (TopicPartition & { readonly offset: number })[]): Promise<Result<void>> {
    const { groupId } = this.#options
    if (groupId === null) return failure(errors.INVALID_GROUP_ID, 'a consumer without a group cannot commit')
    const committer = this.#member?.committer ?? noMember
    return this.#client.retrying(this.#client.requestTimeoutMs, () =>
      commitOffsets(this.#client, groupId, offsets ?? this.#positions(), committer),
    )
  }

  committed(partitions: readonly TopicPartition[]): Promise<Result<CommittedOffset[]>> {
    return this.#client.retrying(this.#client.requestTimeoutMs, () =>
      fetchCommitted(this.#client, this.#options.groupId ?? '', partitions),
    )
  }

  /** Commits if that is automatic, and leaves the group. The client stays open. */
  async close(): Promise<Result<void>> {
    const committed =
      this.#options.autoCommitIntervalMs !== undefined && this.#member?.isMember === true
        ? await this.commit()
        : success(undefined)
    this.#fetcher.assign([])
    await this.#member?.leave()
    return committed
  }

  /** Undefined: the join is still under way after `waitMsMax`. */
  async #keepMembership(waitMsMax: number): Promise<Result<void> | undefined> {
    const member = this.#member
    if (member === undefined) return success(undefined)
    const isPlaced = this.#joining === undefined && this.#unplaced === undefined
    if (member.isMember && isPlaced) return success(undefined)
    this.#joining ??= this.#joinAndPlace(member)
    let timer: Timer | undefined
    const timeout = new Promise<undefined>((resolve) => {
      timer = this.#client.modules.timers.after(waitMsMax, () => resolve(undefined))
    })
    const result = await Promise.race([this.#joining, timeout])
    timer?.cancel()
    if (result !== undefined) this.#joining = undefined
    return result
  }

  async #joinAndPlace(member: GroupMember): Promise<Result<void>> {
    if (!member.isMember || this.#unplaced === undefined) {
      const joined = await this.#rejoin(member)
      if (!joined.ok) return joined
      this.#unplaced = joined.value
    }
    const partitions = this.#unplaced
    const committed = partitions.length === 0 ? success([]) : await this.committed(partitions)
    if (!committed.ok) return committed
    this.#unplaced = undefined
    this.#fetcher.assign(partitions)
    for (const topicPartition of committed.value) this.#fetcher.seek(topicPartition, topicPartition.offset)
    this.#lastCommitMs = this.#client.modules.clock.monotonicMs()
    return success(undefined)
  }

  async #rejoin(member: GroupMember): Promise<Result<readonly TopicPartition[]>> {
    const canCommit = this.#options.autoCommitIntervalMs !== undefined && member.committer.generation >= 0
    // Whoever gets the partitions next begins where this member ended.
    if (canCommit) {
      const committed = await this.commit()
      if (!committed.ok) this.#options.onWarning(committed.error)
    }
    this.#fetcher.assign([])
    const joined = await member.join()
    if (!joined.ok) return joined
    const partitions = [...joined.value].flatMap(([topic, indexes]) =>
      indexes.map((partition) => ({ topic, partition })),
    )
    return success(partitions)
  }

  #positions(): (TopicPartition & { offset: number })[] {
    return this.assignment.flatMap((topicPartition) => {
      const offset = this.position(topicPartition)
      return offset === undefined ? [] : [{ ...topicPartition, offset }]
    })
  }

  #commitIfDue(): void {
    const { autoCommitIntervalMs } = this.#options
    if (autoCommitIntervalMs === undefined || this.#member?.isMember !== true) return
    const nowMs = this.#client.modules.clock.monotonicMs()
    if (nowMs - this.#lastCommitMs < autoCommitIntervalMs) return
    this.#lastCommitMs = nowMs
    void this.commit().then((committed) => {
      if (!committed.ok) this.#options.onWarning(committed.error)
    })
  }
}
