// One replica of a partition on this broker: who leads it, how far it is committed, who waits for that.
// With one replica the high watermark is what the operating system has taken: a record is visible and
// acknowledged when it survives the death of this process, never earlier.
// Invariants: the high watermark never goes back while this broker leads; every waiter is called once, with
// success or with the error that ended it. Source: Partition, DelayedProduce.

import { errors } from '../base/errors.ts'
import type { TopicPartition } from '../base/topic-partition.ts'
import type { AppendOptions, AppendResult } from '../log/append-result.ts'
import type { TimestampAndOffset } from '../log/log-reader.ts'
import type { PartitionLog } from '../log/partition-log.ts'
import type { PartitionImage } from '../metadata/partition-image.ts'

export interface PartitionOptions {
  readonly nodeId: number
  readonly topicPartition: TopicPartition
  readonly topicId: string
}

export interface LeaderAndEpoch {
  readonly leaderId: number
  readonly leaderEpoch: number
}

/** Watches one partition until it is removed; errors are Kafka codes. */
export interface PartitionWatcher {
  onHighWatermark(offset: number, bytesAdded: number): void
  onFailed(error: number): void
}

/** Of a client that does not know the leader's epoch, and of a log without records. */
const unknownEpoch = -1

interface CommitWaiter {
  readonly endOffset: number
  readonly onDone: (error: number) => void
}

export type FetchBounds =
  | { readonly ok: true; readonly endOffset: number }
  | { readonly ok: false; readonly error: number }
  | { readonly ok: 'diverging'; readonly epoch: number; readonly endOffset: number }

export interface FetchPosition {
  readonly fetchOffset: number
  /** -1: the client does not know it. */
  readonly currentLeaderEpoch: number
  /** -1: not given; otherwise the epoch of the record before `fetchOffset` (KIP-595). */
  readonly lastFetchedEpoch: number
  /** 0 and above: a broker that follows. */
  readonly replicaId: number
  readonly isolation: 'read-uncommitted' | 'read-committed' | 'log-end'
}

export class Partition {
  readonly topicPartition: TopicPartition
  readonly topicId: string
  readonly log: PartitionLog
  readonly #nodeId: number
  readonly #watchers = new Set<PartitionWatcher>()
  #commitWaiters: CommitWaiter[] = []
  #image: PartitionImage
  #bytesAppended = 0
  #failure: number | undefined

  constructor(options: PartitionOptions, image: PartitionImage, log: PartitionLog) {
    this.topicPartition = options.topicPartition
    this.topicId = options.topicId
    this.log = log
    this.#nodeId = options.nodeId
    this.#image = image
    log.onWritten = () => this.#onWritten()
    log.onFailed = () => this.fail(errors.KAFKA_STORAGE_ERROR)
    log.highWatermark = log.writtenEndOffset
  }

  get image(): PartitionImage {
    return this.#image
  }

