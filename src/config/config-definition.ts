// One configuration as Kafka defines it (ConfigDef.ConfigKey), and the words the tables are written in:
//
//   ...honoured([
//     int('num.partitions', '1', atLeast(1)),
//     clusterWide(int('log.segment.bytes', '1073741824', atLeast(1048576))),
//   ])
//
// Defaults are text, as Kafka prints them: a long may lie beyond the exact numbers of JavaScript.

import type { Validator } from './config-validators.ts'

export type ConfigType =
  | 'boolean'
  | 'string'
  | 'int'
  | 'short'
  | 'long'
  | 'double'
  | 'list'
  | 'class'
  | 'password'

/** When a broker config may change (DynamicBrokerConfig): never, for one broker, or for all as well. */
export type UpdateMode = 'read-only' | 'per-broker' | 'cluster-wide'

/** What Ottla makes of a value: it acts on it, or accepts it without effect, for a reason that it tells. */
export type Treatment = { readonly honoured: true } | { readonly withoutEffect: string }

export interface ConfigDefinition {
  readonly name: string
  readonly type: ConfigType
  /** As Kafka prints it; null: no value. */
  readonly default: string | null
  /** Must be given: it has no default, not even null. */
  readonly required: boolean
  readonly validator: Validator | null
  /** Meaningful for broker configs; those of topics, groups and client metrics may always change. */
  readonly updateMode: UpdateMode
  /** Kafka accepts internal configs but shows them to nobody. */
  readonly internal: boolean
  /** Of topic and group configs: the broker config that gives the default. */
  readonly brokerName: string | null
  readonly treatment: Treatment
}

/** A definition whose treatment its section gives. */
export type UntreatedDefinition = Omit<ConfigDefinition, 'treatment'>

/** A config whose value must not be shown or logged: a password. */
export function isSensitive(definition: ConfigDefinition): boolean {
  return definition.type === 'password'
}

type Define = (name: string, defaultText: string | null, validator?: Validator) => UntreatedDefinition

function defineType(type: ConfigType): Define {
  return (name, defaultText, validator) => ({
    name,
    type,
    default: defaultText,
    required: false,
    validator: validator ?? null,
    updateMode: 'read-only',
    internal: false,
    brokerName: null,
  })
}

export const boolean = defineType('boolean')
export const string = defineType('string')
export const int = defineType('int')
export const short = defineType('short')
export const long = defineType('long')
export const double = defineType('double')
export const list = defineType('list')
/** A Java class name. It is never loaded, so any name is accepted. */
export const javaClass = defineType('class')
export const password = defineType('password')

export const required = (definition: UntreatedDefinition): UntreatedDefinition => ({
  ...definition,
  required: true,
})

export const clusterWide = (definition: UntreatedDefinition): UntreatedDefinition => ({
  ...definition,
  updateMode: 'cluster-wide',
})

export const perBroker = (definition: UntreatedDefinition): UntreatedDefinition => ({
  ...definition,
  updateMode: 'per-broker',
})

export const internal = (definition: UntreatedDefinition): UntreatedDefinition => ({
  ...definition,
  internal: true,
})

/** `brokerName` is the broker config that gives the default of this topic or group config. */
export const defaultOf = (brokerName: string, definition: UntreatedDefinition): UntreatedDefinition => ({
  ...definition,
  brokerName,
})

export function honoured(definitions: readonly UntreatedDefinition[]): ConfigDefinition[] {
  return definitions.map((definition) => ({ ...definition, treatment: { honoured: true } }))
}

/** `reason` completes the sentence "… is accepted without effect: <reason>". */
export function withoutEffect(
  reason: string,
  definitions: readonly UntreatedDefinition[],
): ConfigDefinition[] {
  return definitions.map((definition) => ({ ...definition, treatment: { withoutEffect: reason } }))
}
