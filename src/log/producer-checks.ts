// Which batches of a producer may be appended, given what the partition remembers of it (Kafka's
// ProducerAppendInfo). Nothing here changes anything.

import { errors } from '../base/errors.ts'
import type { BatchHeader } from '../protocol/records/record-batch.ts'
import {
  type EndTransactionMarker,
  type ProducerEntry,
  type RetainedBatch,
  sequenceAfter,
} from './producer-entry.ts'
import type { VerificationGuard } from './transaction-verification.ts'

/** Who appends: sequences are checked for clients, epochs for clients and coordinators. */
export type AppendOrigin = 'client' | 'coordinator' | 'replica' | 'raft'

export interface ProducerCheck {
  readonly origin: AppendOrigin
  readonly marker: EndTransactionMarker | undefined
  /** Of the coordinator that sent the marker; 0 when unknown or no marker. */
  readonly transactionVersion: number
  /** Given where a transaction must have been verified before its first batch. */
  readonly verification?: { readonly guard: VerificationGuard | undefined } | undefined
}

export type ProducerVerdict =
  | { readonly kind: 'append' }
  | { readonly kind: 'duplicate'; readonly batch: RetainedBatch }
  | { readonly kind: 'refuse'; readonly error: number; readonly message: string }

export const accepted: ProducerVerdict = { kind: 'append' }

/** Undefined when the batch is the next one of its producer. */
export function checkSequence(entry: ProducerEntry, batch: BatchHeader): ProducerVerdict | undefined {
  if (batch.producerEpoch !== entry.epoch) {
    if (batch.baseSequence === 0 || entry.epoch === -1) return undefined
    return refuse(
      errors.OUT_OF_ORDER_SEQUENCE_NUMBER,
      `Invalid sequence number for new epoch of producer ${batch.producerId}: ` +
        `${batch.producerEpoch} (request epoch), ${batch.baseSequence} (seq. number), ` +
        `${entry.epoch} (current producer epoch)`,
    )
  }
  if (batch.baseSequence === sequenceAfter(entry.lastSequence, 1) || nextAfterNone(entry, batch))
    return undefined
  return refuse(
    errors.OUT_OF_ORDER_SEQUENCE_NUMBER,
    `Out of order sequence number for producer ${batch.producerId}: ${batch.baseSequence} (incoming seq. number), ` +
      `${entry.lastSequence} (current end sequence number)`,
  )
}

/** A producer without a retained batch (only a marker was seen in this epoch) begins at 0. */
function nextAfterNone(entry: ProducerEntry, batch: BatchHeader): boolean {
  return entry.lastSequence === -1 && batch.baseSequence === 0
}

export function checkMarker(
  entry: ProducerEntry | undefined,
  batch: BatchHeader,
  marker: EndTransactionMarker,
  transactionVersion: number,
): ProducerVerdict {
  if (entry === undefined) return accepted
  if (transactionVersion >= 2) {
    // Version 2 bumps the epoch with each marker; an equal epoch is the retry of a marker that was written.
    const isRetry =
      batch.producerEpoch === entry.epoch && (entry.currentTxnFirstOffset === -1 || entry.epoch === 32767)
    if (batch.producerEpoch <= entry.epoch && !isRetry)
      return staleEpoch(entry, batch, '<=', transactionVersion)
  } else if (batch.producerEpoch < entry.epoch) {
    return staleEpoch(entry, batch, '<', transactionVersion)
  }
  if (entry.coordinatorEpoch <= marker.coordinatorEpoch) return accepted
  return refuse(
    errors.TRANSACTION_COORDINATOR_FENCED,
    `Invalid coordinator epoch for producerId ${batch.producerId}: ${marker.coordinatorEpoch} (zombie), ` +
      `${entry.coordinatorEpoch} (current)`,
  )
}

export function staleEpoch(
  entry: ProducerEntry,
  batch: BatchHeader,
  comparison: string,
  transactionVersion: number,
): ProducerVerdict {
  return refuse(
    errors.INVALID_PRODUCER_EPOCH,
    `Epoch of producer ${batch.producerId} is ${batch.producerEpoch}, which is ${comparison} the last seen epoch ` +
      `${entry.epoch} (TV${transactionVersion})`,
  )
}

export function refuse(error: number, message: string): ProducerVerdict {
  return { kind: 'refuse', error, message }
}