  get leader(): LeaderAndEpoch {
    return { leaderId: this.#image.leader, leaderEpoch: this.#image.leaderEpoch }
  }

  get highWatermark(): number {
    return this.log.highWatermark
  }

  /** The last stable offset as consumers may see it. */
  get lastStableOffset(): number {
    return Math.min(this.log.lastStableOffset, this.log.highWatermark)
  }

  /** Takes a newer state of the metadata log. Losing leadership ends every waiter. */
  update(image: PartitionImage): void {
    const wasLeader = this.#image.leader === this.#nodeId
    this.#image = image
    if (wasLeader && image.leader !== this.#nodeId) this.#endWaiters(errors.NOT_LEADER_OR_FOLLOWER)
  }

  /** The error of a request that needs the leader: wrong broker, wrong epoch (KIP-320), broken log. */
  leaderError(currentLeaderEpoch: number): number {
    if (this.#failure !== undefined) return this.#failure
    if (currentLeaderEpoch !== unknownEpoch && currentLeaderEpoch < this.#image.leaderEpoch)
      return errors.FENCED_LEADER_EPOCH
    if (currentLeaderEpoch > this.#image.leaderEpoch) return errors.UNKNOWN_LEADER_EPOCH
    if (this.#image.leader !== this.#nodeId) return errors.NOT_LEADER_OR_FOLLOWER
    return errors.NONE
  }

  /** Appends one batch as leader. `inSyncReplicasMin` is 0 where the caller asks for fewer acks than all. */
  append(
    records: Uint8Array,
    options: Omit<AppendOptions, 'leaderEpoch'>,
    inSyncReplicasMin: number,
  ): AppendResult {
    const error = this.leaderError(-1)
    if (error !== errors.NONE) return refused(error, null)
    // Kafka caps the demand at the replication factor: more replicas than that there cannot be.
    const required = Math.min(inSyncReplicasMin, this.#image.replicas.length)
    if (this.#image.isr.length < required)
      return refused(
        errors.NOT_ENOUGH_REPLICAS,
        `${this.#image.isr.length} replicas are in sync, min.insync.replicas asks for ${required}`,
      )
    const result = this.log.append(records, { ...options, leaderEpoch: this.#image.leaderEpoch })
    if (result.ok && !result.duplicate) this.#bytesAppended += records.length
    return result
  }

  /** Moves the log start up to `offset`, -1 standing for the high watermark. Answers a Kafka error code. */
  deleteRecords(offset: number): number {
    const error = this.leaderError(-1)
    if (error !== errors.NONE) return error
    const { log } = this
    if (!log.config.cleanupPolicy.delete) return errors.POLICY_VIOLATION
    const target = offset === -1 ? log.highWatermark : offset
    if (target < 0 || target > log.highWatermark) return errors.OFFSET_OUT_OF_RANGE
    log.incrementLogStartOffset(target)
    return errors.NONE
  }

  /** Calls `onDone` once all offsets below `endOffset` are committed, at once if they are. */
  whenCommitted(endOffset: number, onDone: (error: number) => void): void {
    if (this.#failure !== undefined) onDone(this.#failure)
    else if (endOffset <= this.log.highWatermark) onDone(errors.NONE)
    else this.#commitWaiters.push({ endOffset, onDone })
  }

  watch(watcher: PartitionWatcher): () => void {
    this.#watchers.add(watcher)
    return () => this.#watchers.delete(watcher)
  }

  /** Where a fetch may read to; without touching the disk. */
  fetchBounds(position: FetchPosition): FetchBounds {
    // A Fetch says with any negative epoch that it knows none.
    const error = this.leaderError(Math.max(position.currentLeaderEpoch, unknownEpoch))
    if (error !== errors.NONE) return { ok: false, error }
    if (position.replicaId >= 0) return { ok: false, error: notAFollower(position) }
    const { log } = this
    if (position.lastFetchedEpoch >= 0) {
      const epochEnd = this.endOffsetForEpoch(position.lastFetchedEpoch)
      if (epochEnd.epoch < 0) return { ok: false, error: errors.OFFSET_OUT_OF_RANGE }
      if (epochEnd.epoch < position.lastFetchedEpoch || epochEnd.endOffset < position.fetchOffset)
        return { ok: 'diverging', epoch: epochEnd.epoch, endOffset: epochEnd.endOffset }
    }
    if (position.fetchOffset < log.logStartOffset || position.fetchOffset > log.logEndOffset)
      return { ok: false, error: errors.OFFSET_OUT_OF_RANGE }
    return { ok: true, endOffset: this.endOffset(position.isolation) }
  }

  /**
   * The largest epoch not above `epoch` and where it ends; -1 and -1 when that is not known. The leader's epoch
   * begins where the log ended when it took over, also before it writes; Kafka stores that at each election.
   */
  endOffsetForEpoch(epoch: number): { epoch: number; endOffset: number } {
    const { leaderEpoch } = this.#image
    const { latestEpoch = unknownEpoch, logEndOffset } = this.log
    const isEmpty = latestEpoch === unknownEpoch
    const isNewerThanLog = epoch <= leaderEpoch && (isEmpty || epoch >= latestEpoch)
    if (epoch === unknownEpoch || latestEpoch >= leaderEpoch || !isNewerThanLog)
      return this.log.endOffsetForEpoch(epoch)
    return { epoch: isEmpty || epoch === leaderEpoch ? epoch : latestEpoch, endOffset: logEndOffset }
  }

  /** The log start; of an empty log in the epoch of the leader that will write there. */
  earliest(): TimestampAndOffset {
    const earliest = this.log.earliest()
    const isEmpty = earliest.offset === this.log.logEndOffset
    return isEmpty ? { ...earliest, leaderEpoch: this.#image.leaderEpoch } : earliest
  }

  /** The first offset a reader of this isolation may not see. */
  endOffset(isolation: FetchPosition['isolation']): number {
    if (isolation === 'log-end') return this.log.logEndOffset
    return isolation === 'read-committed' ? this.lastStableOffset : this.log.highWatermark
  }

  /** Ends the partition on this broker: its log failed, or it is deleted. Nothing is served afterwards. */
  fail(error: number): void {
    if (this.#failure !== undefined) return
    this.#failure = error
    this.#endWaiters(error)
  }

  #onWritten(): void {
    const { log } = this
    if (log.writtenEndOffset <= log.highWatermark) return
    log.highWatermark = log.writtenEndOffset
    const bytesAdded = this.#bytesAppended
    this.#bytesAppended = 0
    const done: CommitWaiter[] = []
    // Appends come in order of offsets, so the waiters do too.
    while (this.#commitWaiters[0] !== undefined && this.#commitWaiters[0].endOffset <= log.highWatermark)
      done.push(this.#commitWaiters.shift()!)
    for (const waiter of done) waiter.onDone(errors.NONE)
    for (const watcher of [...this.#watchers]) watcher.onHighWatermark(log.highWatermark, bytesAdded)
  }

  #endWaiters(error: number): void {
    const waiters = this.#commitWaiters
    this.#commitWaiters = []
    for (const waiter of waiters) waiter.onDone(error)
    for (const watcher of [...this.#watchers]) watcher.onFailed(error)
  }
}

/** A follower that knows an epoch asks again: a newer assignment may make it one. No broker follows here yet. */
function notAFollower({ currentLeaderEpoch }: FetchPosition): number {
  return currentLeaderEpoch <= unknownEpoch ? errors.NOT_LEADER_OR_FOLLOWER : errors.UNKNOWN_LEADER_EPOCH
}

function refused(error: number, message: string | null): AppendResult {
  return { ok: false, error, message, recordErrors: [] }
}
