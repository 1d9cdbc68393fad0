import { throws } from 'node:assert/strict'
import { test } from 'node:test'
import { AssertionError, assert, unreachable } from './assert.ts'

test('[BASE1] a broken invariant throws and says what should have been true', () => {
  assert(true, 'never thrown')
  throws(() => assert(0, 'the count is positive'), new AssertionError('the count is positive'))
  throws(() => unreachable('surprise' as never), /surprise/)
})
