// Parses `schemas/errors`: code, name, `retriable` or nothing, and after a bar what the error says.

import { SchemaError } from './parse-schema.ts'

export interface ErrorEntry {
  readonly code: number
  readonly name: string
  readonly isRetriable: boolean
  readonly message: string
}

export function parseErrors(text: string, file: string): ErrorEntry[] {
  const entries: ErrorEntry[] = []
  for (const [index, line] of text.split('\n').entries()) {
    if (line.trim() === '' || line.startsWith('#')) continue
    const parts = /^(-?\d+) ([A-Z_]+)( retriable)?(?: \| (.+))?$/.exec(line)
    if (parts === null) throw new SchemaError(`${file}:${index + 1}: not an error: "${line}"`)
    const [, code, name, retriable, message] = parts
    if (entries.some((entry) => entry.code === Number(code) || entry.name === name)) {
      throw new SchemaError(`${file}:${index + 1}: ${name} or its code stands there twice`)
    }
    entries.push({
      code: Number(code),
      name: name!,
      isRetriable: retriable !== undefined,
      message: message ?? '',
    })
  }
  return entries
}
