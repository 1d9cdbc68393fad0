// Starts the writes of all logs that were appended to in a turn, once the turn is over.

import type { Timers } from '../env/env.ts'
import type { LogWriter } from './log-writer.ts'

export class WriteScheduler {
  readonly #timers: Timers
  #writers: LogWriter[] = []

  constructor(modules: { timers: Timers }) {
    this.#timers = modules.timers
  }

  schedule(writer: LogWriter): void {
    if (this.#writers.push(writer) === 1) this.#timers.soon(() => this.#startAll())
  }

  #startAll(): void {
    const writers = this.#writers
    this.#writers = []
    for (const writer of writers) writer.start()
  }
}
