// The timers of one shard, keyed by name: scheduling a key again replaces its timer. An expired timer runs
// its operation as a write of the shard, so it sees the same state and commits the same way as a request.
// Nothing fires after `cancelAll`.

import type { Timer, Timers } from '../../env/env.ts'
import type { TimedOperation } from './shard.ts'

export class ShardTimers<U> {
  readonly #timers: Timers
  readonly #run: (operation: TimedOperation<U>) => void
  readonly #pending = new Map<string, Timer>()

  constructor(modules: { timers: Timers; run: (operation: TimedOperation<U>) => void }) {
    this.#timers = modules.timers
    this.#run = modules.run
  }

  schedule(key: string, delayMs: number, operation: TimedOperation<U>): void {
    this.cancel(key)
    const timer = this.#timers.after(delayMs, () => {
      // A timer that was replaced while its callback was already on its way must stay silent.
      if (this.#pending.get(key) !== timer) return
      this.#pending.delete(key)
      this.#run(operation)
    })
    this.#pending.set(key, timer)
  }

  cancel(key: string): void {
    this.#pending.get(key)?.cancel()
    this.#pending.delete(key)
  }

  cancelAll(): void {
    for (const timer of this.#pending.values()) timer.cancel()
    this.#pending.clear()
  }

  isScheduled(key: string): boolean {
    return this.#pending.has(key)
  }
}
