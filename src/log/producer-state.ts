// The idempotent and transactional producers of one partition (KIP-98; Kafka's ProducerStateManager and
// ProducerAppendInfo). `check` decides about a batch without changing anything; `apply` is the only
// mutator, for new batches and for those that recovery reads.
//
// A transaction is open from its first batch to its marker. Once ended it still holds back the last stable
// offset until its marker is below the high watermark: "unreplicated".

import { assert } from '../base/assert.ts'
import { errors } from '../base/errors.ts'
import type { BatchHeader } from '../protocol/records/record-batch.ts'
import {
  accepted,
  checkMarker,
  checkSequence,
  type ProducerCheck,
  type ProducerVerdict,
  refuse,
  staleEpoch,
} from './producer-checks.ts'
import { type EndTransactionMarker, ProducerEntry, sequenceBefore } from './producer-entry.ts'
import { decodeProducerSnapshot, encodeProducerSnapshot } from './producer-snapshot.ts'
import {
  TransactionVerifications,
  type VerificationGuard,
  type VerifiedBatch,
} from './transaction-verification.ts'

export interface CompletedTransaction {
  readonly producerId: number
  readonly firstOffset: number
  /** The offset of the marker. */
  readonly lastOffset: number
  readonly isAborted: boolean
  /** The last stable offset once this transaction is over. */
  readonly lastStableOffset: number
}

/** What DescribeProducers and tools show. */
export interface ActiveProducer {
  readonly producerId: number
  readonly producerEpoch: number
  readonly lastSequence: number
  readonly lastTimestamp: number
  readonly coordinatorEpoch: number
  readonly currentTxnFirstOffset: number
}

export interface LastProducerRecord {
  /** Undefined when the producer's last batch of its epoch is a marker. */
  readonly lastDataOffset: number | undefined
  readonly epoch: number
}

export class ProducerState {
  readonly #producers = new Map<number, ProducerEntry>()
  /** First offset → producer id of the open transactions, in growing order of offsets. */
  readonly #open = new Map<number, number>()
  /** First offset → offset of the marker, of ended transactions whose marker is not below the high watermark. */
  readonly #unreplicated = new Map<number, number>()
  /** Made when the first transaction asks. */
  #verifications: TransactionVerifications | undefined
  /** The state covers all batches below this offset. */
  endOffset: number

  constructor(endOffset: number) {
    this.endOffset = endOffset
  }

  get isEmpty(): boolean {
    return this.#producers.size === 0
  }

  /** Whether a batch may be appended. A duplicate is answered with the offsets of the first attempt. */
  check(batch: BatchHeader, context: ProducerCheck): ProducerVerdict {
    const { origin, marker, transactionVersion } = context
    if (batch.producerId < 0 || origin === 'replica' || origin === 'raft') return accepted
    const entry = this.#producers.get(batch.producerId)
    if (marker !== undefined) return checkMarker(entry, batch, marker, transactionVersion)
    if (origin === 'client') {
      const duplicate = entry?.duplicateOf(batch)
      if (duplicate !== undefined) return { kind: 'duplicate', batch: duplicate }
    }
    if (entry !== undefined && batch.producerEpoch < entry.epoch) {
      return staleEpoch(entry, batch, '<', transactionVersion)
    }
    const unverified = this.#checkVerification(batch, context, entry)
    if (unverified !== undefined) return unverified
    if (entry === undefined) return accepted
    if (origin === 'client') {
      const wrong = checkSequence(entry, batch)
      if (wrong !== undefined) return wrong
    }
    if (entry.currentTxnFirstOffset !== -1 && !batch.isTransactional) {
      return refuse(
        errors.INVALID_TXN_STATE,
        `Expected transactional write from producer ${batch.producerId}`,
      )
    }
    return accepted
  }

