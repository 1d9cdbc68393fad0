// The value of a topic, group or client metrics config: its override, or else what the broker gives.

import { assert } from '../base/assert.ts'
import type { BrokerConfig } from './broker-config.ts'
import type { ConfigDefinition } from './config-definition.ts'
import type { ParsedValue } from './config-value.ts'
import { parseConfigValue } from './config-value.ts'

/** Passes over an override that cannot be used. */
export function effectiveValue(
  definition: ConfigDefinition,
  brokerConfig: BrokerConfig,
  overrides: ReadonlyMap<string, string>,
): ParsedValue {
  const override = overrides.get(definition.name)
  const own = override === undefined ? undefined : parseConfigValue(definition, override)
  if (own?.ok) return own.value
  if (definition.brokerName !== null) return brokerConfig.resolved(definition.brokerName)
  const inherited = parseConfigValue(definition, definition.default)
  assert(inherited.ok, `the default of ${definition.name} is valid`)
  return inherited.value
}
