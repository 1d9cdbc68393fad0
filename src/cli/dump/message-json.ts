// Messages as Kafka's generated JSON converters print them: fields by their names, ids and bytes as base64, 64-bit
// numbers in full, without the fields that the version lacks and tagged ones that have their default.

import { type SparseField, sparseFields } from './sparse-fields.ts'

/** `name`: of the schema. */
export function messageJson(value: unknown, name: string, version: number): string {
  return JSON.stringify(jsonReady(value, name, version))
}

/** A copy that JSON can hold. */
export function jsonReady(value: unknown, name: string, version: number): unknown {
  return copyOf(value, '', version, sparseFields[name] ?? [])
}

function copyOf(value: unknown, path: string, version: number, sparse: readonly SparseField[]): unknown {
  if (typeof value === 'bigint') return exactNumber(value)
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64')
  if (Array.isArray(value)) return value.map((each) => copyOf(each, path, version, sparse))
  if (value === null || typeof value !== 'object') return value
  const copied: Record<string, unknown> = {}
  for (const [field, content] of Object.entries(value)) {
    if (field === 'unknownTaggedFields') continue
    const fieldPath = path === '' ? field : `${path}.${field}`
    const copy = copyOf(content, fieldPath, version, sparse)
    const limits = sparse.find((each) => each.path === fieldPath)
    if (limits === undefined || isWritten(limits, copy, version)) copied[field] = copy
  }
  return copied
}

function isWritten({ from, to, tagDefault }: SparseField, copy: unknown, version: number): boolean {
  return version >= from && version <= to && JSON.stringify(copy) !== tagDefault
}

function exactNumber(value: bigint): number | string {
  return Number.isSafeInteger(Number(value)) ? Number(value) : value.toString()
}
