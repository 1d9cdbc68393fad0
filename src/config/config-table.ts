// Every config of Kafka 4.3: of brokers and controllers, of topics, groups and client metrics, with type,
// default, bounds, update mode and what Ottla makes of it. The data stands in `tables/`, one file an area.

import type { ConfigDefinition } from './config-definition.ts'
import { clientMetricsConfigs as clientMetrics } from './tables/client-metrics-configs.ts'
import { controllerConfigs } from './tables/controller-configs.ts'
import { groupConfigs as groups } from './tables/group-configs.ts'
import { groupCoordinatorConfigs } from './tables/group-coordinator-configs.ts'
import { logConfigs } from './tables/log-configs.ts'
import { metricsConfigs } from './tables/metrics-configs.ts'
import { networkConfigs } from './tables/network-configs.ts'
import { dynamicOnlyConfigs, quotaConfigs } from './tables/quota-configs.ts'
import { replicationConfigs } from './tables/replication-configs.ts'
import { securityConfigs } from './tables/security-configs.ts'
import { shareConfigs } from './tables/share-configs.ts'
import { streamsConfigs } from './tables/streams-configs.ts'
import { tieredConfigs } from './tables/tiered-configs.ts'
import { topicConfigs as topics } from './tables/topic-configs.ts'
import { transactionConfigs } from './tables/transaction-configs.ts'

export type ConfigTable = ReadonlyMap<string, ConfigDefinition>

/** What a file for brokers and controllers may hold (KafkaConfig), by name. */
export const brokerConfigs = table(
  networkConfigs,
  logConfigs,
  groupCoordinatorConfigs,
  transactionConfigs,
  replicationConfigs,
  securityConfigs,
  quotaConfigs,
  controllerConfigs,
  metricsConfigs,
  shareConfigs,
  streamsConfigs,
  tieredConfigs,
)

/** Broker configs that exist as dynamic ones only. */
export const dynamicOnlyBrokerConfigs = table(dynamicOnlyConfigs)

export const topicConfigs = table(topics)
export const groupConfigs = table(groups)
export const clientMetricsConfigs = table(clientMetrics)

/** Sorted by name, as every list of configs is shown. */
function table(...areas: readonly (readonly ConfigDefinition[])[]): ConfigTable {
  const definitions = areas.flat().sort((a, b) => (a.name < b.name ? -1 : 1))
  return new Map(definitions.map((definition) => [definition.name, definition]))
}

const hourMs = 60 * 60 * 1000

/** A name for the same setting; `unitMs` converts its values to milliseconds. */
export interface Synonym {
  readonly name: string
  readonly unitMs: number
}

/** Several names for one setting, the one that wins first (DynamicBrokerConfig.brokerConfigSynonyms). */
const synonymFamilies: readonly (readonly Synonym[])[] = [
  [
    { name: 'log.retention.ms', unitMs: 1 },
    { name: 'log.retention.minutes', unitMs: 60 * 1000 },
    { name: 'log.retention.hours', unitMs: hourMs },
  ],
  [
    { name: 'log.roll.ms', unitMs: 1 },
    { name: 'log.roll.hours', unitMs: hourMs },
  ],
  [
    { name: 'log.roll.jitter.ms', unitMs: 1 },
    { name: 'log.roll.jitter.hours', unitMs: hourMs },
  ],
  [
    { name: 'log.flush.interval.ms', unitMs: 1 },
    { name: 'log.flush.scheduler.interval.ms', unitMs: 1 },
  ],
]

/**
 * All names of the setting that broker config `name` belongs to, the winning one first; mostly `name` alone.
 * `log.flush.scheduler.interval.ms` gives a default to `log.flush.interval.ms` but not the other way round.
 */
export function brokerSynonyms(name: string): readonly Synonym[] {
  const family = synonymFamilies.find((names) => names.some((synonym) => synonym.name === name))
  if (family === undefined || name === 'log.flush.scheduler.interval.ms') return [{ name, unitMs: 1 }]
  return family
}
