import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { Heap } from './heap.ts'

test('[SIM3] a heap gives its elements back in order, whatever is pushed and popped in between', () => {
  const step = fc.oneof(fc.integer(), fc.constant('pop' as const))
  fc.assert(
    fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
      const heap = new Heap<number>((a, b) => a - b)
      const model: number[] = []
      for (const next of steps) {
        if (next === 'pop') {
          assert.equal(heap.pop(), model.shift())
        } else {
          heap.push(next)
          model.push(next)
          model.sort((a, b) => a - b)
        }
        assert.equal(heap.peek(), model[0])
        assert.equal(heap.size, model.length)
      }
    }),
  )
})
