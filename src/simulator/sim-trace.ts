// What happened, in order: a running hash over everything, and the last lines for whoever has to find out why. Two runs
// of one seed that differ in anything that the trace records differ in their hash.

import { createHash } from 'node:crypto'

/** Enough to see what led to a failure without keeping a whole run. */
const tailLinesMax = 500

export class SimTrace {
  readonly #hash = createHash('sha256')
  readonly #tail: string[] = []
  #count = 0
  /** Told of each line without its time: how a run learns what states it reached. */
  onLine: (what: string) => void = () => {}

  /** How many lines were recorded. */
  get count(): number {
    return this.#count
  }

  record(atUs: number, who: string, what: string): void {
    const line = `${atUs} ${who} ${what}`
    this.#hash.update(line).update('\n')
    this.#tail[this.#count % tailLinesMax] = line
    this.#count++
    this.onLine(what)
  }

  /** Hex digits of the hash of all lines so far. */
  hash(): string {
    return this.#hash.copy().digest('hex')
  }

  /** The last lines, oldest first. */
  tail(): string[] {
    const oldest = this.#count % tailLinesMax
    return this.#count <= tailLinesMax
      ? [...this.#tail]
      : [...this.#tail.slice(oldest), ...this.#tail.slice(0, oldest)]
  }
}
