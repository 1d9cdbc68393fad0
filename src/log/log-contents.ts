// The state of one log in memory, shared by the parts that append, read, flush and recover it.
//
//   logStartOffset <= highWatermark <= logEndOffset        what may be read
//   flushedEndOffset <= writtenEndOffset <= logEndOffset   where the records are: durable, in the OS, in memory
//                                                          (writtenEndOffset is the writer's)

import type { LeaderEpochCache } from './leader-epoch-cache.ts'
import type { ProducerState } from './producer-state.ts'
import type { Segment } from './segment.ts'

export interface LogContents {
  /** By base offset, at least one; the last is the active one, that is appended to. */
  segments: Segment[]
  epochs: LeaderEpochCache
  producers: ProducerState
  logStartOffset: number
  logEndOffset: number
  highWatermark: number
  /** The recovery point: after a crash, what lies behind it is read again. */
  flushedEndOffset: number
}

export function activeSegment(contents: LogContents): Segment {
  return contents.segments.at(-1)!
}

export function lastStableOffset(contents: LogContents): number {
  const { producers, highWatermark, logStartOffset } = contents
  const firstUnstable = producers.firstUnstableOffset()
  if (firstUnstable === undefined) return highWatermark
  return Math.min(highWatermark, Math.max(firstUnstable, logStartOffset))
}
