import assert from 'node:assert/strict'
import { test } from 'node:test'
import { lineFormat, linesOf, parseLine } from './line-reader.ts'

function parse(line: string, properties: Record<string, string> = {}): string {
  const format = lineFormat(new Map(Object.entries(properties)))
  assert.ok(format.ok)
  const parsed = parseLine(format.format, line, 7)
  if (!parsed.ok) return parsed.message
  const text = (bytes: Uint8Array | null) => (bytes === null ? 'null' : `"${Buffer.from(bytes)}"`)
  const { key, value, headers = [] } = parsed.record
  return `${headers.map((each) => `${each.key}=${text(each.value)} `).join('')}${text(key)} ${text(value)}`
}

test("[CLI6] a line becomes a record by the properties of Kafka's line reader", () => {
  const keyed = { 'parse.key': 'true' }
  assert.equal(parse('a\tb'), 'null "a\tb"')
  assert.equal(parse(''), 'null ""')
  assert.equal(parse('a\tb', keyed), '"a" "b"')
  assert.equal(parse('a:b:c', { ...keyed, 'key.separator': ':' }), '"a" "b:c"')
  assert.equal(parse('h:1,i:\tk\tv', { ...keyed, 'parse.headers': 'TRUE' }), 'h="1" i="" "k" "v"')
  assert.equal(
    parse('h=1;i=NULL|v', {
      'parse.headers': 'true',
      'headers.delimiter': '|',
      'headers.separator': ';',
      'headers.key.separator': '=',
      'null.marker': 'NULL',
    }),
    'h="1" i=null null "v"',
  )
  assert.equal(parse('NULL\tNULL', { ...keyed, 'null.marker': 'NULL' }), 'null null')
  assert.equal(parse('NULL\tv', { 'parse.headers': 'true', 'null.marker': 'NULL' }), 'null "v"')
})

test('[CLI6] a line that lacks a part is refused by its number, or taken without it', () => {
  const keyed = { 'parse.key': 'true' }
  assert.equal(parse('a', keyed), 'no key separator on line 7: "a"')
  assert.equal(parse('a', { ...keyed, 'ignore.error': 'true' }), 'null "a"')
  assert.equal(parse('a', { 'parse.headers': 'true' }), 'no headers delimiter on line 7: "a"')
  assert.equal(parse('h\tv', { 'parse.headers': 'true' }), 'no header key separator in "h" on line 7')
  assert.equal(parse('h\tv', { 'parse.headers': 'true', 'ignore.error': 'true' }), 'h=null null "v"')
  const nullKey = { 'parse.headers': 'true', 'null.marker': 'N' }
  assert.equal(parse('N:1\tv', nullKey), "a header's key cannot be null, line 7")
})

test('[CLI6] separators that cannot be told apart are refused', () => {
  const refusals: [Record<string, string>, string][] = [
    [{ 'headers.delimiter': ',' }, 'headers.delimiter and headers.separator may not be equal'],
    [{ 'headers.separator': ':' }, 'headers.separator and headers.key.separator may not be equal'],
    [{ 'null.marker': ',' }, 'headers.separator and null.marker may not be equal'],
    [{ 'null.marker': 'x', 'key.separator': 'x' }, 'null.marker and key.separator may not be equal'],
  ]
  for (const [properties, message] of refusals) {
    assert.deepEqual(lineFormat(new Map(Object.entries(properties))), { ok: false, message })
  }
})

test('[CLI6] lines are the same however the input is cut', async () => {
  const bytes = Buffer.from('ä\r\nb\n\nlast')
  for (const size of [1, 2, 3, bytes.length]) {
    const chunks = Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) =>
      bytes.subarray(index * size, (index + 1) * size),
    )
    const lines: string[] = []
    for await (const completed of linesOf(asyncOf(chunks))) lines.push(...completed)
    assert.deepEqual(lines, ['ä', 'b', '', 'last'])
  }
})

async function* asyncOf(chunks: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  yield* chunks
}
