import { doesNotThrow, equal, throws } from 'node:assert/strict'
import { test } from 'node:test'
import { type KeyedRecord, TableHistory, type TableRead } from './table-history.ts'

const tombstone = ''

/** 0 and 2 are of `a`, 1 and 3 of `b`, which 3 takes away, 4 is of `c`. */
const log: readonly KeyedRecord[] = [
  record(0, 'a', 'one'),
  record(1, 'b', 'two'),
  record(2, 'a', 'three'),
  record(3, 'b', tombstone),
  record(4, 'c', 'four'),
]

function record(offset: number, key: string, value: string): KeyedRecord {
  return { offset, key, value, timestamp: 100 + offset }
}

function told(mayLose = false): TableHistory {
  const tables = new TableHistory({ mayLose })
  for (const each of log) {
    tables.onSent('t', each)
    tables.onAcknowledged('t', each)
  }
  return tables
}

function readOf(offsets: readonly number[], gone: Partial<TableRead> = {}, tables = told()): TableRead {
  const records = offsets.map((offset) => log[offset]!)
  return { newest: tables.newest('t'), records, expiredBeforeMs: 0, tombstonesBeforeMs: 0, ...gone }
}

test('[SIM23] a table may miss what was superseded, and what is older than records and tombstones become', () => {
  for (const offsets of [
    [0, 1, 2, 3, 4],
    [1, 2, 3, 4],
    [2, 3, 4],
  ])
    doesNotThrow(() => told().onRead('t', readOf(offsets)))
  doesNotThrow(() => told().onRead('t', readOf([2, 4], { tombstonesBeforeMs: 104 })))
  doesNotThrow(() => told().onRead('t', readOf([3, 4], { expiredBeforeMs: 103 })))
  equal(told().onFinalRead('t', readOf([2, 4], { tombstonesBeforeMs: 104 }), 4), 1)
  equal(told().onFinalRead('t', readOf([2, 3, 4]), 4), 0)
})

test('[SIM23] a key may be gone by a tombstone that nobody acknowledged yet, or by what came while somebody read', () => {
  const tables = told()
  const read = readOf([3, 4], {}, tables)
  tables.onSent('t', { key: 'a', value: tombstone })
  doesNotThrow(() => tables.onRead('t', read))
  tables.onAcknowledged('t', record(5, 'a', tombstone))
  doesNotThrow(() => tables.onRead('t', read))
  throws(() => tables.onRead('t', readOf([3, 4], {}, tables)), /S37: t: 'a=' at 5/)
})

const bad: Record<string, [RegExp, TableRead]> = {
  'the newest record of a key is gone': [
    /S37: t: 'a=three' at 2 was acknowledged, .* nothing$/,
    readOf([3, 4]),
  ],
  'only an older record is left': [/S37: t: 'a=three' at 2 .* 'a=one' at 0$/, readOf([0, 3, 4])],
  'a tombstone goes too early': [/S37: t: 'b=' at 3/, readOf([2, 4], { tombstonesBeforeMs: 103 })],
  'records change places': [/S11: t: offset 2 follows 3/, readOf([3, 2, 4])],
}
for (const [what, [message, read]] of Object.entries(bad))
  test(`[SIM23] it is told of a table when ${what}`, () => {
    throws(() => told().onRead('t', read), message)
  })

test('[SIM23] it is told when a record of a table changes', () => {
  const records = [record(2, 'a', 'five'), log[3]!, log[4]!]
  throws(
    () => told().onRead('t', { ...readOf([]), records }),
    /S10: t: offset 2 was 'a=three' and is 'a=five'/,
  )
})

test('[SIM23] in the end what a tombstone took away stays away, and the clean part has no key twice', () => {
  const old = { tombstonesBeforeMs: 104 }
  throws(() => told().onFinalRead('t', readOf([1, 2, 4], old), 0), /S37: t: 'b=two' at 1 has come back/)
  throws(
    () => told().onFinalRead('t', readOf([0, 2, 3, 4]), 4),
    /S37: t: 'a=one' at 0 was never compacted away/,
  )
  doesNotThrow(() => told().onFinalRead('t', readOf([0, 2, 3, 4]), 2))
})

test('[SIM23] where power is lost without syncing, a table may be another one in the end, but has to be in order', () => {
  doesNotThrow(() => told(true).onRead('t', readOf([0])))
  doesNotThrow(() => told(true).onFinalRead('t', readOf([0]), 4))
  throws(() => told(true).onFinalRead('t', readOf([2, 0]), 0), /S11/)
})
