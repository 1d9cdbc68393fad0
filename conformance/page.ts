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

export function pageOf(results: readonly CaseResult[], differentials: readonly DifferentialResult[]): string {
  const byProgram = Map.groupBy(results, ({ program }) => program)
  return [
    '# Compatibility',
    '',
    'Written by `npm run conformance`: the same programs against Ottla and Apache Kafka 4.3.1. A case that is not',
    'run says what the client or the machine lacks. Chaos runs are in [chaos.md](chaos.md).',
    '',
    ...summary(results),
    ...[...byProgram].flatMap(([program, cases]) => [
      `## [${program.name}](../conformance/${program.source})`,
      '',
      ...table(cases),
    ]),
    ...(differentials.length === 0 ? [] : differentialSection(differentials)),
  ].join('\n')
}

function summary(results: readonly CaseResult[]): string[] {
  return [
    '| broker | passed | failed | not run |',
    '|---|---|---|---|',
    ...brokersOf(results).map((broker) => {
      const count = (word: string) =>
        results.filter(({ outcomes }) => outcomes.get(broker)!.startsWith(word)).length
      return `| ${broker} | ${count('passed')} | ${count('failed')} | ${count('not run')} |`
    }),
    '',
  ]
}

function table(cases: readonly CaseResult[]): string[] {
  const brokers = brokersOf(cases)
  return [
    `| case | ${brokers.join(' | ')} |`,
    `|---|${brokers.map(() => '---|').join('')}`,
    ...cases.map(({ title, outcomes }) => `| ${title} | ${[...outcomes.values()].map(cell).join(' | ')} |`),
    '',
  ]
}

function brokersOf(results: readonly CaseResult[]): string[] {
  return [...(results[0]?.outcomes.keys() ?? [])]
}

function cell(text: string): string {
  return text.replaceAll(/\s+/g, ' ').replaceAll('|', '\\|').slice(0, outcomeLengthMax)
}

function differentialSection(differentials: readonly DifferentialResult[]): string[] {
  return [
    '## The same requests to both',
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
  ]
}
