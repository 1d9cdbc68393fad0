// Results as tables for people.

import { digits } from './digits.ts'
import type { Environment } from './environment.ts'
import { compare, type FigureResult, type RowResult } from './results.ts'
import type { Budget } from './row.ts'
import type { Spread } from './statistics.ts'

/** Tables with one line per figure, the plots beside them (`NAME.svg`), then what each row does. */
export function pageOf(name: string, command: string, rows: readonly RowResult[]): string {
  const environments = new Set(rows.map(({ environment }) => describe(environment)))
  const growths = rows.filter(({ axis }) => axis !== undefined)
  return [
    `# Ottla beside Apache Kafka\n`,
    `\`${command}\` on ${[...environments].join('; and on ')}.\n`,
    'Median and, where there are several runs, minimum to maximum. Both brokers ran at the same time and were loaded',
    'in turns; CPU and memory are those of the broker process as the operating system has them. MB and GB are 10^6',
    'and 10^9 bytes, of memory 2^20.\n',
    tableOf(rows.filter(({ axis }) => axis === undefined)),
    `Ottla in proportion to Apache Kafka:\n\n![ratios](${name}.svg)\n`,
    ...(growths.length > 0 ? ['## How cost grows\n'] : []),
    ...growths.flatMap((row) => [`![${row.name}](${row.name}.svg)\n`, tableOf([row])]),
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
