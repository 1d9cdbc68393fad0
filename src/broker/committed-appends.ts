// Produce requests that wait for their batches to be committed, and the end of their patience. A request costs no
// timer: one coarse timer looks at all that wait, and only while some do. What a timed-out batch became stays open:
// its client sends it again, and an idempotent one is then told the first offset. Source: DelayedProduce.

import { errors } from '../base/errors.ts'
import type { Clock, Timer, Timers } from '../env/env.ts'
import type { Partition } from '../replication/partition.ts'

type OnFailed = (error: number) => void

/** The appends of one request that are not yet committed. */
export class CommittedAppends {
  readonly #waiting = new Set<OnFailed>()
  #onAllDone: () => void = () => {}

  /** Calls `onFailed` if the records below `endOffset` are not committed, and never after the request is done. */
  add(partition: Partition, endOffset: number, onFailed: OnFailed): void {
    this.#waiting.add(onFailed)
    partition.whenCommitted(endOffset, (error) => this.#done(onFailed, error))
  }

  get areDone(): boolean {
    return this.#waiting.size === 0
  }

  whenDone(onAllDone: () => void): void {
    this.#onAllDone = onAllDone
  }

  /** Fails what still waits. */
  expire(): void {
    for (const onFailed of [...this.#waiting]) this.#done(onFailed, errors.REQUEST_TIMED_OUT)
  }

  #done(onFailed: OnFailed, error: number): void {
    if (!this.#waiting.delete(onFailed)) return
    if (error !== errors.NONE) onFailed(error)
    if (this.#waiting.size === 0) this.#onAllDone()
  }
}

/** How much later than asked for a request may time out; also the least patience, as a write takes its time. */
const sweepIntervalMs = 500

export class ProduceWaits {
  readonly #modules: { readonly clock: Clock; readonly timers: Timers }
  readonly #deadlines = new Map<CommittedAppends, number>()
  #sweep: Timer | undefined

  constructor(modules: { clock: Clock; timers: Timers }) {
    this.#modules = modules
  }

  /** Resolves when all appends are committed or have failed, at the latest soon after `timeoutMs`. */
  wait(appends: CommittedAppends, timeoutMs: number): Promise<void> | undefined {
    if (appends.areDone) return undefined
    const nowMs = this.#modules.clock.monotonicMs()
    this.#deadlines.set(appends, nowMs + Math.max(timeoutMs, sweepIntervalMs))
    this.#sweep ??= this.#modules.timers.after(sweepIntervalMs, () => this.#expireDue())
    return new Promise((resolve) =>
      appends.whenDone(() => {
        this.#deadlines.delete(appends)
        resolve()
      }),
    )
  }

  #expireDue(): void {
    const nowMs = this.#modules.clock.monotonicMs()
    for (const [appends, deadlineMs] of this.#deadlines) if (deadlineMs <= nowMs) appends.expire()
    this.#sweep =
      this.#deadlines.size === 0
        ? undefined
        : this.#modules.timers.after(sweepIntervalMs, () => this.#expireDue())
  }
}
