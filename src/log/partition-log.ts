// The log of one partition: appends, reads, epochs, producers, watermarks. All state is in memory and changes
// synchronously; the disk follows. An append validates, assigns offsets, updates every index in memory and
// queues the bytes; the writes of a turn go out together. What touches files besides the writer runs one
// after another in `#queue`. A disk error ends the log: it takes and serves nothing more, `onFailed` tells.

import { assert } from '../base/assert.ts'
import { errors } from '../base/errors.ts'
import type { Logger } from '../base/logger.ts'
import type { TopicConfig } from '../config/topic-config.ts'
import type { BatchHeader } from '../protocol/records/record-batch.ts'
import { type AppendOptions, type AppendResult, refuse } from './append-result.ts'
import { isLeaderOrigin, validateGivenBatches, validateLeaderBatch } from './batch-validator.ts'
import { endTransactionMarkerOf } from './end-transaction-marker.ts'
import { activeSegment, type LogContents } from './log-contents.ts'
import { LogFlusher } from './log-flusher.ts'
import {
  LogReader,
  type ReadRequest,
  type ReadResult,
  segmentIndexOf,
  type TimestampAndOffset,
} from './log-reader.ts'
import { LogWriter } from './log-writer.ts'
import type { EndTransactionMarker } from './producer-entry.ts'
import { type ActiveProducer, ProducerState } from './producer-state.ts'
import { deletableSegments } from './retention.ts'
import { Segment } from './segment.ts'
import { SegmentFiles, type SegmentFilesModules } from './segment-files.ts'
import { SerialQueue } from './serial-queue.ts'
import type { TopicPartition } from './topic-partition.ts'
import { type AbortedTransaction, TransactionIndex } from './transaction-index.ts'
import { truncateContents } from './truncate-log.ts'
import type { WriteScheduler } from './write-scheduler.ts'

export interface LogModules extends SegmentFilesModules {
  readonly scheduler: WriteScheduler
  readonly logger: Logger
}

export interface LogOptions {
  readonly directory: string
  readonly topicPartition: TopicPartition
  /** Of `partition.metadata`; undefined when the directory has none. */
  readonly topicId: string | undefined
  readonly config: TopicConfig
  /** The directory was just made. */
  readonly isNew: boolean
  /** The log end, when the files are as a clean shutdown leaves them. */
  readonly cleanEndOffset: number | undefined
}

export class PartitionLog {
  readonly topicPartition: TopicPartition
  readonly directory: string
  readonly topicId: string | undefined
  /** All records below `endOffset` are in the operating system (durable, if `flush.messages` asks for it). */
  onWritten: (endOffset: number) => void = () => {}
  /** The disk refused; called once. */
  onFailed: (message: string) => void = () => {}
  readonly #logger: Logger
  readonly #disk: LogModules['disk']
  readonly #pool: LogModules['pool']
  readonly #contents: LogContents
  readonly #files: SegmentFiles
  readonly #writer: LogWriter
  readonly #reader: LogReader
  readonly #flusher: LogFlusher
  readonly #queue = new SerialQueue()
  #config: TopicConfig
  #failure: string | undefined
  /** While the log is cut or closed, nothing may be appended. */
  #isAppendable = true
  #deletions: { readonly paths: readonly string[]; readonly dueMs: number }[] = []

