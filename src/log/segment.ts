// One segment of a log in memory: sizes, indexes, the largest timestamp. It does no input or output; what is
// in its files is the business of SegmentFiles and LogWriter. Invariant: writtenBytes <= sizeBytes, and the
// bytes between them are in the hands of the log's writer.

import { OffsetIndex, offsetIndexEntryBytes } from './offset-index.ts'
import { floorEntry } from './stored-entries.ts'
import { TimeIndex, timeIndexEntryBytes } from './time-index.ts'
import { type AbortedTransaction, TransactionIndex } from './transaction-index.ts'

export interface RollLimits {
  readonly segmentBytes: number
  readonly segmentMsMax: number
  readonly segmentJitterMs: number
  readonly segmentIndexBytes: number
}

export interface MemoryChunk {
  readonly position: number
  readonly bytes: Uint8Array
}

export interface AppendedBatch {
  readonly sizeBytes: number
  readonly lastOffset: number
  readonly maxTimestamp: number
}

const relativeOffsetMax = 2 ** 31 - 1

export class Segment {
  readonly baseOffset: number
  readonly offsetIndex: OffsetIndex
  readonly timeIndex: TimeIndex
  /** Undefined while no transaction was aborted in this segment. */
  transactionIndex: TransactionIndex | undefined
  sizeBytes = 0
  /** As far as the operating system has the bytes. */
  writtenBytes = 0
  /** The last bytes, all that is not written among them, in the chunks that were appended. */
  readonly inMemory: MemoryChunk[] = []
  /** As far as the bytes are durable. */
  flushedBytes = 0
  maxTimestamp = -1
  offsetOfMaxTimestamp: number
  /** Of the first batch, -1 without one: `segment.ms` counts from it. */
  firstTimestamp = -1
  /** When the segment was made or loaded, then when it was last appended to: its age when no record has a timestamp. */
  lastAppendMs: number
  /** Set when it is sealed and all its files are whole and durable. */
  isStored = false
  /** Set when its files are about to go; they must not be opened any more. */
  isRemoved = false
  #bytesSinceIndexEntry = 0

  constructor(baseOffset: number, nowMs: number) {
    this.baseOffset = baseOffset
    this.offsetOfMaxTimestamp = baseOffset
    this.lastAppendMs = nowMs
    this.offsetIndex = new OffsetIndex(baseOffset)
    this.timeIndex = new TimeIndex(baseOffset)
  }

  /** Takes in a batch that goes to position `sizeBytes`; used for new batches and for those that recovery finds. */
  append(batch: AppendedBatch, indexIntervalBytes: number): void {
    if (this.sizeBytes === 0) this.firstTimestamp = batch.maxTimestamp
    if (batch.maxTimestamp > this.maxTimestamp) {
      this.maxTimestamp = batch.maxTimestamp
      this.offsetOfMaxTimestamp = batch.lastOffset
    }
    if (this.#bytesSinceIndexEntry > indexIntervalBytes) {
      this.offsetIndex.append(batch.lastOffset, this.sizeBytes)
      this.timeIndex.append(this.maxTimestamp, this.offsetOfMaxTimestamp)
      this.#bytesSinceIndexEntry = 0
    }
    this.sizeBytes += batch.sizeBytes
    this.#bytesSinceIndexEntry += batch.sizeBytes
  }

  /** From where on memory holds the bytes. */
  get memoryStart(): number {
    return this.inMemory[0]?.position ?? this.writtenBytes
  }

  /** The bytes [from, to), all of them in memory; a view when one chunk holds them. */
  memoryBytes(from: number, to: number): Uint8Array {
    const parts: Uint8Array[] = []
    const first = floorEntry(this.inMemory.length, from, (index) => this.inMemory[index]!.position)
    for (let index = first; index < this.inMemory.length; index++) {
      const { position, bytes } = this.inMemory[index]!
      if (position >= to) break
      parts.push(bytes.subarray(Math.max(0, from - position), to - position))
    }
    return parts.length === 1 ? parts[0]! : Buffer.concat(parts)
  }

  /** Notes a transaction whose abort marker lies in this segment. */
  addAborted(transaction: AbortedTransaction): void {
    this.transactionIndex ??= TransactionIndex.empty()
    this.transactionIndex.append(transaction)
  }

  /** Declares how far the last index entry lies behind the end, after loading. */
  resumeIndexing(bytesSinceIndexEntry: number): void {
    this.#bytesSinceIndexEntry = bytesSinceIndexEntry
  }

  /** Whether `batch` must begin a new segment (Kafka's LogSegment.shouldRoll). */
  mustRollBefore(batch: AppendedBatch, limits: RollLimits, nowMs: number): boolean {
    if (batch.lastOffset - this.baseOffset > relativeOffsetMax) return true
    if (this.sizeBytes === 0) return false
    if (this.sizeBytes > limits.segmentBytes - batch.sizeBytes) return true
    const waitedMs =
      this.firstTimestamp >= 0 ? batch.maxTimestamp - this.firstTimestamp : nowMs - this.lastAppendMs
    return (
      waitedMs > limits.segmentMsMax - this.#jitterMs(limits.segmentJitterMs) || this.#hasFullIndex(limits)
    )
  }

  #hasFullIndex(limits: RollLimits): boolean {
    const offsetEntriesMax = Math.floor(limits.segmentIndexBytes / offsetIndexEntryBytes)
    const timeEntriesMax = Math.floor(limits.segmentIndexBytes / timeIndexEntryBytes)
    // The time index keeps room for the final entry of a sealed segment.
    return (
      this.offsetIndex.entries.count >= offsetEntriesMax || this.timeIndex.entries.count >= timeEntriesMax - 1
    )
  }

  /** Spread by base offset: partitions filled alike do not roll in the same instant, and a run can be replayed. */
  #jitterMs(jitterMsMax: number): number {
    if (jitterMsMax === 0) return 0
    const hash = Math.imul(this.baseOffset + 1, 0x9e3779b1) >>> 0
    return Math.min(Math.floor((hash / 2 ** 32) * jitterMsMax), jitterMsMax)
  }
}
