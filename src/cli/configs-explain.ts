// `ottla configs explain`: what the tables of configs say about one name, and which names are near to it.

import type { ConfigDefinition, UpdateMode } from '../config/config-definition.ts'
import {
  brokerConfigs,
  brokerSynonyms,
  type ConfigTable,
  clientMetricsConfigs,
  dynamicOnlyBrokerConfigs,
  groupConfigs,
  topicConfigs,
} from '../config/config-table.ts'
import { fateOfFormerName } from '../config/former-names.ts'
import { nearestName } from '../config/nearest-name.ts'
import type { CliModules, ExitCode } from './cli-modules.ts'
import { reportFailure } from './report.ts'

interface Scope {
  readonly scope: string
  readonly table: ConfigTable
}

const scopes: readonly Scope[] = [
  { scope: 'broker', table: brokerConfigs },
  { scope: 'broker', table: dynamicOnlyBrokerConfigs },
  { scope: 'topic', table: topicConfigs },
  { scope: 'group', table: groupConfigs },
  { scope: 'client metrics', table: clientMetricsConfigs },
]

const hintsMax = 5

export async function explain(modules: CliModules, name: string, asJson: boolean): Promise<ExitCode> {
  const found = scopes.flatMap(({ scope, table }) => {
    const definition = table.get(name)
    return definition === undefined ? [] : [explanationOf(scope, definition)]
  })
  if (found.length === 0) return reportFailure(modules, ...unknown(name))
  const text = asJson ? `${JSON.stringify(found)}\n` : found.map(textOf).join('\n')
  await modules.output.write(text)
  return 0
}

function explanationOf(scope: string, definition: ConfigDefinition) {
  const { name, type, required, validator, brokerName, treatment } = definition
  const isOfBroker = scope === 'broker'
  const updateMode: UpdateMode | 'any-time' = isOfBroker ? definition.updateMode : 'any-time'
  const synonyms = isOfBroker
    ? brokerSynonyms(name)
        .map((synonym) => synonym.name)
        .filter((other) => other !== name)
    : []
  return {
    name,
    scope,
    type,
    default: definition.default,
    required,
    bounds: validator?.text || null,
    updateMode,
    defaultOf: brokerName,
    synonyms,
    withoutEffect: 'withoutEffect' in treatment ? treatment.withoutEffect : null,
  }
}

type Explanation = ReturnType<typeof explanationOf>

const updateModes: Readonly<Record<Explanation['updateMode'], string>> = {
  'read-only': 'in the file only, by a restart',
  'per-broker': 'while it runs, for one broker',
  'cluster-wide': 'while it runs, for one broker or all',
  'any-time': 'at any time',
}

function textOf(explanation: Explanation): string {
  const { name, scope, required, bounds, defaultOf, synonyms, withoutEffect } = explanation
  const lines: (readonly [string, string])[] = [
    ['type', explanation.type],
    ['default', required ? 'none, it must be given' : defaultText(explanation.default)],
    ['default from', defaultOf === null ? '' : `${defaultOf} of the broker`],
    ['bounds', bounds ?? ''],
    ['change', updateModes[explanation.updateMode]],
    ['also set by', synonyms.join(', ')],
    ['Ottla', withoutEffect === null ? 'acts on it' : `accepts it without effect: ${withoutEffect}`],
  ]
  const told = lines.filter(([, text]) => text !== '')
  const body = told.map(([title, text]) => `  ${`${title}:`.padEnd(14)}${text}\n`).join('')
  return `${name}, a config of ${scope === 'client metrics' ? scope : `a ${scope}`}\n${body}`
}

function defaultText(text: string | null): string {
  if (text === null) return 'no value'
  return text === '' ? 'empty' : text
}

function unknown(name: string): [message: string, hint: string] {
  const fate = fateOfFormerName(name)
  if (fate !== undefined) return [`there is no config ${name} any more: ${fate}`, '']
  const names = nearNames(name)
  return [`there is no config ${name}`, names.length === 0 ? '' : `Did you mean ${names.join(', ')}?`]
}

/** The nearest by spelling first, then the shortest that contain the text. */
function nearNames(name: string): string[] {
  const names = new Set(scopes.flatMap(({ table }) => [...table.keys()]))
  const near: string[] = []
  const candidates = new Set(names)
  while (near.length < hintsMax) {
    const next = nearestName(name, candidates)
    if (next === undefined) break
    near.push(next)
    candidates.delete(next)
  }
  const containing = [...candidates].filter((each) => each.includes(name))
  containing.sort((left, right) => left.length - right.length || (left < right ? -1 : 1))
  return [...near, ...containing].slice(0, hintsMax)
}
