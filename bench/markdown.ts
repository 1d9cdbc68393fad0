// Results as tables for people.

import { digits } from './digits.ts'
import type { Environment } from './environment.ts'
import { compare, type FigureResult, type RowResult } from './results.ts'
import type { Budget, Row } from './row.ts'
import type { Spread } from './statistics.ts'

/**
 * Tables with one line per figure, the plots beside them (`NAME.svg`), what was missed and why, which `definitions`
 * know, then what each row does.
 */
export function pageOf(
  name: string,
  command: string,
  rows: readonly RowResult[],
  definitions: readonly Row[],
): string {
  const environments = new Set(rows.map(({ environment }) => describe(environment)))
  const growths = rows.filter(({ axis }) => axis !== undefined)
  return [
    `# Ottla beside Apache Kafka\n`,
    `\`${command}\` on ${[...environments].join('; and on ')}.\n`,
    'Median and, where there are several runs, minimum to maximum. Both brokers ran at the same time and were loaded',
    'in turns, after a load to warm up; CPU and memory are those of the broker process as the operating system has',
    'them. MB and GB are 10^6 and 10^9 bytes, of memory 2^20.\n',
    tableOf(rows.filter(({ axis }) => axis === undefined)),
    `Ottla in proportion to Apache Kafka:\n\n![ratios](${name}.svg)\n`,
    ...(growths.length > 0 ? ['## How cost grows\n'] : []),
    ...growths.flatMap((row) => [`![${row.name}](${row.name}.svg)\n`, tableOf([row])]),
    ...missesOf(rows, definitions),
    '## What the rows do\n',
    ...rows.map((row) => `- **${row.name}**: ${row.does}.`),
    '',
  ].join('\n')
}

export function tableOf(rows: readonly RowResult[]): string {
  const lines = rows.flatMap(({ name, figures }) => figures.map((figure) => lineOf(name, figure)))
  const head = '| row | figure | Ottla | Apache Kafka 4.3.1 | ratio | budget | within |'
  return [head, '|---|---|---|---|---|---|---|', ...lines, ''].join('\n')
}

function missesOf(rows: readonly RowResult[], definitions: readonly Row[]): string[] {
  const whys = new Map(definitions.map(({ name, whenMissed }) => [name, whenMissed]))
  const misses = rows.flatMap(({ name, figures }) => {
    const missed = figures.filter((figure) => compare(figure).isWithinBudget === false)
    if (missed.length === 0) return []
    const amounts = missed.map((figure) => `${figure.name} by ${missedBy(figure)}`)
    return [`- **${name}**: ${amounts.join(', ')}. ${whys.get(name) ?? ''}`.trimEnd()]
  })
  return misses.length === 0 ? [] : ['## Missed, and why\n', ...misses, '']
}

function missedBy(figure: FigureResult): string {
  const { ottla, ratio } = compare(figure)
  const budget = figure.budget!
  if ('atMost' in budget) return percent(ottla.median / budget.atMost - 1)
  return 'timesKafkaAtMost' in budget
    ? percent(ratio / budget.timesKafkaAtMost - 1)
    : percent(1 - ratio / budget.timesKafkaAtLeast)
}

function percent(share: number): string {
  return `${digits(100 * share)} %`
}

function lineOf(row: string, figure: FigureResult): string {
  const { ottla, kafka, ratio, isWithinBudget } = compare(figure)
  const verdict = isWithinBudget === undefined ? '' : isWithinBudget ? 'yes' : '**no**'
  const cells = [
    row,
    figure.name,
    `${shown(ottla)} ${figure.unit}`,
    `${shown(kafka)} ${figure.unit}`,
    ratio.toFixed(2),
    budgetText(figure.budget, figure.unit),
    verdict,
  ]
  return `| ${cells.join(' | ')} |`
}

function budgetText(budget: Budget | undefined, unit: string): string {
  if (budget === undefined) return ''
  if ('atMost' in budget) return `≤ ${budget.atMost} ${unit}`
  return 'timesKafkaAtMost' in budget ? `≤ ${budget.timesKafkaAtMost} ×` : `≥ ${budget.timesKafkaAtLeast} ×`
}

function shown({ median, min, max }: Spread): string {
  return min === max ? digits(median) : `${digits(median)} (${digits(min)}–${digits(max)})`
}

function describe({ processor, memory, system, node, java, kafka }: Environment): string {
  return [processor, memory, system, `Node ${node}`, java, kafka].join(', ')
}
