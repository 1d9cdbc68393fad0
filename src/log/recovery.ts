// Making and loading the log of a directory (Kafka's LogLoader).
//
// After a clean shutdown the files are believed: of each segment only the ends of its indexes are read, and of
// the active one the batches behind its last index entry. Otherwise every segment from the one that holds
// the recovery point on is read whole: checksums, offsets, indexes, epochs, producers. The log is cut at
// the first byte that is not part of a sound batch, and what lies behind is dropped. Recovery does not
// move the recovery point; only a flush does.

import type { Logger } from '../base/logger.ts'
import type { TopicPartition } from '../base/topic-partition.ts'
import type { TopicConfig } from '../config/topic-config.ts'
import { crcIsValid } from '../protocol/records/record-batch.ts'
import { scanBatches } from './batch-scan.ts'
import { parseEpochCheckpoint } from './checkpoint-file.ts'
import { endTransactionMarkerOf } from './end-transaction-marker.ts'
import { epochCheckpointName, readTextFile } from './files.ts'
import { LeaderEpochCache } from './leader-epoch-cache.ts'
import {
  findSegments,
  loadActiveSegment,
  loadSegment,
  loadTransactionIndex,
  openSegment,
  type SegmentOnDisk,
} from './load-segments.ts'
import type { LogContents } from './log-contents.ts'
import type { LogModules } from './log-modules.ts'
import { PartitionLog } from './partition-log.ts'
import { readTopicId, writeTopicId } from './partition-metadata.ts'
import { rebuildProducers, removeStraySnapshots } from './producer-recovery.ts'
import { ProducerState } from './producer-state.ts'
import { Segment } from './segment.ts'
import { SegmentFiles } from './segment-files.ts'
import { TransactionIndex } from './transaction-index.ts'

export interface LoadOptions {
  readonly directory: string
  readonly topicPartition: TopicPartition
  readonly config: TopicConfig
  readonly nowMs: number
  /** The broker that wrote here last had stopped cleanly. */
  readonly isClean: boolean
  /** Of recovery-point-offset-checkpoint, 0 when it has none. */
  readonly recoveryPoint: number
  /** Of log-start-offset-checkpoint, 0 when it has none. */
  readonly logStartOffset: number
  /** Of replication-offset-checkpoint, 0 when it has none. */
  readonly highWatermark: number
  /**
   * Compaction may have left gaps between segments. Otherwise a gap is a tail that a crash took from the
   * older segment, and the log ends there. Default false.
   */
  readonly mayHaveGaps?: boolean
  /** The cleaner wrote no segment anew behind it. Default: that is not known. */
  readonly gapsEndOffset?: number
  /** `producer.id.expiration.ms` */
  readonly producerIdExpirationMs: number
}

const relativeOffsetMax = 2 ** 31 - 1

/** Makes the directory of a new log, with `partition.metadata`. */
export async function createLog(
  options: {
    directory: string
    topicPartition: TopicPartition
    topicId: string
    config: TopicConfig
    nowMs: number
  },
  modules: LogModules,
): Promise<PartitionLog> {
  await modules.disk.makeDirectory(options.directory)
  await writeTopicId(modules.disk, options.directory, options.topicId)
  const contents = {
    segments: [new Segment(0, options.nowMs)],
    epochs: new LeaderEpochCache(),
    producers: new ProducerState(0),
    logStartOffset: 0,
    logEndOffset: 0,
    highWatermark: 0,
    flushedEndOffset: 0,
  }
  return new PartitionLog({ ...options, isFresh: true, cleanEndOffset: 0 }, contents, modules)
}

/** Loads the log of an existing directory. Rejects with DiskError only; damage is mended and logged. */
export async function loadLog(options: LoadOptions, modules: LogModules): Promise<PartitionLog> {
  const { directory, logStartOffset } = options
  const topicId = await readTopicId(modules.disk, directory)
  const loader = new LogLoader(options, modules)
  const contents = await loader.load()
  contents.logStartOffset = Math.max(logStartOffset, contents.segments[0]!.baseOffset)
  contents.epochs.truncateFromEnd(contents.logEndOffset)
  contents.epochs.truncateFromStart(contents.logStartOffset)
  contents.producers.removeExpired(options.nowMs, options.producerIdExpirationMs)
  contents.highWatermark = Math.min(
    Math.max(options.highWatermark, contents.logStartOffset),
    contents.logEndOffset,
  )
  // A log that never held anything has no files to leave in order.
  const isAsClosed = (options.isClean && !loader.hasMended) || contents.logEndOffset === 0
  const cleanEndOffset = isAsClosed ? contents.logEndOffset : undefined
  const log = new PartitionLog(
    { ...options, topicId, isFresh: !options.isClean, cleanEndOffset },
    contents,
    modules,
  )
  // What was found may be in the page cache only, and the retry of it is acknowledged at once.
  await log.flushBeforeAcknowledging(log.logEndOffset)
  return log
}

