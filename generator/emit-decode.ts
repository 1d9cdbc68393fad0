// Emits the decoder of a structure: one object literal, whose fields are read in the order of the schema, and the
// loop over tagged fields.

import { defaultExpression, type Shape } from './emit-types.ts'
import { flexibleExpression, versionCondition, versionConditionNot, withFlexible } from './emit-versions.ts'
import { type ElementType, type Field, type Message, sameRange, type VersionRange } from './schema.ts'

export function emitDecode(shape: Shape, message: Message): string[] {
  const tagged = shape.fields.filter((field) => field.tag !== undefined)
  const literal = shape.fields.map((field) => `    ${field.name}: ${fieldExpression(field, shape, message)},`)
  const declaration = `  const value: ${shape.name} = {`
  const body = literal.length === 0 ? [`${declaration}}`] : [declaration, ...literal, '  }']
  if (shape.isEverFlexible) body.push(...emitTaggedFields(tagged, shape, message))
  body.push('  return value')
  const parameters = body.some((line) => /\bversion\b|\bflexible\b/.test(line)) ? 'version' : '_version'
  return [
    `function decode${shape.name}(reader: Reader, ${parameters}: number): ${shape.name} {`,
    ...withFlexible(message, body),
    '}',
  ]
}

function fieldExpression(field: Field, shape: Shape, message: Message): string {
  if (field.tag !== undefined) return defaultExpression(field)
  const condition = versionCondition(field.versions!, shape.versions)
  const read = readExpression(field, field.versions!, message)
  return condition === undefined ? read : `${condition} ? ${read} : ${defaultExpression(field)}`
}

/** Reads the field in the versions of `scope`. */
function readExpression(field: Field, scope: VersionRange, message: Message): string {
  const flexible = flexibleExpression(message, scope, field)
  if (field.nullable === null) return readOne(field, flexible, false)
  if (sameRange(field.nullable, field.versions)) return readOne(field, flexible, true)
  const condition = versionCondition(field.nullable, scope)
  return `(${condition} ? ${readOne(field, flexible, true)} : ${readOne(field, flexible, false)})`
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
    return [flexible === 'true' ? `  ${read}` : `  if (flexible) ${read}`]
  }
  const loop = [
    'for (let count = reader.unsignedVarint(); count > 0; count -= 1) {',
    '  const tag = reader.unsignedVarint()',
    '  const end = reader.taggedFieldEnd()',
    '  switch (tag) {',
    ...tagged.flatMap((field) => emitTagCase(field, shape, message)),
    '    default:',
    '      reader.unknownTaggedField(value, tag, end)',
    '  }',
    '  reader.expectEnd(end, tag)',
    '}',
  ]
  if (flexible === 'true') return loop.map((line) => `  ${line}`)
  return ['  if (flexible) {', ...loop.map((line) => `    ${line}`), '  }']
}

function emitTagCase(field: Field, shape: Shape, message: Message): string[] {
  const flexibleScope = {
    from: Math.max(shape.versions.from, message.flexibleFrom),
    to: shape.versions.to,
  }
  const outside = versionConditionNot(field.versions!, flexibleScope)
  const lines = [`    case ${field.tag}:`]
  if (outside !== undefined) {
    lines.push(
      `      if (${outside}) throw reader.error(\`tag ${field.tag} is not valid in version \${version}\`)`,
    )
  }
  lines.push(`      value.${field.name} = ${readExpression(field, field.versions!, message)}`, '      break')
  return lines
}
