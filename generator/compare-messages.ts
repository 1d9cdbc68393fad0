// Compares our messages with Kafka's, field by field. Ranges are effective ones on both sides: how a range is
// written (`0+` or nothing) does not matter, which versions have the field does.

import type { Field, FieldType, Message, VersionRange } from './schema.ts'

/** What differs, one line a difference; empty if nothing does. */
export function compareMessages(ours: readonly Message[], theirs: readonly Message[]): string[] {
  const differences: string[] = []
  const ourNames = new Map(ours.map((message) => [message.name, message]))
  const theirNames = new Set(theirs.map((message) => message.name))
  for (const message of ours) {
    if (!theirNames.has(message.name)) differences.push(`${message.name}: Kafka has no such message`)
  }
  for (const their of theirs) {
    const our = ourNames.get(their.name)
    if (our === undefined) differences.push(`${their.name}: missing in schemas/`)
    else differences.push(...compareMessage(our, their))
  }
  return differences
}

function compareMessage(our: Message, their: Message): string[] {
  const differences = compareProperties(our.name, messageProperties(our), messageProperties(their))
  return [...differences, ...compareFields(our.name, our, our.fields, their, their.fields)]
}

function compareFields(
  path: string,
  our: Message,
  ourFields: readonly Field[],
  their: Message,
  theirFields: readonly Field[],
): string[] {
  const ourOrder = ourFields.map((field) => field.name).join(' ')
  const theirOrder = theirFields.map((field) => field.name).join(' ')
  if (ourOrder !== theirOrder) return [`${path}: fields are ${ourOrder}; in Kafka ${theirOrder}`]
  return ourFields.flatMap((ourField, index) => {
    const theirField = theirFields[index]!
    const fieldPath = `${path}.${ourField.name}`
    const differences = compareProperties(fieldPath, fieldProperties(ourField), fieldProperties(theirField))
    const ourInner = fieldsInside(our, ourField.type)
    const theirInner = fieldsInside(their, theirField.type)
    return [...differences, ...compareFields(fieldPath, our, ourInner, their, theirInner)]
  })
}

function fieldsInside(message: Message, type: FieldType): readonly Field[] {
  const element = type.kind === 'array' ? type.element : type
  return element.kind === 'struct' ? (message.structs.get(element.name)?.fields ?? []) : []
}

type Properties = Readonly<Record<string, string>>

function compareProperties(path: string, ours: Properties, theirs: Properties): string[] {
  return Object.keys(ours)
    .filter((name) => ours[name] !== theirs[name])
    .map((name) => `${path}: ${name} ${ours[name]}; in Kafka ${theirs[name]}`)
}

function messageProperties(message: Message): Properties {
  return {
    kind: message.kind,
    'API key': String(message.apiKey ?? 'none'),
    versions: rangeText(message.versions),
    'flexible from': String(message.flexibleFrom),
    'latest unstable': String(message.isLatestUnstable),
    listeners: message.listeners.toSorted().join(' '),
  }
}

function fieldProperties(field: Field): Properties {
  return {
    type: typeText(field.type),
    versions: rangeText(field.versions),
    'nullable versions': rangeText(field.nullable),
    default: defaultText(field),
    tag: String(field.tag ?? 'none'),
    'map key': String(field.isMapKey),
    ignorable: String(field.isIgnorable),
    inflexible: String(field.isInflexible),
    'entity type': field.entity ?? 'none',
  }
}

function rangeText(range: VersionRange | null): string {
  return range === null ? 'none' : `${range.from}-${range.to}`
}

function typeText(type: FieldType): string {
  return type.kind === 'array' ? `[${type.element.name}]` : type.name
}

/** A default that is the type's own is the same as none. */
function defaultText(field: Field): string {
  const value = field.default
  return value === undefined || value === 0n || value === false || value === '' ? 'none' : String(value)
}