class LogLoader {
  readonly #options: LoadOptions
  readonly #modules: LogModules
  readonly #logger: Logger
  readonly #files: SegmentFiles
  readonly #segments: Segment[] = []
  #logEndOffset: number
  /** Set when the files differ from what a clean shutdown leaves. */
  hasMended = false

  constructor(options: LoadOptions, modules: LogModules) {
    this.#options = options
    this.#modules = modules
    this.#logger = modules.logger
    this.#files = new SegmentFiles(options.directory, modules)
    this.#logEndOffset = options.logStartOffset
  }

  async load(): Promise<LogContents> {
    const { directory, logStartOffset, nowMs, isClean } = this.#options
    const { disk } = this.#modules
    const { segments: found, snapshotOffsets, hasEpochs } = await findSegments(disk, directory)
    const epochs = hasEpochs ? await this.#readEpochs() : new LeaderEpochCache()
    const firstToRecover = await this.#loadFlushedSegments(found, epochs)
    const recoverFrom = found[firstToRecover]?.baseOffset ?? this.#logEndOffset
    const source = { disk, files: this.#files, segments: this.#segments }
    let producers = await rebuildProducers(source, recoverFrom, snapshotOffsets)
    await this.#recoverSegments(found, firstToRecover, epochs, producers)
    if (this.#segments.length > 0 && this.#logEndOffset < logStartOffset) {
      this.#logger.warn(
        `${directory} ends at ${this.#logEndOffset}, below its log start ${logStartOffset}: all is dropped`,
      )
      await this.#removeAll(this.#segments.splice(0))
      epochs.clear()
    }
    if (this.#segments.length === 0) {
      this.#segments.push(new Segment(logStartOffset, nowMs))
      this.#logEndOffset = logStartOffset
      producers = new ProducerState(logStartOffset)
    }
    await removeStraySnapshots(source, this.#logEndOffset, snapshotOffsets)
    const logEndOffset = this.#logEndOffset
    const flushedEndOffset =
      this.hasMended || !isClean ? Math.min(this.#options.recoveryPoint, logEndOffset) : logEndOffset
    const { highWatermark } = this.#options
    return {
      segments: this.#segments,
      epochs,
      producers,
      logStartOffset,
      logEndOffset,
      highWatermark,
      flushedEndOffset,
    }
  }

  async #readEpochs(): Promise<LeaderEpochCache> {
    const path = `${this.#options.directory}/${epochCheckpointName}`
    const text = await readTextFile(this.#modules.disk, path)
    if (text === undefined) return new LeaderEpochCache()
    const parsed = parseEpochCheckpoint(text)
    if (parsed.ok) return new LeaderEpochCache(parsed.value)
    this.#logger.warn(`${path} is passed over: ${parsed.error}`)
    return new LeaderEpochCache()
  }

  /** Loads the segments that hold nothing but flushed records; answers the index of the first other one. */
  async #loadFlushedSegments(found: readonly SegmentOnDisk[], epochs: LeaderEpochCache): Promise<number> {
    const { isClean, recoveryPoint, nowMs } = this.#options
    const isHolder = (segment: SegmentOnDisk) => segment.baseOffset <= recoveryPoint
    const end = isClean ? found.length : Math.max(0, found.findLastIndex(isHolder))
    for (const [index, segment] of found.slice(0, end).entries()) {
      if (index === found.length - 1) return (await this.#loadActive(segment, epochs)) ? end : index
      const loaded = await loadSegment(segment, this.#files, this.#modules, nowMs)
      const sealed = loaded?.segment ?? (await this.#indexAgain(segment))
      sealed.isStored = true
      this.#segments.push(sealed)
    }
    return end
  }

  async #loadActive(found: SegmentOnDisk, epochs: LeaderEpochCache): Promise<boolean> {
    const { nowMs, config } = this.#options
    const options = { nowMs, indexIntervalBytes: config.indexIntervalBytes }
    const loaded = await loadActiveSegment(found, this.#files, this.#modules, epochs, options)
    if (loaded === undefined) return false
    this.#segments.push(loaded.segment)
    this.#logEndOffset = loaded.logEndOffset
    return true
  }

  /** A flushed segment without usable indexes: they are made again, the log file is left as it is. */
  async #indexAgain(found: SegmentOnDisk): Promise<Segment> {
    this.hasMended = true
    const segment = await openSegment(found.baseOffset, this.#files, this.#modules, this.#options.nowMs)
    const read = (from: number, to: number) => this.#files.read(segment, from, to)
    const sizeBytes = segment.writtenBytes
    await scanBatches(read, 0, sizeBytes, (header) => {
      segment.append(header, this.#options.config.indexIntervalBytes)
      return true
    })
    if (segment.sizeBytes < sizeBytes) {
      this.#logger.error(
        `${this.#files.path(segment, 'log')} is damaged at ${segment.sizeBytes}, below the recovery point`,
      )
      segment.sizeBytes = sizeBytes
    }
    segment.flushedBytes = sizeBytes
    segment.timeIndex.append(segment.maxTimestamp, segment.offsetOfMaxTimestamp)
    await this.#files.storeIndexes(segment, { sync: true })
    if (!(await loadTransactionIndex(segment, found, this.#files, this.#modules.disk))) {
      this.#logger.error(
        `${this.#files.path(segment, 'txnindex')} is damaged: its aborted transactions are unknown`,
      )
    }
    return segment
  }

  async #recoverSegments(
    found: readonly SegmentOnDisk[],
    first: number,
    epochs: LeaderEpochCache,
    producers: ProducerState,
  ): Promise<void> {
    for (let index = first; index < found.length; index++) {
      this.hasMended = true
      if (index > first && !this.#continuesAt(found[index]!.baseOffset)) return this.#drop(found.slice(index))
      const segment = await openSegment(
        found[index]!.baseOffset,
        this.#files,
        this.#modules,
        this.#options.nowMs,
      )
      const previous = this.#segments.at(-1)
      previous?.timeIndex.append(previous.maxTimestamp, previous.offsetOfMaxTimestamp)
      this.#segments.push(segment)
      const isWhole = await this.#recoverSegment(segment, epochs, producers)
      if (isWhole) continue
      return this.#drop(found.slice(index + 1))
    }
  }

  /** A segment that begins below the log end was dropped by a truncation, and a crash brought its name back. */
  #continuesAt(baseOffset: number): boolean {
    const { mayHaveGaps = false, gapsEndOffset = Number.POSITIVE_INFINITY } = this.#options
    return mayHaveGaps && baseOffset <= gapsEndOffset
      ? baseOffset >= this.#logEndOffset
      : baseOffset === this.#logEndOffset
  }

  #drop(found: readonly SegmentOnDisk[]): Promise<void> {
    for (const { baseOffset } of found) {
      this.#logger.warn(
        `${this.#options.directory}: the segment at ${baseOffset} is behind the damage and dropped`,
      )
    }
    return this.#removeAll(found.map(({ baseOffset }) => new Segment(baseOffset, 0)))
  }

  /** Answers whether the segment was whole; otherwise it is cut now and the log ends with it. */
  async #recoverSegment(
    segment: Segment,
    epochs: LeaderEpochCache,
    producers: ProducerState,
  ): Promise<boolean> {
    const sizeBytes = segment.writtenBytes
    const read = (from: number, to: number) => this.#files.read(segment, from, to)
    let nextOffset = segment.baseOffset
    await scanBatches(read, 0, sizeBytes, (header, bytes, at) => {
      const { baseOffset, lastOffset } = header
      if (baseOffset < nextOffset || lastOffset < baseOffset || !crcIsValid(bytes, at)) return false
      if (lastOffset - segment.baseOffset > relativeOffsetMax) return false
      segment.append(header, this.#options.config.indexIntervalBytes)
      epochs.note(header)
      if (lastOffset >= producers.endOffset) {
        const completed = producers.apply(header, endTransactionMarkerOf(header, bytes, at))
        if (completed?.isAborted) segment.addAborted(completed)
      }
      nextOffset = lastOffset + 1
      return true
    })
    this.#logEndOffset = nextOffset
    if (segment.sizeBytes === sizeBytes) return true
    this.#logger.warn(
      `${this.#files.path(segment, 'log')} is cut at byte ${segment.sizeBytes}, offset ${nextOffset}`,
      {
        droppedBytes: sizeBytes - segment.sizeBytes,
      },
    )
    await this.#files.truncate(segment, segment.sizeBytes)
    segment.writtenBytes = segment.sizeBytes
    return false
  }

  async #removeAll(segments: readonly Segment[]): Promise<void> {
    for (const segment of segments) {
      segment.transactionIndex ??= TransactionIndex.empty()
      for (const path of await this.#files.markDeleted(segment)) await this.#modules.disk.remove(path)
    }
    if (segments.length > 0) await this.#modules.pool.syncDirectory(this.#options.directory)
  }
}
