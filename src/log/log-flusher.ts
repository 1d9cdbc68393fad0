// Makes a log durable, in the order that recovery relies on: the records, then the indexes of sealed segments
// and the leader epochs, then the names of new files; only then the recovery point moves. Everything here
// runs in the log's queue, one after another.

import { dirname } from 'node:path'
import { formatEpochCheckpoint } from './checkpoint-file.ts'
import { epochCheckpointName, segmentFileName, writeFile } from './files.ts'
import { scannedBytesMax } from './load-segments.ts'
import { activeSegment, type LogContents } from './log-contents.ts'
import { partitionMetadataName } from './partition-metadata.ts'
import type { Segment } from './segment.ts'
import type { SegmentFiles, SegmentFilesModules } from './segment-files.ts'

export class LogFlusher {
  readonly #contents: LogContents
  readonly #files: SegmentFiles
  readonly #modules: SegmentFilesModules
  /** Set when files were made whose names are not durable yet. */
  filesChanged: boolean
  /** Set until `partition.metadata` and the name of the directory are durable. */
  #isFresh: boolean
  /** The log end that the files describe as a clean shutdown leaves them, if they do. */
  #cleanEndOffset: number | undefined

  constructor(
    options: { isFresh: boolean; cleanEndOffset: number | undefined },
    contents: LogContents,
    files: SegmentFiles,
    modules: SegmentFilesModules,
  ) {
    this.#isFresh = options.isFresh
    this.filesChanged = options.isFresh
    this.#cleanEndOffset = options.cleanEndOffset
    this.#contents = contents
    this.#files = files
    this.#modules = modules
  }

  /** Moves the recovery point to `endOffset`; what lies below it has been written. */
  async flush(endOffset: number): Promise<void> {
    const contents = this.#contents
    const sealed = unstoredSegments(contents)
    if (endOffset <= contents.flushedEndOffset && sealed.length === 0 && !contents.epochs.hasChanged) return
    for (const segment of sealed) {
      if (segment.sizeBytes > 0) await this.#files.sync(segment)
      await this.#files.storeIndexes(segment, { sync: true })
      segment.isStored = segment.flushedBytes === segment.sizeBytes
      // Bytes behind `endOffset` are on their way still. Later segments must wait: this one is found through them.
      if (!segment.isStored) break
    }
    const active = activeSegment(contents)
    if (endOffset > active.baseOffset) await this.#files.sync(active)
    await this.#storeEpochs({ sync: true })
    if (endOffset > 0) await this.#syncNames()
    contents.flushedEndOffset = Math.max(contents.flushedEndOffset, endOffset)
  }

  /** What a new segment needs: its file, so that its base offset survives, and the producers as of there. */
  async beginSegment(segment: Segment, producerSnapshot: Uint8Array): Promise<void> {
    this.filesChanged = true
    await this.#writeSnapshot(segment.baseOffset, producerSnapshot, { sync: true })
    await this.#files.create(segment)
  }

  async #writeSnapshot(offset: number, bytes: Uint8Array, { sync }: { sync: boolean }): Promise<void> {
    const path = `${this.#files.directory}/${segmentFileName(offset, 'snapshot')}`
    await writeFile(this.#modules.disk, path, bytes, sync)
  }

  /**
   * A clean end: whoever opens the log next need not scan it. A log that nothing happened to costs nothing. Syncing
   * many partitions takes long; what loading derives from the records should a power failure take it is not synced.
   */
  async close(): Promise<void> {
    const contents = this.#contents
    if (contents.logEndOffset !== this.#cleanEndOffset) {
      const active = activeSegment(contents)
      const isScanned = active.sizeBytes <= scannedBytesMax
      active.timeIndex.append(active.maxTimestamp, active.offsetOfMaxTimestamp)
      await this.#files.create(active)
      await this.#files.storeIndexes(active, { sync: !isScanned })
      // Its checksum tells a whole one; without it loading goes on from the snapshot that the segment began with.
      if (!isScanned || !contents.producers.isEmpty)
        await this.#writeSnapshot(contents.logEndOffset, contents.producers.snapshot(), { sync: false })
      // Epochs of older segments are known from the file alone.
      await this.#storeEpochs({ sync: !isScanned || contents.segments.length > 1 })
      this.filesChanged = true
    }
    await this.flush(contents.logEndOffset)
    // A log that never held anything loses nothing when a crash takes its directory.
    if (contents.logEndOffset > 0) await this.#syncNames()
  }

  /** To be called when the log was cut: a later end at the same offset is not the same. */
  onCut(): void {
    this.#cleanEndOffset = undefined
    this.filesChanged = true
  }

  async #storeEpochs({ sync }: { sync: boolean }): Promise<void> {
    const { epochs } = this.#contents
    if (!epochs.hasChanged) return
    epochs.hasChanged = false
    const bytes = new TextEncoder().encode(formatEpochCheckpoint(epochs.entries))
    const path = `${this.#files.directory}/${epochCheckpointName}`
    await writeFile(this.#modules.disk, `${path}.tmp`, bytes, sync)
    await this.#modules.disk.rename(`${path}.tmp`, path)
    this.filesChanged = true
  }

  async #syncNames(): Promise<void> {
    if (!this.filesChanged) return
    this.filesChanged = false
    if (this.#isFresh) {
      const metadata = await this.#modules.disk.open(
        `${this.#files.directory}/${partitionMetadataName}`,
        'create',
      )
      await metadata.sync().finally(() => metadata.close())
    }
    await this.#modules.pool.syncDirectory(this.#files.directory)
    if (this.#isFresh) await this.#modules.pool.syncDirectory(dirname(this.#files.directory))
    this.#isFresh = false
  }
}

/** The sealed segments at the end of the log that have not reached the disk whole, oldest first. */
function unstoredSegments({ segments }: LogContents): Segment[] {
  let first = segments.length - 1
  while (first > 0 && !segments[first - 1]!.isStored) first--
  return segments.slice(first, -1)
}
