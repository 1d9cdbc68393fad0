// Finds the segments of a log directory, finishes what a crash interrupted, and loads segments whose files
// can be believed without reading them whole.

import type { Disk } from '../env/env.ts'
import { batchHeaderBytes, readBatchHeader } from '../protocol/records/record-batch.ts'
import { scanBatches } from './batch-scan.ts'
import { epochCheckpointName, parseSegmentFileName, readWholeFile } from './files.ts'
import type { LeaderEpochCache } from './leader-epoch-cache.ts'
import { offsetIndexEntryBytes } from './offset-index.ts'
import { Segment } from './segment.ts'
import type { SegmentFiles, SegmentFilesModules } from './segment-files.ts'
import { timeIndexEntryBytes } from './time-index.ts'
import { TransactionIndex } from './transaction-index.ts'

/** An active segment up to this size is read whole, and what else is in its files is derived from it. */
export const scannedBytesMax = 64 * 1024

export interface SegmentOnDisk {
  readonly baseOffset: number
  /** Its files besides the log: `index`, `timeindex`, `txnindex`. */
  readonly extensions: ReadonlySet<string>
}

export interface LogFilesOnDisk {
  /** By base offset. */
  readonly segments: readonly SegmentOnDisk[]
  /** Of the producer snapshots, in no order. */
  readonly snapshotOffsets: readonly number[]
  readonly hasEpochs: boolean
}

/**
 * The files of a log, after three passes over the directory: files marked `.deleted` and unfinished
 * `.cleaned` output go, a complete `.swap` replaces the segments it was made of, index files without their
 * log go.
 */
export async function findSegments(disk: Disk, directory: string): Promise<LogFilesOnDisk> {
  const listed = (await disk.list(directory)).filter((entry) => entry.kind === 'file')
  const files = listed.flatMap(({ name }) => {
    const parsed = parseSegmentFileName(name)
    return parsed === undefined ? [] : [{ name, ...parsed }]
  })
  const remove = (file: { name: string }) => disk.remove(`${directory}/${file.name}`)
  const cleaned = files.filter((file) => file.extension.endsWith('.cleaned'))
  const firstCleaned = Math.min(...cleaned.map((file) => file.offset))
  const isLeftover = (file: (typeof files)[number]) =>
    file.extension.endsWith('.cleaned') ||
    (file.extension.endsWith('.deleted') && file.extension !== 'checkpoint.deleted') ||
    // The swap was made of segments that the unfinished cleaning was about to replace again.
    (file.extension.endsWith('.swap') && file.offset >= firstCleaned)
  for (const file of files.filter(isLeftover)) await remove(file)
  let left = files.filter((file) => !isLeftover(file))
  if (left.some((file) => file.extension.endsWith('.swap'))) {
    await finishSwap(disk, directory, left)
    return findSegments(disk, directory)
  }
  const logs = new Set(left.filter((file) => file.extension === 'log').map((file) => file.offset))
  const isIndex = (file: { extension: string }) => ['index', 'timeindex', 'txnindex'].includes(file.extension)
  for (const file of left) if (isIndex(file) && !logs.has(file.offset)) await remove(file)
  const snapshotOffsets = left.filter((file) => file.extension === 'snapshot').map((file) => file.offset)
  left = left.filter((file) => logs.has(file.offset))
  const segments = [...logs]
    .sort((a, b) => a - b)
    .map((baseOffset) => ({
      baseOffset,
      extensions: new Set(left.filter((file) => file.offset === baseOffset).map((file) => file.extension)),
    }))
  return { segments, snapshotOffsets, hasEpochs: listed.some((entry) => entry.name === epochCheckpointName) }
}

