// What the cleaner writes in place of some segments, and how it takes their place so that a crash leaves the
// old ones or the new ones (LocalLog.replaceSegments). New files end in `.cleaned` until all are durable, then
// in `.swap`; from there on loading finishes the work (`findSegments`): old files go, new ones get their names.

import type { BatchHeader } from '../protocol/records/record-batch.ts'
import { Segment } from './segment.ts'
import { renameIfPresent, SegmentFiles, type SegmentFilesModules } from './segment-files.ts'
import type { AbortedTransaction } from './transaction-index.ts'

/** The log first: index files that are found without it keep their new content. */
const kinds = ['log', 'index', 'timeindex', 'txnindex'] as const
/** Positions in a segment have 31 bits. */
const positionMax = 2 ** 31 - 1

export interface CleanedSegmentsOptions {
  readonly directory: string
  /** Not empty; all they hold is stored. */
  readonly sources: readonly Segment[]
  readonly indexIntervalBytes: number
  /** A batch that a segment has no room for begins another one. Default: as much as positions reach. */
  readonly segmentBytesMax?: number
}

export class CleanedSegments {
  readonly #options: CleanedSegmentsOptions
  readonly #modules: SegmentFilesModules
  readonly #files: SegmentFiles
  /** At least one, so that the base offset of the first source stays. */
  readonly segments: Segment[]
  #unwritten: { readonly segment: Segment; readonly batch: Uint8Array }[] = []

  constructor(options: CleanedSegmentsOptions, modules: SegmentFilesModules) {
    this.#options = options
    this.#modules = modules
    this.#files = new SegmentFiles(options.directory, modules, '.cleaned')
    this.segments = [this.#newSegment(options.sources[0]!.baseOffset)]
  }

  /** As old as the newest source: retention goes by it when no record has a timestamp. */
  #newSegment(baseOffset: number): Segment {
    return new Segment(baseOffset, this.#options.sources.at(-1)!.lastAppendMs)
  }

  get unwrittenBytes(): number {
    return this.#unwritten.reduce((sum, { batch }) => sum + batch.length, 0)
  }

  /** Takes in the next batch, with the aborted transactions whose marker it is. Written by `write`. */
  append(header: BatchHeader, batch: Uint8Array, aborted: readonly AbortedTransaction[]): void {
    const { indexIntervalBytes, segmentBytesMax = positionMax } = this.#options
    const { sizeBytes } = this.segments.at(-1)!
    // Segments that fit together may not do so once what stays of them is compressed again.
    if (sizeBytes > 0 && sizeBytes + batch.length > segmentBytesMax) {
      this.segments.push(this.#newSegment(header.baseOffset))
    }
    const segment = this.segments.at(-1)!
    segment.append(header, indexIntervalBytes)
    for (const transaction of aborted) segment.addAborted(transaction)
    this.#unwritten.push({ segment, batch })
  }

  async write(): Promise<void> {
    const unwritten = this.#unwritten
    this.#unwritten = []
    for (const segment of this.segments) {
      const chunks = unwritten.filter((one) => one.segment === segment).map(({ batch }) => batch)
      if (chunks.length === 0) continue
      await this.#modules.pool.use(this.#path(segment), (file) => file.write(chunks, segment.writtenBytes))
      segment.writtenBytes += chunks.reduce((sum, chunk) => sum + chunk.length, 0)
    }
  }

  #path(segment: Segment): string {
    return this.#files.path(segment, 'log')
  }

  /** Makes the segments whole and durable. */
  async seal(): Promise<void> {
    await this.write()
    for (const segment of this.segments) {
      segment.timeIndex.append(segment.maxTimestamp, segment.offsetOfMaxTimestamp)
      await this.#files.create(segment)
      await this.#files.sync(segment)
      await this.#files.storeIndexes(segment, { sync: true })
      await this.#modules.pool.release(this.#path(segment))
      segment.isStored = true
    }
  }

  /** Removes what was written: the cleaning was given up. */
  async discard(): Promise<void> {
    for (const segment of this.segments) {
      await this.#modules.pool.release(this.#path(segment))
      for (const kind of kinds) await this.#modules.disk.remove(this.#files.path(segment, kind))
    }
  }

  /** Gives the sealed segments the place of their sources in `files` of the log; answers what to remove later. */
  async swapIn(files: SegmentFiles): Promise<string[]> {
    const { pool, indexCache } = this.#modules
    const sync = () => pool.syncDirectory(files.directory)
    await sync()
    // The last segment first: one that is left as `.cleaned` takes all behind it back.
    for (const segment of this.segments.toReversed()) {
      await this.#rename(segment, files, '.cleaned', '.swap')
    }
    await sync()
    const bases = new Set(this.segments.map(({ baseOffset }) => baseOffset))
    const deleted: string[] = []
    for (const source of this.#options.sources) {
      deleted.push(...(await files.markDeleted(source, { keepsSnapshot: bases.has(source.baseOffset) })))
    }
    await sync()
    for (const segment of this.segments) {
      await this.#rename(segment, files, '.swap', '')
      indexCache.forget(files.path(segment, 'index'))
      indexCache.forget(files.path(segment, 'timeindex'))
    }
    await sync()
    return deleted
  }

  async #rename(segment: Segment, files: SegmentFiles, from: string, to: string): Promise<void> {
    for (const kind of kinds) {
      const path = files.path(segment, kind)
      await renameIfPresent(this.#modules.disk, `${path}${from}`, `${path}${to}`)
    }
  }
}
