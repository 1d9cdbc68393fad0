// Compaction of one log (Kafka's Cleaner): the newest offset of each key of the dirty part is gathered, then all
// segments up to there are written anew without what is superseded, group by group. Works in short turns; the
// log takes appends and serves reads meanwhile. Only sealed segments are touched, and nothing else replaces
// segments at the same time: retention waits for the next round, truncation and closing abort a cleaning.

import type { TopicConfig } from '../config/topic-config.ts'
import { DiskError } from '../env/env.ts'
import {
  type BatchHeader,
  batchHeaderBytes,
  crcIsValid,
  readBatchHeader,
  records,
} from '../protocol/records/record-batch.ts'
import { scanBatches } from './batch-scan.ts'
import { CleanedSegments } from './cleaned-segments.ts'
import { type CleaningRules, cleanBatch } from './cleaner-filter.ts'
import { OffsetMap } from './cleaner-offset-map.ts'
import { type CleanableRange, cleanableRange, groupSegments } from './cleaner-range.ts'
import { CleanedTransactions } from './cleaner-transactions.ts'
import type { LogContents } from './log-contents.ts'
import type { LogReader } from './log-reader.ts'
import type { Segment } from './segment.ts'
import type { SegmentFiles, SegmentFilesModules } from './segment-files.ts'

/** What the cleaner needs of the log whose segments it replaces. */
export interface CleanedLog {
  readonly contents: LogContents
  readonly files: SegmentFiles
  readonly reader: LogReader
  readonly modules: SegmentFilesModules
  config(): TopicConfig
  /** Makes all sealed segments durable. */
  storeSealed(): Promise<void>
  /** Runs work on the files of the log, one after another. */
  enqueue(work: () => Promise<void>): Promise<void>
  /** To remove after `file.delete.delay.ms`. */
  removeLater(paths: readonly string[], nowMs: number): void
}

export interface CleaningOptions {
  readonly nowMs: number
  /** `log.cleaner.dedupe.buffer.size` */
  readonly dedupeBytesMax: number
  /** `log.cleaner.io.buffer.load.factor` */
  readonly loadFactor: number
  /** Called between turns with the bytes that the next one reads and the last one wrote. */
  readonly pace: (bytes: number) => Promise<void>
  /** Called once the recovery point is behind all that will be cleaned, before any of it is. */
  readonly onStored?: () => Promise<void>
}

/** A log that cannot be cleaned: it is damaged, or of a format that has to be read whole. */
export class UncleanableError extends Error {
  override readonly name = 'UncleanableError'
}

class CleaningAbortedError extends Error {
  override readonly name = 'CleaningAbortedError'
}

/** What a turn reads, and how many records it looks at unless one batch has more: a few milliseconds. */
const turnBytes = 64 * 1024
const turnRecords = 500

export class PartitionCleaner {
  /** Of cleaner-offset-checkpoint: below it the log is clean. Undefined while it was never cleaned. */
  cleanedEndOffset: number | undefined
  readonly #log: CleanedLog
  #running: { readonly work: Promise<void>; isAborted: boolean } | undefined

  constructor(log: CleanedLog) {
    this.#log = log
  }

  get isRunning(): boolean {
    return this.#running !== undefined
  }

  /** Gives up the cleaning under way, if any; the log holds its segments, old or new, when it resolves. */
  async abort(): Promise<void> {
    if (this.#running === undefined) return
    this.#running.isAborted = true
    await this.#running.work.catch(() => {})
  }

  /** To be called when the log was cut at `offset`. */
  onCut(offset: number): void {
    if (this.cleanedEndOffset !== undefined) this.cleanedEndOffset = Math.min(this.cleanedEndOffset, offset)
  }

  /** What could be cleaned now. */
  async range(nowMs: number): Promise<CleanableRange> {
    const { contents, config } = this.#log
    if (nowMs > config().maxCompactionLagMs) await this.#findFirstTimestamps()
    return cleanableRange(contents, config(), this.cleanedEndOffset, nowMs)
  }

  /** Loading leaves open when sealed segments began. */
  async #findFirstTimestamps(): Promise<void> {
    for (const segment of this.#log.contents.segments) {
      if (segment.firstTimestamp !== -1 || segment.sizeBytes < batchHeaderBytes) continue
      const bytes = await this.#log.files.read(segment, 0, batchHeaderBytes)
      if (bytes.length === batchHeaderBytes) segment.firstTimestamp = readBatchHeader(bytes, 0).maxTimestamp
    }
  }

