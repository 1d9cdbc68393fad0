// Keeps the cleaner from holding the event loop, and below `log.cleaner.io.max.bytes.per.second`.

import type { Clock, Timer, Timers } from '../env/env.ts'

/** A timer is no better than this. */
const waitMsMin = 1

export class CleanerThrottle {
  bytesPerSecondMax: number
  readonly #clock: Clock
  readonly #timers: Timers
  /** When what was read and written so far has its time, by the monotonic clock. */
  #paidUntilMs = Number.NEGATIVE_INFINITY
  #waiting: { readonly timer: Timer; readonly resolve: () => void } | undefined
  #isStopped = false

  constructor(bytesPerSecondMax: number, modules: { clock: Clock; timers: Timers }) {
    this.bytesPerSecondMax = bytesPerSecondMax
    this.#clock = modules.clock
    this.#timers = modules.timers
  }

  /** Resolves when so many bytes may be read or written, in another turn in any case. */
  async pace(bytes: number): Promise<void> {
    const nowMs = this.#clock.monotonicMs()
    const waitMs = this.#paidUntilMs - nowMs
    this.#paidUntilMs = Math.max(this.#paidUntilMs, nowMs) + (bytes / this.bytesPerSecondMax) * 1000
    if (waitMs >= waitMsMin && !this.#isStopped) await this.#wait(waitMs)
    else await new Promise<void>((resolve) => this.#timers.soon(resolve))
  }

  #wait(waitMs: number): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting = { resolve, timer: this.#timers.after(waitMs, resolve) }
    })
  }

  /** Nothing waits for long any more. */
  stop(): void {
    this.#isStopped = true
    this.#waiting?.timer.cancel()
    this.#waiting?.resolve()
  }
}
