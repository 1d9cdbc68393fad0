import { deepEqual } from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { parseProperties } from './parse-properties.ts'

function parsed(text: string): Record<string, string> {
  const result = parseProperties(text)
  return result.ok ? Object.fromEntries(result.value) : { failed: result.message }
}

test('[CONF5] keys and values are separated by =, : or blanks', () => {
  deepEqual(parsed('a=1\nb:2\nc 3\nd\t=  4\n e = 5 \nf\ng='), {
    a: '1',
    b: '2',
    c: '3',
    d: '4',
    e: '5 ',
    f: '',
    g: '',
  })
  deepEqual(parsed('a = = 1\nb::2\nlisteners=PLAINTEXT://:9092'), {
    a: '= 1',
    b: ':2',
    listeners: 'PLAINTEXT://:9092',
  })
})

test('[CONF5] lines that start with # or ! and blank lines are comments', () => {
  deepEqual(parsed('# a=1\n  ! b=2\n\n \t\nc=3 # no comment\n#d=\\\ne=5'), { c: '3 # no comment', e: '5' })
})

test('[CONF5] a backslash at the end goes on in the next line without its indent', () => {
  deepEqual(parsed('a=1,\\\n   2,\\\r\n\t3\nb=x\\\\\nc=4\\'), { a: '1,2,3', b: 'x\\', c: '4' })
  deepEqual(parsed('a=\\\n# not a comment'), { a: '# not a comment' })
})

test('[CONF5] escapes are Java’s, and any other escaped character stands for itself', () => {
  deepEqual(parsed('a\\ b\\:c\\=d=1\nt=\\t\\n\\r\\f|\\q\\"\\\\\nu=\\u00e9\\u0041'), {
    'a b:c=d': '1',
    t: '\t\n\r\f|q"\\',
    u: 'éA',
  })
})

test('[CONF5] of a key given twice the last value wins', () => {
  deepEqual(parsed('a=1\nb=2\na=3'), { a: '3', b: '2' })
})

test('[CONF6] a broken unicode escape is refused with its line', () => {
  const failed = 'Line 3: \\u must be followed by four hexadecimal digits: b=\\u12g4'
  deepEqual(parsed('a=1\n\nb=\\u12g4'), { failed })
})

test('[CONF5] whatever is escaped comes back as it was', () => {
  const escaped = (text: string) =>
    text.replace(/[^a-z]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
  const text = fc.string({ unit: 'binary' })
  fc.assert(
    fc.property(fc.uniqueArray(fc.tuple(text, text), { selector: ([key]) => key }), (entries) => {
      const file = entries.map(([key, value]) => `${escaped(key)}=${escaped(value)}`).join('\n')
      const result = parseProperties(file)
      deepEqual(result.ok && [...result.value], entries)
    }),
  )
})
