// Records on their way to one partition: open while it gathers, sealed when it is full or has waited long enough,
// encoded once, when it is first sent. A repetition sends the same bytes, so that the broker can tell it from news.

import type { Compression } from '../protocol/records/compression.ts'
import type { RecordHeader } from '../protocol/records/record.ts'
import { encodeBatch, type NewRecord } from '../protocol/records/record-batch.ts'
import type { Result } from './client-error.ts'

export interface ProducerRecord {
  readonly key: Uint8Array | null
  readonly value: Uint8Array | null
  readonly headers?: readonly RecordHeader[]
  /** Milliseconds since 1970; default: now. */
  readonly timestamp?: number
  /** Default: chosen by the key. */
  readonly partition?: number
}

export interface RecordMetadata {
  readonly topic: string
  readonly partition: number
  /** -1: not told (acks 0, or a repetition of what the broker had already). */
  readonly offset: number
  /** Milliseconds since 1970: the record's own, or that of the append. */
  readonly timestamp: number
}

export interface BatchEntry {
  readonly record: NewRecord
  resolve(result: Result<RecordMetadata>): void
}

/** Who a batch says it is from: a producer id, epoch and the sequence number of its first record. */
export interface BatchIdentity {
  readonly producerId: number
  readonly producerEpoch: number
  readonly baseSequence: number
}

export const noIdentity: BatchIdentity = { producerId: -1, producerEpoch: -1, baseSequence: -1 }

/** Room for a record's lengths, deltas and attributes. */
const recordOverheadBytes = 24

export class ProducerBatch {
  readonly createdMs: number
  readonly entries: BatchEntry[] = []
  /** Before compression. */
  sizeBytes = 0
  identity: BatchIdentity | undefined
  /** An attempt ended without an answer that says whether it was written. */
  isUnsure = false
  /** Resolved when nothing is added any more. */
  readonly sealed: Promise<void>
  #seal: () => void = () => {}
  #isSealed = false
  #bytes: Uint8Array | undefined

  constructor(createdMs: number, entries: readonly BatchEntry[] = []) {
    this.createdMs = createdMs
    this.sealed = new Promise((resolve) => {
      this.#seal = resolve
    })
    for (const entry of entries) this.add(entry)
  }

  get isSealed(): boolean {
    return this.#isSealed
  }

  add(entry: BatchEntry): void {
    this.entries.push(entry)
    this.sizeBytes += recordBytes(entry.record)
  }

  seal(): void {
    this.#isSealed = true
    this.#seal()
  }

  /** The batch on the wire, under the identity of the first call. */
  encode(identity: BatchIdentity, compression: Compression): Uint8Array {
    this.identity ??= identity
    this.#bytes ??= encodeBatch({
      baseOffset: 0,
      partitionLeaderEpoch: -1,
      compression,
      ...this.identity,
      records: this.entries.map(({ record }) => record),
    })
    return this.#bytes
  }

  /** The batch will be encoded anew, under another identity: allowed only if no attempt can have been written. */
  forgetEncoding(): void {
    this.identity = undefined
    this.#bytes = undefined
  }
}

export function recordBytes({ key, value, headers = [] }: NewRecord): number {
  let bytes = recordOverheadBytes + (key?.length ?? 0) + (value?.length ?? 0)
  for (const header of headers) bytes += header.key.length + (header.value?.length ?? 0) + 4
  return bytes
}
