// What an operation decides: the records that would make it so and the answer to give once they are committed.
// A decision changes nothing; replaying its records does.

import { errors } from '../base/errors.ts'
import type { MetadataRecord } from '../protocol/metadata-records.ts'

export interface Decision<R> {
  readonly records: readonly MetadataRecord[]
  readonly response: R
  /** False where the records may be read back in part; then the last one makes the operation count. */
  readonly atomic: boolean
}

/** A Kafka error code with our message: what was asked, why it is refused, the limit. */
export interface ApiError {
  readonly errorCode: number
  readonly errorMessage: string | null
}

export const noError: ApiError = { errorCode: errors.NONE, errorMessage: null }

/** Longer messages quote something that a client made long; the answer must stay small. */
const messageLengthMax = 1000

export function apiError(errorCode: number, message: string): ApiError {
  const isLong = message.length > messageLengthMax
  return { errorCode, errorMessage: isLong ? `${message.slice(0, messageLengthMax)}…` : message }
}

/** Either a value or the error that stands in its place. */
export type Checked<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly error: ApiError }

export function checked<T>(value: T): Checked<T> {
  return { ok: true, value }
}

export function refused(errorCode: number, errorMessage: string): { ok: false; error: ApiError } {
  return { ok: false, error: apiError(errorCode, errorMessage) }
}

/** More records than an atomic batch may hold (`MAX_RECORDS_PER_USER_OP`). */
export const recordsPerOperationMax = 10_000
