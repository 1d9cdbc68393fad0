// What an operator should know about entries that a node starts with all the same.

import { brokerConfigs } from './config-table.ts'
import { parseConfigValue } from './config-value.ts'
import { nearestName } from './nearest-name.ts'

/** Names that are no broker configs but belong to one: for plugins, single listeners and providers. */
const prefixes = ['listener.name.', 'config.providers.', 'rsm.config.', 'rlmm.config.']

/** Names that other versions of Kafka knew, and what became of them. */
const formerNames: ReadonlyMap<string, string> = new Map([
  ['advertised.host.name', 'use advertised.listeners'],
  ['advertised.port', 'use advertised.listeners'],
  ['host.name', 'use listeners'],
  ['port', 'use listeners'],
  ['zookeeper.connect', 'the metadata lies in the quorum of controllers; see controller.quorum.voters'],
  ['inter.broker.protocol.version', 'versions are those of the feature metadata.version'],
  ['log.message.format.version', 'records are always stored in format 2'],
  ['log.message.timestamp.difference.max.ms', 'use log.message.timestamp.before.max.ms and …after.max.ms'],
  ['offsets.commit.required.acks', 'offset commits always wait for all in-sync replicas'],
  ['controlled.shutdown.max.retries', 'a node asks until its partitions have moved'],
  ['broker.id.generation.enable', 'node.id is always given'],
  ['leader.imbalance.per.broker.percentage', 'every imbalance is corrected'],
])

/** One sentence for every entry that is unknown, repeats itself, or changes nothing. Values are not shown. */
export function brokerConfigWarnings(entries: ReadonlyMap<string, string>): string[] {
  const warnings: string[] = []
  for (const [name, text] of entries) {
    const warning = brokerConfigWarning(name, text)
    if (warning !== null) warnings.push(warning)
  }
  return warnings
}

function brokerConfigWarning(name: string, text: string): string | null {
  const definition = brokerConfigs.get(name)
  if (definition === undefined) return unknownNameWarning(name)
  const parsed = parseConfigValue(definition, text)
  if (!parsed.ok) return null
  if (definition.type === 'list' && text.split(',').length > (parsed.value.value as string[]).length) {
    if (text.trim() !== '') return `${name} names a value twice; the repetition is ignored`
  }
  const { treatment } = definition
  if ('honoured' in treatment || parsed.value.text === definition.default) return null
  return `${name} is accepted without effect: ${treatment.withoutEffect}`
}

function unknownNameWarning(name: string): string {
  if (prefixes.some((prefix) => name.startsWith(prefix))) {
    return (
      `${name} is accepted without effect: only listeners without settings of their own are served, and` +
      ' no plugins'
    )
  }
  const successor = formerNames.get(name)
  if (successor !== undefined) return `${name} is not known any more: ${successor}`
  const nearest = nearestName(name, brokerConfigs.keys())
  return nearest === undefined
    ? `${name} is not known and is ignored`
    : `${name} is not known and is ignored; did you mean ${nearest}?`
}
