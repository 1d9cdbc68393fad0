// Parses the notation of `schemas/`. A line is a message, a common structure or a field; indentation by two spaces
// says what belongs to what; `#` begins a comment line.
//
//   message:   kind Name [key] versions RANGE [flexible RANGE] [latest-unstable] [on listener…]
//   structure: struct Name                                        used by name in several fields of the message
//   field:     name: TYPE [RANGE] [= default] [tag N] [key] [ignorable] [inflexible] [exact] [@entity]
//
// TYPE is a primitive, `[element]` or a structure whose fields follow indented; `?` after it allows null, in all
// versions or in the range glued to it. RANGE is `3`, `3-5`, `3+` or `none`; left out, it is that of what is around.

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
  type VersionRange,
} from './schema.ts'

export class SchemaError extends Error {
  override readonly name = 'SchemaError'
}

interface Line {
  readonly number: number
  readonly depth: number
  readonly words: readonly string[]
}

const messageKinds: readonly string[] = ['request', 'response', 'header', 'data', 'record', 'key', 'value']
const wholeRange: VersionRange = { from: 0, to: 0x7fff }

/** The messages of one schema file. Throws SchemaError naming `file` and the line. */
export function parseSchema(text: string, file: string): Message[] {
  const parser = new SchemaParser(splitLines(text, file), file)
  return parser.messages()
}

function splitLines(text: string, file: string): Line[] {
  const lines: Line[] = []
  for (const [index, line] of text.split('\n').entries()) {
    const content = line.trim()
    if (content === '' || content.startsWith('#')) continue
    const indent = line.length - line.trimStart().length
    if (indent % 2 !== 0) throw new SchemaError(`${file}:${index + 1}: indentation is not a multiple of two`)
    lines.push({ number: index + 1, depth: indent / 2, words: content.split(/\s+/) })
  }
  return lines
}

class SchemaParser {
  readonly #lines: readonly Line[]
  readonly #file: string
  #next = 0
  #structs = new Map<string, Struct>()
  #references: { readonly name: string; readonly line: Line }[] = []

  constructor(lines: readonly Line[], file: string) {
    this.#lines = lines
    this.#file = file
  }

  messages(): Message[] {
    const messages: Message[] = []
    while (this.#next < this.#lines.length) messages.push(this.#message())
    return messages
  }

  #message(): Message {
    const line = this.#take(0)
    const words = [...line.words]
    const kind = words.shift()!
    if (!messageKinds.includes(kind)) throw this.#error(line, `"${kind}" is no kind of message`)
    const name = words.shift()
    if (name === undefined) throw this.#error(line, 'a message needs a name')
    const apiKey = /^\d+$/.test(words[0] ?? '') ? Number(words.shift()) : undefined
    const head = this.#messageHead(line, words)
    this.#structs = new Map()
    this.#references = []
    const fields = head.versions === null ? [] : this.#messageBody(head.versions)
    for (const reference of this.#references) {
      if (!this.#structs.has(reference.name))
        throw this.#error(reference.line, `no structure ${reference.name}`)
    }
    const suffix = kind === 'request' ? 'Request' : kind === 'response' ? 'Response' : ''
    return {
      kind: kind as MessageKind,
      name: name + suffix,
      apiKey,
      ...head,
      fields,
      structs: this.#structs,
    }
  }

  #messageHead(line: Line, words: string[]) {
    if (words.shift() !== 'versions') throw this.#error(line, 'after name and key come the versions')
    const versions = this.#range(line, words.shift())
    let flexibleFrom = Number.POSITIVE_INFINITY
    let isLatestUnstable = false
    let listeners: readonly string[] = []
    for (let word = words.shift(); word !== undefined; word = words.shift()) {
      if (word === 'flexible') flexibleFrom = this.#range(line, words.shift())?.from ?? flexibleFrom
      else if (word === 'latest-unstable') isLatestUnstable = true
      else if (word === 'on') listeners = words.splice(0)
      else throw this.#error(line, `"${word}" is not understood here`)
    }
    return { versions, flexibleFrom, isLatestUnstable, listeners }
  }

