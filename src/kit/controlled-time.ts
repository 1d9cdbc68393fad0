// A clock that can be moved forward, and timers that follow it. Time passes by itself as in the environment below;
// `advance` adds to it in one step, as if the machine had slept: timers that came due fire once each, in their order,
// and what they start begins at the new time. The monotonic clock never goes back; the wall clock can be set right.

import { assert } from '../base/assert.ts'
import type { Clock, Timer, Timers } from '../env/env.ts'

/** A chain of writes behind a timer (a group that loses a member) takes fewer turns than this. */
const turnsAfterTimers = 10

interface Sleeper {
  readonly dueMs: number
  readonly callback: () => void
  sleep: Timer
}

export class ControlledTime implements Clock, Timers {
  readonly #base: { readonly clock: Clock; readonly timers: Timers }
  readonly #sleepers = new Set<Sleeper>()
  #wallAheadMs = 0
  #monotonicAheadMs = 0

  constructor(base: { readonly clock: Clock; readonly timers: Timers }) {
    this.#base = base
  }

  /** By how much the wall clock is ahead of the environment's. */
  get wallAheadMs(): number {
    return this.#wallAheadMs
  }

  wallMs(): number {
    return this.#base.clock.wallMs() + this.#wallAheadMs
  }

  monotonicMs(): number {
    return this.#base.clock.monotonicMs() + this.#monotonicAheadMs
  }

  after(delayMs: number, callback: () => void): Timer {
    const sleeper: Sleeper = {
      dueMs: this.monotonicMs() + delayMs,
      callback,
      sleep: this.#base.timers.after(delayMs, () => this.#wake(sleeper)),
    }
    this.#sleepers.add(sleeper)
    return {
      cancel: () => {
        sleeper.sleep.cancel()
        this.#sleepers.delete(sleeper)
      },
    }
  }

  soon(callback: () => void): void {
    this.#base.timers.soon(callback)
  }

  /** Resolves when every timer that came due has run, and what it started has had a few turns. */
  async advance(byMs: number): Promise<void> {
    assert(byMs >= 0, 'time goes forward')
    this.#wallAheadMs += byMs
    this.#monotonicAheadMs += byMs
    const nowMs = this.monotonicMs()
    const due: Sleeper[] = []
    for (const sleeper of this.#sleepers) {
      if (sleeper.dueMs <= nowMs) due.push(sleeper)
      else this.#sleepOn(sleeper, nowMs)
    }
    due.sort((left, right) => left.dueMs - right.dueMs)
    for (const sleeper of due) {
      this.#wake(sleeper)
      // The next one may be cancelled by what this one does.
      await this.#turn()
    }
    for (let turn = 0; turn < turnsAfterTimers; turn++) await this.#turn()
  }

  /** Takes back what `advance` added to the wall clock. */
  setWallRight(): void {
    this.#wallAheadMs = 0
  }

  /** Forgets every timer: what they belonged to has ended. */
  cancelAll(): void {
    for (const { sleep } of this.#sleepers) sleep.cancel()
    this.#sleepers.clear()
  }

  #sleepOn(sleeper: Sleeper, nowMs: number): void {
    sleeper.sleep.cancel()
    sleeper.sleep = this.#base.timers.after(sleeper.dueMs - nowMs, () => this.#wake(sleeper))
  }

  #wake(sleeper: Sleeper): void {
    sleeper.sleep.cancel()
    if (this.#sleepers.delete(sleeper)) sleeper.callback()
  }

  #turn(): Promise<void> {
    return new Promise((resolve) => this.#base.timers.soon(resolve))
  }
}
