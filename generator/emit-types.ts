// Emits the value types of a message: interfaces, their defaults, and the comparison with the defaults that the
// encoder needs where a whole structure is left out when it holds nothing.

import {
  type Field,
  type FieldType,
  type Message,
  type Struct,
  sameRange,
  type VersionRange,
} from './schema.ts'

/** A structure to emit: the message itself or one inside it. */
export interface Shape {
  readonly name: string
  readonly versions: VersionRange
  /** Fields that are on the wire in some version. */
  readonly fields: readonly Field[]
  /** Has tagged fields in some version. */
  readonly isEverFlexible: boolean
}

/** The message first, then the structures inside in the order of the schema. */
export function shapes(message: Message): Shape[] {
  if (message.versions === null) return []
  const all: Struct[] = [{ name: message.name, versions: message.versions, fields: message.fields }]
  all.push(...message.structs.values())
  return all.map(({ name, versions, fields }) => ({
    name,
    versions,
    fields: fields.filter((field) => field.versions !== null),
    isEverFlexible: versions.to >= message.flexibleFrom,
  }))
}

function baseType(type: FieldType, isExact: boolean): string {
  if (type.kind === 'array') return `${baseType(type.element, isExact)}[]`
  if (type.kind === 'struct') return type.name
  if (isExact) return 'bigint'
  switch (type.name) {
    case 'bool':
      return 'boolean'
    case 'string':
    case 'uuid':
      return 'string'
    case 'bytes':
    case 'records':
      return 'Uint8Array'
    default:
      return 'number'
  }
}

function fieldType(field: Field): string {
  return baseType(field.type, field.isExact) + (field.nullable === null ? '' : ' | null')
}

/** The versions of a field as a comment, where they are not those of what is around it. */
function versionNote(field: Field, shape: Shape, message: Message): string {
  const versions = field.versions!
  if (sameRange(versions, shape.versions)) return ''
  if (versions.to === message.versions!.to) return ` // ${versions.from}+`
  return versions.from === versions.to ? ` // ${versions.from}` : ` // ${versions.from}-${versions.to}`
}

export function emitInterface(shape: Shape, message: Message): string[] {
  const lines = [`export interface ${shape.name} {`]
  for (const field of shape.fields) {
    lines.push(`  ${field.name}: ${fieldType(field)}${versionNote(field, shape, message)}`)
  }
  if (shape.isEverFlexible) lines.push('  unknownTaggedFields?: TaggedField[]')
  lines.push('}')
  return lines
}

/** The default as an expression. */
export function defaultExpression(field: Field): string {
  const value = field.default
  if (value === null) return 'null'
  if (typeof value === 'boolean') return String(value)
  if (typeof value === 'string') return `'${value}'`
  if (typeof value === 'bigint') return integerExpression(value, field.isExact)
  // As in Kafka: no records is null where it may be.
  const { type } = field
  if (type.kind === 'array') return '[]'
  if (type.kind === 'struct') return `defaults${type.name}()`
  if (field.isExact) return '0n'
  switch (type.name) {
    case 'bool':
      return 'false'
    case 'string':
      return "''"
    case 'uuid':
      return 'zeroUuid'
    case 'records':
      return field.nullable === null ? 'new Uint8Array(0)' : 'null'
    case 'bytes':
      return 'new Uint8Array(0)'
    default:
      return '0'
  }
}

function integerExpression(value: bigint, isExact: boolean): string {
  if (isExact) return `${value}n`
  return value > BigInt(Number.MAX_SAFE_INTEGER) ? 'Number.MAX_SAFE_INTEGER' : String(value)
}

export function emitDefaults(shape: Shape): string[] {
  const lines = [`export function defaults${shape.name}(): ${shape.name} {`, '  return {']
  for (const field of shape.fields) lines.push(`    ${field.name}: ${defaultExpression(field)},`)
  lines.push('  }', '}')
  return shape.fields.length === 0 ? [lines[0]!, '  return {}', '}'] : lines
}

/** A condition that holds where `value` is not the field's default. */
export function notDefault(field: Field, value: string): string {
  const { type } = field
  const fallback = defaultExpression(field)
  if (fallback === 'null') return `${value} !== null`
  if (fallback === 'false') return value
  if (fallback === 'true') return `!${value}`
  let condition = `${value} !== ${fallback}`
  if (type.kind === 'struct') condition = `isSet${type.name}(${value})`
  else if (type.kind === 'array' || type.name === 'bytes' || type.name === 'records')
    condition = `${value}.length > 0`
  const isObject = type.kind !== 'primitive' || type.name === 'bytes' || type.name === 'records'
  return isObject && field.nullable !== null ? `${value} === null || ${condition}` : condition
}

/** The function that says whether any field of a structure differs from its default. */
export function emitIsSet(shape: Shape): string[] {
  const conditions = shape.fields.map((field) => notDefault(field, `value.${field.name}`))
  if (shape.isEverFlexible) conditions.push('value.unknownTaggedFields !== undefined')
  const lines = [`function isSet${shape.name}(value: ${shape.name}): boolean {`, '  return (']
  for (const [index, condition] of conditions.entries()) {
    lines.push(`    ${condition}${index < conditions.length - 1 ? ' ||' : ''}`)
  }
  lines.push('  )', '}')
  return lines
}
