// Results as a file: every figure of every run. Runs of single rows take the place of their row, so that the whole
// can be measured in pieces; each row says when and on what commit it was taken.

import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import type { Side } from './brokers.ts'
import type { Environment } from './environment.ts'
import type { Figure, Row } from './row.ts'
import type { Runs } from './runner.ts'
import { type Spread, spreadOf } from './statistics.ts'

export interface FigureResult extends Figure {
  readonly ottla: readonly number[]
  readonly kafka: readonly number[]
}

export interface RowResult {
  readonly name: string
  readonly does: string
  readonly axis?: string
  readonly environment: Environment
  readonly figures: readonly FigureResult[]
}

export interface Results {
  readonly rows: readonly RowResult[]
}

export function rowResult(row: Row, runs: Runs, environment: Environment): RowResult {
  const valuesOf = (side: Side, name: string) => runs[side].map((measured) => measured[name]!)
  const { name, does, axis } = row
  const figures = row.figures.map((figure) => ({
    ...figure,
    ottla: valuesOf('ottla', figure.name),
    kafka: valuesOf('kafka', figure.name),
  }))
  return { name, does, ...(axis !== undefined && { axis }), environment, figures }
}

export function readResults(path: string): Results {
  return existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : { rows: [] }
}

/** In the order of `names`; rows that are not among them are gone. */
export function mergedResults(
  before: Results,
  fresh: readonly RowResult[],
  names: readonly string[],
): Results {
  const byName = new Map([...before.rows, ...fresh].map((row) => [row.name, row]))
  return { rows: names.flatMap((name) => byName.get(name) ?? []) }
}

export function writeResults(path: string, results: Results): void {
  writeFileSync(path, `${JSON.stringify(results, null, 1)}\n`)
}

export interface Comparison {
  readonly ottla: Spread
  readonly kafka: Spread
  /** Of the medians, Ottla's to Kafka's. */
  readonly ratio: number
  /** Undefined: none is promised. */
  readonly isWithinBudget: boolean | undefined
}

export function compare({ ottla, kafka, budget }: FigureResult): Comparison {
  const [ours, theirs] = [spreadOf(ottla), spreadOf(kafka)]
  const ratio = ours.median / theirs.median
  return { ottla: ours, kafka: theirs, ratio, isWithinBudget: isWithin(budget, ours.median, ratio) }
}

function isWithin(budget: Figure['budget'], value: number, ratio: number): boolean | undefined {
  if (budget === undefined) return undefined
  if ('atMost' in budget) return value <= budget.atMost
  return 'timesKafkaAtMost' in budget ? ratio <= budget.timesKafkaAtMost : ratio >= budget.timesKafkaAtLeast
}
