// Emits the encoder of a structure: one statement per field in the order of the schema, then the tagged fields.
// A field that the version cannot carry is refused unless it is at its default or ignorable, as in Kafka.

import { type Branch, emitBranches, functionHead, indented, isShort, wrapCall } from './emit-layout.ts'
import { notDefault, type Shape } from './emit-types.ts'
import { flexibleExpression, versionCondition, versionConditionNot, withFlexible } from './emit-versions.ts'
import { type ElementType, type Field, type Message, sameRange } from './schema.ts'

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
  return [
    ...functionHead(`encode${shape.name}`, parameters, 'void'),
    ...indented(withFlexible(message, body)),
    '}',
  ]
}

function emitField(field: Field, shape: Shape, message: Message): string[] {
  const condition = versionCondition(field.versions!, shape.versions)
  if (condition === undefined) return emitWrite(field, message, shape, 'writer', 1)
  const branches: Branch[] = [{ condition, statements: emitWrite(field, message, shape, 'writer', 2) }]
  if (!field.isIgnorable) {
    const test = notDefault(field, `value.${field.name}`)
    branches.push({ condition: test, statements: [throwUnsupported(field, shape)] })
  }
  return emitBranches(branches, 1)
}

function throwUnsupported(field: Field, shape: Shape): string {
  return `throw unsupportedField('${shape.name}.${field.name}', version)`
}

/** The statements that write the field in the versions that have it. */
function emitWrite(field: Field, message: Message, shape: Shape, writer: string, depth: number): string[] {
  const scope = field.versions!
  const flexible = flexibleExpression(message, scope, field)
  const value = `value.${field.name}`
  if (field.nullable === null || sameRange(field.nullable, scope)) {
    return wrapCall(writeOne(field, value, flexible, field.nullable !== null, writer), depth)
  }
  const required = `notNull(${value}, '${shape.name}.${field.name}', version)`
  const branches: Branch[] = [
    {
      condition: versionCondition(field.nullable, scope),
      statements: [writeOne(field, value, flexible, true, writer)],
    },
    { condition: undefined, statements: [writeOne(field, required, flexible, false, writer)] },
  ]
  return emitBranches(branches, depth)
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
  const list = known.length > 0 ? 'tagged' : 'value.unknownTaggedFields'
  const lines = known.length > 0 ? ['const tagged = [...(value.unknownTaggedFields ?? [])]'] : []
  for (const field of known) lines.push(...emitTaggedField(field, shape, message))
  if (flexible === 'true') return [...lines, `writer.taggedFields(${list})`]
  const branches: Branch[] = [
    { condition: 'flexible', statements: [`writer.taggedFields(${list})`] },
    { condition: undefined, statements: [`refuseTaggedFields(${list}, '${shape.name}', version)`] },
  ]
  return [...lines, ...emitBranches(branches, 1)]
}

function emitTaggedField(field: Field, shape: Shape, message: Message): string[] {
  const condition = versionCondition(field.versions!, shape.versions)
  const write = emitWrite(field, message, shape, 'field', 3)
  const push = emitPush(field.tag!, write)
  const test = notDefault(field, `value.${field.name}`)
  if (condition === undefined) return emitBlock(test, push)
  if (field.isIgnorable) return emitBlock(`${condition} && ${test.includes('||') ? `(${test})` : test}`, push)
  const outside = versionConditionNot(field.versions!, shape.versions)
  const refuse = emitBranches([{ condition: outside, statements: [throwUnsupported(field, shape)] }], 2)
  return emitBlock(test, [...refuse, ...push])
}

function emitPush(tag: number, write: readonly string[]): string[] {
  const line = `tagged.push(taggedField(${tag}, (field) => ${write[0]}))`
  if (write.length === 1 && isShort(line, 2)) return [line]
  return [`tagged.push(taggedField(${tag}, (field) => {`, ...indented(write), '}))']
}

function emitBlock(condition: string, statements: readonly string[]): string[] {
  return [`if (${condition}) {`, ...indented(statements), '}']
}
