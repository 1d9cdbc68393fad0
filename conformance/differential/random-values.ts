// What the fields of a random request hold: by their name what makes sense in the world of a sequence, else, and now
// and then in any case, edges of the type. The schema says which fields there are, what may be null and what repeats.

import type { ElementType, Field, FieldType, Message } from '../../generator/schema.ts'
import type { Prng } from '../../src/base/prng.ts'
import { defaultsOf } from '../../test/support/golden-values.ts'
import { fixedValues, usualValues } from './random-fields.ts'
import { Batch, FromNow, Handed, MemberBytes, madeUpIds } from './symbols.ts'

export type Fields = Record<string, unknown>

/** Draws the fields of one request. */
export class Draw {
  readonly prng: Prng
  /** The simulated client that asks. */
  readonly client: number
  readonly #message: Message
  readonly #version: number
  readonly #api: string

  constructor(prng: Prng, message: Message, version: number, client: number) {
    this.prng = prng
    this.client = client
    this.#message = message
    this.#version = version
    this.#api = message.name.replace(/Request$/, '')
  }

  request(): Fields {
    return this.#struct(this.#message.fields)
  }

  pick<T>(...values: readonly T[]): T {
    return this.prng.pick(values)
  }

  /** Mostly one of the first, sometimes one of the others. */
  mostly<T, U>(values: readonly T[], others: readonly U[], chance = 0.15): T | U {
    return this.prng.pick<T | U>(this.prng.chance(chance) ? others : values)
  }

  #struct(fields: readonly Field[]): Fields {
    const value = defaultsOf(this.#message, fields) as Fields
    for (const field of fields) {
      if (!this.#isIn(field.versions)) continue
      value[field.name] = this.#field(field, value)
    }
    return value
  }

  #isIn(range: Field['versions']): boolean {
    return range !== null && this.#version >= range.from && this.#version <= range.to
  }

  #field(field: Field, siblings: Fields): unknown {
    const { type, isExact, name } = field
    const canBeNull = this.#isIn(field.nullable)
    const fixed = fixedValues[`${this.#api}.${name}`] ?? fixedValues[name]
    if (fixed !== undefined) return this.#fitting(field, fixed(this, siblings), canBeNull, siblings)
    // A tagged field is rare, and so is null.
    if (field.tag !== undefined && this.prng.chance(0.7)) return siblings[name]
    if (type.kind === 'array')
      return canBeNull && this.prng.chance(0.15) ? null : this.#array(field, type.element)
    const usual = this.#usual(name)
    if (usual !== undefined) return this.#fitting(field, usual(this, siblings), canBeNull, siblings)
    return canBeNull && this.prng.chance(0.3) ? null : this.#typed(type, isExact, siblings)
  }

  /** Now and then an edge of the type takes its place. */
  #usual(name: string): FieldValue | undefined {
    return this.prng.chance(0.93) ? (usualValues[`${this.#api}.${name}`] ?? usualValues[name]) : undefined
  }

  /** A name may mean something else in another API. */
  #fitting({ type, isExact }: Field, value: unknown, canBeNull: boolean, siblings: Fields): unknown {
    if (value === null && canBeNull) return null
    return fits(type, isExact, value) ? value : this.#typed(type, isExact, siblings)
  }

  #array(field: Field, element: ElementType): unknown[] {
    const length = this.mostly([1, 1, 2], [0, 0, 3])
    const values = Array.from({ length }, () => {
      const usual = element.kind === 'primitive' ? this.#usual(field.name) : undefined
      const of = { ...field, type: element, isExact: false }
      return usual === undefined
        ? this.#typed(element, false, {})
        : this.#fitting(of, usual(this, {}), false, {})
    })
    if (values.length > 0 && this.prng.chance(0.06)) values.push(values[0])
    return values
  }

  #typed(type: FieldType, isExact: boolean, siblings: Fields): unknown {
    if (type.kind === 'struct') return this.#struct(this.#message.structs.get(type.name)!.fields)
    if (type.kind === 'array') return []
    switch (type.name) {
      case 'bool':
        return this.prng.chance(0.5)
      case 'int8':
      case 'int16':
      case 'int32':
        return this.#signed(Number(type.name.slice(3)))
      case 'uint16':
      case 'uint32':
        return this.pick(0, 1, 2 ** Number(type.name.slice(4)) - 1)
      case 'int64':
        if (isExact) return this.pick(0n, 1n, 7n, -1n, -2n, 2n ** 63n - 1n, -(2n ** 63n))
        return this.pick(0, 1, -1, -2, 2 ** 31, Number.MAX_SAFE_INTEGER, -Number.MAX_SAFE_INTEGER)
      case 'float64':
        return this.pick(0, -1, 0.5, 1e9, Number.NaN, Number.POSITIVE_INFINITY)
      case 'uuid':
        return this.pick(...madeUpIds)
      case 'string':
        return this.pick('', '~x', '~x y', '~a/b', '~ünï', `~${'x'.repeat(300)}`)
      default:
        return this.pick(
          Buffer.alloc(0),
          Buffer.of(0),
          Buffer.alloc(300, 7),
          siblings.records ?? Buffer.of(1, 2),
        )
    }
  }

  #signed(bits: number): number {
    return this.pick(0, 1, 2, 3, -1, -2, 2 ** (bits - 1) - 1, -(2 ** (bits - 1)))
  }
}

/** Given the fields of the same structure that are drawn already. */
export type FieldValue = (draw: Draw, siblings: Fields) => unknown

function fits(type: FieldType, isExact: boolean, value: unknown): boolean {
  if (type.kind !== 'primitive') return false
  switch (type.name) {
    case 'bool':
      return typeof value === 'boolean'
    case 'string':
    case 'uuid':
      return typeof value === 'string' || (value instanceof Handed && value.isText)
    case 'bytes':
      return value instanceof Uint8Array || value instanceof MemberBytes
    case 'records':
      return value instanceof Uint8Array || value instanceof Batch
    default:
      if (isExact) return typeof value === 'bigint'
      return (
        typeof value === 'number' || value instanceof FromNow || (value instanceof Handed && !value.isText)
      )
  }
}
