// Waiting for clients, by the machine's clock.

import { sleep } from '../client/backoff.ts'
import type { Clock, Timers } from '../env/env.ts'

export interface Machine {
  readonly clock: Clock
  readonly timers: Timers
}

/** Between two looks: short against any test, long against a look. */
const lookIntervalMs = 2

/** Looks until `isDone` accepts what it sees; answers that, or the last sight when `waitMsMax` is over. */
export async function lookUntil<T>(
  { clock, timers }: Machine,
  waitMsMax: number,
  look: () => T | Promise<T>,
  isDone: (seen: T) => boolean,
): Promise<T> {
  const deadlineMs = clock.monotonicMs() + waitMsMax
  for (;;) {
    const seen = await look()
    if (isDone(seen) || clock.monotonicMs() >= deadlineMs) return seen
    await sleep(timers, lookIntervalMs)
  }
}
