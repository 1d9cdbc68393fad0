// docs/compatibility.md from what a run has found.

import type { DifferentialResult } from './differentials.ts'
import type { CaseResult } from './program.ts'

const outcomeLengthMax = 240

/** Why answers differ that a differential still prints. */
const reasons: Readonly<Record<string, readonly string[]>> = {
  'differential-admin.ts': [
    'A null topic name in Metadata: INVALID_REQUEST from Ottla; Apache Kafka fails over it: UNKNOWN_SERVER_ERROR.',
  ],
}

const differentialHeading = 'The same requests to both'

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
  if (differentials.length > 0) sections.set(differentialHeading, differentialSection(differentials))
  const present = [...order, differentialHeading].flatMap((name) => sections.get(name) ?? [])
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
    'made alike before. Where Ottla means to differ is listed with its reason in the program.',
    '',
    '| program | result |',
    '|---|---|',
    ...differentials.map(({ file, counts }) => `| [${file}](../conformance/${file}) | ${cell(counts)} |`),
    '',
    ...differentials
      .filter(({ differences }) => differences !== '')
      .flatMap(({ file, differences }) => [
        `### ${file}`,
        '',
        ...(reasons[file] ?? []).map((why) => `- ${why}`),
        '',
        '```',
        differences,
        '```',
        '',
      ]),
  ].join('\n')
}