  #messageBody(versions: VersionRange): Field[] {
    while (this.#peek(1)?.words[0] === 'struct') {
      const line = this.#take(1)
      const name = line.words[1]
      if (name === undefined) throw this.#error(line, 'a structure needs a name')
      this.#define(line, name, versions, 2)
    }
    return this.#fields(1, versions)
  }

  #define(line: Line, name: string, versions: VersionRange, depth: number): void {
    if (this.#structs.has(name)) throw this.#error(line, `structure ${name} is defined twice`)
    // The place in the map is taken before the fields are read: an outer structure comes before its inner ones.
    this.#structs.set(name, { name, versions, fields: [] })
    this.#structs.set(name, { name, versions, fields: this.#fields(depth, versions) })
  }

  #fields(depth: number, scope: VersionRange): Field[] {
    const fields: Field[] = []
    while (this.#peek(depth) !== undefined) fields.push(this.#field(depth, scope))
    const names = new Set(fields.map((field) => field.name))
    if (names.size < fields.length) {
      throw this.#error(this.#lines[this.#next - 1]!, 'two fields of one structure have the same name')
    }
    return fields
  }

  #field(depth: number, scope: VersionRange): Field {
    const line = this.#take(depth)
    const words = [...line.words]
    const name = words.shift()!
    if (!/^[a-z][A-Za-z0-9]*:$/.test(name))
      throw this.#error(line, `"${name}" is not a field name and a colon`)
    const typeText = words.shift()
    const parts = /^(\[?)(\w+)(\]?)(\?)?([\d+-]*)$/.exec(typeText ?? '')
    if (parts === null || (parts[1] === '[') !== (parts[3] === ']')) {
      throw this.#error(line, `"${typeText ?? ''}" is not a type`)
    }
    const element = this.#elementType(line, parts[2]!)
    const type: FieldType = parts[1] === '[' ? { kind: 'array', element } : element
    const range = /^\d/.test(words[0] ?? '') ? this.#range(line, words.shift()) : scope
    const versions = range === null ? null : intersection(scope, range)
    const nullableRange = parts[5] === '' ? versions : this.#range(line, parts[5])
    const nullable =
      parts[4] === undefined || versions === null || nullableRange === null
        ? null
        : intersection(versions, nullableRange)
    if (this.#peek(depth + 1) !== undefined) {
      if (element.kind !== 'struct') throw this.#error(line, 'only a structure has fields')
      this.#define(line, element.name, versions ?? scope, depth + 1)
    } else if (element.kind === 'struct') this.#references.push({ name: element.name, line })
    return { name: name.slice(0, -1), type, versions, nullable, ...this.#modifiers(line, words, type) }
  }

  #modifiers(line: Line, words: string[], type: FieldType) {
    let defaultValue: DefaultValue | undefined
    let tag: number | undefined
    let entity: string | undefined
    const flags = { isMapKey: false, isIgnorable: false, isInflexible: false, isExact: false }
    for (let word = words.shift(); word !== undefined; word = words.shift()) {
      if (word === '=') defaultValue = this.#default(line, type, words.shift())
      else if (word === 'tag') tag = this.#tag(line, words.shift())
      else if (word === 'key') flags.isMapKey = true
      else if (word === 'ignorable') flags.isIgnorable = true
      else if (word === 'inflexible') flags.isInflexible = true
      else if (word === 'exact') flags.isExact = true
      else if (word.startsWith('@')) entity = word.slice(1)
      else throw this.#error(line, `"${word}" is not understood here`)
    }
    return { default: defaultValue, tag, entity, ...flags }
  }

  #default(line: Line, type: FieldType, text: string | undefined): DefaultValue {
    if (text === 'null') return null
    const name = type.kind === 'primitive' ? type.name : undefined
    if (name === 'bool' && (text === 'true' || text === 'false')) return text === 'true'
    if (name === 'string' && /^'.*'$/.test(text ?? '')) return text!.slice(1, -1)
    if (/^u?int/.test(name ?? '') && /^-?\d+$/.test(text ?? '')) return BigInt(text!)
    throw this.#error(line, `"${text ?? ''}" is not a default of this type`)
  }

  #tag(line: Line, text: string | undefined): number {
    if (!/^\d+$/.test(text ?? '')) throw this.#error(line, 'a tag is a number')
    return Number(text)
  }

  #elementType(line: Line, name: string): ElementType {
    if ((primitiveTypes as readonly string[]).includes(name)) {
      return { kind: 'primitive', name: name as PrimitiveName }
    }
    if (!/^[A-Z]/.test(name)) throw this.#error(line, `no type ${name}`)
    return { kind: 'struct', name }
  }

  #range(line: Line, text: string | undefined): VersionRange | null {
    if (text === 'none') return null
    const parts = /^(\d+)(?:(\+)|-(\d+))?$/.exec(text ?? '')
    if (parts === null) throw this.#error(line, `"${text ?? ''}" is not a range of versions`)
    const from = Number(parts[1])
    const to = parts[2] !== undefined ? wholeRange.to : Number(parts[3] ?? from)
    if (from > to) throw this.#error(line, `the range ${text} is empty`)
    return { from, to }
  }

  #peek(depth: number): Line | undefined {
    const line = this.#lines[this.#next]
    return line !== undefined && line.depth === depth ? line : undefined
  }

  #take(depth: number): Line {
    const line = this.#lines[this.#next]!
    if (line.depth !== depth) throw this.#error(line, 'indented too far')
    this.#next += 1
    return line
  }

  #error(line: Line, problem: string): SchemaError {
    return new SchemaError(`${this.#file}:${line.number}: ${problem}`)
  }
}
