// Which part of a compacted log may be cleaned, whether it is worth it, and which segments become one
// (LogCleanerManager.cleanableOffsets, Cleaner.groupSegmentsBySize). Whole segments only; never the active one,
// nothing at or above the last stable offset, nothing younger than `min.compaction.lag.ms`.

import type { TopicConfig } from '../config/topic-config.ts'
import { type LogContents, lastStableOffset } from './log-contents.ts'
import { segmentIndexOf } from './log-reader.ts'
import { offsetIndexEntryBytes } from './offset-index.ts'
import type { Segment } from './segment.ts'
import { timeIndexEntryBytes } from './time-index.ts'

export interface CleanableRange {
  /** Below it the log holds no key twice. */
  readonly firstDirtyOffset: number
  /** How many segments from the oldest on may be written anew, the dirty ones among them. */
  readonly segmentCount: number
  readonly dirtyBytes: number
  /** Of the log that is clean or may be cleaned, the dirty part. */
  readonly dirtyRatio: number
  /** Something has waited for longer than `max.compaction.lag.ms`. */
  readonly isOverdue: boolean
}

const relativeOffsetMax = 2 ** 31 - 1

/** `cleanedEndOffset` as its checkpoint says it; one outside of the log is not believed. */
export function cleanableRange(
  contents: LogContents,
  config: TopicConfig,
  cleanedEndOffset: number | undefined,
  nowMs: number,
): CleanableRange {
  const { segments, logStartOffset, logEndOffset } = contents
  const checkpointed = cleanedEndOffset ?? logStartOffset
  const isInLog = checkpointed >= logStartOffset && checkpointed <= logEndOffset
  const firstDirtyOffset = isInLog ? checkpointed : logStartOffset
  const firstDirty = segmentIndexOf(segments, firstDirtyOffset)
  const stable = segmentIndexOf(segments, lastStableOffset(contents))
  const young = segments.findIndex((segment, index) => index >= firstDirty && isYoung(segment, config, nowMs))
  const segmentCount = young === -1 ? stable : Math.min(stable, young)
  const dirty = segments.slice(firstDirty, segmentCount)
  const dirtyBytes = sizeOf(dirty)
  const clean = segments.slice(0, segmentCount).filter(({ baseOffset }) => baseOffset < firstDirtyOffset)
  const totalBytes = sizeOf(clean) + dirtyBytes
  const dirtyRatio = totalBytes === 0 ? 0 : dirtyBytes / totalBytes
  const isOverdue = dirty.some((segment) => isWaiting(segment, config, nowMs))
  return { firstDirtyOffset, segmentCount, dirtyBytes, dirtyRatio, isOverdue }
}

export function isWorthCleaning(range: CleanableRange, config: TopicConfig): boolean {
  if (range.dirtyBytes === 0) return false
  return range.isOverdue || range.dirtyRatio > config.minCleanableDirtyRatio
}

function isYoung(segment: Segment, config: TopicConfig, nowMs: number): boolean {
  return config.minCompactionLagMs > 0 && segment.maxTimestamp > nowMs - config.minCompactionLagMs
}

function isWaiting(segment: Segment, config: TopicConfig, nowMs: number): boolean {
  return segment.firstTimestamp > 0 && segment.firstTimestamp < nowMs - config.maxCompactionLagMs
}

function sizeOf(segments: readonly Segment[]): number {
  return segments.reduce((sum, segment) => sum + segment.sizeBytes, 0)
}

/**
 * Runs of segments that fit into one together, by size, by index, by relative offsets. `endOffset` is where the
 * last of them ends.
 */
export function groupSegments(
  segments: readonly Segment[],
  endOffset: number,
  limits: { segmentBytes: number; segmentIndexBytes: number },
): Segment[][] {
  const groups: Segment[][] = []
  let room = { bytes: 0, offsetIndexBytes: 0, timeIndexBytes: 0, offset: 0 }
  for (const [index, segment] of segments.entries()) {
    room.bytes -= segment.sizeBytes
    room.offsetIndexBytes -= segment.offsetIndex.entries.count * offsetIndexEntryBytes
    room.timeIndexBytes -= segment.timeIndex.entries.count * timeIndexEntryBytes
    const lastOffset = (segments[index + 1]?.baseOffset ?? endOffset) - 1
    const fits =
      Math.min(room.bytes, room.offsetIndexBytes, room.timeIndexBytes) >= 0 &&
      (segment.sizeBytes === 0 || lastOffset <= room.offset)
    if (fits && groups.length > 0) {
      groups.at(-1)!.push(segment)
      continue
    }
    groups.push([segment])
    room = {
      bytes: limits.segmentBytes - segment.sizeBytes,
      offsetIndexBytes: limits.segmentIndexBytes - segment.offsetIndex.entries.count * offsetIndexEntryBytes,
      timeIndexBytes: limits.segmentIndexBytes - segment.timeIndex.entries.count * timeIndexEntryBytes,
      offset: segment.baseOffset + relativeOffsetMax,
    }
  }
  return groups
}
