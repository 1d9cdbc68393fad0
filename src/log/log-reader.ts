// Reading a log: whole batches from an offset, and offsets by timestamp. No record is decoded for a read, and
// no state of the log is changed, except the hints of where the last reads ended: a consumer that goes on
// where it stopped needs neither index nor search.

import { errors } from '../base/errors.ts'
import { DecodeError } from '../protocol/decode-error.ts'
import {
  batchBaseOffset,
  batchHeaderBytes,
  batchLastOffset,
  batchSizeBytes,
  records,
} from '../protocol/records/record-batch.ts'
import { type ReadRange, scanBatches } from './batch-scan.ts'
import type { LogContents } from './log-contents.ts'
import type { Segment } from './segment.ts'
import { type SegmentFiles, SegmentRemovedError } from './segment-files.ts'
import type { AbortedTransaction } from './transaction-index.ts'

export interface ReadRequest {
  readonly offset: number
  /** Batches that begin at or behind it are not returned: the high watermark, the last stable offset, the log end. */
  readonly endOffset: number
  readonly bytesMax: number
  /** Return the first batch whole even if it exceeds `bytesMax`, so that a reader never hangs on it. */
  readonly minOneMessage: boolean
}

export type ReadResult =
  | { readonly ok: true; readonly records: Uint8Array }
  | { readonly ok: false; readonly error: number }

export interface TimestampAndOffset {
  readonly timestamp: number
  readonly offset: number
  readonly leaderEpoch: number
}

/** How many readers can follow one log without index lookups. */
const hintsMax = 4
/** Read ahead of the wanted range to find its start in the same read: an index interval and some batches. */
const searchBytes = 16 * 1024
const nothing = new Uint8Array(0)

export class LogReader {
  readonly #contents: LogContents
  readonly #files: SegmentFiles
  /** Where batches begin, newest last; made when first needed. */
  #hints: { segment: Segment; offset: number; position: number }[] | undefined
  #replacing: Promise<void> | undefined

  constructor(contents: LogContents, files: SegmentFiles) {
    this.#contents = contents
    this.#files = files
  }

  async read(request: ReadRequest): Promise<ReadResult> {
    try {
      return await this.#readFrom(request)
    } catch (error) {
      if (error instanceof SegmentRemovedError) return this.#readAgain(request)
      if (error instanceof DecodeError) return { ok: false, error: errors.CORRUPT_MESSAGE }
      throw error
    }
  }

  /** A segment went while it was read: another one took its place, retention took it, or the whole log goes. */
  async #readAgain(request: ReadRequest): Promise<ReadResult> {
    return (await this.#isGoing()) ? { ok: false, error: errors.NOT_LEADER_OR_FOLLOWER } : this.read(request)
  }