async function finishSwap(
  disk: Disk,
  directory: string,
  files: readonly { name: string; offset: number; extension: string }[],
): Promise<void> {
  const isLog = (file: { extension: string }) => file.extension === 'log.swap'
  const swaps = files.filter((file) => file.extension.endsWith('.swap'))
  const covered = { from: Number.POSITIVE_INFINITY, to: 0 }
  for (const swap of swaps.filter(isLog)) {
    const nextOffset = await nextOffsetOf(disk, `${directory}/${swap.name}`, swap.offset)
    covered.from = Math.min(covered.from, swap.offset)
    covered.to = Math.max(covered.to, nextOffset, swap.offset + 1)
  }
  for (const { name, offset, extension } of files) {
    const isReplaced = offset >= covered.from && offset < covered.to
    if (isReplaced && !extension.endsWith('.swap') && extension !== 'snapshot') {
      await disk.remove(`${directory}/${name}`)
    }
  }
  // The logs first: without a `.log.swap` beside them, index files of the new segments are not taken for old ones.
  for (const { name } of [...swaps.filter(isLog), ...swaps.filter((file) => !isLog(file))]) {
    await disk.rename(`${directory}/${name}`, `${directory}/${name.slice(0, -'.swap'.length)}`)
  }
  await disk.syncDirectory(directory)
}

async function nextOffsetOf(disk: Disk, path: string, baseOffset: number): Promise<number> {
  const file = await disk.open(path, 'read')
  let nextOffset = baseOffset
  const read = async (from: number, to: number) => {
    const bytes = new Uint8Array(to - from)
    return bytes.subarray(0, await file.read(bytes, from))
  }
  try {
    await scanBatches(read, 0, await file.size(), (header) => {
      nextOffset = header.lastOffset + 1
      return true
    })
  } finally {
    await file.close()
  }
  return nextOffset
}

/** A segment with the size of its file and nothing else known. */
export async function openSegment(
  baseOffset: number,
  files: SegmentFiles,
  modules: SegmentFilesModules,
  nowMs: number,
): Promise<Segment> {
  const segment = new Segment(baseOffset, nowMs)
  segment.writtenBytes = await modules.pool.use(files.path(segment, 'log'), (file) => file.size())
  return segment
}

/**
 * Loads a segment from the ends of its index files. Undefined when an index is missing, ends in padding or
 * contradicts the log; the segment must be read whole then.
 */
export async function loadSegment(
  found: SegmentOnDisk,
  files: SegmentFiles,
  modules: SegmentFilesModules,
  nowMs: number,
): Promise<{ segment: Segment; lastIndexedPosition: number } | undefined> {
  const segment = await openSegment(found.baseOffset, files, modules, nowMs)
  const sizeBytes = segment.writtenBytes
  segment.sizeBytes = sizeBytes
  segment.flushedBytes = sizeBytes
  if (sizeBytes === 0) return { segment, lastIndexedPosition: 0 }
  if (!found.extensions.has('index') || !found.extensions.has('timeindex')) return undefined
  const { disk } = modules
  const offsets = await readIndexEnd(disk, files.path(segment, 'index'), offsetIndexEntryBytes)
  const times = await readIndexEnd(disk, files.path(segment, 'timeindex'), timeIndexEntryBytes)
  if (offsets === undefined || times === undefined) return undefined
  const lastIndexedPosition = offsets.count === 0 ? 0 : offsets.last.getInt32(4)
  if (offsets.count > 0 && !isEntryOf(offsets.last, sizeBytes)) return undefined
  segment.offsetIndex.entries.resetTo(offsets.count)
  if (times.count > 0) {
    segment.maxTimestamp = Number(times.last.getBigInt64(0))
    segment.offsetOfMaxTimestamp = found.baseOffset + times.last.getInt32(8)
    // Timestamps grow from entry to entry: only a single one may be 0.
    if (times.count > 1 && segment.maxTimestamp <= 0) return undefined
    if (segment.maxTimestamp < 0 || segment.offsetOfMaxTimestamp < found.baseOffset) return undefined
  }
  segment.timeIndex.resetTo(times.count, segment.maxTimestamp)
  const isWhole = await loadTransactionIndex(segment, found, files, disk)
  return isWhole ? { segment, lastIndexedPosition } : undefined
}

