import { deepEqual, equal } from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { test } from 'node:test'
import type { ConfigDefinition } from './config-definition.ts'
import { isSensitive } from './config-definition.ts'
import type { ConfigTable } from './config-table.ts'
import {
  brokerConfigs,
  brokerSynonyms,
  clientMetricsConfigs,
  dynamicOnlyBrokerConfigs,
  groupConfigs,
  topicConfigs,
} from './config-table.ts'
import { parseConfigValue } from './config-value.ts'

const tables: readonly (readonly [string, ConfigTable])[] = [
  ['broker', brokerConfigs],
  ['quota', dynamicOnlyBrokerConfigs],
  ['topic', topicConfigs],
  ['group', groupConfigs],
  ['client-metrics', clientMetricsConfigs],
]

/** A definition of the extracted facts: `configs/*.json` of Kafka 4.3.1. */
interface Fact {
  readonly name: string
  readonly type: string
  readonly default: string | null
  readonly required?: boolean
  readonly validator: string | null
  readonly list?: { readonly emptyAllowed: boolean; readonly nullAllowed: boolean }
  readonly updateMode?: string
  readonly internal: boolean
  readonly sensitive?: boolean
  readonly synonyms?: readonly string[]
  readonly serverDefault?: string | null
}

/** One line of `testing/kafka-4.3-configs.tsv`: what Kafka and the tables must agree on. */
function factLine(scope: string, fact: Fact): string {
  const { list } = fact
  const marks = [
    fact.required && 'required',
    fact.internal && 'internal',
    fact.sensitive && 'sensitive',
    list && `${list.emptyAllowed ? 'empty' : 'filled'}${list.nullAllowed ? ' or null' : ''}`,
    fact.updateMode !== 'read-only' && fact.updateMode,
    fact.synonyms && fact.synonyms.length > 1 && `synonyms ${fact.synonyms.join(' ')}`,
    fact.serverDefault && `default of ${fact.serverDefault}`,
  ]
  const shown = [scope, fact.name, fact.type, fact.default, fact.validator, marks.filter(Boolean).join('; ')]
  return shown.map((column) => (column === null ? '-' : column)).join('\t')
}

function tableLine(scope: string, definition: ConfigDefinition): string {
  const isBroker = scope === 'broker'
  return factLine(scope, {
    ...definition,
    validator: definition.validator?.text ?? null,
    ...(definition.validator?.list && { list: definition.validator.list }),
    updateMode: isBroker ? definition.updateMode : 'read-only',
    sensitive: isSensitive(definition),
    synonyms: isBroker ? brokerSynonyms(definition.name).map((synonym) => synonym.name) : [],
    serverDefault: definition.brokerName,
  })
}

const lines = tables.flatMap(([scope, table]) =>
  [...table.values()].map((definition) => tableLine(scope, definition)),
)

test('[CONF1] the tables hold every config of Kafka 4.3 as Kafka defines it', () => {
  const golden = new URL('./testing/kafka-4.3-configs.tsv', import.meta.url)
  deepEqual(lines, readFileSync(golden, 'utf8').trimEnd().split('\n'))
})

const facts = new URL('../../../shared/kafka-4.3/configs/', import.meta.url)
const absent = existsSync(facts) ? false : 'the facts of Kafka are not beside the repository'

test('[CONF1] the tables agree with the facts extracted from Kafka 4.3.1', { skip: absent }, () => {
  const read = (file: string) => JSON.parse(readFileSync(new URL(file, facts), 'utf8'))
  const scopes: readonly (readonly [string, readonly Fact[]])[] = [
    ['broker', read('broker.json').configs],
    ['quota', read('quota.json').brokerDynamicOnly],
    ['topic', read('topic.json').configs],
    ['group', read('group.json').configs],
    ['client-metrics', read('client-metrics.json').configs],
  ]
  const expected = scopes.flatMap(([scope, definitions]) =>
    definitions.map((fact) => factLine(scope, { updateMode: 'read-only', ...fact })),
  )
  deepEqual(lines, expected)
})

test('[CONF2] every default is valid and is shown as it is written', () => {
  for (const [, table] of tables) {
    for (const definition of table.values()) {
      if (definition.required) continue
      const parsed = parseConfigValue(definition, definition.default)
      equal(parsed.ok && parsed.value.text, definition.default, definition.name)
    }
  }
})

test('[CONF3] a config without effect says why', () => {
  for (const [, table] of tables) {
    for (const { name, treatment } of table.values()) {
      if ('withoutEffect' in treatment) equal(treatment.withoutEffect.length > 20, true, name)
    }
  }
})

test('[CONF4] a topic or group config takes its default from a broker config of the same type', () => {
  for (const table of [topicConfigs, groupConfigs]) {
    for (const { name, type, brokerName } of table.values()) {
      if (brokerName !== null) equal(brokerConfigs.get(brokerName)?.type, type, name)
    }
  }
})
