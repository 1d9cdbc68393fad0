// The parsed form of `schemas/`: what the parser yields and the emitters, the checker and the tests read.
// Version ranges are effective: cut to the versions of the message and of the structure around the field.

/** First and last version, both included. */
export interface VersionRange {
  readonly from: number
  readonly to: number
}

export type MessageKind = 'request' | 'response' | 'header' | 'data' | 'record' | 'key' | 'value'

export const primitiveTypes = [
  'bool',
  'int8',
  'int16',
  'uint16',
  'int32',
  'uint32',
  'int64',
  'float64',
  'uuid',
  'string',
  'bytes',
  'records',
] as const

export type PrimitiveName = (typeof primitiveTypes)[number]

export type ElementType =
  | { readonly kind: 'primitive'; readonly name: PrimitiveName }
  | { readonly kind: 'struct'; readonly name: string }

export type FieldType = ElementType | { readonly kind: 'array'; readonly element: ElementType }

export interface Field {
  readonly name: string
  readonly type: FieldType
  /** Null: in none of the message's versions; the field is known but never on the wire. */
  readonly versions: VersionRange | null
  /** The versions in which it may be null; null: in none. */
  readonly nullable: VersionRange | null
  /** As in the schema; undefined: the type's own (zero, empty, a structure of defaults). */
  readonly default: DefaultValue | undefined
  /** The tag of a tagged field (KIP-482). */
  readonly tag: number | undefined
  readonly isMapKey: boolean
  /** May be left out silently in a version that cannot carry it. */
  readonly isIgnorable: boolean
  /** Written in the old format also in flexible versions. */
  readonly isInflexible: boolean
  /** An int64 kept as bigint. */
  readonly isExact: boolean
  readonly entity: string | undefined
}

export type DefaultValue = null | boolean | bigint | string

export interface Struct {
  readonly name: string
  /** The versions in which it can occur. */
  readonly versions: VersionRange
  readonly fields: readonly Field[]
}

export interface Message {
  readonly kind: MessageKind
  /** Kafka's name, with Request or Response at its end. */
  readonly name: string
  readonly apiKey: number | undefined
  /** Null: removed from Kafka, kept so that the key is known. */
  readonly versions: VersionRange | null
  readonly flexibleFrom: number
  readonly isLatestUnstable: boolean
  readonly listeners: readonly string[]
  readonly fields: readonly Field[]
  /** Every structure inside, by name, in the order of the schema. */
  readonly structs: ReadonlyMap<string, Struct>
}

/** The versions in both ranges; null if there are none. */
export function intersection(left: VersionRange, right: VersionRange): VersionRange | null {
  const from = Math.max(left.from, right.from)
  const to = Math.min(left.to, right.to)
  return from > to ? null : { from, to }
}

export function sameRange(left: VersionRange | null, right: VersionRange | null): boolean {
  return left?.from === right?.from && left?.to === right?.to
}
