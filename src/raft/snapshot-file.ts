// Snapshots of the metadata (`Snapshots`, `RecordsSnapshotWriter`): one file of record batches. The first batch
// holds the header and the quorum, the last one the footer; a file without footer was not finished. The name
// is the end offset and the epoch of the last record it covers.

import type { Outcome } from '../env/env.ts'
import { DecodeError } from '../protocol/decode-error.ts'
import type { MetadataRecord } from '../protocol/metadata-records.ts'
import { batchHeaders, crcIsValid, readBatchHeader } from '../protocol/records/record-batch.ts'
import {
  controlBatch,
  type QuorumRecords,
  quorumRecords,
  readControlBatch,
  snapshotFooter,
  snapshotHeader,
  staticQuorum,
} from './control-records.ts'
import { metadataBatches, metadataRecordsOf } from './metadata-batches.ts'

export interface SnapshotId {
  /** One behind the last offset that it covers. */
  readonly endOffset: number
  readonly epoch: number
}

/** The snapshot of a newly formatted directory: nothing but the voters. */
export const bootstrapSnapshotId: SnapshotId = { endOffset: 0, epoch: 0 }

const namePattern = /^(\d{20})-(\d{10})\.checkpoint$/

export function snapshotFileName({ endOffset, epoch }: SnapshotId): string {
  return `${String(endOffset).padStart(20, '0')}-${String(epoch).padStart(10, '0')}.checkpoint`
}

export function parseSnapshotFileName(name: string): SnapshotId | undefined {
  const match = namePattern.exec(name)
  return match === null ? undefined : { endOffset: Number(match[1]), epoch: Number(match[2]) }
}

export interface NewSnapshot {
  readonly epoch: number
  readonly quorum: QuorumRecords
  /** Encoded metadata records; taken one after another as their batches are asked for. */
  readonly values: Iterable<Uint8Array>
  readonly lastContainedLogTimestampMs: number
  /** When the snapshot is made. */
  readonly timestampMs: number
}

/** Small, so that a large snapshot is encoded in short turns. */
const snapshotBatchBytesMax = 64 * 1024

/** The batches of a snapshot; their offsets count from 0 within the file. */
export function* snapshotBatches(snapshot: NewSnapshot): Generator<Uint8Array> {
  const { epoch, timestampMs } = snapshot
  const head = [snapshotHeader(snapshot.lastContainedLogTimestampMs), ...quorumRecords(snapshot.quorum)]
  yield controlBatch(head, { baseOffset: 0, epoch, timestampMs })
  let baseOffset = head.length
  const place = { baseOffset, epoch, timestampMs }
  for (const batch of metadataBatches(snapshot.values, place, snapshotBatchBytesMax)) {
    baseOffset = readBatchHeader(batch, 0).lastOffset + 1
    yield batch
  }
  yield controlBatch([snapshotFooter()], { baseOffset, epoch, timestampMs })
}

export interface DecodedSnapshot {
  readonly quorum: QuorumRecords
  readonly records: readonly MetadataRecord[]
}

/** What a snapshot holds, or why the bytes are not a whole one. */
export function decodeSnapshot(bytes: Uint8Array): Outcome<DecodedSnapshot, string> {
  try {
    return { ok: true, value: decodeBatches(bytes) }
  } catch (error) {
    if (error instanceof DecodeError) return { ok: false, error: error.message }
    throw error
  }
}

function decodeBatches(bytes: Uint8Array): DecodedSnapshot {
  let quorum = staticQuorum
  let lastType: string | undefined
  const records: MetadataRecord[] = []
  for (const { at, header } of batchHeaders(bytes)) {
    if (at + header.sizeBytes > bytes.length || !crcIsValid(bytes, at)) {
      throw new DecodeError(`the batch at byte ${at} is damaged`)
    }
    if (lastType === undefined && !header.isControl) throw new DecodeError('it does not begin with a header')
    lastType = 'data'
    if (header.isControl) {
      const control = readControlBatch(bytes, at, quorum)
      quorum = control.quorum
      lastType = control.types.at(-1)
    } else {
      for (const record of metadataRecordsOf(bytes, at)) records.push(record)
    }
  }
  if (lastType !== 'snapshot-footer') throw new DecodeError('it does not end with a footer')
  return { quorum, records }
}
