// The table of budgets in the README, between two markers.

import { readFileSync, writeFileSync } from 'node:fs'
import { tableOf } from './markdown.ts'
import type { RowResult } from './results.ts'

const begin = '<!-- bench: written by `npm run bench` -->\n'
const end = '<!-- bench end -->'

/** Puts the figures that have a budget in the place of those of the run before. */
export function writeReadme(path: string, rows: readonly RowResult[]): void {
  const promised = rows.map((row) => ({
    ...row,
    figures: row.figures.filter(({ budget }) => budget !== undefined),
  }))
  const text = readFileSync(path, 'utf8')
  const [from, to] = [text.indexOf(begin), text.indexOf(end)]
  if (from < 0 || to < from) throw new Error(`${path} has no markers for the table of the bench`)
  writeFileSync(path, text.slice(0, from) + begin + tableOf(promised) + text.slice(to))
}
