// Virtual time: events in a heap by (time, drawn tie-break), run one at a time. After each the loop yields once to
// Node, so that every promise continuation has run before the next event: V8 runs those in a fixed order as long as
// nothing real resolves a promise. An event belongs to a life (one start of one process) and is dropped when that
// life is over; a paused life's events wait, and come in a burst when it goes on.

import { Heap } from '../base/heap.ts'
import type { Prng } from '../base/prng.ts'
import type { SimTrace } from './sim-trace.ts'

/** One life of a process, from its start to its end. */
export interface Life {
  readonly name: string
  isAlive: boolean
  /** In microseconds; nothing of this life happens before. */
  pausedUntilUs: number
  /** How many events wait: its timers, its calls, what is on its way to it. */
  pendingCount: number
}

export interface SimEvent {
  cancel(): void
}

interface Scheduled {
  atUs: number
  readonly tieBreak: number
  readonly life: Life
  readonly label: string
  run: (() => void) | undefined
}

export class SimEventLoop {
  /** Microseconds since the start of the simulation; whole, so that sums are exact. */
  nowUs = 0
  readonly #trace: SimTrace
  readonly #prng: Prng
  readonly #heap = new Heap<Scheduled>((a, b) => a.atUs - b.atUs || a.tieBreak - b.tieBreak)

  constructor(trace: SimTrace, prng: Prng) {
    this.#trace = trace
    this.#prng = prng
  }

  /** Runs `run` after `delayUs`, unless the life is over by then. The label stands in the trace. */
  schedule(life: Life, delayUs: number, label: string, run: () => void): SimEvent {
    const atUs = this.nowUs + Math.ceil(delayUs)
    const event: Scheduled = { atUs, tieBreak: this.#prng.next(), life, label, run }
    this.#heap.push(event)
    life.pendingCount++
    return {
      cancel: () => {
        if (event.run !== undefined) life.pendingCount--
        event.run = undefined
      },
    }
  }

  /** The time of the next event. */
  nextUs(): number | undefined {
    this.#skipDead()
    return this.#heap.peek()?.atUs
  }

  /** Runs the next event with all its continuations. False when there is none. */
  async step(): Promise<boolean> {
    this.#skipDead()
    const event = this.#heap.pop()
    if (event?.run === undefined) return false
    this.nowUs = event.atUs
    this.#trace.record(event.atUs, event.life.name, event.label)
    const { run } = event
    event.run = undefined
    event.life.pendingCount--
    run()
    await this.settle()
    return true
  }

  /** Lets everything run that waits for nothing but a promise. */
  settle(): Promise<void> {
    return new Promise((resolve) => setImmediate(resolve))
  }

  #skipDead(): void {
    for (let event = this.#heap.peek(); event !== undefined; event = this.#heap.peek()) {
      if (event.run !== undefined && event.life.isAlive && event.atUs >= event.life.pausedUntilUs) return
      this.#heap.pop()
      if (event.run === undefined || !event.life.isAlive) continue
      event.atUs = event.life.pausedUntilUs
      this.#heap.push(event)
    }
  }
}
