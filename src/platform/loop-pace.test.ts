import assert from 'node:assert/strict'
import { test } from 'node:test'
import { LoopPace } from './loop-pace.ts'

test('[DISK12] the loop moves what is small, threads what is large', () => {
  const pace = new LoopPace(20)
  assert.equal(pace.fitsLoop(1_000_000, 0), true)
  assert.equal(pace.fitsLoop(3_000_000, 0), false)
})

test('[DISK12] a slow write keeps the loop from writing, longer each time, until one was quick', () => {
  const pace = new LoopPace(20)
  pace.tookLoop(0, 19)
  assert.equal(pace.fitsLoop(1, 19), true)
  pace.tookLoop(20, 40)
  assert.equal(pace.fitsLoop(1, 1039), false)
  assert.equal(pace.fitsLoop(1, 1040), true)
  pace.tookLoop(1040, 1100)
  assert.equal(pace.fitsLoop(1, 3099), false)
  pace.tookLoop(3100, 3101)
  pace.tookLoop(3200, 3300)
  assert.equal(pace.fitsLoop(1, 4299), false)
  assert.equal(pace.fitsLoop(1, 4300), true)
})
