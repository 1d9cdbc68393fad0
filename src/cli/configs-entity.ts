// Whose configs `ottla configs` is about, from Kafka's two ways to say it: `--entity-type users --entity-name alice`
// or `--user alice`. Quotas may be of a user and a client at once; all else has one type.

import type { QuotaEntityType } from '../client/client-quotas.ts'
import type { ConfigResourceType } from '../client/config-admin.ts'

export interface EntityFlags {
  readonly topic?: string
  readonly client?: string
  readonly clientDefaults?: boolean
  readonly user?: string
  readonly userDefaults?: boolean
  readonly broker?: string
  readonly brokerDefaults?: boolean
  readonly brokerLogger?: string
  readonly ip?: string
  readonly ipDefaults?: boolean
  readonly group?: string
  readonly clientMetrics?: string
  readonly entityType?: readonly string[]
  /** Of `--entity-name` and `--entity-default`, which is '', in the order of the line. */
  readonly entityNames: readonly string[]
}

/** Resources of one type; without a name all of them. */
export interface ChosenResources {
  readonly kind: 'resources'
  readonly type: ConfigResourceType
  readonly name: string | undefined
}

/** Those who may have quotas: a name, '' for those without a quota of their own, or undefined for all. */
export interface ChosenQuotas {
  readonly kind: 'quotas'
  readonly names: ReadonlyMap<QuotaEntityType, string | undefined>
}

type Chosen =
  | { readonly ok: true; readonly value: ChosenResources | ChosenQuotas }
  | { readonly ok: false; readonly message: string }

/** Kafka's names of the types. */
const resourceTypes: ReadonlyMap<string, ConfigResourceType> = new Map<string, ConfigResourceType>([
  ['topics', 'topic'],
  ['brokers', 'broker'],
  ['broker-loggers', 'broker-logger'],
  ['groups', 'group'],
  ['client-metrics', 'client-metrics'],
])
const quotaTypes: ReadonlyMap<string, QuotaEntityType> = new Map<string, QuotaEntityType>([
  ['clients', 'client-id'],
  ['users', 'user'],
  ['ips', 'ip'],
])
export const entityTypes = [...resourceTypes.keys(), ...quotaTypes.keys()]

export function chooseEntity(flags: EntityFlags): Chosen {
  const byFlag = namedByFlags(flags)
  const byType = (flags.entityType ?? []).map((type, index) => [type, flags.entityNames[index]] as const)
  if (byFlag.length > 0 && byType.length + flags.entityNames.length > 0)
    return problem('--entity-type, --entity-name and --entity-default do not go with a flag of one type')
  if (flags.entityNames.length > byType.length)
    return problem('every --entity-name and --entity-default needs an --entity-type')
  const named = [...byFlag, ...byType]
  const types = named.map(([type]) => type)
  for (const type of types) {
    if (!entityTypes.includes(type)) return problem(`--entity-type is one of ${entityTypes.join(', ')}`)
  }
  const isPair = types.length === 2 && types.includes('users') && types.includes('clients')
  if (types.length !== 1 && !isPair) return problem(`say whose configs: ${flagNames}, --entity-type`)
  const [type, name] = named[0]!
  const resourceType = resourceTypes.get(type)
  if (resourceType !== undefined) return chooseResources(resourceType, name)
  return {
    ok: true,
    value: { kind: 'quotas', names: new Map(named.map(([type, name]) => [quotaTypes.get(type)!, name])) },
  }
}

const flagNames =
  'exactly one of --topic, --broker, --broker-defaults, --broker-logger, --group, --client-metrics, ' +
  '--ip, --ip-defaults, or --user, --user-defaults, --client, --client-defaults'

/** Type and name, '' for defaults, in the order in which Kafka's tool looks at its flags. */
function namedByFlags(flags: EntityFlags): (readonly [type: string, name: string])[] {
  const named: (readonly [string, string | undefined])[] = [
    ['topics', flags.topic],
    ['clients', flags.client],
    ['users', flags.user],
    ['brokers', flags.broker],
    ['broker-loggers', flags.brokerLogger],
    ['ips', flags.ip],
    ['client-metrics', flags.clientMetrics],
    ['groups', flags.group],
    ['clients', flags.clientDefaults ? '' : undefined],
    ['users', flags.userDefaults ? '' : undefined],
    ['brokers', flags.brokerDefaults ? '' : undefined],
    ['ips', flags.ipDefaults ? '' : undefined],
  ]
  return named.flatMap(([type, name]) => (name === undefined ? [] : [[type, name] as const]))
}

function chooseResources(type: ConfigResourceType, name: string | undefined): Chosen {
  const isOfBroker = type === 'broker' || type === 'broker-logger'
  if (isOfBroker && name !== undefined && !/^\d*$/.test(name))
    return problem(`"${name}" is no id of a broker`)
  if (name === '' && type !== 'broker') return problem(`there are no defaults of type ${type}`)
  return { ok: true, value: { kind: 'resources', type, name } }
}

function problem(message: string): Chosen {
  return { ok: false, message }
}
