// Appending to a log, in memory and synchronously: checks, offsets, producers, rolling, indexes, epochs; then
// the bytes are in the writer's hands. Nothing is changed before everything is checked.

import { assert } from '../base/assert.ts'
import { errors } from '../base/errors.ts'
import type { TopicConfig } from '../config/topic-config.ts'
import type { BatchHeader } from '../protocol/records/record-batch.ts'
import { type AppendOptions, type AppendResult, refuse } from './append-result.ts'
import { isLeaderOrigin, validateGivenBatches, validateLeaderBatch } from './batch-validator.ts'
import { endTransactionMarkerOf } from './end-transaction-marker.ts'
import { activeSegment, type LogContents } from './log-contents.ts'
import type { LogWriter } from './log-writer.ts'
import type { EndTransactionMarker } from './producer-entry.ts'
import { Segment } from './segment.ts'

/** A new segment began; the bytes are the producer snapshot as of its base offset. */
export type OnRoll = (segment: Segment, producerSnapshot: Uint8Array) => void

export class LogAppender {
  readonly #contents: LogContents
  readonly #writer: LogWriter
  readonly #onRoll: OnRoll

  constructor(contents: LogContents, writer: LogWriter, onRoll: OnRoll) {
    this.#contents = contents
    this.#writer = writer
    this.#onRoll = onRoll
  }

  append(records: Uint8Array, options: AppendOptions, config: TopicConfig): AppendResult {
    const { origin } = options
    if (isLeaderOrigin(origin)) return this.#appendAsLeader(records, origin, options, config)
    const { logEndOffset, logStartOffset } = this.#contents
    const context = { origin, leaderEpoch: options.leaderEpoch, logEndOffset }
    const batches = validateGivenBatches(records, context)
    if (!batches.ok) return batches
    const { bytes, headers } = batches
    if (headers.length > 0) this.#take(bytes, headers, undefined, options.nowMs, config)
    return {
      ok: true,
      baseOffset: headers[0]?.baseOffset ?? logEndOffset,
      lastOffset: this.#contents.logEndOffset - 1,
      logAppendTimeMs: -1,
      logStartOffset,
      duplicate: false,
    }
  }

  #appendAsLeader(
    records: Uint8Array,
    origin: 'client' | 'coordinator',
    { leaderEpoch, nowMs, transactionVersion = 0, verification }: AppendOptions,
    config: TopicConfig,
  ): AppendResult {
    const { logEndOffset, logStartOffset, producers } = this.#contents
    const context = { origin, config, leaderEpoch, nowMs, baseOffset: logEndOffset }
    const batch = validateLeaderBatch(records, context)
    if (!batch.ok) return batch
    const { bytes, header } = batch
    if (bytes.length > config.segmentBytes) {
      const limit = `the maximum configured segment size of ${config.segmentBytes}`
      const message = `Message batch size is ${bytes.length} bytes, which exceeds ${limit}`
      return refuse(errors.RECORD_LIST_TOO_LARGE, message)
    }
    const marker = endTransactionMarkerOf(header, bytes, 0)
    const verdict = producers.check(header, { origin, marker, transactionVersion, verification })
    if (verdict.kind === 'refuse') return refuse(verdict.error, verdict.message)
    const isAppendTime = config.messageTimestampType === 'append'
    if (verdict.kind === 'duplicate') {
      const { firstOffset, lastOffset, timestamp } = verdict.batch
      return {
        ok: true,
        baseOffset: firstOffset,
        lastOffset,
        // The batch's own also with create time, as in Kafka.
        logAppendTimeMs: timestamp,
        logStartOffset,
        duplicate: true,
      }
    }
    this.#take(bytes, [header], marker, nowMs, config)
    return {
      ok: true,
      baseOffset: header.baseOffset,
      lastOffset: header.lastOffset,
      logAppendTimeMs: isAppendTime ? nowMs : -1,
      logStartOffset,
      duplicate: false,
    }
  }

  /** Takes in checked batches that lie one after another in `bytes`; `marker` is that of a leader's single batch. */
  #take(
    bytes: Uint8Array,
    headers: readonly BatchHeader[],
    marker: EndTransactionMarker | undefined,
    nowMs: number,
    config: TopicConfig,
  ): void {
    const contents = this.#contents
    const { lastOffset } = headers.at(-1)!
    let maxTimestamp = -1
    for (const header of headers) maxTimestamp = Math.max(maxTimestamp, header.maxTimestamp)
    const whole = { sizeBytes: bytes.length, lastOffset, maxTimestamp }
    if (activeSegment(contents).mustRollBefore(whole, config, nowMs)) this.roll(headers[0]!.baseOffset, nowMs)
    const segment = activeSegment(contents)
    this.#writer.push(segment, bytes, lastOffset + 1)
    segment.lastAppendMs = nowMs
    let at = 0
    for (const header of headers) {
      segment.append(header, config.indexIntervalBytes)
      contents.epochs.assign(header.partitionLeaderEpoch, header.baseOffset)
      const completed = contents.producers.apply(header, marker ?? endTransactionMarkerOf(header, bytes, at))
      if (completed?.isAborted) segment.addAborted(completed)
      at += header.sizeBytes
    }
    contents.logEndOffset = lastOffset + 1
  }

  /** Seals the active segment and begins one at `baseOffset`. */
  roll(baseOffset: number, nowMs: number): void {
    const contents = this.#contents
    const sealed = activeSegment(contents)
    assert(baseOffset > sealed.baseOffset, 'a new segment begins behind the sealed one')
    sealed.timeIndex.append(sealed.maxTimestamp, sealed.offsetOfMaxTimestamp)
    contents.producers.endOffset = Math.max(contents.producers.endOffset, baseOffset)
    const segment = new Segment(baseOffset, nowMs)
    contents.segments.push(segment)
    this.#onRoll(segment, contents.producers.snapshot())
  }
}
