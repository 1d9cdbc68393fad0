// The log of one partition: appends, reads, epochs, producers, watermarks. All state is in memory and changes
// synchronously; the disk follows. An append validates, assigns offsets, updates every index in memory and
// queues the bytes; the writes of a turn go out together. What touches files besides the writer runs one
// after another in `#queue`. A disk error ends the log: it takes and serves nothing more, `onFailed` tells.

import { assert } from '../base/assert.ts'
import { errors } from '../base/errors.ts'
import type { TopicPartition } from '../base/topic-partition.ts'
import type { TopicConfig } from '../config/topic-config.ts'
import { DiskError } from '../env/env.ts'
import { type AppendOptions, type AppendResult, refuse } from './append-result.ts'
import { DeletedFiles } from './deleted-files.ts'
import { LogAppender } from './log-appender.ts'
import { activeSegment, type LogContents, lastStableOffset } from './log-contents.ts'
import { LogFlusher } from './log-flusher.ts'
import type { LogModules } from './log-modules.ts'
import type { LogOptions } from './log-options.ts'
import { LogReader, type ReadRequest, type ReadResult, type TimestampAndOffset } from './log-reader.ts'
import { LogWriter } from './log-writer.ts'
import { PartitionCleaner } from './partition-cleaner.ts'
import type { ActiveProducer } from './producer-state.ts'
import { deletableSegments } from './retention.ts'
import type { Segment } from './segment.ts'
import { SegmentFiles } from './segment-files.ts'
import { SerialQueue } from './serial-queue.ts'
import type { AbortedTransaction } from './transaction-index.ts'
import type { VerificationGuard, VerifiedBatch } from './transaction-verification.ts'
import { restartContents, truncateContents } from './truncate-log.ts'

export class PartitionLog {
  readonly topicPartition: TopicPartition
  readonly directory: string
  readonly topicId: string | undefined
  /** All records below `endOffset` are in the operating system (durable, if `flush.messages` asks for it). */
  onWritten: (endOffset: number) => void = () => {}
  /** The disk refused; called once. */
  onFailed: (message: string) => void = () => {}
  readonly cleaner: PartitionCleaner
  readonly #modules: LogModules
  readonly #contents: LogContents
  readonly #files: SegmentFiles
  readonly #writer: LogWriter
  readonly #reader: LogReader
  readonly #appender: LogAppender
  readonly #flusher: LogFlusher
  readonly #queue = new SerialQueue()
  #config: TopicConfig
  #failure: string | undefined
  /** When `flushIfDue` first saw that something is not flushed. */
  #unflushedSinceMs: number | undefined
  /** Why nothing can be appended at the moment. */
  #closedFor: string | undefined
  /** Its directory is about to get another name: what waits in the queue has nothing to do any more. */
  #isAbandoned = false
  readonly #deletedFiles = new DeletedFiles()

