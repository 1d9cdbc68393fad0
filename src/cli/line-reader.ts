// From lines of input to records, with the properties of Kafka's LineMessageReader:
//
//   [headers TAB] [key TAB] value        headers: name:value,name:value
//
// Which parts a line has and what separates them is configured; a line that lacks one is refused by its number.

import type { ProducerRecord } from '../client/producer-batch.ts'

export interface LineFormat {
  readonly parseKey: boolean
  readonly parseHeaders: boolean
  readonly keySeparator: string
  readonly headersDelimiter: string
  readonly headersSeparator: string
  readonly headersKeySeparator: string
  /** A part that equals it is null. */
  readonly nullMarker: string | undefined
  /** A line that lacks a part is taken as one without it. */
  readonly ignoreError: boolean
}

export type LineResult =
  | { readonly ok: true; readonly record: ProducerRecord }
  | { readonly ok: false; readonly message: string }

type FormatResult =
  | { readonly ok: true; readonly format: LineFormat }
  | { readonly ok: false; readonly message: string }

export const readerProperties = [
  'parse.key',
  'key.separator',
  'parse.headers',
  'headers.delimiter',
  'headers.separator',
  'headers.key.separator',
  'ignore.error',
  'null.marker',
] as const

export function lineFormat(properties: ReadonlyMap<string, string>): FormatResult {
  const isTrue = (name: string) => properties.get(name)?.trim().toLowerCase() === 'true'
  const format: LineFormat = {
    parseKey: isTrue('parse.key'),
    parseHeaders: isTrue('parse.headers'),
    keySeparator: properties.get('key.separator') ?? '\t',
    headersDelimiter: properties.get('headers.delimiter') ?? '\t',
    headersSeparator: properties.get('headers.separator') ?? ',',
    headersKeySeparator: properties.get('headers.key.separator') ?? ':',
    nullMarker: properties.get('null.marker'),
    ignoreError: isTrue('ignore.error'),
  }
  const parts: [string, string | undefined][] = [
    ['headers.delimiter', format.headersDelimiter],
    ['headers.separator', format.headersSeparator],
    ['headers.key.separator', format.headersKeySeparator],
    ['null.marker', format.nullMarker],
  ]
  for (const [index, [name, text]] of parts.entries()) {
    const same = parts.slice(index + 1).find(([, other]) => text !== undefined && other === text)
    if (same !== undefined) return { ok: false, message: `${name} and ${same[0]} may not be equal` }
  }
  if (format.keySeparator === format.nullMarker) {
    return { ok: false, message: 'null.marker and key.separator may not be equal' }
  }
  return { ok: true, format }
}

/** `lineNumber` counts from 1. */
export function parseLine(format: LineFormat, line: string, lineNumber: number): LineResult {
  let rest = line
  let headers: ProducerRecord['headers']
  if (format.parseHeaders) {
    const part = cut(rest, format.headersDelimiter)
    if (part === undefined && !format.ignoreError) return lacks('headers delimiter', line, lineNumber)
    if (part !== undefined) {
      const parsed = parseHeaders(format, part.head, lineNumber)
      if (!parsed.ok) return parsed
      headers = parsed.headers
      rest = part.rest
    }
  }
  let key: string | undefined
  if (format.parseKey) {
    const part = cut(rest, format.keySeparator)
    if (part === undefined && !format.ignoreError) return lacks('key separator', line, lineNumber)
    key = part?.head
    rest = part?.rest ?? rest
  }
  const record = { key: bytesOf(format, key), value: bytesOf(format, rest), ...(headers && { headers }) }
  return { ok: true, record }
}

type HeadersResult =
  | { readonly ok: true; readonly headers: NonNullable<ProducerRecord['headers']> }
  | { readonly ok: false; readonly message: string }

function parseHeaders(format: LineFormat, text: string, lineNumber: number): HeadersResult {
  if (text === format.nullMarker) return { ok: true, headers: [] }
  const headers: { key: string; value: Uint8Array | null }[] = []
  for (const pair of text.split(format.headersSeparator)) {
    const part = cut(pair, format.headersKeySeparator)
    if (part === undefined && !format.ignoreError) {
      return { ok: false, message: `no header key separator in "${pair}" on line ${lineNumber}` }
    }
    if (part?.head !== undefined && part.head === format.nullMarker) {
      return { ok: false, message: `a header's key cannot be null, line ${lineNumber}` }
    }
    headers.push(
      part === undefined ? { key: pair, value: null } : { key: part.head, value: bytesOf(format, part.rest) },
    )
  }
  return { ok: true, headers }
}

function cut(text: string, separator: string): { head: string; rest: string } | undefined {
  const at = text.indexOf(separator)
  return at < 0 ? undefined : { head: text.slice(0, at), rest: text.slice(at + separator.length) }
}

function bytesOf(format: LineFormat, text: string | undefined): Uint8Array | null {
  return text === undefined || text === format.nullMarker ? null : Buffer.from(text)
}

function lacks(what: string, line: string, lineNumber: number): { ok: false; message: string } {
  return { ok: false, message: `no ${what} on line ${lineNumber}: "${line}"` }
}

/** The lines that each chunk of a stream completes, without their ends (LF or CRLF); a last line without one counts. */
export async function* linesOf(input: AsyncIterable<Uint8Array>): AsyncGenerator<string[]> {
  const decoder = new TextDecoder()
  let begun = ''
  for await (const chunk of input) {
    const lines = (begun + decoder.decode(chunk, { stream: true })).split('\n')
    begun = lines.pop()!
    if (lines.length > 0) yield lines.map(withoutReturn)
  }
  begun += decoder.decode()
  if (begun !== '') yield [withoutReturn(begun)]
}

function withoutReturn(line: string): string {
  return line.endsWith('\r') ? line.slice(0, -1) : line
}
