// How the client says that something failed: a value with the error code the broker answered, or the code Kafka's
// own clients use for what happens on the way there (NETWORK_EXCEPTION, REQUEST_TIMED_OUT, UNSUPPORTED_VERSION).

import { type ErrorName, errorMessage, errorName, errors, isRetriable } from '../base/errors.ts'
import type { Outcome } from '../env/env.ts'

export interface ClientError {
  readonly code: number
  readonly name: ErrorName
  /** A sentence for people; says what it happened to. */
  readonly message: string
  /** Trying the same again may succeed. */
  readonly isRetriable: boolean
  /** No connection could be made: nothing was sent. */
  readonly isUnreachable: boolean
}

export type Result<T> = Outcome<T, ClientError>
export type Failure = { readonly ok: false; readonly error: ClientError }

export function success<T>(value: T): { readonly ok: true; readonly value: T } {
  return { ok: true, value }
}

/** `message` null: the broker gave none, the table's own words stand in. */
export function failure(code: number, message: string | null = null): Failure {
  const name = errorName(code)
  const text = message === null || message === '' ? errorMessage(code) || name : message
  return {
    ok: false,
    error: { code, name, message: text, isRetriable: isRetriable(code), isUnreachable: false },
  }
}

/** What a broker says of one thing that was to be done; `message` where it gives none. */
export function outcome(
  result: { readonly errorCode: number; readonly errorMessage: string | null } | undefined,
  message: string | null = null,
): Result<void> {
  if (result === undefined)
    return failure(errors.UNKNOWN_SERVER_ERROR, 'the broker answered without a result')
  return result.errorCode === errors.NONE
    ? success(undefined)
    : failure(result.errorCode, result.errorMessage ?? message)
}

/** No broker could be connected to. */
export function unreachable(message: string): Failure {
  const { error } = failure(errors.NETWORK_EXCEPTION, message)
  return { ok: false, error: { ...error, isUnreachable: true } }
}

/** `what` in front of the error's message: "topic orders: …". */
export function about(what: string, { error }: Failure): Failure {
  return { ok: false, error: { ...error, message: `${what}: ${error.message}` } }
}
