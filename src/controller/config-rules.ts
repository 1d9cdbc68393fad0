// What the controller must know about configs, and does not own: types, validators, defaults.

import type { ConfigResource, ConfigResourceType } from '../metadata/configs-image.ts'

export interface ConfigRules {
  /**
   * Checks all dynamic configs that `resource` would have after a change, of which `changed` are new: a message
   * that names the config, the value and what is allowed, or undefined when all are fine.
   */
  problem(
    resource: ConfigResource,
    configs: ReadonlyMap<string, string>,
    changed: ReadonlySet<string>,
  ): string | undefined
  /** Whether the config's value is a comma-separated list. */
  isList(type: ConfigResourceType, name: string): boolean
  /** The value without any dynamic config, undefined when there is none. */
  defaultValue(type: ConfigResourceType, name: string): string | undefined
}

/** Static settings that the controller reads; `BrokerConfig` is one. */
export interface StaticConfig {
  int(name: string): number
  boolean(name: string): boolean
}
