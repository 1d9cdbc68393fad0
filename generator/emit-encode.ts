// Emits the encoder of a structure: one statement per field in the order of the schema, then the tagged fields.
// A field that the version cannot carry is refused unless it is at its default or ignorable, as in Kafka.

import { notDefault, type Shape } from './emit-types.ts'
import { flexibleExpression, versionCondition, versionConditionNot, withFlexible } from './emit-versions.ts'
import { type ElementType, type Field, type Message, sameRange, type VersionRange } from './schema.ts'

export function emitEncode(shape: Shape, message: Message): string[] {
  const plain = shape.fields.filter((field) => field.tag === undefined)
  const body = plain.flatMap((field) => emitField(field, shape, message))
  if (shape.isEverFlexible) body.push(...emitTaggedFields(shape, message))
  const usesVersion = body.some((line) => /\bversion\b|\bflexible\b/.test(line))
  const usesValue = body.some((line) => /\bvalue\b/.test(line))
  const parameters = [
    'writer: Writer',
    `${usesValue ? 'value' : '_value'}: ${shape.name}`,
    `${usesVersion ? 'version' : '_version'}: number`,
  ]
  const oneLine = `function encode${shape.name}(${parameters.join(', ')}): void {`
  const head = oneLine.length <= 110 ? [oneLine] : splitHead(shape.name, parameters)
  return [...head, ...withFlexible(message, body), '}']
}

function splitHead(name: string, parameters: readonly string[]): string[] {
  return [`function encode${name}(`, ...parameters.map((parameter) => `  ${parameter},`), '): void {']
}

function emitField(field: Field, shape: Shape, message: Message): string[] {
  const condition = versionCondition(field.versions!, shape.versions)
  const write = emitWrite(field, field.versions!, message, shape, 'writer')
  if (condition === undefined) return write.map((line) => `  ${line}`)
  const lines = write.length === 1 ? [`  if (${condition}) ${write[0]}`] : block(condition, write)
  if (!field.isIgnorable) {
    const refuse = `if (${notDefault(field, `value.${field.name}`)}) ${throwUnsupported(field, shape)}`
    lines.push(`  else ${refuse}`)
  }
  return lines
}

function block(condition: string, statements: readonly string[]): string[] {
  return [`  if (${condition}) {`, ...statements.map((line) => `    ${line}`), '  }']
}

function throwUnsupported(field: Field, shape: Shape): string {
  return `throw unsupportedField('${shape.name}.${field.name}', version)`
}

/** The statements that write the field in the versions of `scope`. */
function emitWrite(
  field: Field,
  scope: VersionRange,
  message: Message,
  shape: Shape,
  writer: string,
): string[] {
  const flexible = flexibleExpression(message, scope, field)
  const value = `value.${field.name}`
  if (field.nullable === null) return [writeOne(field, value, flexible, false, writer)]
  if (sameRange(field.nullable, field.versions)) return [writeOne(field, value, flexible, true, writer)]
  const condition = versionCondition(field.nullable, scope)
  const required = `notNull(${value}, '${shape.name}.${field.name}', version)`
  return [
    `if (${condition}) ${writeOne(field, value, flexible, true, writer)}`,
    `else ${writeOne(field, required, flexible, false, writer)}`,
  ]
}

function writeOne(
  field: Field,
  value: string,
  flexible: string,
  isNullable: boolean,
  writer: string,
): string {
  const { type } = field
  if (type.kind === 'array') {
    const method = isNullable ? 'nullableArray' : 'array'
    return `${writer}.${method}(${value}, ${flexible}, version, ${elementEncoder(type.element)})`
  }
  if (type.kind === 'struct') {
    if (isNullable) return `${writer}.nullableStruct(${value}, version, encode${type.name})`
    return `encode${type.name}(${writer}, ${value}, version)`
  }
  switch (type.name) {
    case 'string':
      return `${writer}.${isNullable ? 'nullableString' : 'string'}(${value}, ${flexible})`
    case 'bytes':
    case 'records':
      return `${writer}.${isNullable ? 'nullableBytes' : 'bytes'}(${value}, ${flexible})`
    case 'int64':
      return `${writer}.${field.isExact ? 'int64Exact' : 'int64'}(${value})`
    default:
      return `${writer}.${type.name}(${value})`
  }
}

function elementEncoder(element: ElementType): string {
  return element.kind === 'struct' ? `encode${element.name}` : `${element.name}Element.encode`
}

function emitTaggedFields(shape: Shape, message: Message): string[] {
  const known = shape.fields.filter((field) => field.tag !== undefined)
  const flexible = flexibleExpression(message, shape.versions)
  const lines: string[] = []
  let list = 'value.unknownTaggedFields'
  if (known.length > 0) {
    list = 'tagged'
    lines.push('  const tagged = [...(value.unknownTaggedFields ?? [])]')
    for (const field of known) lines.push(...emitTaggedField(field, shape, message))
  }
  if (flexible === 'true') return [...lines, `  writer.taggedFields(${list})`]
  const test = known.length > 0 ? 'tagged.length > 0' : 'value.unknownTaggedFields !== undefined'
  return [
    ...lines,
    `  if (flexible) writer.taggedFields(${list})`,
    `  else if (${test}) throw unsupportedField('${shape.name}.unknownTaggedFields', version)`,
  ]
}

function emitTaggedField(field: Field, shape: Shape, message: Message): string[] {
  const value = `value.${field.name}`
  const condition = versionCondition(field.versions!, shape.versions)
  const write = emitWrite(field, field.versions!, message, shape, 'field')
  const push =
    write.length === 1
      ? [`tagged.push(taggedField(${field.tag}, (field) => ${write[0]}))`]
      : [`tagged.push(taggedField(${field.tag}, (field) => {`, ...write.map((line) => `  ${line}`), '}))']
  const test = notDefault(field, value)
  if (condition === undefined) return block(test, push)
  if (field.isIgnorable) return block(`${condition} && ${test}`, push)
  const outside = versionConditionNot(field.versions!, shape.versions)
  return block(test, [`if (${outside}) ${throwUnsupported(field, shape)}`, ...push])
}
