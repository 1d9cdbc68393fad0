// Dynamic configs of every resource: what ConfigRecords set, nothing else. Defaults, static settings and types
// are the config module's business.

import { PersistentMap } from './persistent-map.ts'

/** Resource types that have dynamic configs in the metadata log (`ConfigResource.Type`), by our name for them. */
export const configResourceTypes = { topic: 2, broker: 4, 'client-metrics': 16, group: 32 } as const

export type ConfigResourceType = keyof typeof configResourceTypes

export interface ConfigResource {
  readonly type: ConfigResourceType
  /** The topic, the group, the subscription, the broker's id; empty for the default of all brokers. */
  readonly name: string
}

export function configResourceType(code: number): ConfigResourceType | undefined {
  const types = Object.keys(configResourceTypes) as ConfigResourceType[]
  return types.find((type) => configResourceTypes[type] === code)
}

const noConfigs: ReadonlyMap<string, string> = new Map()

export class ConfigsImage {
  readonly #byResource: PersistentMap<ResourceConfigs>

  private constructor(byResource: PersistentMap<ResourceConfigs>) {
    this.#byResource = byResource
  }

  static empty(): ConfigsImage {
    return new ConfigsImage(PersistentMap.empty())
  }

  /** The dynamic configs of one resource; empty when it has none. */
  for(type: ConfigResourceType, name: string): ReadonlyMap<string, string> {
    return this.#byResource.get(keyOf(type, name))?.configs ?? noConfigs
  }

  /** Every resource that has dynamic configs. */
  all(): IterableIterator<ResourceConfigs> {
    return this.#byResource.values()
  }

  with(resource: ConfigResource, configs: ReadonlyMap<string, string>): ConfigsImage {
    const key = keyOf(resource.type, resource.name)
    if (configs.size === 0) return new ConfigsImage(this.#byResource.delete(key))
    return new ConfigsImage(this.#byResource.set(key, { ...resource, configs }))
  }
}

export interface ResourceConfigs extends ConfigResource {
  readonly configs: ReadonlyMap<string, string>
}

function keyOf(type: ConfigResourceType, name: string): string {
  return `${type}:${name}`
}
