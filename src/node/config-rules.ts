// What the controller asks about configs, answered by the config module.

import type { BrokerConfig } from '../config/broker-config.ts'
import {
  brokerConfigs,
  type ConfigTable,
  clientMetricsConfigs,
  groupConfigs,
  topicConfigs,
} from '../config/config-table.ts'
import { effectiveValue } from '../config/effective-value.ts'
import {
  validateClientMetricsConfigs,
  validateDynamicBrokerConfigs,
  validateGroupConfigs,
} from '../config/resource-configs.ts'
import { type Validity, validateTopicConfigs } from '../config/topic-config.ts'
import type { ConfigRules } from '../controller/config-rules.ts'
import type { ConfigResource, ConfigResourceType, ConfigsImage } from '../metadata/configs-image.ts'

const tables: Readonly<Record<ConfigResourceType, ConfigTable>> = {
  topic: topicConfigs,
  broker: brokerConfigs,
  group: groupConfigs,
  'client-metrics': clientMetricsConfigs,
}

/** Kafka's controller has the tables of these only: to it, nothing else is a list. */
const typesWithLists: readonly ConfigResourceType[] = ['topic', 'broker']

/** Kafka opens and closes listeners of a running broker; here they are opened once. */
const listenerConfigs = ['listeners', 'listener.security.protocol.map']

/** `dynamicConfigs` are those in force before a change. */
export function configRules(config: BrokerConfig, dynamicConfigs: () => ConfigsImage): ConfigRules {
  return {
    problem(resource, configs, changed) {
      const validity = validate(config, resource, configs)
      if (!validity.ok) return validity.message
      if (resource.type !== 'broker') return undefined
      const listener = listenerConfigs.find((name) => changed.has(name) && configs.has(name))
      if (listener !== undefined)
        return `${listener} cannot change while the broker runs: set it in its file and start it again.`
      return besideOthers(config, dynamicConfigs(), resource, configs) ?? undefined
    },
    isList: (type, name) => typesWithLists.includes(type) && tables[type].get(name)?.type === 'list',
    defaultValue(type, name) {
      const definition = tables[type].get(name)
      return definition && (effectiveValue(definition, config, new Map()).text ?? undefined)
    },
  }
}

/** What a broker's configs would mean beside its file and those of the cluster. */
function besideOthers(
  config: BrokerConfig,
  dynamicConfigs: ConfigsImage,
  { name }: ConfigResource,
  configs: ReadonlyMap<string, string>,
): string | null {
  const ofBroker = dynamicConfigs.for('broker', String(config.int('node.id')))
  return config.dynamicProblem(
    name === ''
      ? { perBroker: ofBroker, clusterDefault: configs }
      : { perBroker: configs, clusterDefault: dynamicConfigs.for('broker', '') },
  )
}

function validate(
  config: BrokerConfig,
  resource: ConfigResource,
  configs: ReadonlyMap<string, string>,
): Validity {
  switch (resource.type) {
    case 'topic':
      return validateTopicConfigs(config, configs)
    case 'broker':
      return validateDynamicBrokerConfigs(configs, resource.name !== '')
    case 'group':
      return validateGroupConfigs(config, configs)
    case 'client-metrics':
      return validateClientMetricsConfigs(configs)
  }
}
