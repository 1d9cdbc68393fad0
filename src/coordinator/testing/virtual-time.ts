// Clock and timers for tests of coordinators: time moves only when told. `advance` fires timers in order of
// their due time and lets promise continuations run between them, as an event loop would.

import type { Clock, Timer, Timers } from '../../env/env.ts'

interface Scheduled {
  readonly atMs: number
  readonly callback: () => void
}

const startMs = 1_700_000_000_000

export class VirtualTime implements Clock, Timers {
  #nowMs = startMs
  #soon: (() => void)[] = []
  readonly #scheduled = new Set<Scheduled>()

  wallMs(): number {
    return this.#nowMs
  }

  monotonicMs(): number {
    return this.#nowMs - startMs
  }

  get timerCount(): number {
    return this.#scheduled.size
  }

  after(delayMs: number, callback: () => void): Timer {
    const entry = { atMs: this.#nowMs + delayMs, callback }
    this.#scheduled.add(entry)
    return { cancel: () => this.#scheduled.delete(entry) }
  }

  soon(callback: () => void): void {
    this.#soon.push(callback)
  }

  /** Ends the turn: promise continuations, then what asked to run soon, until nothing is left. */
  async settle(): Promise<void> {
    await drainContinuations()
    while (this.#soon.length > 0) {
      const callbacks = this.#soon
      this.#soon = []
      for (const callback of callbacks) callback()
      await drainContinuations()
    }
  }

  async advance(durationMs: number): Promise<void> {
    const untilMs = this.#nowMs + durationMs
    await this.settle()
    for (;;) {
      const due = [...this.#scheduled].filter(({ atMs }) => atMs <= untilMs)
      const next = due.sort((a, b) => a.atMs - b.atMs)[0]
      if (next === undefined) break
      this.#scheduled.delete(next)
      this.#nowMs = Math.max(this.#nowMs, next.atMs)
      next.callback()
      await this.settle()
    }
    this.#nowMs = untilMs
  }
}

/** Far more rounds than any chain of promises in a coordinator is long. */
async function drainContinuations(): Promise<void> {
  for (let round = 0; round < 50; round++) await undefined
}