/** Answers false when the index of aborted transactions is damaged. */
export async function loadTransactionIndex(
  segment: Segment,
  found: SegmentOnDisk,
  files: SegmentFiles,
  disk: Disk,
): Promise<boolean> {
  if (!found.extensions.has('txnindex')) return true
  const bytes = (await readWholeFile(disk, files.path(segment, 'txnindex'))) ?? new Uint8Array(0)
  segment.transactionIndex = TransactionIndex.parse(bytes, found.baseOffset)
  return segment.transactionIndex !== undefined
}

function isEntryOf(last: DataView, sizeBytes: number): boolean {
  const position = last.getInt32(4)
  return last.getInt32(0) >= 0 && position > 0 && position < sizeBytes
}

/**
 * Loads the active segment and finds the log end. Undefined when its indexes or its last batches are damaged.
 * A small one is scanned, which is cheaper than opening its indexes; idle partitions are mostly small.
 */
export async function loadActiveSegment(
  found: SegmentOnDisk,
  files: SegmentFiles,
  modules: SegmentFilesModules,
  epochs: LeaderEpochCache,
  options: { nowMs: number; indexIntervalBytes: number },
): Promise<{ segment: Segment; logEndOffset: number } | undefined> {
  const segment = await openSegment(found.baseOffset, files, modules, options.nowMs)
  if (segment.writtenBytes > scannedBytesMax)
    return loadLargeActiveSegment(found, files, modules, options.nowMs)
  let logEndOffset = segment.baseOffset
  const read = (from: number, to: number) => files.read(segment, from, to)
  await scanBatches(read, 0, segment.writtenBytes, (header) => {
    if (header.baseOffset < logEndOffset) return false
    segment.append(header, options.indexIntervalBytes)
    epochs.note(header)
    logEndOffset = header.lastOffset + 1
    return true
  })
  segment.flushedBytes = segment.sizeBytes
  const isWhole = await loadTransactionIndex(segment, found, files, modules.disk)
  return isWhole && segment.sizeBytes === segment.writtenBytes ? { segment, logEndOffset } : undefined
}

async function loadLargeActiveSegment(
  found: SegmentOnDisk,
  files: SegmentFiles,
  modules: SegmentFilesModules,
  nowMs: number,
): Promise<{ segment: Segment; logEndOffset: number } | undefined> {
  const loaded = await loadSegment(found, files, modules, nowMs)
  if (loaded === undefined) return undefined
  const { segment, lastIndexedPosition } = loaded
  const read = (from: number, to: number) => files.read(segment, from, to)
  segment.firstTimestamp = readBatchHeader(await read(0, batchHeaderBytes), 0).maxTimestamp
  let logEndOffset = segment.baseOffset
  const end = await scanBatches(read, lastIndexedPosition, segment.sizeBytes, (header) => {
    if (header.baseOffset < logEndOffset) return false
    if (header.maxTimestamp > segment.maxTimestamp) {
      segment.maxTimestamp = header.maxTimestamp
      segment.offsetOfMaxTimestamp = header.lastOffset
    }
    logEndOffset = header.lastOffset + 1
    return true
  })
  segment.resumeIndexing(segment.sizeBytes - lastIndexedPosition)
  return end === segment.sizeBytes ? { segment, logEndOffset } : undefined
}

async function readIndexEnd(
  disk: Disk,
  path: string,
  entryBytes: number,
): Promise<{ count: number; last: DataView } | undefined> {
  const file = await disk.open(path, 'read')
  try {
    const sizeBytes = await file.size()
    if (sizeBytes % entryBytes !== 0) return undefined
    const bytes = new Uint8Array(entryBytes)
    if (sizeBytes > 0) await file.read(bytes, sizeBytes - entryBytes)
    return { count: sizeBytes / entryBytes, last: new DataView(bytes.buffer) }
  } finally {
    await file.close()
  }
}
