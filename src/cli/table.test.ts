import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Column, formatTable } from './table.ts'

const columns: Column<readonly string[]>[] = [
  { title: 'NAME', widthMin: 10, text: ([name]) => name! },
  { title: 'WHAT', widthMin: 12, text: ([, what]) => what! },
  { title: 'N', widthMin: 0, text: ([, , n]) => n! },
]

test("[CLI29] without a terminal columns have the widths of Kafka's tools", () => {
  assert.equal(
    formatTable(columns, [['a', 'b', '1']]),
    'NAME       WHAT         N\na          b            1\n',
  )
})

test('[CLI29] a terminal too narrow takes the padding away, then cuts the longest texts short', () => {
  assert.equal(formatTable(columns, [['a', 'b', '1']], 20), 'NAME WHAT N\na    b    1\n')
  const long = formatTable(columns, [['a'.repeat(20), 'b'.repeat(12), '1']], 24)
  assert.equal(long, `NAME       WHAT        N\n${'a'.repeat(9)}… ${'b'.repeat(10)}… 1\n`)
  assert.ok(long.split('\n').every((line) => line.length <= 24))
})
