// Finds the segments of a log directory, finishes what a crash interrupted, and loads segments whose files
// can be believed without reading them whole.

import type { Disk } from '../env/env.ts'
import { batchHeaderBytes, batchSizeBytes, readBatchHeader } from '../protocol/records/record-batch.ts'
import { scanBatches } from './batch-scan.ts'
import { parseSegmentFileName, readWholeFile } from './files.ts'
import { offsetIndexEntryBytes } from './offset-index.ts'
import { Segment } from './segment.ts'
import type { SegmentFiles, SegmentFilesModules } from './segment-files.ts'
import { timeIndexEntryBytes } from './time-index.ts'
import { TransactionIndex } from './transaction-index.ts'

export interface SegmentOnDisk {
  readonly baseOffset: number
  /** Its files besides the log: `index`, `timeindex`, `txnindex`. */
  readonly extensions: ReadonlySet<string>
}

/**
 * The segments by base offset, after three passes over the directory: files marked `.deleted` and unfinished
 * `.cleaned` output go, a complete `.swap` replaces the segments it was made of, index files without their
 * log go.
 */
export async function findSegments(disk: Disk, directory: string): Promise<SegmentOnDisk[]> {
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
  left = left.filter((file) => logs.has(file.offset))
  return [...logs]
    .sort((a, b) => a - b)
    .map((baseOffset) => ({
      baseOffset,
      extensions: new Set(left.filter((file) => file.offset === baseOffset).map((file) => file.extension)),
    }))
}

async function finishSwap(
  disk: Disk,
  directory: string,
  files: readonly { name: string; offset: number; extension: string }[],
): Promise<void> {
  const swaps = files.filter((file) => file.extension.endsWith('.swap'))
  const covered = { from: Number.POSITIVE_INFINITY, to: 0 }
  for (const swap of swaps.filter((file) => file.extension === 'log.swap')) {
    const bytes = (await readWholeFile(disk, `${directory}/${swap.name}`)) ?? new Uint8Array(0)
    covered.from = Math.min(covered.from, swap.offset)
    covered.to = Math.max(covered.to, nextOffsetOf(bytes, swap.offset))
  }
  for (const { name, offset, extension } of files) {
    const isReplaced = offset >= covered.from && offset < covered.to
    if (isReplaced && !extension.endsWith('.swap') && extension !== 'snapshot') {
      await disk.remove(`${directory}/${name}`)
    }
  }
  for (const { name } of swaps) {
    await disk.rename(`${directory}/${name}`, `${directory}/${name.slice(0, -'.swap'.length)}`)
  }
}

function nextOffsetOf(log: Uint8Array, baseOffset: number): number {
  let nextOffset = baseOffset
  let at = 0
  while (at + batchHeaderBytes <= log.length && at + batchSizeBytes(log, at) <= log.length) {
    const header = readBatchHeader(log, at)
    nextOffset = header.lastOffset + 1
    at += header.sizeBytes
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
  if (found.extensions.has('txnindex')) {
    const bytes = (await readWholeFile(disk, files.path(segment, 'txnindex'))) ?? new Uint8Array(0)
    segment.transactionIndex = TransactionIndex.parse(bytes, found.baseOffset)
    if (segment.transactionIndex === undefined) return undefined
  }
  return { segment, lastIndexedPosition }
}

function isEntryOf(last: DataView, sizeBytes: number): boolean {
  const position = last.getInt32(4)
  return last.getInt32(0) >= 0 && position > 0 && position < sizeBytes
}

/** What appending needs to know of the active segment. Answers the log end, undefined when the log is damaged. */
export async function loadActiveSegment(
  segment: Segment,
  lastIndexedPosition: number,
  files: SegmentFiles,
): Promise<number | undefined> {
  let nextOffset = segment.baseOffset
  const read = (from: number, to: number) => files.read(segment, from, to, undefined)
  const end = await scanBatches(read, lastIndexedPosition, segment.sizeBytes, (header) => {
    if (header.baseOffset < nextOffset) return false
    if (nextOffset === segment.baseOffset && lastIndexedPosition === 0 && segment.firstTimestamp === -1) {
      segment.firstTimestamp = header.maxTimestamp
    }
    if (header.maxTimestamp > segment.maxTimestamp) {
      segment.maxTimestamp = header.maxTimestamp
      segment.offsetOfMaxTimestamp = header.lastOffset
    }
    nextOffset = header.lastOffset + 1
    return true
  })
  if (end !== segment.sizeBytes) return undefined
  if (lastIndexedPosition > 0) {
    const first = await read(0, batchHeaderBytes)
    segment.firstTimestamp = readBatchHeader(first, 0).maxTimestamp
  }
  segment.resumeIndexing(segment.sizeBytes - lastIndexedPosition)
  return nextOffset
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
