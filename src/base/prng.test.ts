import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Prng } from './prng.ts'

function draws(prng: Prng, count = 20): number[] {
  return Array.from({ length: count }, () => prng.next())
}

test('[SIM1] the same seed gives the same numbers, another seed others', () => {
  assert.deepEqual(draws(new Prng('7')), draws(new Prng('7')))
  assert.notDeepEqual(draws(new Prng('7')), draws(new Prng('8')))
})

test('[SIM2] a fork depends on its name, not on what was drawn before', () => {
  const prng = new Prng('7')
  const before = draws(prng.fork('disk'))
  draws(prng)
  assert.deepEqual(draws(prng.fork('disk')), before)
  assert.notDeepEqual(draws(prng.fork('network')), before)
})

test('[SIM1] draws are spread evenly over their range', () => {
  const prng = new Prng('even')
  const counts = new Array(10).fill(0)
  for (let count = 0; count < 100_000; count++) counts[prng.between(0, 9)]++
  for (const count of counts) assert.ok(count > 9_500 && count < 10_500)
  const heads = draws(prng, 10_000).filter((number) => number < 0.3).length
  assert.ok(heads > 2_800 && heads < 3_200)
  assert.equal(new Set(prng.bytes(10_000)).size, 256)
  assert.equal(prng.chance(0), false)
  assert.equal(prng.chance(1), true)
  assert.equal(prng.pick(['only']), 'only')
})
