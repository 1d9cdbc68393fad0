// The bounds of configs, as ConfigDef's validators: `text` is what Kafka prints for them in its
// documentation, `problem` says in Kafka's words what is wrong with a parsed value, or null.

import type { ParsedValue } from './config-value.ts'

export interface Validator {
  readonly text: string
  problem(name: string, parsed: ParsedValue): string | null
  /** Of lists: what else they may be. Duplicates are dropped before validation (KIP-1161). */
  readonly list?: { readonly emptyAllowed: boolean; readonly nullAllowed: boolean }
}

/** The message of Kafka's ConfigException. */
export function invalidValue(name: string, text: string | null, reason: string): string {
  return `Invalid value ${text} for configuration ${name}: ${reason}`
}

export function atLeast(min: number): Validator {
  return range(`[${min},...]`, min, Number.POSITIVE_INFINITY)
}

export function between(min: number, max: number): Validator {
  return range(`[${min},...,${max}]`, min, max)
}

function range(text: string, min: number, max: number): Validator {
  return {
    text,
    problem(name, { value, text }) {
      if (value === null) return invalidValue(name, text, 'Value must be non-null')
      if (Number(value) < min) return invalidValue(name, text, `Value must be at least ${min}`)
      if (Number(value) > max) return invalidValue(name, text, `Value must be no more than ${max}`)
      return null
    },
  }
}

export function oneOf(...allowed: readonly string[]): Validator {
  return {
    text: `[${allowed.join(', ')}]`,
    problem(name, { text }) {
      if (text !== null && allowed.includes(text)) return null
      return invalidValue(name, text, `String must be one of: ${allowed.join(', ')}`)
    },
  }
}

/** `allowed` in upper case, in the order Kafka prints them. */
export function oneOfAnyCase(...allowed: readonly string[]): Validator {
  return {
    text: `(case insensitive) [${allowed.join(', ')}]`,
    problem(name, { text }) {
      if (text !== null && allowed.includes(text.toUpperCase())) return null
      return invalidValue(name, text, `String must be one of (case insensitive): ${allowed.join(', ')}`)
    },
  }
}

export const nonEmptyString: Validator = {
  text: 'non-empty string',
  problem: (name, { text }) => (text === '' ? invalidValue(name, text, 'String must be non-empty') : null),
}

export const nonNullString: Validator = {
  text: 'non-null string',
  problem: (name, { text }) => (text === null ? invalidValue(name, text, 'entry must be non null') : null),
}

export const gzipLevel: Validator = {
  text: '[1,...,9] or -1',
  problem(name, { value, text }) {
    const level = Number(value)
    if (level === -1 || (level >= 1 && level <= 9)) return null
    return invalidValue(name, text, 'Value must be between 1 and 9 or equal to -1')
  },
}

/** ConfigDef.ValidList. Without `among`, any elements but empty ones. */
function listValidator(emptyAllowed: boolean, nullAllowed: boolean, among: readonly string[]): Validator {
  const text = among.length === 0 ? '' : `[${among.join(', ')}]`
  return {
    text,
    list: { emptyAllowed, nullAllowed },
    problem(name, { value }) {
      if (value === null) return nullAllowed ? null : `Configuration '${name}' values must not be null.`
      const values = value as readonly string[]
      if (values.length === 0 && !emptyAllowed) {
        const wanted = text === '' ? 'any non-empty value' : text
        return `Configuration '${name}' must not be empty. Valid values include: ${wanted}`
      }
      if (values.includes('')) return `Configuration '${name}' values must not be empty.`
      const stranger = among.length === 0 ? undefined : values.find((element) => !among.includes(element))
      if (stranger === undefined) return null
      return invalidValue(name, stranger, `String must be one of: ${among.join(', ')}`)
    },
  }
}

export const anyList = listValidator(true, false, [])
export const anyListOrNull = listValidator(true, true, [])
export const nonEmptyList = listValidator(false, false, [])
export const nonEmptyListOrNull = listValidator(false, true, [])
export const listOf = (...among: readonly string[]) => listValidator(true, false, among)
export const nonEmptyListOf = (...among: readonly string[]) => listValidator(false, false, among)

/** A list whose entries a parser must accept (`controller.quorum.*`); `firstProblem` is that parser's. */
export function parsedList(firstProblem: (entries: readonly string[]) => string | null): Validator {
  return {
    text: 'non-empty list',
    problem: (_name, { value }) => firstProblem((value ?? []) as readonly string[]),
  }
}

export const throttledReplicas: Validator = {
  text: '[partitionId]:[brokerId],[partitionId]:[brokerId],...',
  problem(name, { value }) {
    const replicas = (value ?? []) as readonly string[]
    if (replicas.join('') === '*' || replicas.every((replica) => /^([0-9]+:[0-9]+)?$/.test(replica)))
      return null
    const form = `${name} must be the literal '*' or a list of replicas in the following format: `
    return invalidValue(name, `[${replicas.join(', ')}]`, `${form}${throttledReplicas.text}`)
  },
}

export const shareOffsetReset: Validator = {
  text: '[latest, earliest, by_duration:PnDTnHnMn.nS]',
  problem(name, { text }) {
    const duration = /^by_duration:P(?=.)([0-9]+D)?(T(?=.)([0-9]+H)?([0-9]+M)?([0-9]+(\.[0-9]{1,9})?S)?)?$/i
    if (text === 'latest' || text === 'earliest' || duration.test(text ?? '')) return null
    const forms = "either 'earliest', 'latest' or of the format 'by_duration:<PnDTnHnMn.nS>'"
    const reason = `Invalid value \`${text}\` for configuration ${name}. The value must be ${forms}.`
    return invalidValue(name, text, reason)
  },
}
