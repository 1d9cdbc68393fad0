// From the bytes of a Fetch answer to records: checks each batch, leaves out control records and what lies before
// the asked offset, and for `read_committed` the records of aborted transactions.

import { errors } from '../base/errors.ts'
import { DecodeError } from '../protocol/decode-error.ts'
import type { AbortedTransaction } from '../protocol/generated/fetch-response.ts'
import { readControlType } from '../protocol/records/control-records.ts'
import type { RecordHeader } from '../protocol/records/record.ts'
import {
  type BatchHeader,
  batchHeaders,
  crcIsValid,
  records,
  type TimestampType,
} from '../protocol/records/record-batch.ts'
import { failure, type Result, success } from './client-error.ts'

export interface ConsumedRecord {
  readonly topic: string
  readonly partition: number
  readonly offset: number
  readonly leaderEpoch: number
  /** Milliseconds since 1970, -1: none. */
  readonly timestamp: number
  readonly timestampType: TimestampType
  readonly key: Uint8Array | null
  readonly value: Uint8Array | null
  readonly headers: readonly RecordHeader[]
}

export interface FetchedBytes {
  readonly topic: string
  readonly partition: number
  readonly fetchOffset: number
  readonly bytes: Uint8Array
  /** Null with `read_uncommitted`. */
  readonly abortedTransactions: readonly AbortedTransaction[] | null
}

export interface FetchedRecords {
  readonly records: ConsumedRecord[]
  /** Where the next fetch begins: behind the last whole batch. */
  readonly nextOffset: number
}

/** CORRUPT_MESSAGE names the partition and the offset where the damage begins. */
export function readFetched(fetched: FetchedBytes): Result<FetchedRecords> {
  const { topic, partition, bytes, fetchOffset } = fetched
  const aborted = new AbortedFilter(fetched.abortedTransactions ?? [])
  const result: ConsumedRecord[] = []
  let nextOffset = fetchOffset
  try {
    for (const { at, header } of batchHeaders(bytes)) {
      if (!crcIsValid(bytes, at)) throw new DecodeError('the checksum is wrong')
      const isLeftOut = aborted.leavesOut(bytes, at, header)
      if (!isLeftOut && !header.isControl) collect(fetched, at, header, result)
      nextOffset = Math.max(nextOffset, header.lastOffset + 1)
    }
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error
    const place = `partition ${topic}-${partition} at offset ${nextOffset}`
    return failure(errors.CORRUPT_MESSAGE, `what the broker sent of ${place} is damaged: ${error.message}`)
  }
  return success({ records: result, nextOffset })
}

function collect(fetched: FetchedBytes, at: number, header: BatchHeader, result: ConsumedRecord[]): void {
  const { topic, partition, bytes, fetchOffset } = fetched
  const { partitionLeaderEpoch: leaderEpoch, timestampType } = header
  for (const { offset, timestamp, key, value, headers } of records(bytes, at)) {
    if (offset < fetchOffset) continue
    result.push({ topic, partition, offset, leaderEpoch, timestamp, timestampType, key, value, headers })
  }
}

/** Follows the log: a producer's records are aborted from the transaction's first offset to its marker. */
class AbortedFilter {
  readonly #transactions: AbortedTransaction[]
  readonly #producerIds = new Set<number>()

  constructor(transactions: readonly AbortedTransaction[]) {
    this.#transactions = transactions.toSorted((left, right) => left.firstOffset - right.firstOffset)
  }

  leavesOut(bytes: Uint8Array, at: number, header: BatchHeader): boolean {
    const { producerId, lastOffset, isTransactional, isControl } = header
    while (this.#transactions.length > 0 && this.#transactions[0]!.firstOffset <= lastOffset) {
      this.#producerIds.add(this.#transactions.shift()!.producerId)
    }
    if (!isTransactional || !this.#producerIds.has(producerId)) return false
    if (!isControl) return true
    const [marker] = records(bytes, at)
    if (marker !== undefined && readControlType(marker.key) === 'abort') this.#producerIds.delete(producerId)
    return true
  }
}
