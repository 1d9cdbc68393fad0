// Whether configs may be set at run time for brokers, groups and client metrics subscriptions, in Kafka's
// words (DynamicBrokerConfig.validateConfigs, GroupConfig, ClientMetricsConfigs). Those of topics stand in
// `topic-config.ts`.

import type { BrokerConfig } from './broker-config.ts'
import type { ConfigTable } from './config-table.ts'
import {
  brokerConfigs,
  clientMetricsConfigs,
  dynamicOnlyBrokerConfigs,
  groupConfigs,
} from './config-table.ts'
import { parseConfigValue, splitAtCommas } from './config-value.ts'
import { effectiveValue } from './effective-value.ts'
import type { Validity } from './topic-config.ts'

/** `listener.name.<listener>.<config>`: a config of one listener. */
const listenerConfig = /^listener\.name\.[^.]*\.(.*)$/

const clusterWideListenerConfigs = ['max.connection.creation.rate', 'max.connections', 'num.network.threads']

/** Security configs that belong to one listener: without its prefix they are static (KIP-226). */
const configsOfOneListener = /^ssl\.(key\.password|keystore\..*|truststore\..*)$/

/**
 * Whether these broker configs may be set together, for one broker or (`perBroker` false) for all.
 * What they mean beside the others is the broker's to check, by `BrokerConfig.withDynamic`.
 */
export function validateDynamicBrokerConfigs(
  configs: ReadonlyMap<string, string>,
  perBroker: boolean,
): Validity {
  const names = [...configs.keys()]
  const refused = (reason: string, those: readonly string[]): Validity => ({
    ok: false,
    message: `${reason}: [${those.join(', ')}]`,
  })
  const fixed = names.filter((name) => brokerConfigs.get(name)?.updateMode === 'read-only')
  if (fixed.length > 0) return refused('Cannot update these configs dynamically', fixed)
  const ofListener = names.filter((name) => configsOfOneListener.test(name))
  if (ofListener.length > 0) {
    const reason =
      'These security configs can be dynamically updated only per-listener using the listener prefix'
    return refused(reason, ofListener)
  }
  for (const [name, text] of configs) {
    const base = listenerConfig.exec(name)?.[1] ?? name
    const definition = brokerConfigs.get(base) ?? dynamicOnlyBrokerConfigs.get(base)
    const parsed = definition === undefined ? undefined : parseConfigValue(definition, text)
    if (parsed?.ok === false) return parsed
  }
  const ofBroker = perBroker ? [] : names.filter(isPerBroker)
  if (ofBroker.length === 0) return { ok: true }
  return refused(
    'Cannot update these configs at default cluster level, broker id must be specified',
    ofBroker,
  )
}

function isPerBroker(name: string): boolean {
  const base = listenerConfig.exec(name)?.[1]
  if (base !== undefined) return !clusterWideListenerConfigs.includes(base)
  return brokerConfigs.get(name)?.updateMode === 'per-broker'
}

const groupConfigsWithBothBounds = [
  'consumer.heartbeat.interval.ms',
  'consumer.session.timeout.ms',
  'share.heartbeat.interval.ms',
  'share.session.timeout.ms',
  'share.record.lock.duration.ms',
  'share.delivery.count.limit',
  'share.partition.max.record.locks',
  'streams.heartbeat.interval.ms',
  'streams.session.timeout.ms',
]

/** Kafka looks at these bounds only where a group sets the config itself. */
const groupConfigsBoundedIfSet = [
  'consumer.assignment.interval.ms',
  'share.assignment.interval.ms',
  'streams.assignment.interval.ms',
]

/** Whether a group may have these overrides together, within the bounds the broker sets for all groups. */
export function validateGroupConfigs(
  brokerConfig: BrokerConfig,
  overrides: ReadonlyMap<string, string>,
): Validity {
  const validity = validateEach(groupConfigs, 'Unknown group config name', overrides)
  if (!validity.ok) return validity
  const value = (name: string) => {
    const definition = groupConfigs.get(name)
    return Number(definition && effectiveValue(definition, brokerConfig, overrides).value)
  }
  const bounded = [
    ...groupConfigsWithBothBounds,
    ...groupConfigsBoundedIfSet.filter((name) => overrides.has(name)),
  ]
  for (const name of bounded) {
    const [kind = '', ...rest] = name.split('.')
    const least = `group.${kind}.min.${rest.join('.')}`
    const most = `group.${kind}.max.${rest.join('.')}`
    if (value(name) < brokerConfig.int(least)) return refusedBound(name, 'greater than or equal to', least)
    if (value(name) > brokerConfig.int(most)) return refusedBound(name, 'less than or equal to', most)
  }
  const [standby, standbyMost] = [
    'streams.num.standby.replicas',
    'group.streams.max.standby.replicas',
  ] as const
  if (value(standby) > brokerConfig.int(standbyMost)) {
    return refusedBound(standby, 'less than or equal to', standbyMost)
  }
  for (const kind of ['consumer', 'share', 'streams']) {
    const [session, heartbeat] = [`${kind}.session.timeout.ms`, `${kind}.heartbeat.interval.ms`] as const
    if (value(session) <= value(heartbeat)) return refusedBound(session, 'greater than', heartbeat)
  }
  return { ok: true }
}

function refusedBound(name: string, relation: string, bound: string): Validity {
  return { ok: false, message: `${name} must be ${relation} ${bound}` }
}

const clientMatchKeys = [
  'client_id',
  'client_instance_id',
  'client_software_name',
  'client_software_version',
  'client_source_address',
  'client_source_port',
]

/** Whether a client metrics subscription may have these configs. */
export function validateClientMetricsConfigs(configs: ReadonlyMap<string, string>): Validity {
  const validity = validateEach(clientMetricsConfigs, 'Unknown client metrics configuration', configs)
  if (!validity.ok) return validity
  const intervalMs = Number(configs.get('interval.ms') ?? 300000)
  if (intervalMs < 100 || intervalMs > 3600000) {
    const bounds = 'interval must be between 100 and 3600000 (1 hour)'
    return { ok: false, message: `Invalid value ${intervalMs} for interval.ms, ${bounds}` }
  }
  const patterns = splitAtCommas(configs.get('match') ?? '')
  const illegal = patterns.find((pattern) => !isClientMatch(pattern))
  if (illegal === undefined) return { ok: true }
  return { ok: false, message: `Illegal client matching pattern: ${illegal}` }
}

/** A pattern is `key=regular expression`. */
function isClientMatch(pattern: string): boolean {
  const [key = '', expression, ...rest] = pattern.split('=')
  if (expression === undefined || rest.length > 0 || !clientMatchKeys.includes(key.trim())) return false
  try {
    new RegExp(expression.trim())
    return true
  } catch {
    return false
  }
}

function validateEach(table: ConfigTable, unknown: string, configs: ReadonlyMap<string, string>): Validity {
  for (const name of configs.keys()) {
    if (!table.has(name)) return { ok: false, message: `${unknown}: ${name}` }
  }
  for (const [name, text] of configs) {
    const definition = table.get(name)
    const parsed = definition === undefined ? undefined : parseConfigValue(definition, text)
    if (parsed?.ok === false) return parsed
  }
  return { ok: true }
}
