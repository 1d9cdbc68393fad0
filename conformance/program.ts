// What a run executes: programs of cases. Most are clients with the shared cases; some are a case by themselves.

import type { Case } from './cases.ts'

export interface Program {
  readonly name: string
  /** The file that says what it does, relative to `conformance/`. */
  readonly source: string
  /** Undefined when it can run on this machine, else what is missing. */
  missing(): Promise<string | undefined>
  readonly cases: readonly Case[]
}

export interface CaseResult {
  readonly program: Program
  readonly title: string
  /** By the broker's name: `passed`, `failed: …` or `not run: …`. */
  readonly outcomes: ReadonlyMap<string, string>
}
