// Which of the oldest segments may go (UnifiedLog.deletableSegments). Never anything at or above the high
// watermark; never an empty active segment; always a prefix of the log.

import type { TopicConfig } from '../config/topic-config.ts'
import type { Segment } from './segment.ts'

export interface RetentionView {
  readonly segments: readonly Segment[]
  readonly config: TopicConfig
  readonly logStartOffset: number
  readonly logEndOffset: number
  readonly highWatermark: number
}

export interface DeletableSegments {
  /** How many segments, counted from the oldest. */
  readonly count: number
  readonly reason: string
}

/** Checks the log start, then the size, then the age; the first that deletes something decides. */
export function deletableSegments(log: RetentionView, nowMs: number): DeletableSegments {
  const { config, segments, logStartOffset } = log
  const belowStart = countWhile(log, (_, next) => next !== undefined && next.baseOffset <= logStartOffset)
  if (belowStart > 0) return { count: belowStart, reason: `log start offset ${logStartOffset} breach` }
  if (!config.cleanupPolicy.delete) return { count: 0, reason: '' }
  if (config.retentionBytes >= 0) {
    let excessBytes = segments.reduce((sum, segment) => sum + segment.sizeBytes, 0) - config.retentionBytes
    const count = countWhile(log, (segment) => {
      excessBytes -= segment.sizeBytes
      return excessBytes >= 0
    })
    if (count > 0) return { count, reason: `log retention size ${config.retentionBytes} breach` }
  }
  if (config.retentionMs >= 0) {
    // Only a segment without any timestamp is as old as its last append.
    const newestMs = (segment: Segment) =>
      segment.maxTimestamp >= 0 ? segment.maxTimestamp : segment.lastAppendMs
    const count = countWhile(log, (segment) => nowMs - newestMs(segment) > config.retentionMs)
    if (count > 0) return { count, reason: `log retention time ${config.retentionMs}ms breach` }
  }
  return { count: 0, reason: '' }
}

function countWhile(
  log: RetentionView,
  mayGo: (segment: Segment, next: Segment | undefined) => boolean,
): number {
  const { segments, highWatermark, logEndOffset } = log
  let count = 0
  for (const segment of segments) {
    const next = segments[count + 1]
    if (highWatermark < (next?.baseOffset ?? logEndOffset)) break
    if (next === undefined && segment.sizeBytes === 0) break
    if (!mayGo(segment, next)) break
    count++
  }
  return count
}
