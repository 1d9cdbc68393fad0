// Control batches: one record that the broker, not a client, put into a log. Its key is a version and a type,
// its value a message of that type with its version in front (Kafka: ControlRecordType,
// EndTransactionMarker).

import { DecodeError } from '../decode-error.ts'
import { readInt16, readInt32, writeInt16, writeInt32 } from './big-endian.ts'
import type { Record } from './record.ts'
import { encodeBatch } from './record-batch.ts'

/** `unknown`: of a newer release, to be skipped. */
export type ControlType =
  | 'abort'
  | 'commit'
  | 'leader-change'
  | 'snapshot-header'
  | 'snapshot-footer'
  | 'kraft-version'
  | 'kraft-voters'
  | 'unknown'

/** Index = the type's number. */
const controlTypes: readonly Exclude<ControlType, 'unknown'>[] = [
  'abort',
  'commit',
  'leader-change',
  'snapshot-header',
  'snapshot-footer',
  'kraft-version',
  'kraft-voters',
]

export interface ControlBatch {
  readonly type: Exclude<ControlType, 'unknown'>
  /** With its version in front. */
  readonly value: Uint8Array
  readonly baseOffset: number
  readonly partitionLeaderEpoch: number
  readonly timestampMs: number
  /** Of a transaction marker; absent in the quorum's control batches. */
  readonly producerId?: number
  readonly producerEpoch?: number
}

export function encodeControlBatch(batch: ControlBatch): Uint8Array {
  return encodeBatch({
    baseOffset: batch.baseOffset,
    partitionLeaderEpoch: batch.partitionLeaderEpoch,
    producerId: batch.producerId ?? -1,
    producerEpoch: batch.producerEpoch ?? -1,
    isTransactional: batch.producerId !== undefined,
    isControl: true,
    records: [{ timestamp: batch.timestampMs, key: controlKey(batch.type), value: batch.value }],
  })
}

export interface NewEndTxnMarker {
  readonly type: 'abort' | 'commit'
  readonly producerId: number
  readonly producerEpoch: number
  readonly coordinatorEpoch: number
  readonly baseOffset: number
  readonly partitionLeaderEpoch: number
  readonly timestampMs: number
}

/** The batch that ends a producer's transaction in one partition. */
export function encodeEndTxnMarker(marker: NewEndTxnMarker): Uint8Array {
  const value = new Uint8Array(6)
  writeInt32(value, 2, marker.coordinatorEpoch)
  return encodeControlBatch({ ...marker, value })
}

/** The key of a control record, version 0. */
export function controlKey(type: Exclude<ControlType, 'unknown'>): Uint8Array {
  const key = new Uint8Array(4)
  writeInt16(key, 2, controlTypes.indexOf(type))
  return key
}

/**
 * What the record of a control batch says; takes the record's key. Throws DecodeError for one that is no
 * control key.
 */
export function readControlType(key: Uint8Array | null): ControlType {
  if (key === null || key.length < 4 || readInt16(key, 0) < 0)
    throw new DecodeError('control record key is damaged')
  return controlTypes[readInt16(key, 2)] ?? 'unknown'
}

/** The epoch of the coordinator that wrote the marker. Throws DecodeError for a value that is no marker's. */
export function readCoordinatorEpoch(marker: Record): number {
  const { value } = marker
  if (value === null || value.length < 6 || readInt16(value, 0) < 0) {
    throw new DecodeError('transaction marker is damaged')
  }
  return readInt32(value, 2)
}
