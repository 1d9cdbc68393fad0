// Exponential backoff with jitter, as Kafka's ExponentialBackoff: doubled from attempt to attempt up to a limit,
// then varied by up to a fifth so that clients which lost the same broker do not come back in step.

import type { Random, Timers } from '../env/env.ts'

export interface BackoffOptions {
  readonly initialMs: number
  readonly maxMs: number
}

/** `retry.backoff.ms`, `retry.backoff.max.ms`. */
export const retryBackoff: BackoffOptions = { initialMs: 100, maxMs: 1000 }
/** `reconnect.backoff.ms`, `reconnect.backoff.max.ms`. */
export const reconnectBackoff: BackoffOptions = { initialMs: 50, maxMs: 1000 }

const jitter = 0.2

/** How long to wait before attempt `attempt` (1: the first repetition). */
export function backoffMs(options: BackoffOptions, attempt: number, random: Random): number {
  const exact = Math.min(options.initialMs * 2 ** (attempt - 1), options.maxMs)
  return Math.round(exact * (1 - jitter + 2 * jitter * random.next()))
}

export function sleep(timers: Timers, delayMs: number): Promise<void> {
  return new Promise((resolve) => timers.after(delayMs, resolve))
}
