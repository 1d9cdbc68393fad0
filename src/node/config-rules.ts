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
import type { ConfigResource, ConfigResourceType } from '../metadata/configs-image.ts'

const tables: Readonly<Record<ConfigResourceType, ConfigTable>> = {
  topic: topicConfigs,
  broker: brokerConfigs,
  group: groupConfigs,
  'client-metrics': clientMetricsConfigs,
}

export function configRules(config: BrokerConfig): ConfigRules {
  return {
    problem(resource, configs) {
      const validity = validate(config, resource, configs)
      return validity.ok ? undefined : validity.message
    },
    isList: (type, name) => tables[type].get(name)?.type === 'list',
    defaultValue(type, name) {
      const definition = tables[type].get(name)
      return definition && (effectiveValue(definition, config, new Map()).text ?? undefined)
    },
  }
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
