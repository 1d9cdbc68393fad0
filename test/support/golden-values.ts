// Golden files hold values as JSON: bytes in hex, large integers as strings, and only the fields that the version
// has. This turns them into the values of our codecs, with defaults for the other fields.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import type { Field, FieldType, Message } from '../../generator/schema.ts'
import type { MessageCodec } from '../../src/protocol/message.ts'

type Json = null | boolean | number | string | Json[] | { [name: string]: Json }

/** The lines of a file in test/golden, of a `.gz` one too. */
export function goldenLines<T>(file: string): T[] {
  const bytes = readFileSync(join(import.meta.dirname, '../golden', file))
  const text = (file.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8')
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as T)
}

export function fromHex(hex: string): Uint8Array {
  return new Uint8Array(Buffer.from(hex, 'hex'))
}

export function toHex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex')
}

/** The value of `message` that `json` describes. `binary` is how the file writes bytes. */
export function goldenValue(
  message: Message,
  codec: MessageCodec<unknown>,
  json: unknown,
  binary: 'hex' | 'base64' = 'hex',
): unknown {
  return new GoldenReader(message, binary).struct(message.fields, json as Json, codec.defaults())
}

class GoldenReader {
  readonly #message: Message
  readonly #binary: 'hex' | 'base64'

  constructor(message: Message, binary: 'hex' | 'base64') {
    this.#message = message
    this.#binary = binary
  }

  struct(fields: readonly Field[], json: Json, defaults: unknown): unknown {
    const given = json as Record<string, Json>
    const names = new Set(fields.map((field) => field.name))
    const strange = Object.keys(given).find((name) => !names.has(name))
    if (strange !== undefined) throw new Error(`${this.#message.name} has no field ${strange}`)
    const value = { ...(defaults as Record<string, unknown>) }
    for (const field of fields) {
      if (Object.hasOwn(given, field.name))
        value[field.name] = this.#value(field.type, field.isExact, given[field.name]!)
    }
    return value
  }

  #value(type: FieldType, isExact: boolean, json: Json): unknown {
    if (json === null) return null
    if (type.kind === 'array')
      return (json as Json[]).map((element) => this.#value(type.element, isExact, element))
    if (type.kind === 'struct') {
      const { fields } = this.#message.structs.get(type.name)!
      return this.struct(fields, json, defaultsOf(this.#message, fields))
    }
    switch (type.name) {
      case 'bytes':
      case 'records':
        return new Uint8Array(Buffer.from(json as string, this.#binary))
      case 'int64':
        return isExact ? BigInt(json as string) : Number(json)
      default:
        return json
    }
  }
}

/** The defaults of a structure, told from its schema: a second opinion on the generated ones. */
export function defaultsOf(message: Message, fields: readonly Field[]): Record<string, unknown> {
  const present = fields.filter((field) => field.versions !== null)
  return Object.fromEntries(present.map((field) => [field.name, defaultOf(message, field)]))
}

function defaultOf(message: Message, field: Field): unknown {
  const { type } = field
  if (typeof field.default === 'bigint') {
    if (field.isExact) return field.default
    return Math.min(Number(field.default), Number.MAX_SAFE_INTEGER)
  }
  if (field.default !== undefined) return field.default
  if (type.kind === 'array') return []
  if (type.kind === 'struct') return defaultsOf(message, message.structs.get(type.name)!.fields)
  if (type.name === 'records' && field.nullable !== null) return null
  if (type.name === 'records' || type.name === 'bytes') return new Uint8Array(0)
  if (type.name === 'bool') return false
  if (type.name === 'string') return ''
  if (type.name === 'uuid') return 'AAAAAAAAAAAAAAAAAAAAAA'
  return field.isExact ? 0n : 0
}