  #checkVerification(
    batch: BatchHeader,
    { origin, verification }: ProducerCheck,
    entry: ProducerEntry | undefined,
  ): ProducerVerdict | undefined {
    const pending = this.#verifications?.get(batch.producerId)
    const isOpen = this.hasOpenTransaction(batch.producerId, batch.producerEpoch)
    const isVerified = pending !== undefined && pending.guard === verification?.guard
    if (verification !== undefined && batch.isTransactional && !isOpen && !isVerified) {
      return refuse(errors.INVALID_TXN_STATE, 'Record was not part of an ongoing transaction')
    }
    if (origin !== 'client' || pending === undefined) return undefined
    const isNew = entry === undefined || entry.batches.length === 0
    const isTooLate = batch.baseSequence > pending.lowestSequence
    if (!isTooLate && !(pending.supportsEpochBump && isNew && batch.baseSequence !== 0)) return undefined
    return refuse(
      errors.OUT_OF_ORDER_SEQUENCE_NUMBER,
      `Out of order sequence number for producer ${batch.producerId}: ${batch.baseSequence} (incoming seq. number), ` +
        (isTooLate
          ? `${pending.lowestSequence} (earliest seen sequence)`
          : '0 is expected of a new producer'),
    )
  }

  /** Begins to verify that a batch belongs to an open transaction; undefined when it does already. */
  beginVerification(batch: VerifiedBatch, nowMs: number): VerificationGuard | undefined {
    if (this.hasOpenTransaction(batch.producerId, batch.producerEpoch)) return undefined
    this.#verifications ??= new TransactionVerifications()
    return this.#verifications.begin(batch, nowMs)
  }

  /** Takes a batch with its final offsets into the state; answers the transaction that it ends, if it does. */
  apply(batch: BatchHeader, marker: EndTransactionMarker | undefined): CompletedTransaction | undefined {
    let completed: CompletedTransaction | undefined
    if (batch.producerId >= 0 && (marker !== undefined || !batch.isControl)) {
      const entry = this.#producers.get(batch.producerId) ?? new ProducerEntry(batch.producerId)
      this.#producers.set(batch.producerId, entry)
      const openBefore = entry.currentTxnFirstOffset
      if (batch.isTransactional) this.#verifications?.end(batch.producerId)
      if (marker === undefined) {
        entry.addBatch(batch)
        if (openBefore !== entry.currentTxnFirstOffset) this.#open.set(batch.baseOffset, batch.producerId)
      } else {
        entry.endTransaction(batch.producerEpoch, marker)
        if (openBefore !== -1) completed = this.#complete(batch, openBefore, marker)
      }
    }
    this.endOffset = batch.lastOffset + 1
    return completed
  }

  #complete(batch: BatchHeader, firstOffset: number, marker: EndTransactionMarker): CompletedTransaction {
    assert(this.#open.delete(firstOffset), 'a transaction that ends was open')
    this.#unreplicated.set(firstOffset, batch.baseOffset)
    const [nextOpen] = this.#open.keys()
    return {
      producerId: batch.producerId,
      firstOffset,
      lastOffset: batch.baseOffset,
      isAborted: marker.type === 'abort',
      lastStableOffset: nextOpen ?? batch.baseOffset + 1,
    }
  }

  /** The first offset that a read_committed reader may not yet see, or undefined when nothing is undecided. */
  firstUnstableOffset(): number | undefined {
    let first = this.#open.keys().next().value
    for (const offset of this.#unreplicated.keys()) if (first === undefined || offset < first) first = offset
    return first
  }

  /** Forgets ended transactions whose marker is below `highWatermark`. */
  onHighWatermark(highWatermark: number): void {
    if (this.#unreplicated.size === 0) return
    for (const [firstOffset, markerOffset] of this.#unreplicated) {
      if (markerOffset < highWatermark) this.#unreplicated.delete(firstOffset)
    }
  }

  /** Forgets producers idle for `expirationMs` (`producer.id.expiration.ms`) that have no open transaction. */
  removeExpired(nowMs: number, expirationMs: number): void {
    for (const [producerId, entry] of this.#producers) {
      const isIdle = entry.currentTxnFirstOffset === -1 && nowMs - entry.lastTimestamp >= expirationMs
      if (isIdle) this.#producers.delete(producerId)
    }
    this.#verifications?.removeExpired(nowMs, expirationMs)
  }

  activeProducers(): ActiveProducer[] {
    return [...this.#producers.values()].map((entry) => ({
      producerId: entry.producerId,
      producerEpoch: entry.epoch,
      lastSequence: entry.lastSequence,
      lastTimestamp: entry.lastTimestamp,
      coordinatorEpoch: entry.coordinatorEpoch,
      currentTxnFirstOffset: entry.currentTxnFirstOffset,
    }))
  }

  /** By producer id: what compaction must leave so that the log tells the same of its producers. */
  lastRecords(): Map<number, LastProducerRecord> {
    const last = new Map<number, LastProducerRecord>()
    for (const [producerId, { batches, epoch }] of this.#producers) {
      last.set(producerId, { lastDataOffset: batches.at(-1)?.lastOffset, epoch })
    }
    return last
  }

  /** Whether the producer has a transaction open here, in this epoch. */
  hasOpenTransaction(producerId: number, epoch: number): boolean {
    const entry = this.#producers.get(producerId)
    return entry !== undefined && entry.currentTxnFirstOffset !== -1 && entry.epoch === epoch
  }

  /** The bytes of a snapshot file at `endOffset`. */
  snapshot(): Uint8Array {
    const entries = [...this.#producers.values()].sort((a, b) => a.producerId - b.producerId)
    return encodeProducerSnapshot(
      entries.map((entry) => {
        const last = entry.batches.at(-1)
        return {
          producerId: entry.producerId,
          epoch: entry.epoch,
          lastSequence: entry.lastSequence,
          lastOffset: last?.lastOffset ?? -1,
          offsetDelta: last === undefined ? 0 : last.lastOffset - last.firstOffset,
          timestamp: entry.lastTimestamp,
          coordinatorEpoch: entry.coordinatorEpoch,
          currentTxnFirstOffset: entry.currentTxnFirstOffset,
        }
      }),
    )
  }

  /** The state that a snapshot file holds, or undefined when the file is damaged. */
  static fromSnapshot(bytes: Uint8Array, endOffset: number): ProducerState | undefined {
    const entries = decodeProducerSnapshot(bytes)
    if (entries === undefined) return undefined
    const state = new ProducerState(endOffset)
    for (const stored of entries) {
      const entry = new ProducerEntry(stored.producerId)
      entry.epoch = stored.epoch
      if (stored.lastOffset >= 0) {
        entry.retain(stored.epoch, {
          firstSequence: sequenceBefore(stored.lastSequence, stored.offsetDelta),
          lastSequence: stored.lastSequence,
          firstOffset: stored.lastOffset - stored.offsetDelta,
          lastOffset: stored.lastOffset,
          timestamp: stored.timestamp,
        })
      }
      entry.lastTimestamp = stored.timestamp
      entry.coordinatorEpoch = stored.coordinatorEpoch
      entry.currentTxnFirstOffset = stored.currentTxnFirstOffset
      state.#producers.set(stored.producerId, entry)
    }
    const open = entries.filter((entry) => entry.currentTxnFirstOffset >= 0)
    open.sort((a, b) => a.currentTxnFirstOffset - b.currentTxnFirstOffset)
    for (const entry of open) state.#open.set(entry.currentTxnFirstOffset, entry.producerId)
    return state
  }
}
