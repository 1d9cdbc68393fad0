// The clocks and timers of one life of a simulated process. All hosts share the passage of time; each has a wall clock
// of its own that may be wrong and may jump. Timers are late by a drawn delay, never early.

import type { Prng } from '../base/prng.ts'
import type { Clock, Timer, Timers } from '../env/env.ts'
import type { Life, SimEventLoop } from './event-loop.ts'

/** 2026-01-01T00:00:00Z: a simulation starts at a plausible time. */
const startWallMs = 1_767_225_600_000

const timerLateUsMax = 1000

/** What a host's wall clock is off by; outlives the processes. */
export interface WallOffset {
  ms: number
}

export class SimClock implements Clock {
  readonly #loop: SimEventLoop
  readonly #offset: WallOffset

  constructor(loop: SimEventLoop, offset: WallOffset) {
    this.#loop = loop
    this.#offset = offset
  }

  wallMs(): number {
    return startWallMs + Math.floor(this.#loop.nowUs / 1000) + this.#offset.ms
  }

  monotonicMs(): number {
    return this.#loop.nowUs / 1000
  }
}

export class SimTimers implements Timers {
  readonly #loop: SimEventLoop
  readonly #life: Life
  readonly #prng: Prng
  readonly #soon: (() => void)[] = []

  constructor(loop: SimEventLoop, life: Life, prng: Prng) {
    this.#loop = loop
    this.#life = life
    this.#prng = prng
  }

  after(delayMs: number, callback: () => void): Timer {
    const lateUs = this.#prng.between(1, timerLateUsMax)
    return this.#loop.schedule(this.#life, Math.max(0, delayMs) * 1000 + lateUs, 'timer', callback)
  }

  soon(callback: () => void): void {
    // The events may change places with one another; the callbacks must not.
    this.#soon.push(callback)
    this.#loop.schedule(this.#life, 0, 'soon', () => this.#soon.shift()?.())
  }
}
