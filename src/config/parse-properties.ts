// Java's .properties format, as java.util.Properties reads it: what operators write in server.properties.
//
//   # and ! start a comment line        key=value, key:value and key value are the same
//   a line that ends in an odd number of backslashes goes on in the next, whose indent is dropped
//   \t \n \r \f \uXXXX are escapes, any other escaped character stands for itself
//   blanks around the separator are dropped, those after the value are not; a key given twice: the last wins

import type { Parsed } from './config-value.ts'

/** Fails only on a broken \uXXXX escape, with the line it stands in. */
export function parseProperties(text: string): Parsed<Map<string, string>> {
  const entries = new Map<string, string>()
  for (const { line, number } of logicalLines(text)) {
    const keyEnd = endOfKey(line)
    const separator = /^[ \t\f]*[=:]?[ \t\f]*/.exec(line.slice(keyEnd)) ?? ['']
    const key = unescaped(line.slice(0, keyEnd))
    const value = unescaped(line.slice(keyEnd + separator[0].length))
    if (key === undefined || value === undefined) {
      return {
        ok: false,
        message: `Line ${number}: \\u must be followed by four hexadecimal digits: ${line}`,
      }
    }
    entries.set(key, value)
  }
  return { ok: true, value: entries }
}

/** Lines with their continuations joined, without comments and blank lines. */
function* logicalLines(text: string): Iterable<{ line: string; number: number }> {
  let joined: string | undefined
  let start = 0
  for (const [index, natural] of text.split(/\r\n|\r|\n/).entries()) {
    const line = natural.replace(/^[ \t\f]+/, '')
    if (joined === undefined) {
      if (line === '' || line.startsWith('#') || line.startsWith('!')) continue
      joined = ''
      start = index + 1
    }
    const backslashes = /\\*$/.exec(line)?.[0].length ?? 0
    if (backslashes % 2 === 1) {
      joined += line.slice(0, -1)
      continue
    }
    yield { line: joined + line, number: start }
    joined = undefined
  }
  if (joined !== undefined) yield { line: joined, number: start }
}

/** Where the first separator stands that is not escaped. */
function endOfKey(line: string): number {
  for (let at = 0; at < line.length; at += 1) {
    if (line[at] === '\\') at += 1
    else if (/[=: \t\f]/.test(line.charAt(at))) return at
  }
  return line.length
}

const escapes: Readonly<Record<string, string>> = { t: '\t', n: '\n', r: '\r', f: '\f' }

/** Undefined when an escape is broken. */
function unescaped(text: string): string | undefined {
  let broken = false
  const plain = text.replace(/\\(u([0-9a-fA-F]{4})?|.|$)/gs, (_, escaped: string, hex?: string) => {
    if (hex !== undefined) return String.fromCharCode(Number.parseInt(hex, 16))
    broken ||= escaped === 'u'
    return escapes[escaped] ?? escaped
  })
  return broken ? undefined : plain
}
