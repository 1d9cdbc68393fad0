// Random values of any message in any version, derived from its schema: what the version cannot carry stays at
// its default.

import fc from 'fast-check'
import type { Field, FieldType, Message } from '../../generator/schema.ts'
import { uuidFromBytes } from '../../src/base/uuid.ts'
import { defaultsOf } from './golden-values.ts'

const arrayLengthMax = 3
/** Above every tag that Kafka defines. */
const unknownTagMin = 1000

/** Values of `message` that `version` can carry. */
export function arbitraryValue(message: Message, version: number): fc.Arbitrary<unknown> {
  return struct(message, message.fields, version)
}

function struct(message: Message, fields: readonly Field[], version: number): fc.Arbitrary<unknown> {
  const defaults = defaultsOf(message, fields)
  const present = fields.filter((field) => field.versions !== null && isIn(field.versions, version))
  const model = Object.fromEntries(present.map((field) => [field.name, fieldValue(message, field, version)]))
  const known = fc.record(model).map((values) => ({ ...defaults, ...values }))
  if (version < message.flexibleFrom) return known
  return fc
    .tuple(known, unknownTaggedFields)
    .map(([value, fieldsUnknown]) =>
      fieldsUnknown.length === 0 ? value : { ...value, unknownTaggedFields: fieldsUnknown },
    )
}

const unknownTaggedFields = fc.oneof(
  { weight: 5, arbitrary: fc.constant([]) },
  {
    weight: 1,
    arbitrary: fc
      .dictionary(fc.nat({ max: 9 }).map(String), fc.uint8Array({ maxLength: 5 }), { maxKeys: 3 })
      .map((byTag) => {
        const tags = Object.keys(byTag).sort()
        return tags.map((tag) => ({ tag: unknownTagMin + Number(tag), bytes: byTag[tag]! }))
      }),
  },
)

function isIn(range: { from: number; to: number }, version: number): boolean {
  return version >= range.from && version <= range.to
}

function fieldValue(message: Message, field: Field, version: number): fc.Arbitrary<unknown> {
  const value = typed(message, field.type, field.isExact, version)
  const canBeNull = field.nullable !== null && isIn(field.nullable, version)
  return canBeNull ? fc.option(value, { freq: 4, nil: null }) : value
}

function typed(message: Message, type: FieldType, isExact: boolean, version: number): fc.Arbitrary<unknown> {
  if (type.kind === 'array') {
    return fc.array(typed(message, type.element, false, version), { maxLength: arrayLengthMax })
  }
  if (type.kind === 'struct') return struct(message, message.structs.get(type.name)!.fields, version)
  switch (type.name) {
    case 'bool':
      return fc.boolean()
    case 'int8':
      return signed(8)
    case 'int16':
      return signed(16)
    case 'uint16':
      return fc.integer({ min: 0, max: 0xffff })
    case 'int32':
      return signed(32)
    case 'uint32':
      return fc.integer({ min: 0, max: 0xffffffff })
    case 'int64':
      return isExact ? fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }) : fc.maxSafeInteger()
    case 'float64':
      return fc.double({ noNaN: true })
    case 'uuid':
      return fc.uint8Array({ minLength: 16, maxLength: 16 }).map((bytes) => uuidFromBytes(bytes))
    case 'string':
      return fc.string({ unit: 'grapheme', maxLength: 60 })
    case 'bytes':
    case 'records':
      return fc.oneof(fc.uint8Array({ maxLength: 20 }), fc.constant(new Uint8Array(2000).fill(3)))
  }
}

function signed(bits: number): fc.Arbitrary<number> {
  return fc.integer({ min: -(2 ** (bits - 1)), max: 2 ** (bits - 1) - 1 })
}