  async #isGoing(): Promise<boolean> {
    await this.#replacing
    return this.#contents.segments.some((segment) => segment.isRemoved)
  }

  /** `work` puts other segments in the place of some: readers that miss a file wait for it and read again. */
  async whileReplacing(work: () => Promise<void>): Promise<void> {
    const replacing = work()
    this.#replacing = replacing.catch(() => {})
    try {
      await replacing
    } finally {
      this.#replacing = undefined
      this.forgetHints()
    }
  }

  async #readFrom(request: ReadRequest): Promise<ReadResult> {
    const { offset, endOffset, bytesMax, minOneMessage } = request
    const { logStartOffset, logEndOffset, segments } = this.#contents
    if (offset < logStartOffset || offset > logEndOffset)
      return { ok: false, error: errors.OFFSET_OUT_OF_RANGE }
    if (offset >= endOffset || (bytesMax <= 0 && !minOneMessage)) return { ok: true, records: nothing }
    for (let index = segmentIndexOf(segments, offset); index < segments.length; index++) {
      const found = await this.#readSegment(segments[index]!, request)
      // Nothing at or behind the offset in this segment (compaction leaves gaps): the next one has it.
      if (found !== undefined) return { ok: true, records: found }
    }
    return { ok: true, records: nothing }
  }

  async #readSegment(segment: Segment, request: ReadRequest): Promise<Uint8Array | undefined> {
    const end = segment.sizeBytes
    const hint = this.#hints?.find((known) => known.segment === segment && known.offset === request.offset)
    let position = hint?.position ?? (await this.#files.floorPosition(segment, request.offset))
    let wantedBytes = request.bytesMax + (hint === undefined ? searchBytes : batchHeaderBytes)
    while (position < end) {
      const chunk = await this.#bytes(segment, position, Math.min(end, position + wantedBytes))
      const start = startOf(chunk, request.offset)
      const sizeBytes = start + batchHeaderBytes <= chunk.length ? batchSizeBytes(chunk, start) : undefined
      if (sizeBytes !== undefined && start + sizeBytes <= chunk.length) {
        return this.#wholeBatches(segment, position, chunk, start, request)
      }
      if (sizeBytes !== undefined && sizeBytes > request.bytesMax && !request.minOneMessage) return nothing
      // The batch was asked for whole and did not come: the file is shorter than the log.
      if (start === 0 && wantedBytes >= (sizeBytes ?? batchHeaderBytes)) return undefined
      position += start
      wantedBytes = Math.max(request.bytesMax, sizeBytes ?? batchHeaderBytes)
    }
    return undefined
  }

  #wholeBatches(segment: Segment, position: number, chunk: Uint8Array, start: number, request: ReadRequest) {
    let at = start
    let nextOffset = request.offset
    while (at + batchHeaderBytes <= chunk.length) {
      const sizeBytes = batchSizeBytes(chunk, at)
      if (at + sizeBytes > chunk.length || batchBaseOffset(chunk, at) >= request.endOffset) break
      const isTooMuch = at + sizeBytes - start > request.bytesMax
      if (isTooMuch && !(at === start && request.minOneMessage)) break
      nextOffset = batchLastOffset(chunk, at) + 1
      at += sizeBytes
    }
    if (at > start) this.#remember(segment, request.offset, nextOffset, position + at)
    return chunk.subarray(start, at)
  }

  #remember(segment: Segment, readOffset: number, offset: number, position: number): void {
    this.#hints ??= []
    const stale = this.#hints.findIndex((known) => known.offset === readOffset || known.offset === offset)
    if (stale !== -1) this.#hints.splice(stale, 1)
    else if (this.#hints.length === hintsMax) this.#hints.shift()
    this.#hints.push({ segment, offset, position })
  }

  /** To be called when segments were cut or replaced. */
  forgetHints(): void {
    this.#hints = undefined
  }

  /** The aborted transactions that touch [fromOffset, endOffset). */
  abortedTransactions(fromOffset: number, endOffset: number): AbortedTransaction[] {
    const { segments } = this.#contents
    const found: AbortedTransaction[] = []
    for (let index = segmentIndexOf(segments, fromOffset); index < segments.length; index++) {
      if (segments[index]!.transactionIndex?.collect(fromOffset, endOffset, found)) break
    }
    return found
  }

  /** The first record, at or behind the log start, whose timestamp is at or above `timestamp`. */
  offsetForTimestamp(timestamp: number): Promise<TimestampAndOffset | undefined> {
    return this.#untilFound(() => this.#offsetForTimestamp(timestamp))
  }

  /** The first record with the largest timestamp of the log. */
  maxTimestamp(): Promise<TimestampAndOffset | undefined> {
    return this.#untilFound(() => this.#maxTimestamp())
  }

  async #untilFound<T>(lookUp: () => Promise<T | undefined>): Promise<T | undefined> {
    try {
      return await lookUp()
    } catch (error) {
      if (!(error instanceof SegmentRemovedError)) throw error
      return (await this.#isGoing()) ? undefined : this.#untilFound(lookUp)
    }
  }

  async #offsetForTimestamp(timestamp: number): Promise<TimestampAndOffset | undefined> {
    for (const segment of this.#contents.segments) {
      if (segment.maxTimestamp < timestamp) continue
      const floor = await this.#files.floorTimestamp(segment, timestamp)
      const fromOffset = Math.max(floor?.offset ?? segment.baseOffset, this.#contents.logStartOffset)
      const found = await this.#firstAtOrAfter(segment, fromOffset, timestamp)
      if (found !== undefined) return found
    }
    return undefined
  }

  async #maxTimestamp(): Promise<TimestampAndOffset | undefined> {
    let newest: Segment | undefined
    for (const segment of this.#contents.segments) {
      if (segment.maxTimestamp > (newest?.maxTimestamp ?? -1)) newest = segment
    }
    if (newest === undefined) return undefined
    return this.#firstAtOrAfter(newest, newest.offsetOfMaxTimestamp, newest.maxTimestamp)
  }

  async #firstAtOrAfter(
    segment: Segment,
    fromOffset: number,
    timestamp: number,
  ): Promise<TimestampAndOffset | undefined> {
    const { logStartOffset } = this.#contents
    const start = await this.#files.floorPosition(segment, fromOffset)
    let found: TimestampAndOffset | undefined
    const read: ReadRange = (from, to) => this.#bytes(segment, from, to)
    await scanBatches(read, start, segment.sizeBytes, (header, bytes, at) => {
      if (header.maxTimestamp < timestamp || header.lastOffset < logStartOffset) return true
      for (const record of records(bytes, at)) {
        if (record.timestamp < timestamp || record.offset < logStartOffset) continue
        const { partitionLeaderEpoch } = header
        found = { timestamp: record.timestamp, offset: record.offset, leaderEpoch: partitionLeaderEpoch }
        return false
      }
      return true
    })
    return found
  }

  #bytes(segment: Segment, from: number, to: number): Promise<Uint8Array> {
    return this.#files.read(segment, from, to)
  }
}

/** The index of the segment that holds `offset` if any does: the last whose base offset is not above it. */
export function segmentIndexOf(segments: readonly Segment[], offset: number): number {
  let index = segments.length - 1
  while (index > 0 && segments[index]!.baseOffset > offset) index--
  return index
}

/** Where the batch begins that holds `offset`, or the first behind it; behind the chunk if it is not in there. */
function startOf(chunk: Uint8Array, offset: number): number {
  let at = 0
  while (at + batchHeaderBytes <= chunk.length && batchLastOffset(chunk, at) < offset) {
    const sizeBytes = batchSizeBytes(chunk, at)
    if (sizeBytes < batchHeaderBytes) throw new DecodeError(`a batch in the log states ${sizeBytes} bytes`)
    at += sizeBytes
  }
  return at
}