  constructor(options: LogOptions, contents: LogContents, modules: LogModules) {
    this.topicPartition = options.topicPartition
    this.directory = options.directory
    this.topicId = options.topicId
    this.#config = options.config
    this.#contents = contents
    this.#modules = modules
    this.#files = new SegmentFiles(options.directory, modules)
    this.#flusher = new LogFlusher(options, contents, this.#files, modules)
    this.#writer = new LogWriter(modules, contents.logEndOffset, {
      path: (segment) => this.#files.path(segment, 'log'),
      schedule: () => modules.scheduler.schedule(this.#writer),
      beforeWritten: (endOffset) => this.flushBeforeAcknowledging(endOffset),
      onWritten: (endOffset) => {
        // After a failed sync nothing is acknowledged, whatever was under way.
        if (this.#failure === undefined) this.onWritten(endOffset)
      },
      onFailed: (error) => this.fail(error),
    })
    this.#appender = new LogAppender(contents, this.#writer, (segment, snapshot) =>
      this.#onRoll(segment, snapshot),
    )
    this.#reader = new LogReader(contents, this.#files)
    this.cleaner = new PartitionCleaner({
      contents,
      modules,
      files: this.#files,
      reader: this.#reader,
      config: () => this.#config,
      storeSealed: () => this.#flushTo(activeSegment(contents).baseOffset),
      enqueue: (work) => this.#enqueue(work),
      removeLater: (paths, nowMs) => this.#deletedFiles.add(paths, nowMs + this.#config.fileDeleteDelayMs),
    })
  }

  get config(): TopicConfig {
    return this.#config
  }

  /** The first offset that may be read; DeleteRecords and retention move it. */
  get logStartOffset(): number {
    return this.#contents.logStartOffset
  }

  /** One behind the last record, in memory already. */
  get logEndOffset(): number {
    return this.#contents.logEndOffset
  }

  get writtenEndOffset(): number {
    return this.#writer.writtenEndOffset
  }

  /** The recovery point. */
  get flushedEndOffset(): number {
    return this.#contents.flushedEndOffset
  }

  /** Bytes queued for the disk; they hold on to the frames they came in. */
  get unwrittenBytes(): number {
    return this.#writer.unwrittenBytes
  }

  get sizeBytes(): number {
    return this.#contents.segments.reduce((sum, segment) => sum + segment.sizeBytes, 0)
  }

  get segmentCount(): number {
    return this.#contents.segments.length
  }

  /** The disk's refusal that ended this log. */
  get failure(): string | undefined {
    return this.#failure
  }

  /** Of the newest leader that wrote here, undefined before the first. */
  get latestEpoch(): number | undefined {
    return this.#contents.epochs.latestEpoch
  }

  get highWatermark(): number {
    return this.#contents.highWatermark
  }

  /** Kept between log start and log end. */
  set highWatermark(offset: number) {
    const { logStartOffset, logEndOffset, producers } = this.#contents
    this.#contents.highWatermark = Math.min(Math.max(offset, logStartOffset), logEndOffset)
    producers.onHighWatermark(this.#contents.highWatermark)
  }

  /** Readers of committed records see what is below: no transaction is undecided there. */
  get lastStableOffset(): number {
    return lastStableOffset(this.#contents)
  }

  /** For log-start-offset-checkpoint: undefined while the first segment's name says the same. */
  get checkpointedLogStart(): number | undefined {
    const { logStartOffset, segments } = this.#contents
    return logStartOffset > segments[0]!.baseOffset ? logStartOffset : undefined
  }

  updateConfig(config: TopicConfig): void {
    this.#config = config
    // A refusal of the disk is told by `onFailed`.
    this.flushBeforeAcknowledging(this.#writer.writtenEndOffset)?.catch(() => {})
  }

  /** Takes records in, or says why not. The bytes belong to the log afterwards and are changed in place. */
  append(records: Uint8Array, options: AppendOptions): AppendResult {
    if (this.#failure !== undefined) return refuse(errors.KAFKA_STORAGE_ERROR, this.#failure)
    if (this.#closedFor !== undefined) {
      return refuse(errors.NOT_LEADER_OR_FOLLOWER, `The log takes no records: ${this.#closedFor}`)
    }
    return this.#appender.append(records, options, this.#config)
  }

  /** Notes that the leader of `epoch` begins at `startOffset`; becoming leader does, and so does every batch. */
  assignEpoch(epoch: number, startOffset: number): void {
    this.#contents.epochs.assign(epoch, startOffset)
  }

  /** The largest epoch not above `epoch` and where it ends; -1 and -1 when that is not known. */
  endOffsetForEpoch(epoch: number): { epoch: number; endOffset: number } {
    return this.#contents.epochs.endOffsetFor(epoch, this.#contents.logEndOffset)
  }

  /** Whole batches from `offset` on, as many as fit; the first may exceed `bytesMax` if `minOneMessage`. */
  async read(request: ReadRequest): Promise<ReadResult> {
    if (this.#failure !== undefined) return { ok: false, error: errors.KAFKA_STORAGE_ERROR }
    try {
      return await this.#reader.read(request)
    } catch (error) {
      this.fail(error)
      return { ok: false, error: errors.KAFKA_STORAGE_ERROR }
    }
  }

  /** The aborted transactions that touch [fromOffset, endOffset), for a reader of committed records. */
  abortedTransactions(fromOffset: number, endOffset: number): AbortedTransaction[] {
    return this.#reader.abortedTransactions(fromOffset, endOffset)
  }

  /** The first record whose timestamp is at or above `timestamp`; undefined when there is none. */
  offsetForTimestamp(timestamp: number): Promise<TimestampAndOffset | undefined> {
    return this.#reader.offsetForTimestamp(timestamp)
  }

  /** The first record with the largest timestamp; undefined when no record has one. */
  maxTimestamp(): Promise<TimestampAndOffset | undefined> {
    return this.#reader.maxTimestamp()
  }

  earliest(): TimestampAndOffset {
    const { logStartOffset, epochs } = this.#contents
    return { timestamp: -1, offset: logStartOffset, leaderEpoch: epochs.epochForOffset(logStartOffset) ?? -1 }
  }

  latest(): TimestampAndOffset {
    const { logEndOffset, epochs } = this.#contents
    return { timestamp: -1, offset: logEndOffset, leaderEpoch: epochs.latestEpoch ?? -1 }
  }

  activeProducers(): ActiveProducer[] {
    return this.#contents.producers.activeProducers()
  }

  /** Before the coordinator is asked about a transactional batch; undefined when its transaction is open here. */
  beginVerification(batch: VerifiedBatch, nowMs: number): VerificationGuard | undefined {
    return this.#contents.producers.beginVerification(batch, nowMs)
  }

  removeExpiredProducers(nowMs: number, expirationMs: number): void {
    this.#contents.producers.removeExpired(nowMs, expirationMs)
  }

  /** Begins a new segment; none if the active one is empty. */
  roll(nowMs: number): void {
    if (activeSegment(this.#contents).sizeBytes > 0) this.#appender.roll(this.#contents.logEndOffset, nowMs)
  }

  /** A new segment needs its file and its snapshot, and the sealed one becomes durable. */
  #onRoll(segment: Segment, producerSnapshot: Uint8Array): void {
    const work = async () => {
      await this.#enqueue(() => this.#flusher.beginSegment(segment, producerSnapshot))
      await this.#flushTo(segment.baseOffset)
    }
    work().catch((error) => this.fail(error))
  }

  /** Resolves when all that was appended so far is durable; rejects when the disk refuses. */
  flush(): Promise<void> {
    return this.#flushTo(this.#contents.logEndOffset)
  }

  async #flushTo(endOffset: number): Promise<void> {
    await this.#writer.writtenTo(Math.min(endOffset, this.#contents.logEndOffset))
    // Not `endOffset` itself: while this waited its turn, the log may have been cut.
    await this.#enqueue(() => this.#flusher.flush(Math.min(endOffset, this.#writer.writtenEndOffset)))
  }

  /** `flush.messages`: so many unflushed records make acknowledgements wait; undefined when there are fewer. */
  flushBeforeAcknowledging(endOffset: number): Promise<void> | undefined {
    if (endOffset - this.#contents.flushedEndOffset < this.#config.flushMessages) return undefined
    return this.#enqueue(() => this.#flusher.flush(endOffset))
  }

  /** `flush.ms`: flushes what was appended too long ago; undefined when nothing was. */
  flushIfDue(nowMs: number): Promise<void> | undefined {
    const { flushedEndOffset, logEndOffset } = this.#contents
    if (flushedEndOffset === logEndOffset) {
      this.#unflushedSinceMs = undefined
      return undefined
    }
    this.#unflushedSinceMs ??= nowMs
    if (nowMs - this.#unflushedSinceMs < this.#config.flushMs) return undefined
    this.#unflushedSinceMs = undefined
    return this.flush()
  }

  /** Moves the log start up to `offset`, at most to the high watermark. Answers whether it moved. */
  incrementLogStartOffset(offset: number): boolean {
    const contents = this.#contents
    assert(offset <= contents.highWatermark, 'the log start stays at or below the high watermark')
    if (offset <= contents.logStartOffset) return false
    contents.logStartOffset = offset
    contents.epochs.truncateFromStart(offset)
    return true
  }

  /** Neither failed, closed or being cut, nor under the cleaner's hands. */
  get canChangeSegments(): boolean {
    return this.#failure === undefined && this.#closedFor === undefined && !this.cleaner.isRunning
  }

  /** Retention: drops the oldest segments that may go and answers how many. */
  async deleteOldSegments(nowMs: number): Promise<number> {
    if (!this.canChangeSegments) return 0
    const contents = this.#contents
    const removed: Segment[] = []
    for (;;) {
      const { count, reason } = deletableSegments({ ...contents, config: this.#config }, nowMs)
      if (count === 0) break
      if (count === contents.segments.length) this.#appender.roll(contents.logEndOffset, nowMs)
      this.#modules.logger.info(`Deleting the oldest ${count} segments of ${this.directory}: ${reason}`)
      removed.push(...contents.segments.slice(0, count))
      contents.segments = contents.segments.slice(count)
      this.incrementLogStartOffset(contents.segments[0]!.baseOffset)
    }
    if (removed.length === 0) return 0
    await this.#writer.writtenTo(contents.segments[0]!.baseOffset)
    await this.#enqueue(() => this.#markDeleted(removed, nowMs))
    return removed.length
  }

  async #markDeleted(segments: readonly Segment[], nowMs: number): Promise<void> {
    const dueMs = nowMs + this.#config.fileDeleteDelayMs
    for (const segment of segments) this.#deletedFiles.add(await this.#files.markDeleted(segment), dueMs)
  }

  /** Removes files that `file.delete.delay.ms` has kept long enough; undefined when there are none. */
  removeDeletedFiles(nowMs: number): Promise<void> | undefined {
    return this.#deletedFiles.removeDue(this.#modules.disk, nowMs)
  }

  /** Drops all records at and behind `offset`. Nothing is appended until it resolves. */
  async truncateTo(offset: number, nowMs: number): Promise<void> {
    if (offset >= this.#contents.logEndOffset) return
    const { indexIntervalBytes } = this.#config
    const cut = { offset, nowMs, indexIntervalBytes }
    await this.#cut(() => truncateContents(this.#contents, cut, this.#files, this.#modules.disk), nowMs)
  }

  /** Drops everything; the log goes on at `offset`, as when the leader no longer has older records. */
  async truncateFullyAndStartAt(offset: number, nowMs: number): Promise<void> {
    await this.#cut(async () => restartContents(this.#contents, offset, nowMs), nowMs)
  }

  async #cut(work: () => Promise<readonly Segment[]>, nowMs: number): Promise<void> {
    assert(this.#closedFor === undefined, 'a log is cut by one caller at a time, and not while it closes')
    this.#closedFor = 'it is being truncated'
    await this.cleaner.abort()
    await this.#writer.writtenTo(this.#contents.logEndOffset)
    await this.#enqueue(async () => {
      const contents = this.#contents
      await this.#markDeleted(await work(), nowMs)
      await this.#files.create(activeSegment(contents))
      // What was removed must not come back behind newer records.
      await this.#modules.pool.syncDirectory(this.directory)
      this.#reader.forgetHints()
      this.#writer.writtenEndOffset = contents.logEndOffset
      contents.flushedEndOffset = Math.min(contents.flushedEndOffset, contents.logEndOffset)
      this.highWatermark = contents.highWatermark
      this.#flusher.onCut()
      this.cleaner.onCut(contents.logEndOffset)
      await this.#modules.onTruncated?.(this.directory)
    })
    if (!this.#isAbandoned) this.#closedFor = undefined
  }

  /** Flushes and leaves the files as a clean shutdown does; the log is unusable afterwards. */
  async close(): Promise<void> {
    this.#closedFor = 'it is closed'
    await this.cleaner.abort()
    await this.#writer.writtenTo(this.#contents.logEndOffset)
    await this.#enqueue(() => this.#flusher.close())
    // Those of removed segments are closed already; asking the pool for a whole directory looks at every open file.
    for (const segment of this.#contents.segments) await this.#files.release(segment)
  }

  /** Stops the log without touching its files, before its directory is renamed or removed. */
  async abandon(): Promise<void> {
    this.#closedFor = 'it is deleted'
    this.#isAbandoned = true
    await this.cleaner.abort()
    for (const segment of this.#contents.segments) segment.isRemoved = true
    await this.#writer.writtenTo(this.#contents.logEndOffset).catch(() => {})
    await this.#queue.run(() => this.#modules.pool.releaseDirectory(this.directory))
  }

  /** Ends the log: of a disk error, or because its log directory failed. */
  fail(error: unknown): void {
    if (this.#failure !== undefined) return
    this.#failure = error instanceof Error ? error.message : String(error)
    this.#modules.logger.error(`The log ${this.directory} failed: ${this.#failure}`)
    this.onFailed(this.#failure)
    this.#modules.onDiskFailure?.(this.directory, this.#failure)
  }

  /** Never again after a failure: a second sync may succeed without having written what the first one lost. */
  async #enqueue(work: () => Promise<void>): Promise<void> {
    try {
      await this.#queue.run(async () => {
        if (this.#failure !== undefined) throw new DiskError('io', this.directory, this.#failure)
        if (!this.#isAbandoned) await work()
      })
    } catch (error) {
      this.fail(error)
      throw error
    }
  }
}
