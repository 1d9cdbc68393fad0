// Emits the decoder of a structure: one object literal, whose fields are read in the order of the schema, and the
// loop over tagged fields.

import { type Choice, emitChoice, functionHead, indented } from './emit-layout.ts'
import { defaultExpression, type Shape } from './emit-types.ts'
import { flexibleExpression, versionCondition, versionConditionNot, withFlexible } from './emit-versions.ts'
import { type ElementType, type Field, type Message, sameRange } from './schema.ts'

export function emitDecode(shape: Shape, message: Message): string[] {
  const tagged = shape.fields.filter((field) => field.tag !== undefined)
  const literal = indented(shape.fields.flatMap((field) => emitLiteralField(field, shape, message)))
  const declaration = `const value: ${shape.name} = {`
  const body = literal.length === 0 ? [`${declaration}}`] : [declaration, ...literal, '}']
  if (shape.isEverFlexible) body.push(...emitTaggedFields(tagged, shape, message))
  body.push('return value')
  const version = body.some((line) => /\bversion\b|\bflexible\b/.test(line)) ? 'version' : '_version'
  const parameters = ['reader: Reader', `${version}: number`]
  return [
    ...functionHead(`decode${shape.name}`, parameters, shape.name),
    ...indented(withFlexible(message, body)),
    '}',
  ]
}

function emitLiteralField(field: Field, shape: Shape, message: Message): string[] {
  const fallback = defaultExpression(field)
  if (field.tag !== undefined) return [`${field.name}: ${fallback},`]
  const outside = versionConditionNot(field.versions!, shape.versions)
  const choice = readChoice(field, message)
  if (outside === undefined) return emitChoice(field.name, choice, 2)
  if (choice.length > 1)
    return emitChoice(field.name, [{ condition: outside, value: fallback }, ...choice], 2)
  const condition = versionCondition(field.versions!, shape.versions)!
  return emitChoice(field.name, [{ condition, value: choice[0]!.value }, { value: fallback }], 2)
}

/** How to read the field in the versions that have it. */
function readChoice(field: Field, message: Message): Choice[] {
  const scope = field.versions!
  const flexible = flexibleExpression(message, scope, field)
  if (field.nullable === null || sameRange(field.nullable, scope)) {
    return [{ value: readOne(field, flexible, field.nullable !== null) }]
  }
  const condition = versionCondition(field.nullable, scope)!
  return [{ condition, value: readOne(field, flexible, true) }, { value: readOne(field, flexible, false) }]
}

function readOne(field: Field, flexible: string, isNullable: boolean): string {
  const { type } = field
  if (type.kind === 'array') {
    const method = isNullable ? 'nullableArray' : 'array'
    return `reader.${method}(${flexible}, version, ${elementDecoder(type.element)})`
  }
  if (type.kind === 'struct') {
    if (isNullable) return `reader.nullableStruct(version, decode${type.name})`
    return `decode${type.name}(reader, version)`
  }
  switch (type.name) {
    case 'string':
      return `reader.${isNullable ? 'nullableString' : 'string'}(${flexible})`
    case 'bytes':
    case 'records':
      return `reader.${isNullable ? 'nullableBytes' : 'bytes'}(${flexible})`
    case 'int64':
      return field.isExact ? 'reader.int64Exact()' : 'reader.int64()'
    default:
      return `reader.${type.name}()`
  }
}

function elementDecoder(element: ElementType): string {
  return element.kind === 'struct' ? `decode${element.name}` : `${element.name}Element.decode`
}

function emitTaggedFields(tagged: readonly Field[], shape: Shape, message: Message): string[] {
  const flexible = flexibleExpression(message, shape.versions)
  if (tagged.length === 0) {
    const read = 'reader.unknownTaggedFields(value)'
    return [flexible === 'true' ? read : `if (flexible) ${read}`]
  }
  const loop = [
    'for (let count = reader.unsignedVarint(); count > 0; count -= 1) {',
    '  const tag = reader.unsignedVarint()',
    '  const end = reader.taggedFieldEnd()',
    '  switch (tag) {',
    ...indented(
      tagged.flatMap((field) => emitTagCase(field, shape, message)),
      2,
    ),
    '    default:',
    '      reader.unknownTaggedField(value, tag, end)',
    '  }',
    '  reader.expectEnd(end, tag)',
    '}',
  ]
  return flexible === 'true' ? loop : ['if (flexible) {', ...indented(loop), '}']
}

function emitTagCase(field: Field, shape: Shape, message: Message): string[] {
  const flexibleScope = { from: Math.max(shape.versions.from, message.flexibleFrom), to: shape.versions.to }
  const outside = versionConditionNot(field.versions!, flexibleScope)
  const [choice, ...others] = readChoice(field, message)
  if (others.length > 0)
    throw new Error(`${shape.name}.${field.name}: tagged, and nullable in some versions only`)
  const lines = [`case ${field.tag}:`]
  if (outside !== undefined) {
    lines.push(
      `  if (${outside}) throw reader.error(\`tag ${field.tag} is not valid in version \${version}\`)`,
    )
  }
  return [...lines, `  value.${field.name} = ${choice!.value}`, '  break']
}
