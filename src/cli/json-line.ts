// `produce --input json`: a line is a JSON object of one record, in the form that `consume --json` prints, so that
// what one topic gave can be written to another. Only what a record has is read: key, value, headers, timestamp,
// partition. Bytes that are no text are {"base64":"…"}; a value that is another object is written as its JSON.

import type { ProducerRecord } from '../client/producer-batch.ts'
import type { LineResult } from './line-reader.ts'

type Parsed<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly message: string }

/** `lineNumber` counts from 1. */
export function parseJsonLine(line: string, lineNumber: number): LineResult {
  const parsed = parseObject(line)
  if (!parsed.ok) return { ok: false, message: `line ${lineNumber}: ${parsed.message}` }
  const { key, value, headers, timestamp, partition } = parsed.value
  const parsedHeaders = headersOf(headers ?? [])
  if (parsedHeaders === undefined) {
    return {
      ok: false,
      message: `line ${lineNumber}: headers are neither an object nor a list of key and value`,
    }
  }
  for (const [name, number] of Object.entries({ timestamp, partition })) {
    const isNumber = number === undefined || (Number.isSafeInteger(number) && Number(number) >= 0)
    if (!isNumber)
      return { ok: false, message: `line ${lineNumber}: ${name} ${JSON.stringify(number)} is no number` }
  }
  const record: ProducerRecord = {
    key: bytesOf(key),
    value: bytesOf(value),
    headers: parsedHeaders,
    ...(timestamp !== undefined && { timestamp: Number(timestamp) }),
    ...(partition !== undefined && { partition: Number(partition) }),
  }
  return { ok: true, record }
}

function parseObject(line: string): Parsed<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(line)
    if (value !== null && typeof value === 'object' && !Array.isArray(value))
      return { ok: true, value: value as Record<string, unknown> }
  } catch (error) {
    return { ok: false, message: `it is not JSON: ${(error as Error).message}` }
  }
  return { ok: false, message: 'it is no JSON object with key and value' }
}

function headersOf(headers: unknown): NonNullable<ProducerRecord['headers']> | undefined {
  if (headers === null || typeof headers !== 'object') return undefined
  if (!Array.isArray(headers))
    return Object.entries(headers).map(([key, value]) => ({ key, value: bytesOf(value) }))
  const isHeader = (each: unknown) => typeof (each as { key?: unknown } | null)?.key === 'string'
  if (!headers.every(isHeader)) return undefined
  return headers.map(({ key, value }: { key: string; value?: unknown }) => ({ key, value: bytesOf(value) }))
}

function bytesOf(value: unknown): Uint8Array | null {
  if (value === null || value === undefined) return null
  if (typeof value === 'string') return Buffer.from(value)
  const { base64, ...others } = value as { base64?: unknown }
  const isBinary = typeof base64 === 'string' && Object.keys(others).length === 0
  return isBinary ? Buffer.from(base64, 'base64') : Buffer.from(JSON.stringify(value))
}
