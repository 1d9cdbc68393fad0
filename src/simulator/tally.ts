// What many runs reached together, as lines for a person.

import { seedsToReachAll, sometimesNames } from './sometimes.ts'

export class Tally {
  readonly #reached = new Map<string, number>()
  #seeds = 0

  get seeds(): number {
    return this.#seeds
  }

  add(reached: Iterable<readonly [name: string, count: number]>): void {
    this.#seeds++
    for (const [name, count] of reached) this.#reached.set(name, (this.#reached.get(name) ?? 0) + count)
  }

  /** What so many runs should have reached and never did; empty after too few of them. */
  missing(): string[] {
    if (this.#seeds < seedsToReachAll) return []
    return sometimesNames.filter((name) => !this.#reached.has(name))
  }

  /** One line for each fault and state, the rarest first. */
  lines(): string[] {
    return sometimesNames
      .map((name) => ({ name, count: this.#reached.get(name) ?? 0 }))
      .sort((a, b) => a.count - b.count)
      .map(({ name, count }) => `${String(count).padStart(9)}  ${name}`)
  }
}
