// Cutting a log back to an offset, as a follower does that holds records its leader does not have.

import type { Disk } from '../env/env.ts'
import { scanBatches } from './batch-scan.ts'
import type { LogContents } from './log-contents.ts'
import { segmentIndexOf } from './log-reader.ts'
import { findSnapshots, rebuildProducers, removeStraySnapshots } from './producer-recovery.ts'
import { ProducerState } from './producer-state.ts'
import { Segment } from './segment.ts'
import type { SegmentFiles } from './segment-files.ts'

export interface Cut {
  readonly offset: number
  readonly nowMs: number
  readonly indexIntervalBytes: number
}

/**
 * Changes `contents` and the files of the segment that is cut. Answers the segments behind it, whose files are
 * the caller's to remove. An offset inside a batch drops the whole batch.
 */
export async function truncateContents(
  contents: LogContents,
  cut: Cut,
  files: SegmentFiles,
  disk: Disk,
): Promise<Segment[]> {
  const index = segmentIndexOf(contents.segments, cut.offset)
  const removed = contents.segments.slice(index + 1)
  const shortened = await truncateSegment(contents.segments[index]!, cut, files)
  contents.segments = [...contents.segments.slice(0, index), shortened]
  contents.epochs.truncateFromEnd(cut.offset)
  contents.logEndOffset = cut.offset
  contents.logStartOffset = Math.min(contents.logStartOffset, cut.offset)
  const source = { disk, files, segments: contents.segments }
  const snapshotOffsets = await findSnapshots(source)
  contents.producers = await rebuildProducers(source, cut.offset, snapshotOffsets)
  await removeStraySnapshots(source, cut.offset, snapshotOffsets)
  return removed
}

/** Empties the log, which goes on at `offset`; answers the segments whose files are the caller's to remove. */
export function restartContents(contents: LogContents, offset: number, nowMs: number): Segment[] {
  const removed = contents.segments
  contents.segments = [new Segment(offset, nowMs)]
  contents.producers = new ProducerState(offset)
  contents.epochs.clear()
  contents.logStartOffset = offset
  contents.logEndOffset = offset
  return removed
}

/** The indexes are made anew from the batches that stay: cuts are rare, and this cannot be wrong. */
async function truncateSegment(segment: Segment, cut: Cut, files: SegmentFiles): Promise<Segment> {
  const kept = new Segment(segment.baseOffset, cut.nowMs)
  const read = (from: number, to: number) => files.read(segment, from, to)
  await scanBatches(read, 0, segment.sizeBytes, (header) => {
    if (header.lastOffset >= cut.offset) return false
    kept.append(header, cut.indexIntervalBytes)
    return true
  })
  kept.transactionIndex = segment.transactionIndex
  kept.transactionIndex?.truncateTo(cut.offset)
  kept.writtenBytes = kept.sizeBytes
  kept.flushedBytes = Math.min(segment.flushedBytes, kept.sizeBytes)
  await files.truncate(segment, kept.sizeBytes)
  return kept
}