  constructor(options: LogOptions, contents: LogContents, modules: LogModules) {
    this.topicPartition = options.topicPartition
    this.directory = options.directory
    this.topicId = options.topicId
    this.#config = options.config
    this.#contents = contents
    this.#logger = modules.logger
    this.#disk = modules.disk
    this.#pool = modules.pool
    this.#files = new SegmentFiles(options.directory, modules)
    this.#flusher = new LogFlusher(options, contents, this.#files, modules)
    this.#writer = new LogWriter(modules.pool, contents.logEndOffset, {
      path: (segment) => this.#files.path(segment, 'log'),
      schedule: () => modules.scheduler.schedule(this.#writer),
      beforeWritten: (endOffset) => this.#flushBeforeAcknowledging(endOffset),
      onWritten: (endOffset) => this.onWritten(endOffset),
      onFailed: (error) => this.fail(error),
    })
    this.#reader = new LogReader(contents, { files: this.#files, writer: this.#writer })
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
    const { producers, highWatermark, logStartOffset } = this.#contents
    const firstUnstable = producers.firstUnstableOffset()
    return firstUnstable === undefined
      ? highWatermark
      : Math.min(highWatermark, Math.max(firstUnstable, logStartOffset))
  }

  updateConfig(config: TopicConfig): void {
    this.#config = config
  }

  /** Takes records in, or says why not. The bytes belong to the log afterwards and are changed in place. */
  append(records: Uint8Array, options: AppendOptions): AppendResult {
    if (this.#failure !== undefined) return refuse(errors.KAFKA_STORAGE_ERROR, this.#failure)
    assert(this.#isAppendable, 'a log that is being cut or closed is not appended to')
    if (isLeaderOrigin(options.origin)) return this.#appendAsLeader(records, options.origin, options)
    const { logEndOffset, logStartOffset } = this.#contents
    const context = { origin: options.origin, leaderEpoch: options.leaderEpoch, logEndOffset }
    const batches = validateGivenBatches(records, context)
    if (!batches.ok) return batches
    if (batches.headers.length > 0) this.#take(batches.bytes, batches.headers, options.nowMs)
    return {
      ok: true,
      baseOffset: batches.headers[0]?.baseOffset ?? logEndOffset,
      lastOffset: this.#contents.logEndOffset - 1,
      logAppendTimeMs: -1,
      logStartOffset,
      duplicate: false,
    }
  }

  #appendAsLeader(
    records: Uint8Array,
    origin: 'client' | 'coordinator',
    { leaderEpoch, nowMs, transactionVersion = 0 }: AppendOptions,
  ): AppendResult {
    const config = this.#config
    const { logEndOffset, logStartOffset, producers } = this.#contents
    const context = { origin, config, leaderEpoch, nowMs, baseOffset: logEndOffset }
    const batch = validateLeaderBatch(records, context)
    if (!batch.ok) return batch
    const { bytes, header } = batch
    if (bytes.length > config.segmentBytes) {
      const message = `Message batch size is ${bytes.length} bytes, which exceeds the maximum configured segment size of ${config.segmentBytes}`
      return refuse(errors.RECORD_LIST_TOO_LARGE, message)
    }
    const marker = endTransactionMarkerOf(header, bytes, 0)
    const verdict = producers.check(header, origin, marker, transactionVersion)
    if (verdict.kind === 'refuse') return refuse(verdict.error, verdict.message)
    if (verdict.kind === 'duplicate') {
      const { firstOffset, lastOffset, timestamp } = verdict.batch
      const logAppendTimeMs = config.messageTimestampType === 'append' ? timestamp : -1
      return {
        ok: true,
        baseOffset: firstOffset,
        lastOffset,
        logAppendTimeMs,
        logStartOffset,
        duplicate: true,
      }
    }
    this.#take(bytes, [header], nowMs, marker)
    return {
      ok: true,
      baseOffset: header.baseOffset,
      lastOffset: header.lastOffset,
      logAppendTimeMs: config.messageTimestampType === 'append' ? nowMs : -1,
      logStartOffset,
      duplicate: false,
    }
  }

  /** Appends checked batches that lie one after another in `bytes`; `marker` is that of a single batch, if known. */
  #take(
    bytes: Uint8Array,
    headers: readonly BatchHeader[],
    nowMs: number,
    marker?: EndTransactionMarker | undefined,
  ): void {
    const contents = this.#contents
    const { lastOffset } = headers.at(-1)!
    const maxTimestamp = headers.reduce((max, header) => Math.max(max, header.maxTimestamp), -1)
    const whole = { sizeBytes: bytes.length, lastOffset, maxTimestamp }
    if (activeSegment(contents).mustRollBefore(whole, this.#config, nowMs)) {
      this.#roll(headers[0]!.baseOffset, nowMs)
    }
    const segment = activeSegment(contents)
    this.#writer.push(segment, bytes, lastOffset + 1)
    segment.lastAppendMs = nowMs
    let at = 0
    for (const header of headers) {
      segment.append(header, this.#config.indexIntervalBytes)
      this.assignEpoch(header.partitionLeaderEpoch, header.baseOffset)
      const completed = contents.producers.apply(header, marker ?? endTransactionMarkerOf(header, bytes, at))
      if (completed?.isAborted) segment.addAborted(completed)
      at += header.sizeBytes
    }
    contents.logEndOffset = lastOffset + 1
  }

  /** Notes that the leader of `epoch` begins at `startOffset`; becoming leader does, and so does every batch. */
  assignEpoch(epoch: number, startOffset: number): void {
    if (epoch >= 0 && this.#contents.epochs.assign(epoch, startOffset)) this.#flusher.epochsChanged = true
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
    const { segments } = this.#contents
    const found: AbortedTransaction[] = []
    for (let index = segmentIndexOf(segments, fromOffset); index < segments.length; index++) {
      if (segments[index]!.transactionIndex?.collect(fromOffset, endOffset, found)) break
    }
    return found
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

  removeExpiredProducers(nowMs: number, expirationMs: number): void {
    this.#contents.producers.removeExpired(nowMs, expirationMs)
  }

  /** Begins a new segment; none if the active one is empty. */
  roll(nowMs: number): void {
    if (activeSegment(this.#contents).sizeBytes > 0) this.#roll(this.#contents.logEndOffset, nowMs)
  }

  #roll(baseOffset: number, nowMs: number): void {
    const contents = this.#contents
    const sealed = activeSegment(contents)
    assert(
      sealed.sizeBytes > 0 || baseOffset > sealed.baseOffset,
      'a new segment begins behind the sealed one',
    )
    sealed.timeIndex.append(sealed.maxTimestamp, sealed.offsetOfMaxTimestamp)
    contents.producers.endOffset = Math.max(contents.producers.endOffset, baseOffset)
    const segment = new Segment(baseOffset, nowMs)
    contents.segments.push(segment)
    const snapshot = contents.producers.snapshot()
    this.#inBackground(async () => {
      await this.#enqueue(() => this.#flusher.beginSegment(segment, snapshot))
      await this.#flushTo(baseOffset)
    })
  }

  /** Resolves when all that was appended so far is durable; rejects when the disk refuses. */
  flush(): Promise<void> {
    return this.#flushTo(this.#contents.logEndOffset)
  }

  async #flushTo(endOffset: number): Promise<void> {
    await this.#writer.writtenTo(Math.min(endOffset, this.#contents.logEndOffset))
    await this.#enqueue(() => this.#flusher.flush(endOffset))
  }

  /** `flush.messages`: so many unflushed records make the producers wait for the disk. */
  #flushBeforeAcknowledging(endOffset: number): Promise<void> | undefined {
    if (endOffset - this.#contents.flushedEndOffset < this.#config.flushMessages) return undefined
    return this.#enqueue(() => this.#flusher.flush(endOffset))
  }

  /** Moves the log start up to `offset`, at most to the high watermark. Answers whether it moved. */
  incrementLogStartOffset(offset: number): boolean {
    const contents = this.#contents
    assert(offset <= contents.highWatermark, 'the log start stays at or below the high watermark')
    if (offset <= contents.logStartOffset) return false
    contents.logStartOffset = offset
    if (contents.epochs.truncateFromStart(offset)) this.#flusher.epochsChanged = true
    return true
  }

  /** Retention: drops the oldest segments that may go and answers how many. */
  async deleteOldSegments(nowMs: number): Promise<number> {
    if (this.#failure !== undefined || !this.#isAppendable) return 0
    const contents = this.#contents
    const removed: Segment[] = []
    for (;;) {
      const { count, reason } = deletableSegments({ ...contents, config: this.#config }, nowMs)
      if (count === 0) break
      if (count === contents.segments.length) this.#roll(contents.logEndOffset, nowMs)
      const oldest = contents.segments.slice(0, count)
      this.#logger.info(`Deleting ${count} segments of ${this.directory} due to ${reason}`, {
        baseOffsets: oldest.map((segment) => segment.baseOffset),
      })
      removed.push(...oldest)
      contents.segments = contents.segments.slice(count)
      this.incrementLogStartOffset(contents.segments[0]!.baseOffset)
    }
    if (removed.length > 0) await this.#writer.writtenTo(contents.segments[0]!.baseOffset)
    await this.#removeFiles(removed, nowMs + this.#config.fileDeleteDelayMs)
    return removed.length
  }

  #removeFiles(segments: readonly Segment[], dueMs: number): Promise<void> {
    if (segments.length === 0) return Promise.resolve()
    return this.#enqueue(async () => {
      for (const segment of segments) {
        this.#deletions.push({ paths: await this.#files.markDeleted(segment), dueMs })
      }
    })
  }

  /** Removes files that `file.delete.delay.ms` has kept long enough. */
  async removeDeletedFiles(nowMs: number): Promise<void> {
    if (this.#deletions.length === 0) return
    const due = this.#deletions.filter((deletion) => deletion.dueMs <= nowMs)
    this.#deletions = this.#deletions.filter((deletion) => deletion.dueMs > nowMs)
    for (const path of due.flatMap((deletion) => deletion.paths)) await this.#disk.remove(path)
  }

  /** Drops all records at and behind `offset`. Nothing may be appended until it resolves. */
  async truncateTo(offset: number, nowMs: number): Promise<void> {
    if (offset >= this.#contents.logEndOffset) return
    await this.#cut(async () => {
      const indexIntervalBytes = this.#config.indexIntervalBytes
      const removed = await truncateContents(
        this.#contents,
        { offset, nowMs, indexIntervalBytes },
        this.#files,
        this.#disk,
      )
      return removed
    }, nowMs)
  }

  /** Drops everything; the log goes on at `offset`, as when the leader no longer has older records. */
  async truncateFullyAndStartAt(offset: number, nowMs: number): Promise<void> {
    await this.#cut(async () => {
      const contents = this.#contents
      const removed = contents.segments
      contents.segments = [new Segment(offset, nowMs)]
      contents.producers = new ProducerState(offset)
      contents.epochs.clear()
      contents.logStartOffset = offset
      contents.logEndOffset = offset
      return removed
    }, nowMs)
  }

  async #cut(work: () => Promise<readonly Segment[]>, nowMs: number): Promise<void> {
    assert(this.#isAppendable, 'one cut at a time')
    this.#isAppendable = false
    await this.#writer.writtenTo(this.#contents.logEndOffset)
    await this.#enqueue(async () => {
      const contents = this.#contents
      for (const segment of await work()) {
        this.#deletions.push({
          paths: await this.#files.markDeleted(segment),
          dueMs: nowMs + this.#config.fileDeleteDelayMs,
        })
      }
      await this.#files.create(activeSegment(contents))
      this.#reader.forgetHints()
      this.#writer.writtenEndOffset = contents.logEndOffset
      contents.flushedEndOffset = Math.min(contents.flushedEndOffset, contents.logEndOffset)
      contents.highWatermark = Math.min(contents.highWatermark, contents.logEndOffset)
      this.#flusher.onCut()
    })
    this.#isAppendable = true
  }

  /** Flushes and leaves the files as a clean shutdown does; the log is unusable afterwards. */
  async close(): Promise<void> {
    this.#isAppendable = false
    await this.#writer.writtenTo(this.#contents.logEndOffset)
    await this.#enqueue(() => this.#flusher.close())
    await this.#pool.releaseDirectory(this.directory)
  }

  /** Stops the log without touching its files, before its directory is renamed or removed. */
  async abandon(): Promise<void> {
    this.#isAppendable = false
    for (const segment of this.#contents.segments) segment.isRemoved = true
    await this.#writer.writtenTo(this.#contents.logEndOffset).catch(() => {})
    await this.#queue.run(() => this.#pool.releaseDirectory(this.directory))
  }

  /** Ends the log: of a disk error, or because its log directory failed. */
  fail(error: unknown): void {
    if (this.#failure !== undefined) return
    this.#failure = error instanceof Error ? error.message : String(error)
    this.#logger.error(`The log ${this.directory} failed: ${this.#failure}`)
    this.onFailed(this.#failure)
  }

  async #enqueue(work: () => Promise<void>): Promise<void> {
    try {
      await this.#queue.run(work)
    } catch (error) {
      this.fail(error)
      throw error
    }
  }

  /** Work whose failure is told by `onFailed` alone. */
  #inBackground(work: () => Promise<void>): void {
    work().catch((error) => this.fail(error))
  }
}
