import { deepEqual, equal } from 'node:assert/strict'
import { test } from 'node:test'
import {
  formatEpochCheckpoint,
  formatOffsetCheckpoint,
  parseEpochCheckpoint,
  parseOffsetCheckpoint,
} from './checkpoint-file.ts'

test('[LOG44] the checkpoint files are read and written as Kafka does', () => {
  const text = '0\n2\norders 0 12\n__consumer_offsets 49 7\n'
  const parsed = parseOffsetCheckpoint(text)
  deepEqual(parsed.ok && [...parsed.value], [
    ['orders-0', 12],
    ['__consumer_offsets-49', 7],
  ])
  equal(
    formatOffsetCheckpoint([
      [{ topic: 'orders', partition: 0 }, 12],
      [{ topic: '__consumer_offsets', partition: 49 }, 7],
    ]),
    text,
  )
  const epochs = [
    { epoch: 0, startOffset: 0 },
    { epoch: 3, startOffset: 17 },
  ]
  deepEqual(parseEpochCheckpoint('0\n2\n0 0\n3 17\n'), { ok: true, value: epochs })
  equal(formatEpochCheckpoint(epochs), '0\n2\n0 0\n3 17\n')
})

test('[LOG44] a checkpoint file that breaks its form anywhere is refused as a whole', () => {
  for (const text of [
    '',
    '1\n0\n',
    '0\n2\norders 0 12\n',
    '0\n1\norders 0\n',
    '0\n1\norders 0 -1\n',
    '0\nx\n',
  ]) {
    equal(parseOffsetCheckpoint(text).ok, false, JSON.stringify(text))
  }
  for (const text of ['0\n2\n1 5\n1 6\n', '0\n2\n1 5\n2 4\n', '0\n1\n1 5 6\n']) {
    equal(parseEpochCheckpoint(text).ok, false, JSON.stringify(text))
  }
})