  /**
   * Cleans what `range` tells and moves `cleanedEndOffset`. Answers false when it was aborted. Rejects with
   * UncleanableError and DecodeError for damage, and with the disk's refusal.
   */
  async clean(options: CleaningOptions): Promise<boolean> {
    const running = { work: this.#clean(options), isAborted: false }
    this.#running = running
    try {
      await running.work
      return true
    } catch (error) {
      if (running.isAborted && !(error instanceof DiskError)) return false
      throw error
    } finally {
      this.#running = undefined
    }
  }

  async #clean(options: CleaningOptions): Promise<void> {
    const { contents, reader } = this.#log
    await this.#log.storeSealed()
    await options.onStored?.()
    this.#checkAborted()
    const config = this.#log.config()
    const range = cleanableRange(contents, config, this.cleanedEndOffset, options.nowMs)
    if (range.dirtyBytes === 0) return
    const { firstDirtyOffset } = range
    const segments = contents.segments.slice(0, range.segmentCount)
    const upperBound = contents.segments[range.segmentCount]!.baseOffset
    const aborted = reader.abortedTransactions(segments[0]!.baseOffset, upperBound)
    const map = new OffsetMap({
      bytesMax: options.dedupeBytesMax,
      loadFactor: options.loadFactor,
      keysMax: upperBound - firstDirtyOffset,
    })
    await this.#fill(map, { segments, firstDirtyOffset, upperBound, aborted }, options)
    const rules = {
      map,
      transactions: new CleanedTransactions(aborted),
      lastRecords: contents.producers.lastRecords(),
      highWatermark: contents.highWatermark,
      nowMs: options.nowMs,
      deleteRetentionMs: config.deleteRetentionMs,
    }
    const covered = segments.filter(({ baseOffset }) => baseOffset <= map.latestOffset)
    for (const group of groupSegments(covered, upperBound, config))
      await this.#cleanGroup(group, rules, options)
    this.cleanedEndOffset = map.latestOffset + 1
  }

