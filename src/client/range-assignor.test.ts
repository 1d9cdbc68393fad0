import assert from 'node:assert/strict'
import { test } from 'node:test'
import { DecodeError } from '../protocol/decode-error.ts'
import {
  decodeAssignment,
  decodeSubscription,
  encodeAssignment,
  encodeSubscription,
} from './consumer-protocol.ts'
import { assignRanges } from './range-assignor.ts'

function member(memberId: string, topics: string[], instanceId: string | null = null) {
  return { memberId, topics, instanceId }
}

function rows(assigned: ReturnType<typeof assignRanges>): string[] {
  return [...assigned].map(
    ([id, topics]) => `${id}: ${[...topics].map(([topic, list]) => `${topic}=${list}`).join(' ')}`,
  )
}

test('[CLIENT17] partitions are dealt in runs, the first members get one more', () => {
  const members = [member('b', ['x', 'y']), member('a', ['x', 'y']), member('c', ['x'])]
  const assigned = assignRanges(
    members,
    new Map([
      ['x', 7],
      ['y', 3],
    ]),
  )
  assert.deepEqual(rows(assigned), ['b: x=3,4 y=2', 'a: x=0,1,2 y=0,1', 'c: x=5,6'])
})

test('[CLIENT17] static members come first, by their instance ids', () => {
  const members = [member('1', ['x']), member('2', ['x'], 'b'), member('3', ['x'], 'a')]
  assert.deepEqual(rows(assignRanges(members, new Map([['x', 3]]))), ['1: x=2', '2: x=1', '3: x=0'])
})

test('[CLIENT17] a topic that is missing or smaller than the group leaves members without partitions', () => {
  const members = [member('a', ['x', 'nope']), member('b', ['x'])]
  assert.deepEqual(rows(assignRanges(members, new Map([['x', 1]]))), ['a: x=0', 'b: '])
})

test("[CLIENT17] subscriptions and assignments have the bytes of Kafka's consumer protocol", () => {
  const subscription = encodeSubscription(['b', 'a'])
  assert.equal(Buffer.from(subscription).toString('hex'), '000100000002000161000162ffffffff00000000')
  assert.deepEqual(decodeSubscription(subscription).topics, ['a', 'b'])
  const assignment = encodeAssignment(new Map([['a', [0, 2]]]))
  assert.equal(
    Buffer.from(assignment).toString('hex'),
    '00000000000100016100000002' + '0000000000000002' + 'ffffffff',
  )
  assert.deepEqual([...decodeAssignment(assignment)], [['a', [0, 2]]])
  assert.equal(decodeAssignment(new Uint8Array(0)).size, 0)
})

test('[CLIENT17] a newer version is read as far as it is known, damage is an error', () => {
  const newer = encodeSubscription(['a'])
  newer[1] = 9
  const padded = Buffer.concat([newer, Buffer.from('00000001ffff00', 'hex')])
  assert.deepEqual(decodeSubscription(padded).topics, ['a'])
  assert.throws(() => decodeSubscription(newer.subarray(0, 5)), DecodeError)
  assert.throws(() => decodeSubscription(Buffer.from('ffff', 'hex')), DecodeError)
})
