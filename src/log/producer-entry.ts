// What a partition remembers of one producer: its epoch, its last batches (to answer retries with the
// offsets of the first attempt), and the start of its open transaction (Kafka's ProducerStateEntry).
// A new epoch forgets the batches of the old one.

import type { BatchHeader } from '../protocol/records/record-batch.ts'

/** A retry of any of the last five batches is recognised; a client keeps no more in flight. */
const batchesMax = 5
const sequenceMax = 2 ** 31 - 1

export interface RetainedBatch {
  readonly firstSequence: number
  readonly lastSequence: number
  readonly firstOffset: number
  readonly lastOffset: number
  readonly timestamp: number
}

export interface EndTransactionMarker {
  readonly type: 'abort' | 'commit'
  readonly coordinatorEpoch: number
  readonly timestamp: number
}

export class ProducerEntry {
  readonly producerId: number
  epoch = -1
  coordinatorEpoch = -1
  lastTimestamp = -1
  /** -1: no open transaction. */
  currentTxnFirstOffset = -1
  /** Oldest first. */
  batches: RetainedBatch[] = []

  constructor(producerId: number) {
    this.producerId = producerId
  }

  get lastSequence(): number {
    return this.batches.at(-1)?.lastSequence ?? -1
  }

  /** The retained batch that `batch` repeats, if it does. */
  duplicateOf(batch: BatchHeader): RetainedBatch | undefined {
    if (batch.producerEpoch !== this.epoch) return undefined
    const lastSequence = sequenceAfter(batch.baseSequence, batch.lastOffsetDelta)
    return this.batches.find(
      (known) => known.firstSequence === batch.baseSequence && known.lastSequence === lastSequence,
    )
  }

  /** Notes a data batch, whose header holds its final offsets. */
  addBatch(batch: BatchHeader): void {
    this.retain(batch.producerEpoch, {
      firstSequence: batch.baseSequence,
      lastSequence: sequenceAfter(batch.baseSequence, batch.lastOffsetDelta),
      firstOffset: batch.baseOffset,
      lastOffset: batch.lastOffset,
      timestamp: batch.maxTimestamp,
    })
    if (batch.isTransactional && this.currentTxnFirstOffset === -1)
      this.currentTxnFirstOffset = batch.baseOffset
  }

  retain(epoch: number, batch: RetainedBatch): void {
    this.#enterEpoch(epoch)
    if (this.batches.length === batchesMax) this.batches.shift()
    this.batches.push(batch)
    this.lastTimestamp = batch.timestamp
  }

  /** Notes the end of a transaction; the batches stay unless the marker brought a new epoch. */
  endTransaction(epoch: number, marker: EndTransactionMarker): void {
    this.#enterEpoch(epoch)
    this.coordinatorEpoch = marker.coordinatorEpoch
    this.lastTimestamp = marker.timestamp
    this.currentTxnFirstOffset = -1
  }

  #enterEpoch(epoch: number): void {
    if (epoch !== this.epoch) this.batches = []
    this.epoch = epoch
  }
}

/** Sequences wrap from 2^31-1 to 0. */
export function sequenceAfter(sequence: number, increment: number): number {
  if (sequence < 0) return sequence
  const next = sequence + increment
  return next > sequenceMax ? next - sequenceMax - 1 : next
}

/** The first sequence of a batch of `count` records that ends at `lastSequence`. */
export function sequenceBefore(lastSequence: number, decrement: number): number {
  if (lastSequence < 0) return lastSequence
  const first = lastSequence - decrement
  return first < 0 ? first + sequenceMax + 1 : first
}