  /** Offers the records from `firstDirtyOffset` on until the map is full. */
  async #fill(
    map: OffsetMap,
    dirty: {
      readonly segments: readonly Segment[]
      readonly firstDirtyOffset: number
      readonly upperBound: number
      readonly aborted: ConstructorParameters<typeof CleanedTransactions>[0]
    },
    options: CleaningOptions,
  ): Promise<void> {
    const transactions = new CleanedTransactions(
      dirty.aborted.filter(({ lastOffset }) => lastOffset >= dirty.firstDirtyOffset),
    )
    for (const [index, segment] of dirty.segments.entries()) {
      const nextBaseOffset = dirty.segments[index + 1]?.baseOffset ?? dirty.upperBound
      if (nextBaseOffset <= dirty.firstDirtyOffset) continue
      let isFull = false
      await this.#eachBatch(segment, options, (header, bytes, at) => {
        const isUnneeded = transactions.observe(header, bytes, at)
        if (isUnneeded || header.isControl) return true
        isFull = !offer(map, header, bytes, at, dirty.firstDirtyOffset)
        return !isFull
      })
      if (isFull) return
      // Also what ends in a gap or in batches without keys is covered.
      map.latestOffset = nextBaseOffset - 1
    }
  }

  async #cleanGroup(
    sources: readonly Segment[],
    rules: CleaningRules,
    options: CleaningOptions,
  ): Promise<void> {
    const { indexIntervalBytes } = this.#log.config()
    const { directory } = this.#log.files
    const cleaned = new CleanedSegments({ directory, sources, indexIntervalBytes }, this.#log.modules)
    try {
      for (const source of sources) {
        await this.#eachBatch(
          source,
          options,
          (header, bytes, at) => {
            const kept = cleanBatch(header, bytes, at, rules)
            const aborted = rules.transactions.takeKept()
            if (kept !== undefined) cleaned.append(readBatchHeader(kept, 0), kept, aborted)
            return true
          },
          async () => {
            await options.pace(cleaned.unwrittenBytes)
            await cleaned.write()
          },
        )
      }
      await cleaned.seal()
      this.#checkAborted()
    } catch (error) {
      await cleaned.discard()
      throw error
    }
    await this.#log.reader.whileReplacing(() =>
      this.#log.enqueue(() => this.#swap(cleaned, sources, options.nowMs)),
    )
  }

  async #swap(cleaned: CleanedSegments, sources: readonly Segment[], nowMs: number): Promise<void> {
    const { contents, files } = this.#log
    const deleted = await cleaned.swapIn(files)
    const first = contents.segments.indexOf(sources[0]!)
    contents.segments = contents.segments.toSpliced(first, sources.length, ...cleaned.segments)
    this.#log.removeLater(deleted, nowMs)
  }

  /** All batches of the segment, in turns; `afterTurn` runs before the next turn and at the end. */
  async #eachBatch(
    segment: Segment,
    options: CleaningOptions,
    visit: (header: BatchHeader, bytes: Uint8Array, at: number) => boolean,
    afterTurn: () => Promise<void> = async () => {},
  ): Promise<void> {
    const found: { readonly header: BatchHeader; readonly bytes: Uint8Array; readonly at: number }[] = []
    let isStopped = false
    const nextTurn = async (bytes: number) => {
      await afterTurn()
      await options.pace(bytes)
      this.#checkAborted()
    }
    const visitFound = async () => {
      let recordCount = 0
      for (const { header, bytes, at } of found.splice(0)) {
        if (isStopped) return
        if (recordCount >= turnRecords) {
          await nextTurn(0)
          recordCount = 0
        }
        isStopped = !visit(header, bytes, at)
        recordCount += header.count
      }
    }
    const read = async (from: number, to: number) => {
      await visitFound()
      await nextTurn(to - from)
      return this.#log.files.read(segment, from, to)
    }
    let nextOffset = segment.baseOffset
    const take = (header: BatchHeader, bytes: Uint8Array, at: number) => {
      // The checksum does not cover where the batch says it begins.
      const isInOrder = header.baseOffset >= nextOffset && header.lastOffset >= header.baseOffset
      if (isStopped || !isInOrder || !crcIsValid(bytes, at)) return false
      nextOffset = header.lastOffset + 1
      found.push({ header, bytes, at })
      return true
    }
    const end = await scanBatches(read, 0, segment.sizeBytes, take, turnBytes)
    await visitFound()
    await afterTurn()
    if (end < segment.sizeBytes && !isStopped) {
      throw new UncleanableError(`${this.#log.files.path(segment, 'log')} has no sound batch at byte ${end}`)
    }
  }

  #checkAborted(): void {
    if (this.#running?.isAborted) throw new CleaningAbortedError()
  }
}

/** False when the map got full before the last record of the batch. */
function offer(
  map: OffsetMap,
  header: BatchHeader,
  bytes: Uint8Array,
  at: number,
  fromOffset: number,
): boolean {
  if (header.lastOffset < fromOffset) return true
  for (const { key, offset } of records(bytes, at)) {
    if (key !== null && offset >= fromOffset && !map.put(key, offset)) return false
  }
  map.latestOffset = header.lastOffset
  return true
}
