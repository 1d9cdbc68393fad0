// What the cleaner knows of transactions while it walks a log from its start (Kafka's CleanedTransactionMetadata):
// the data of aborted ones may go, and a marker may go once a pass met no more data of its transaction.

import { readControlType } from '../protocol/records/control-records.ts'
import { type BatchHeader, records } from '../protocol/records/record-batch.ts'
import type { AbortedTransaction } from './transaction-index.ts'

export class CleanedTransactions {
  /** By first offset; those before `#next` have begun. */
  readonly #aborted: readonly AbortedTransaction[]
  #next = 0
  /** By producer: aborted transactions that have begun and not ended. */
  readonly #openAborted = new Map<number, { transaction: AbortedTransaction; hasData: boolean }>()
  /** Producers of transactions that will be committed, of which data was met. */
  readonly #openCommitted = new Set<number>()
  #kept: AbortedTransaction[] = []

  /** `aborted`: all that touch what will be walked. */
  constructor(aborted: readonly AbortedTransaction[]) {
    this.#aborted = [...aborted].sort((a, b) => a.firstOffset - b.firstOffset)
  }

  /** Takes the next batch in, and answers whether its records, or its marker, are needed by no reader. */
  observe(header: BatchHeader, bytes: Uint8Array, at: number): boolean {
    while (this.#next < this.#aborted.length && this.#aborted[this.#next]!.firstOffset <= header.lastOffset) {
      const transaction = this.#aborted[this.#next++]!
      if (!this.#openAborted.has(transaction.producerId)) {
        this.#openAborted.set(transaction.producerId, { transaction, hasData: false })
      }
    }
    return header.isControl ? this.#observeControl(header, bytes, at) : this.#observeData(header)
  }

  #observeData({ isTransactional, producerId }: BatchHeader): boolean {
    if (!isTransactional) return false
    const aborted = this.#openAborted.get(producerId)
    if (aborted === undefined) this.#openCommitted.add(producerId)
    else aborted.hasData = true
    return aborted !== undefined
  }

  #observeControl({ producerId }: BatchHeader, bytes: Uint8Array, at: number): boolean {
    for (const { key } of records(bytes, at)) {
      const type = readControlType(key)
      if (type === 'commit') return !this.#openCommitted.delete(producerId)
      if (type !== 'abort') return false
      const aborted = this.#openAborted.get(producerId)
      this.#openAborted.delete(producerId)
      if (aborted?.hasData !== true) return true
      this.#kept.push(aborted.transaction)
      return false
    }
    // Emptied by an earlier pass.
    return true
  }

  /** The aborted transactions whose marker stays, since the last call: the new transaction index needs them. */
  takeKept(): readonly AbortedTransaction[] {
    const kept = this.#kept
    if (kept.length > 0) this.#kept = []
    return kept
  }
}
