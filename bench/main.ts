// `npm run bench`: Ottla beside Apache Kafka on this machine, row by row (`rows.ts`). Results go to bench/results as
// JSON, Markdown and SVG, the figures that have a budget also into the README.
//
//   --quick        the rows that matter most, small, in two minutes
//   --row NAME     one row; takes its place in the full results; with --quick it is only shown
//   --page         measures nothing, writes the pages of the results that are there
//   --guard        CPU of the hot paths against the committed counts, without Kafka; --keep makes the new counts those
//                  to commit
//
// Needs Linux, Java, and ../shared/tools for Apache Kafka's jars.

import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { Brokers } from './brokers.ts'
import { type Environment, environment } from './environment.ts'
import { guard } from './guard/guard.ts'
import { pageOf, tableOf } from './markdown.ts'
import { growthPlot, ratioPlot } from './plots.ts'
import { writeReadme } from './readme.ts'
import { mergedResults, type RowResult, readResults, rowResult, writeResults } from './results.ts'
import type { Row } from './row.ts'
import { rows } from './rows.ts'
import { runRow } from './runner.ts'

const root = join(import.meta.dirname, '..')
const { values: options } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    row: { type: 'string' },
    page: { type: 'boolean', default: false },
    guard: { type: 'boolean', default: false },
    keep: { type: 'boolean', default: false },
  },
})

/** Of the loads: quick takes two minutes, starts of JVMs included. */
const scale = options.quick ? 0.2 : 1

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1))

const print = (text: string) => void process.stdout.write(`${text}\n`)

if (options.guard) await guard(join(root, 'bench/results/guard.json'), options.keep, print)
else if (options.page) write([])
else await compareBrokers()

/** Each row has brokers of its own, so that it gives the same alone as among all others, unless time is short. */
async function compareBrokers(): Promise<void> {
  const chosen = rows.filter(({ name, isQuick }) =>
    options.row === undefined ? isQuick || !options.quick : name === options.row,
  )
  if (chosen.length === 0)
    throw new Error(`no row ${options.row}; there are ${rows.map(({ name }) => name).join(', ')}`)
  execFileSync(process.execPath, [join(root, 'build/build.ts')], { stdio: 'inherit' })
  const machine = environment()
  print(JSON.stringify(machine, null, 1))
  const results: RowResult[] = []
  for (const rowsOfBrokers of options.quick ? [chosen] : chosen.map((row) => [row])) {
    const brokers = new Brokers(scale, rowsOfBrokers[0]!.settings)
    for (const row of rowsOfBrokers) {
      results.push(await resultOf(row, brokers, machine))
      if (options.row === undefined || !options.quick) write(results)
    }
    await brokers.end()
  }
  print(tableOf(results))
}

async function resultOf(row: Row, brokers: Brokers, machine: Environment): Promise<RowResult> {
  const runs = await runRow(row, brokers, { scale, ...(options.quick && { runs: 1 }), onProgress: print })
  return rowResult(row, runs, machine)
}

/** After every row: a run that is ended early has what it measured. */
function write(fresh: readonly RowResult[]): void {
  const name = options.quick ? 'quick' : 'full'
  const command = options.quick ? 'npm run bench -- --quick' : 'npm run bench'
  const file = (ending: string) => join(root, 'bench/results', ending)
  const merged = mergedResults(
    readResults(file(`${name}.json`)),
    fresh,
    rows.map((row) => row.name),
  )
  writeResults(file(`${name}.json`), merged)
  writeFileSync(file(`${name}.md`), pageOf(name, command, merged.rows, rows))
  writeFileSync(file(`${name}.svg`), ratioPlot(merged.rows))
  if (!options.quick) writeReadme(join(root, 'README.md'), merged.rows)
  for (const row of merged.rows)
    if (row.axis !== undefined) writeFileSync(file(`${row.name}.svg`), growthPlot(row))
}
