// What many runs reached together, as lines for a person or a page.

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
    return this.rarestFirst().map(({ name, count }) => `${String(count).padStart(9)}  ${name}`)
  }

  rarestFirst(): { name: string; count: number }[] {
    return sometimesNames
      .map((name) => ({ name, count: this.#reached.get(name) ?? 0 }))
      .sort((a, b) => a.count - b.count)
  }
}

/** The page of the last long run; `sentence` says how it went. */
export function page(sentence: string, tally: Tally): string {
  return [
    '# Simulation',
    '',
    'Written by `npm run sim -- --seeds 5000 --note`. A seed draws a whole run: a node, its clients, and faults of its',
    'disk, network, clock and life. What is checked during and after each run, and what was found, is told in',
    '[the rules](rules.d/sim.md); a long series also has to reach each fault and state below at least once.',
    '',
    sentence,
    '',
    '| fault or state | times |',
    '|---|---|',
    ...tally.rarestFirst().map(({ name, count }) => `| ${name} | ${count} |`),
    '',
  ].join('\n')
}
