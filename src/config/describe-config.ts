// What DescribeConfigs answers: every config with its value in effect, where it comes from, and the values
// it stands above (ConfigHelper). Order is by name.

import type { BrokerConfig } from './broker-config.ts'
import type { ConfigDefinition, ConfigType } from './config-definition.ts'
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
import { effectiveValue } from './effective-value.ts'

/** DescribeConfigsResponse.ConfigSource. */
export const configSources = {
  topic: 1,
  dynamicBroker: 2,
  dynamicDefaultBroker: 3,
  staticBroker: 4,
  default: 5,
  dynamicBrokerLogger: 6,
  clientMetrics: 7,
  group: 8,
} as const

/** DescribeConfigsResponse.ConfigType. */
export const configTypeIds: Readonly<Record<ConfigType, number>> & { readonly unknown: number } = {
  unknown: 0,
  boolean: 1,
  string: 2,
  int: 3,
  short: 4,
  long: 5,
  double: 6,
  list: 7,
  class: 8,
  password: 9,
}

export interface ConfigSynonym {
  readonly name: string
  /** Null for sensitive values. */
  readonly value: string | null
  readonly source: number
}

export interface ConfigEntry {
  readonly name: string
  /** Null when there is none, or when it is sensitive. */
  readonly value: string | null
  /** One of `configSources`. */
  readonly source: number
  /** One of `configTypeIds`. */
  readonly type: number
  readonly isSensitive: boolean
  readonly readOnly: boolean
  /** The values there are for this setting, the one in effect first. */
  readonly synonyms: readonly ConfigSynonym[]
  /** What Ottla makes of the config. */
  readonly documentation: string
}

const noConfigs: ReadonlyMap<string, string> = new Map()

/** The configs of a broker under what was set since it started, for it and for the whole cluster. */
export function describeBrokerConfigs(
  config: BrokerConfig,
  perBroker: ReadonlyMap<string, string> = noConfigs,
  clusterDefault: ReadonlyMap<string, string> = noConfigs,
): ConfigEntry[] {
  const effective = config.withDynamic({ perBroker, clusterDefault })
  const known = shownOf(brokerConfigs).map((definition) => {
    const text = effective.shown(definition.name).text
    return brokerEntry(definition, text, settings(effective, definition.name))
  })
  return [...known, ...effective.unknownNames().map((name) => otherEntry(name, settings(effective, name)))]
}

/** What is set for all brokers of the cluster, and nothing else: the broker resource with the empty name. */
export function describeClusterConfigs(clusterDefault: ReadonlyMap<string, string>): ConfigEntry[] {
  return [...clusterDefault.keys()].sort().map((name) => {
    const value = clusterDefault.get(name) ?? null
    const set = [{ name, value, source: configSources.dynamicDefaultBroker }]
    const definition = brokerConfigs.get(name)
    return definition === undefined ? otherEntry(name, set) : brokerEntry(definition, value, set)
  })
}

/** The configs of a topic with these overrides, on a broker with `config` (dynamic configs included). */
export function describeTopicConfigs(
  config: BrokerConfig,
  overrides: ReadonlyMap<string, string>,
): ConfigEntry[] {
  return describeResource(topicConfigs, configSources.topic, config, overrides)
}

/** The configs of a group with these overrides. */
export function describeGroupConfigs(
  config: BrokerConfig,
  overrides: ReadonlyMap<string, string>,
): ConfigEntry[] {
  return describeResource(groupConfigs, configSources.group, config, overrides)
}

/** The configs of a client metrics subscription with these overrides. */
export function describeClientMetricsConfigs(
  config: BrokerConfig,
  overrides: ReadonlyMap<string, string>,
): ConfigEntry[] {
  return describeResource(clientMetricsConfigs, configSources.clientMetrics, config, overrides)
}

function describeResource(
  table: ConfigTable,
  source: number,
  config: BrokerConfig,
  overrides: ReadonlyMap<string, string>,
): ConfigEntry[] {
  return shownOf(table).map((definition) => {
    const { name } = definition
    const { text } = effectiveValue(definition, config, overrides)
    const inherited = inheritedSettings(definition, source, config)
    const set = overrides.has(name) ? [{ name, value: text, source }, ...inherited] : inherited
    return entry(definition, text, false, set)
  })
}

/** Where a value that is not overridden comes from. Of topics, Kafka tells only defaults of the broker. */
function inheritedSettings(
  definition: ConfigDefinition,
  source: number,
  config: BrokerConfig,
): readonly ConfigSynonym[] {
  if (definition.brokerName !== null) return settings(config, definition.brokerName)
  if (source !== configSources.group || definition.default === null) return []
  return [{ name: definition.name, value: definition.default, source: configSources.default }]
}

/**
 * Where broker config `name` is set, the value in effect first. Kafka drops what precedes the config's own
 * name: of its synonyms only those that it stands above are shown.
 */
function settings(config: BrokerConfig, name: string): ConfigSynonym[] {
  const levels: readonly (readonly [(name: string) => string | null | undefined, number])[] = [
    [(synonym) => config.dynamic.perBroker.get(synonym), configSources.dynamicBroker],
    [(synonym) => config.dynamic.clusterDefault.get(synonym), configSources.dynamicDefaultBroker],
    [(synonym) => config.staticEntries.get(synonym), configSources.staticBroker],
    [(synonym) => brokerConfigs.get(synonym)?.default, configSources.default],
  ]
  const set = levels.flatMap(([valueAt, source]) =>
    brokerSynonyms(name).flatMap((synonym) => {
      const value = valueAt(synonym.name) ?? null
      return value === null ? [] : [{ name: synonym.name, value, source }]
    }),
  )
  const own = set.findIndex((setting) => setting.name === name)
  return own < 0 ? [] : set.slice(own)
}

function brokerEntry(
  definition: ConfigDefinition,
  text: string | null,
  set: readonly ConfigSynonym[],
): ConfigEntry {
  return entry(definition, text, definition.updateMode === 'read-only', set)
}

function entry(
  definition: ConfigDefinition,
  text: string | null,
  readOnly: boolean,
  set: readonly ConfigSynonym[],
): ConfigEntry {
  const hidden = isSensitive(definition)
  return {
    name: definition.name,
    value: hidden ? null : text,
    source: set[0]?.source ?? configSources.default,
    type: configTypeIds[definition.type],
    isSensitive: hidden,
    readOnly,
    synonyms: hidden ? set.map((setting) => ({ ...setting, value: null })) : set,
    documentation: documentation(definition),
  }
}

/** A name outside the table: a dynamic quota, or one that may be a secret, so its value is not shown. */
function otherEntry(name: string, set: readonly ConfigSynonym[]): ConfigEntry {
  const definition = dynamicOnlyBrokerConfigs.get(name)
  if (definition !== undefined) return brokerEntry(definition, set[0]?.value ?? null, set)
  return {
    name,
    value: null,
    source: set[0]?.source ?? configSources.default,
    type: configTypeIds.unknown,
    isSensitive: true,
    readOnly: true,
    synonyms: set.map((setting) => ({ ...setting, value: null })),
    documentation: 'Not known; ignored.',
  }
}

function documentation({ treatment, validator }: ConfigDefinition): string {
  const bounds = validator === null || validator.text === '' ? '' : ` Valid values: ${validator.text}.`
  if ('honoured' in treatment) return `Honoured.${bounds}`
  return `Accepted without effect: ${treatment.withoutEffect}.${bounds}`
}

function shownOf(table: ConfigTable): ConfigDefinition[] {
  return [...table.values()].filter((definition) => !definition.internal)
}
