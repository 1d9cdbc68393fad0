import { doesNotThrow, equal, throws } from 'node:assert/strict'
import { test } from 'node:test'
import { type FinalPartition, History, type ReadRecord } from './history.ts'

const nothingRemoved = { deletedTo: 0, expiredBeforeMs: 0 }

/** A good history of four records, of which two were read and committed. */
function told(): History {
  const history = new History({ mayLose: false })
  for (let offset = 0; offset < 4; offset++)
    history.onAcknowledged('p', { offset, value: `p0:${offset}:`, timestamp: 100 + offset })
  history.onRead('p', record(0))
  history.onRead('p', record(1))
  history.onCommitted('p', 2)
  return history
}

function record(offset: number, value = `p0:${offset}:`): ReadRecord {
  return { offset, timestamp: 100 + offset, value }
}

function final(records: readonly ReadRecord[], overrides: Partial<FinalPartition> = {}): FinalPartition {
  return { logStartOffset: records[0]?.offset ?? 0, records, committedOffset: 2, ...overrides }
}

const good = [0, 1, 2, 3].map((offset) => record(offset))

test('[SIM18] a good history is not complained of', () => {
  doesNotThrow(() => told().check('p', final(good), nothingRemoved))
  equal(told().hasCaughtUp(['p']), false)
})

const bad: Record<string, [RegExp, readonly ReadRecord[], Partial<FinalPartition>?]> = {
  'an acknowledged record is lost': [/E1: p: 'p0:3:'/, good.slice(0, 3)],
  'a record is stored twice': [/S19: p: offset 4/, [...good, record(4, 'p0:3:')]],
  'two records change places': [/S19/, [record(0), record(1), record(2, 'p0:3:'), record(3, 'p0:2:')]],
  'an offset is missing': [/S11: p: offset 1/, [record(0), record(2), record(3)]],
  'what was read has changed': [/E1|S10/, [record(0, 'p1:0:'), ...good.slice(1)]],
  'records go that nobody wanted to go': [/S38: p: 'p0:0:' at 0/, good.slice(1)],
  'a committed offset goes back': [/S29: p: offset 2/, good, { committedOffset: 1 }],
}
for (const [what, [message, records, overrides]] of Object.entries(bad))
  test(`[SIM18] it is told when ${what}`, () => {
    throws(() => told().check('p', final(records, overrides), nothingRemoved), message)
  })

test('[SIM18] an offset is never read with two values', () => {
  throws(() => told().onRead('p', record(1, 'p0:7:')), /S10: p: offset 1/)
})

test('[SIM18] records may go when they were deleted or are old', () => {
  const rest = final(good.slice(2))
  doesNotThrow(() => told().check('p', rest, { deletedTo: 2, expiredBeforeMs: 0 }))
  doesNotThrow(() => told().check('p', rest, { deletedTo: 0, expiredBeforeMs: 102 }))
  throws(() => told().check('p', rest, { deletedTo: 1, expiredBeforeMs: 101 }), /S38/)
})

test('[SIM18] where power is lost without syncing, only order is demanded', () => {
  const history = new History({ mayLose: true })
  history.onAcknowledged('p', { offset: 5, value: 'p0:5:', timestamp: 0 })
  doesNotThrow(() => history.check('p', final(good), nothingRemoved))
  throws(() => history.check('p', final([...good, record(4, 'p0:3:')]), nothingRemoved), /S19/)
})
