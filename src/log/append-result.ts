// What an append is asked and answers.

import type { RecordError } from '../protocol/records/validate-records.ts'
import type { AppendOrigin } from './producer-checks.ts'
import type { VerificationGuard } from './transaction-verification.ts'

export interface AppendOptions {
  /** Of the leader that appends; for a replica its own, above which it takes nothing. */
  readonly leaderEpoch: number
  readonly origin: AppendOrigin
  readonly nowMs: number
  /** Of the coordinator that sends a transaction marker: from 2 on each marker raises the epoch (KIP-890). */
  readonly transactionVersion?: number
  /**
   * `transaction.partition.verification.enable`: the first batch of a transaction is refused unless `guard` is
   * what `beginVerification` gave and still fits.
   */
  readonly verification?: { readonly guard: VerificationGuard | undefined }
}

export interface AppendSuccess {
  readonly ok: true
  readonly baseOffset: number
  readonly lastOffset: number
  /** -1 for create time. */
  readonly logAppendTimeMs: number
  readonly logStartOffset: number
  /** The batch was appended before; the offsets are those of that time. */
  readonly duplicate: boolean
}

/** Why nothing was appended, in the words for the Produce response (`recordErrors` since version 8). */
export interface AppendRefusal {
  readonly ok: false
  readonly error: number
  readonly message: string | null
  readonly recordErrors: readonly RecordError[]
}

export type AppendResult = AppendSuccess | AppendRefusal

export function refuse(
  error: number,
  message: string | null,
  recordErrors: readonly RecordError[] = [],
): AppendRefusal {
  return { ok: false, error, message, recordErrors }
}
