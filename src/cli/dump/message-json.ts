// Messages as Kafka's generated JSON converters print them: fields by their names, ids and bytes as base64, 64-bit
// numbers in full. Fields that the version lacks stand there with their defaults, which Kafka leaves out.

export function messageJson(value: unknown): string {
  return JSON.stringify(jsonReady(value))
}

/** A copy without what JSON cannot hold. */
export function jsonReady(value: unknown): unknown {
  if (typeof value === 'bigint') return exactNumber(value)
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64')
  if (Array.isArray(value)) return value.map(jsonReady)
  if (value === null || typeof value !== 'object') return value
  const known = Object.entries(value).filter(([name]) => name !== 'unknownTaggedFields')
  return Object.fromEntries(known.map(([name, field]) => [name, jsonReady(field)]))
}

function exactNumber(value: bigint): number | string {
  return Number.isSafeInteger(Number(value)) ? Number(value) : value.toString()
}
