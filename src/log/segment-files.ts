// The files of the segments of one log: where they are, reading bytes and indexes, storing indexes, syncing,
// removing. Index files are caches: one that is missing entries makes a lookup slower, never wrong.

import { type Disk, isDiskError } from '../env/env.ts'
import type { FilePool } from './file-pool.ts'
import { readWholeFile, type SegmentFile, segmentFileName, writeFile } from './files.ts'
import type { IndexCache } from './index-cache.ts'
import { floorPosition, validOffsetIndex } from './offset-index.ts'
import type { Segment } from './segment.ts'
import { floorTimestamp, type TimestampOffset, validTimeIndex } from './time-index.ts'

export interface SegmentFilesModules {
  readonly disk: Disk
  readonly pool: FilePool
  readonly indexCache: IndexCache
}

/** The segment was removed (retention, truncation) while a reader was about to open it. */
export class SegmentRemovedError extends Error {
  override readonly name = 'SegmentRemovedError'
}

const nothing = new Uint8Array(0)

export class SegmentFiles {
  readonly directory: string
  readonly #modules: SegmentFilesModules
  readonly #suffix: string

  /** `suffix`: what the names of files end in that are not part of the log yet. */
  constructor(directory: string, modules: SegmentFilesModules, suffix: '' | '.cleaned' = '') {
    this.directory = directory
    this.#modules = modules
    this.#suffix = suffix
  }

  path(segment: Segment, kind: SegmentFile): string {
    return `${this.directory}/${segmentFileName(segment.baseOffset, kind)}${this.#suffix}`
  }

  /** The bytes [from, to) of the segment, from memory as far as it holds them. */
  async read(segment: Segment, from: number, to: number): Promise<Uint8Array> {
    if (from >= to) return nothing
    const diskEnd = Math.min(to, segment.memoryStart)
    if (diskEnd <= from) return segment.memoryBytes(from, to)
    // Not zeroed first: what the disk does not fill is cut off below.
    const bytes = Buffer.allocUnsafeSlow(to - from)
    if (diskEnd < to) bytes.set(segment.memoryBytes(diskEnd, to), diskEnd - from)
    if (segment.isRemoved) throw new SegmentRemovedError()
    const path = this.path(segment, 'log')
    const count = await this.#modules.pool.use(path, (file) =>
      file.read(bytes.subarray(0, diskEnd - from), from),
    )
    return count === diskEnd - from ? bytes : bytes.subarray(0, count)
  }

  /** A position at or before the batch that holds `offset`, no more than an index interval away. */
  async floorPosition(segment: Segment, offset: number): Promise<number> {
    const known = segment.offsetIndex.floorInMemory(offset)
    if (known !== undefined) return known
    const index = await this.#index(segment, 'index', validOffsetIndex)
    return floorPosition(index, segment.baseOffset, offset)
  }

  /** The last entry of the time index that is not above `timestamp`, null without one. */
  async floorTimestamp(segment: Segment, timestamp: number): Promise<TimestampOffset | null> {
    const known = segment.timeIndex.floorInMemory(timestamp)
    if (known !== undefined) return known
    const index = await this.#index(segment, 'timeindex', validTimeIndex)
    return floorTimestamp(index, segment.baseOffset, timestamp)
  }

  async #index(
    segment: Segment,
    kind: 'index' | 'timeindex',
    valid: (file: Uint8Array) => Uint8Array,
  ): Promise<Uint8Array> {
    const path = this.path(segment, kind)
    const index = await this.#modules.indexCache.get(path, async () => {
      const file = await readWholeFile(this.#modules.disk, path)
      // Another segment may have its name by now, and its place in the cache.
      if (segment.isRemoved) throw new SegmentRemovedError()
      return file === undefined ? nothing : valid(file)
    })
    if (segment.isRemoved) throw new SegmentRemovedError()
    return index
  }

  /**
   * Writes what the index files lack; they exist afterwards, even if empty. Without `sync` the entries are to be
   * derived again after a power failure; the aborted transactions never are.
   */
  async storeIndexes(segment: Segment, options: { sync: boolean }): Promise<void> {
    await this.#storeEntries(segment, 'index', options.sync)
    await this.#storeEntries(segment, 'timeindex', options.sync)
    const transactions = segment.transactionIndex?.unstored()
    if (transactions === undefined) return
    await writeFile(this.#modules.disk, this.path(segment, 'txnindex'), transactions.bytes, true)
    transactions.onStored()
  }

  async #storeEntries(segment: Segment, kind: 'index' | 'timeindex', sync: boolean): Promise<void> {
    const { entries } = kind === 'index' ? segment.offsetIndex : segment.timeIndex
    const { bytes, position, onStored } = entries.unstored()
    if (bytes.length === 0 && position > 0) return
    const path = this.path(segment, kind)
    const file = await this.#modules.disk.open(path, 'create')
    try {
      if (bytes.length > 0) await file.write([bytes], position)
      // A killed broker's padding may lie behind the entries.
      const endBytes = position + bytes.length
      if ((await file.size()) > endBytes) await file.truncate(endBytes)
      if (sync && bytes.length > 0) await file.sync()
    } finally {
      await file.close()
    }
    onStored()
    this.#modules.indexCache.forget(path)
  }

  /** Makes the written bytes of the segment durable. */
  async sync(segment: Segment): Promise<void> {
    const { writtenBytes } = segment
    if (segment.flushedBytes >= writtenBytes) return
    await this.#modules.pool.use(this.path(segment, 'log'), (file) => file.sync())
    segment.flushedBytes = Math.max(segment.flushedBytes, writtenBytes)
  }

  /** Closes the log file of the segment once nobody uses it. */
  release(segment: Segment): Promise<void> {
    return this.#modules.pool.release(this.path(segment, 'log'))
  }

  /** Makes the empty log file of a segment whose base offset must survive a restart. */
  async create(segment: Segment): Promise<void> {
    await this.#modules.pool.use(this.path(segment, 'log'), async () => {})
  }

  /** Cuts the log file, durably: records that were cut off must not come back behind newer ones. */
  async truncate(segment: Segment, sizeBytes: number): Promise<void> {
    await this.#modules.pool.use(this.path(segment, 'log'), async (file) => {
      await file.truncate(sizeBytes)
      await file.sync()
    })
  }

  /**
   * Renames the files of a segment to `.deleted`; answers their new paths, to be removed some time later. The
   * snapshot of producers stays if a segment of the same base offset takes its place.
   */
  async markDeleted(segment: Segment, { keepsSnapshot = false } = {}): Promise<string[]> {
    segment.isRemoved = true
    await this.release(segment)
    const deleted: string[] = []
    for (const kind of ['log', 'index', 'timeindex', 'txnindex', 'snapshot'] as const) {
      if (kind === 'snapshot' && keepsSnapshot) continue
      const path = this.path(segment, kind)
      this.#modules.indexCache.forget(path)
      if (kind === 'txnindex' && segment.transactionIndex === undefined) continue
      if (await renameIfPresent(this.#modules.disk, path, `${path}.deleted`)) deleted.push(`${path}.deleted`)
    }
    return deleted
  }
}

/** Answers false when there is no file at `from`. */
export async function renameIfPresent(disk: Disk, from: string, to: string): Promise<boolean> {
  try {
    await disk.rename(from, to)
    return true
  } catch (error) {
    if (isDiskError(error, 'not-found')) return false
    throw error
  }
}
