// What an operator should know about entries that a node starts with all the same.

import { brokerConfigs } from './config-table.ts'
import { parseConfigValue } from './config-value.ts'
import { fateOfFormerName } from './former-names.ts'
import { nearestName } from './nearest-name.ts'

/** Names that are no broker configs but belong to one: for plugins, single listeners and providers. */
const prefixes = ['listener.name.', 'config.providers.', 'rsm.config.', 'rlmm.config.']

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
  const fate = fateOfFormerName(name)
  if (fate !== undefined) return `${name} is not known any more: ${fate}`
  const nearest = nearestName(name, brokerConfigs.keys())
  return nearest === undefined
    ? `${name} is not known and is ignored`
    : `${name} is not known and is ignored; did you mean ${nearest}?`
}
