// Reads Kafka's own message definitions (JSON with comment lines) into the form our schemas are parsed into, so
// that the two can be compared. What that form cannot hold is reported as a problem, never passed over.

import {
  type DefaultValue,
  type ElementType,
  type Field,
  type FieldType,
  intersection,
  type Message,
  type MessageKind,
  type PrimitiveName,
  primitiveTypes,
  type Struct,
  sameRange,
  type VersionRange,
} from './schema.ts'

interface KafkaField {
  readonly name: string
  readonly type: string
  readonly versions?: string
  readonly nullableVersions?: string
  readonly taggedVersions?: string
  readonly flexibleVersions?: string
  readonly tag?: number
  readonly default?: null | boolean | number | string
  readonly mapKey?: boolean
  readonly ignorable?: boolean
  readonly entityType?: string
  readonly fields?: readonly KafkaField[]
}

export interface KafkaMessage {
  readonly type: string
  readonly name: string
  readonly apiKey?: number
  readonly validVersions: string
  readonly flexibleVersions?: string
  readonly latestVersionUnstable?: boolean
  readonly listeners?: readonly string[]
  readonly fields?: readonly KafkaField[]
  readonly commonStructs?: readonly { readonly name: string; readonly fields: readonly KafkaField[] }[]
}

const kinds: ReadonlyMap<string, MessageKind> = new Map([
  ['request', 'request'],
  ['response', 'response'],
  ['header', 'header'],
  ['data', 'data'],
  ['metadata', 'record'],
  ['coordinator-key', 'key'],
  ['coordinator-value', 'value'],
])

/** The definition in the text of one of Kafka's files. Throws SyntaxError where it is not JSON. */
export function parseKafkaMessage(text: string): KafkaMessage {
  return JSON.parse(text.replace(/^\s*\/\/.*$/gm, ''))
}

/** `definition` as a message of ours, and what it says that our notation has no words for. */
export function messageOfKafka(definition: KafkaMessage): { message: Message; problems: string[] } {
  const reader = new DefinitionReader(definition)
  return { message: reader.message(), problems: reader.problems }
}

class DefinitionReader {
  readonly problems: string[] = []
  readonly #definition: KafkaMessage
  readonly #structs = new Map<string, Struct>()

  constructor(definition: KafkaMessage) {
    this.#definition = definition
  }

  message(): Message {
    const { name, type, apiKey, validVersions, flexibleVersions, latestVersionUnstable, listeners } =
      this.#definition
    const kind = kinds.get(type)
    if (kind === undefined) this.problems.push(`${name}: kind ${type} is not known`)
    const versions = this.#range(validVersions)
    const fields = versions === null ? [] : this.#body(versions)
    return {
      kind: kind ?? 'data',
      name,
      apiKey,
      versions,
      flexibleFrom: this.#range(flexibleVersions ?? 'none')?.from ?? Number.POSITIVE_INFINITY,
      isLatestUnstable: latestVersionUnstable ?? false,
      listeners: (listeners ?? []).toSorted(),
      fields,
      structs: this.#structs,
    }
  }

  #body(versions: VersionRange): Field[] {
    for (const { name, fields } of this.#definition.commonStructs ?? []) this.#define(name, fields, versions)
    return this.#fields(this.#definition.fields ?? [], versions)
  }

  #define(name: string, fields: readonly KafkaField[], versions: VersionRange): void {
    this.#structs.set(name, { name, versions, fields: [] })
    this.#structs.set(name, { name, versions, fields: this.#fields(fields, versions) })
  }

  #fields(fields: readonly KafkaField[], scope: VersionRange): Field[] {
    return fields.map((field) => this.#field(field, scope))
  }

  #field(field: KafkaField, scope: VersionRange): Field {
    const path = `${this.#definition.name}.${field.name}`
    // A tagged field without versions of its own is there in its tagged versions.
    const versions = this.#within(field.versions ?? field.taggedVersions ?? 'none', scope)
    if (
      field.tag !== undefined &&
      !sameRange(this.#within(field.taggedVersions ?? 'none', scope), versions)
    ) {
      this.problems.push(`${path}: tagged in some of its versions only`)
    }
    if (field.flexibleVersions !== undefined && field.flexibleVersions !== 'none') {
      this.problems.push(`${path}: flexible versions ${field.flexibleVersions}`)
    }
    const type = this.#type(field.type)
    const element = type.kind === 'array' ? type.element : type
    if (field.fields !== undefined && element.kind === 'struct') {
      this.#define(element.name, field.fields, versions ?? scope)
    }
    return {
      name: field.name[0]!.toLowerCase() + field.name.slice(1),
      type,
      versions,
      nullable: versions === null ? null : this.#within(field.nullableVersions ?? 'none', versions),
      default: defaultOf(field),
      tag: field.tag,
      isMapKey: field.mapKey ?? false,
      isIgnorable: field.ignorable ?? false,
      isInflexible: field.flexibleVersions === 'none',
      isExact: false,
      entity: field.entityType,
    }
  }

  #type(text: string): FieldType {
    if (text.startsWith('[]')) return { kind: 'array', element: this.#elementType(text.slice(2)) }
    return this.#elementType(text)
  }

  #elementType(name: string): ElementType {
    if ((primitiveTypes as readonly string[]).includes(name)) {
      return { kind: 'primitive', name: name as PrimitiveName }
    }
    if (!/^[A-Z]/.test(name)) this.problems.push(`${this.#definition.name}: type ${name} is not known`)
    return { kind: 'struct', name }
  }

  #within(text: string, scope: VersionRange): VersionRange | null {
    const range = this.#range(text)
    return range === null ? null : intersection(range, scope)
  }

  #range(text: string): VersionRange | null {
    if (text === 'none') return null
    const parts = /^(\d+)(?:(\+)|-(\d+))?$/.exec(text)
    if (parts === null) {
      this.problems.push(`${this.#definition.name}: versions ${text} are not understood`)
      return null
    }
    const from = Number(parts[1])
    return { from, to: parts[2] !== undefined ? 0x7fff : Number(parts[3] ?? from) }
  }
}

function defaultOf(field: KafkaField): DefaultValue | undefined {
  const { type, default: value } = field
  if (value === undefined) return undefined
  if (value === null || value === 'null') return null
  if (type === 'bool') return String(value) === 'true'
  return type === 'string' ? String(value) : BigInt(value)
}
