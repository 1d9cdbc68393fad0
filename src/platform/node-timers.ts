// Timers on Node's own. Node rounds delays to whole milliseconds, may fire a fraction early, and fires at once
// when a delay exceeds 31 bits; a timer that wakes before its due time therefore sleeps on.

import type { Timer, Timers } from '../env/env.ts'
import { monotonicMs } from './node-clock.ts'

/** The longest delay that Node takes; above it `setTimeout` fires after 1 ms. */
const sleepMsMax = 2 ** 31 - 1

export class NodeTimers implements Timers {
  after(delayMs: number, callback: () => void): Timer {
    return new NodeTimer(monotonicMs() + delayMs, delayMs, callback)
  }

  soon(callback: () => void): void {
    setImmediate(callback)
  }
}

class NodeTimer implements Timer {
  readonly #dueMs: number
  readonly #callback: () => void
  #timeout: NodeJS.Timeout

  constructor(dueMs: number, delayMs: number, callback: () => void) {
    this.#dueMs = dueMs
    this.#callback = callback
    this.#timeout = this.#sleep(delayMs)
  }

  cancel(): void {
    clearTimeout(this.#timeout)
  }

  #sleep(delayMs: number): NodeJS.Timeout {
    return setTimeout(() => this.#wake(), Math.min(Math.ceil(delayMs), sleepMsMax))
  }

  #wake(): void {
    const leftMs = this.#dueMs - monotonicMs()
    if (leftMs > 0) this.#timeout = this.#sleep(leftMs)
    else this.#callback()
  }
}
