// From the text of a config to its typed value, by the rules of ConfigDef.parseType and Java's number
// parsers, and to the text Kafka shows for that value.

import type { ConfigDefinition, ConfigType } from './config-definition.ts'
import { invalidValue } from './config-validators.ts'

/** A long beyond ±(2^53−1) is held as that bound: as sizes and durations both mean "no limit". */
export type ConfigValue = string | number | boolean | readonly string[] | null

export interface ParsedValue {
  readonly value: ConfigValue
  /** What Kafka shows: trimmed, lists joined with commas, numbers as Java prints them, exact for longs. */
  readonly text: string | null
}

export type Parsed<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly message: string }

/** Parses and validates `text` for `definition`; null stands for no value. The message is Kafka's. */
export function parseConfigValue(definition: ConfigDefinition, text: string | null): Parsed<ParsedValue> {
  const parsed = text === null ? { value: null, text: null } : parseType(definition.type, text.trim())
  if (typeof parsed === 'string') {
    return { ok: false, message: invalidValue(definition.name, text, parsed) }
  }
  const problem = definition.validator?.problem(definition.name, parsed) ?? null
  return problem === null ? { ok: true, value: parsed } : { ok: false, message: problem }
}

/** The value, or the reason why the text has none. */
function parseType(type: ConfigType, text: string): ParsedValue | string {
  switch (type) {
    case 'boolean': {
      const lower = text.toLowerCase()
      if (lower !== 'true' && lower !== 'false') return 'Expected value to be either true or false'
      return { value: lower === 'true', text: lower }
    }
    case 'int':
      return parseInteger(text, 32n) ?? 'Not a number of type INT'
    case 'short':
      return parseInteger(text, 16n) ?? 'Not a number of type SHORT'
    case 'long':
      return parseInteger(text, 64n) ?? 'Not a number of type LONG'
    case 'double':
      return parseDouble(text) ?? 'Not a number of type DOUBLE'
    case 'list': {
      const elements = [...new Set(splitAtCommas(text))]
      return { value: elements, text: elements.join(',') }
    }
    case 'string':
    case 'class':
    case 'password':
      return { value: text, text }
  }
}

/** The elements without the blanks around them; none for an empty text. Linear: clients send such texts. */
export function splitAtCommas(text: string): string[] {
  return text.trim() === '' ? [] : text.split(',').map((element) => element.trim())
}

function parseInteger(text: string, bits: bigint): ParsedValue | undefined {
  if (!/^[+-]?[0-9]{1,40}$/.test(text)) return undefined
  const exact = BigInt(text.replace('+', ''))
  if (BigInt.asIntN(Number(bits), exact) !== exact) return undefined
  const value = Math.max(Number.MIN_SAFE_INTEGER, Math.min(Number.MAX_SAFE_INTEGER, Number(exact)))
  return { value, text: exact.toString() }
}

function parseDouble(text: string): ParsedValue | undefined {
  if (!/^[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)(e[+-]?[0-9]+)?[fd]?$/i.test(text)) return undefined
  const value = Number(text.replace(/[fd]$/i, ''))
  return { value, text: javaDoubleText(value) }
}

/** Double.toString: plain between 10^-3 and 10^7, with an exponent otherwise, always with a fraction. */
export function javaDoubleText(value: number): string {
  if (!Number.isFinite(value)) return value > 0 ? 'Infinity' : '-Infinity'
  const size = Math.abs(value)
  if (size === 0 || (size >= 1e-3 && size < 1e7)) {
    const plain = Object.is(value, -0) ? '-0' : String(value)
    return plain.includes('.') ? plain : `${plain}.0`
  }
  const [digits = '', exponent = ''] = value.toExponential().split('e')
  return `${digits.includes('.') ? digits : `${digits}.0`}E${exponent.replace('+', '')}`
}
