// docs/compatibility.md from what a run has found.

import { explained } from './differential/explained.ts'
import { type DifferentialResult, randomDifferential } from './differentials.ts'
import type { CaseResult } from './program.ts'

const outcomeLengthMax = 240

const differentialHeading = 'The same requests to both'
const randomHeading = 'Random requests to both'

/**
 * The page after a run. A section that the run has nothing new for stays as `earlier`, the page before it, has it.
 * `order` has the names of all programs.
 */
export function pageOf(
  order: readonly string[],
  results: readonly CaseResult[],
  differentials: readonly DifferentialResult[],
  earlier: string,
): string {
  const sections = sectionsOf(earlier)
  for (const [program, cases] of Map.groupBy(results, ({ program }) => program))
    sections.set(program.name, `## [${program.name}](../conformance/${program.source})\n\n${table(cases)}`)
  const random = differentials.find(({ file }) => file === randomDifferential)
  const scripted = differentials.filter((each) => each !== random)
  if (scripted.length > 0) sections.set(differentialHeading, differentialSection(scripted))
  if (random !== undefined) sections.set(randomHeading, randomSection(random))
  const present = [...order, differentialHeading, randomHeading].flatMap((name) => sections.get(name) ?? [])
  return [
    '# Compatibility',
    'Written by `npm run conformance`: the same programs against Ottla and Apache Kafka 4.3.1. A case that is "not\n' +
      'run" says what the client or the machine lacks. Chaos runs are in [chaos.md](chaos.md).',
    summary(present),
    ...present,
  ]
    .map((part) => `${part.trimEnd()}\n`)
    .join('\n')
}

/** By the name in the heading, each with its heading. */
function sectionsOf(page: string): Map<string, string> {
  const sections = page.split(/^(?=## )/m).slice(1)
  return new Map(sections.map((text) => [/^## \[?(.*?)(?:\]\(.*)?$/m.exec(text)![1]!, text]))
}

function summary(sections: readonly string[]): string {
  const words = ['passed', 'failed', 'not run'] as const
  const counts = new Map<string, Record<(typeof words)[number], number>>()
  for (const section of sections) {
    const [heads = [], ...rows] = section
      .split('\n')
      .filter((line) => line.startsWith('| '))
      .map(cellsOf)
    if (heads[0] !== 'case') continue
    for (const row of rows)
      for (const [index, outcome] of row.entries()) {
        const word = words.find((word) => outcome.startsWith(word))
        if (index === 0 || word === undefined) continue
        const ofBroker = counts.get(heads[index]!) ?? { passed: 0, failed: 0, 'not run': 0 }
        ofBroker[word]++
        counts.set(heads[index]!, ofBroker)
      }
  }
  return [
    `| broker | ${words.join(' | ')} |`,
    '|---|---|---|---|',
    ...[...counts].map(([broker, of]) => `| ${broker} | ${words.map((word) => of[word]).join(' | ')} |`),
  ].join('\n')
}

function cellsOf(row: string): string[] {
  return row.slice('| '.length, -' |'.length).split(' | ')
}

function table(cases: readonly CaseResult[]): string {
  const brokers = [...cases[0]!.outcomes.keys()]
  return [
    `| case | ${brokers.join(' | ')} |`,
    `|---|${brokers.map(() => '---|').join('')}`,
    ...cases.map(({ title, outcomes }) => `| ${title} | ${[...outcomes.values()].map(cell).join(' | ')} |`),
  ].join('\n')
}

function cell(text: string): string {
  return text.replaceAll(/\s+/g, ' ').replaceAll('|', '\\|').slice(0, outcomeLengthMax)
}

function differentialSection(differentials: readonly DifferentialResult[]): string {
  return [
    `## ${differentialHeading}`,
    '',
    'Raw requests in every version, the answers compared field by field; what differs by nature (ids, ports, words) is',
    'made alike before.',
    '',
    '| program | result |',
    '|---|---|',
    ...differentials.map(({ file, counts }) => `| [${file}](../conformance/${file}) | ${cell(counts)} |`),
    '',
    'Where Ottla means to differ, and the comparisons look away:',
    '',
    ...explained.map(({ why }) => `- ${why}`),
    '',
    ...differentials.flatMap(({ file, differences }) =>
      differences === '' ? [] : [`### ${file}`, '', ...codeBlock(differences)],
    ),
  ].join('\n')
}

function randomSection({ file, counts, differences }: DifferentialResult): string {
  return [
    `## ${randomHeading}`,
    '',
    `[${file}](../conformance/${file}) draws sequences of requests from a seed`,
    'and the fields of the schemas: topics, records, groups, configs and quotas that come and go, with right,',
    'borderline and wrong values. A difference is made small, mended, and becomes a case of',
    '[differential-found.ts](../conformance/differential-found.ts).',
    '',
    `- ${counts}`,
    '',
    ...codeBlock(differences),
  ].join('\n')
}

function codeBlock(text: string): string[] {
  return text === '' ? [] : ['```', text, '```', '']
}
