// Answers made alike before they are compared: what differs between two brokers by nature (ports, texts, the order of a
// map) is left out or put in order. What a kind of comparison knows more (ids it has seen) it says by its Naming.

import { isDeepStrictEqual } from 'node:util'

/** How values that a broker chose by itself are written. */
export interface Naming {
  text(value: string, field: string): string
  number(value: number, field: string): number | string
  bytes(value: Uint8Array): string
  /** Whether an element of an array, made alike, is no matter of this comparison. */
  isForeign?(element: unknown): boolean
}

/** Words are each broker's own. */
const textFields = /message$|^documentation$/i
const ignoredFields: ReadonlySet<string> = new Set([
  'throttleTimeMs',
  'host',
  'port',
  'clusterId',
  'controllerId',
  'logDir',
  'totalBytes',
  'usableBytes',
])
/** What an element of an array is about: the order of elements is the order of these. */
const sortFields = [
  'name',
  'groupId',
  'topicName',
  'topicId',
  'memberId',
  'partitionIndex',
  'key',
  'brokerId',
  'topic',
  'user',
  'entityType',
  'resourceName',
  'resourceType',
  'index',
  'partition',
]
const linesMax = 5
const textLengthMax = 150

export function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex')
}

export function alike(value: unknown, naming: Naming, field = ''): unknown {
  if (value === null || value === undefined) return value
  if (textFields.test(field)) return value === '' ? '' : 'a text'
  if (typeof value === 'bigint') return `${value}n`
  if (typeof value === 'number') return naming.number(value, field)
  if (value instanceof Uint8Array) return naming.bytes(value)
  if (typeof value === 'string') return naming.text(value, field)
  if (Array.isArray(value)) {
    const elements = value.map((element) => alike(element, naming, field))
    // The parts of an entity stay together: they are foreign as a whole.
    if (field === 'entity') return sorted(elements)
    return sorted(joined(elements.filter((element) => naming.isForeign?.(element) !== true)))
  }
  if (typeof value !== 'object') return value
  // A message beside an error may be there or not.
  const isFailed = 'errorCode' in value && value.errorCode !== 0
  const isIgnored = (name: string) => ignoredFields.has(name) || (isFailed && name === 'errorMessage')
  const entries = Object.entries(value).filter(([name]) => !isIgnored(name))
  return Object.fromEntries(entries.map(([name, inner]) => [name, alike(inner, naming, name)]))
}

/** Kafka tells of a topic twice where its partitions come apart in its maps. */
function joined(values: readonly unknown[]): unknown[] {
  const topics = new Map<string, Record<string, unknown>>()
  return values.filter((value) => {
    if (!isBranch(value) || !Array.isArray(value.partitions)) return true
    const { partitions, ...about } = value
    const key = JSON.stringify(about)
    const first = topics.get(key)
    if (first === undefined) topics.set(key, value)
    else first.partitions = sorted([...(first.partitions as unknown[]), ...partitions])
    return first === undefined
  })
}

/** By what they are about, then by all they say. */
function sorted(values: readonly unknown[]): unknown[] {
  if (!isBranch(values[0])) return [...values]
  const keyed = (values as Record<string, unknown>[]).map((value) => {
    const about = sortFields.map((field) => value[field] ?? '').join(' ')
    return { value, key: `${about} ${JSON.stringify(value)}` }
  })
  return keyed.sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0)).map(({ value }) => value)
}

/** Where two answers differ, each as `path: left | right`. */
export function differences(left: unknown, right: unknown, path = ''): string[] {
  if (isDeepStrictEqual(left, right)) return []
  if (isBranch(left) && isBranch(right))
    return [...new Set([...Object.keys(left), ...Object.keys(right)])].flatMap((key) =>
      differences(left[key], right[key], `${path}.${key}`),
    )
  return [`${path}: ${shown(left)} | ${shown(right)}`]
}

/** The first few of them. */
export function printDifferences(lines: readonly string[]): void {
  for (const line of lines.slice(0, linesMax)) process.stdout.write(`  ${line}\n`)
  if (lines.length > linesMax) process.stdout.write(`  … ${lines.length - linesMax} more\n`)
}

function isBranch(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}

function shown(value: unknown): string {
  return String(JSON.stringify(value)).slice(0, textLengthMax)
}
