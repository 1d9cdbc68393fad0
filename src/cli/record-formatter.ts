// From records to output, with the properties of Kafka's DefaultMessageFormatter, or a JSON object a line.

import type { ConsumedRecord } from '../client/fetched-records.ts'

export interface RecordFormat {
  readonly printTimestamp: boolean
  readonly printPartition: boolean
  readonly printOffset: boolean
  readonly printDelivery: boolean
  readonly printEpoch: boolean
  readonly printHeaders: boolean
  readonly printKey: boolean
  readonly printValue: boolean
  readonly keySeparator: string
  readonly lineSeparator: string
  readonly headersSeparator: string
  readonly nullLiteral: string
}

export const formatterProperties = [
  'print.timestamp',
  'print.partition',
  'print.offset',
  'print.delivery',
  'print.epoch',
  'print.headers',
  'print.key',
  'print.value',
  'key.separator',
  'line.separator',
  'headers.separator',
  'null.literal',
] as const

export function recordFormat(properties: ReadonlyMap<string, string>): RecordFormat {
  const isTrue = (name: string, byDefault = false) => {
    const text = properties.get(name)
    return text === undefined ? byDefault : text.trim().toLowerCase() === 'true'
  }
  return {
    printTimestamp: isTrue('print.timestamp'),
    printPartition: isTrue('print.partition'),
    printOffset: isTrue('print.offset'),
    printDelivery: isTrue('print.delivery'),
    printEpoch: isTrue('print.epoch'),
    printHeaders: isTrue('print.headers'),
    printKey: isTrue('print.key'),
    printValue: isTrue('print.value', true),
    keySeparator: properties.get('key.separator') ?? '\t',
    lineSeparator: properties.get('line.separator') ?? '\n',
    headersSeparator: properties.get('headers.separator') ?? ',',
    nullLiteral: properties.get('null.literal') ?? 'null',
  }
}

/** Keys and values as they are, byte for byte. */
export function formatRecord(format: RecordFormat, record: ConsumedRecord): Uint8Array {
  const columns: Uint8Array[][] = []
  const text = (content: string) => columns.push([Buffer.from(content)])
  const bytes = (content: Uint8Array | null) => content ?? Buffer.from(format.nullLiteral)
  if (format.printTimestamp) {
    text(`${record.timestampType === 'append' ? 'LogAppendTime' : 'CreateTime'}:${record.timestamp}`)
  }
  if (format.printPartition) text(`Partition:${record.partition}`)
  if (format.printOffset) text(`Offset:${record.offset}`)
  if (format.printDelivery) text('Delivery:NOT_PRESENT')
  if (format.printEpoch) text(`Epoch:${record.leaderEpoch < 0 ? 'NOT_PRESENT' : record.leaderEpoch}`)
  if (format.printHeaders) {
    const headers = record.headers.flatMap(({ key, value }, index) => [
      Buffer.from(`${index === 0 ? '' : format.headersSeparator}${key}:`),
      bytes(value),
    ])
    columns.push(headers.length === 0 ? [Buffer.from('NO_HEADERS')] : headers)
  }
  if (format.printKey) columns.push([bytes(record.key)])
  if (format.printValue) columns.push([bytes(record.value)])
  const separator = Buffer.from(format.keySeparator)
  const joined = columns.flatMap((column, index) => (index === 0 ? column : [separator, ...column]))
  return joined.length === 0
    ? new Uint8Array(0)
    : Buffer.concat([...joined, Buffer.from(format.lineSeparator)])
}

/** One line; bytes that are no UTF-8 become `{"base64": …}`. */
export function jsonRecord(record: ConsumedRecord): Uint8Array {
  const { topic, partition, offset, timestamp, timestampType, key, value, headers } = record
  const line = {
    topic,
    partition,
    offset,
    timestamp,
    timestampType,
    key: jsonBytes(key),
    value: jsonBytes(value),
    headers: headers.map((header) => ({ key: header.key, value: jsonBytes(header.value) })),
  }
  return Buffer.from(`${JSON.stringify(line)}\n`)
}

function jsonBytes(bytes: Uint8Array | null): string | null | { base64: string } {
  if (bytes === null) return null
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    return { base64: Buffer.from(bytes).toString('base64') }
  }
}
