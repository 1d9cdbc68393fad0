// What clocks, timers, chance and offloaded work do alike in every environment.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Timers } from '../../src/env/env.ts'
import { type Subject, within } from './subject.ts'

export function runTimeTests(subject: Subject): void {
  describe(`clock and timers: ${subject.name}`, () => {
    test('[ENV1] the monotonic clock never decreases', () =>
      within(subject, async ({ env }) => {
        let lastMs = env.clock.monotonicMs()
        for (let count = 0; count < 5; count++) {
          await sleep(env.timers, 0.3)
          assert.ok(env.clock.monotonicMs() >= lastMs)
          lastMs = env.clock.monotonicMs()
        }
        assert.ok(Number.isSafeInteger(env.clock.wallMs()))
      }))

    test('[ENV2] a timer fires once, no earlier than asked for, fractions included', () =>
      within(subject, async ({ env }) => {
        for (const delayMs of [0, 0.4, 1, 2.7, 5]) {
          const startMs = env.clock.monotonicMs()
          await sleep(env.timers, delayMs)
          assert.ok(env.clock.monotonicMs() - startMs >= delayMs)
        }
      }))

    test('[ENV2] a timer beyond 31 bits of milliseconds does not fire at once', () =>
      within(subject, async ({ env }) => {
        const timer = env.timers.after(2 ** 31 + 5, () => assert.fail('fired'))
        await sleep(env.timers, 3)
        timer.cancel()
      }))

    test('[ENV3] a cancelled timer never fires, and cancelling again or too late is no error', () =>
      within(subject, async ({ env }) => {
        const timer = env.timers.after(1, () => assert.fail('fired'))
        timer.cancel()
        timer.cancel()
        let fired = 0
        const late = env.timers.after(1, () => fired++)
        await sleep(env.timers, 5)
        late.cancel()
        assert.equal(fired, 1)
      }))

    test('[ENV4] what is to run soon runs after the turn and its promise continuations, in the order asked for', () =>
      within(subject, async ({ env }) => {
        const order: string[] = []
        await new Promise<void>((resolve) => {
          env.timers.soon(() => order.push('first'))
          env.timers.soon(() => order.push('second'))
          env.timers.soon(resolve)
          void Promise.resolve()
            .then(() => order.push('continuation'))
            .then(() => order.push('its continuation'))
          order.push('turn')
        })
        assert.deepEqual(order, ['turn', 'continuation', 'its continuation', 'first', 'second'])
      }))
  })

  runChanceTests(subject)
  runOffloadTests(subject)
}

function runChanceTests(subject: Subject): void {
  describe(`chance: ${subject.name}`, () => {
    test('[ENV5] numbers lie in [0, 1), bytes have the length asked for and differ', () =>
      within(subject, async ({ env }) => {
        for (let count = 0; count < 100; count++) {
          const number = env.random.next()
          assert.ok(number >= 0 && number < 1)
        }
        assert.equal(env.random.bytes(0).length, 0)
        assert.equal(env.random.bytes(100_000).length, 100_000)
        assert.notDeepEqual(env.random.bytes(16), env.random.bytes(16))
      }))
  })
}

function runOffloadTests(subject: Subject): void {
  describe(`offload: ${subject.name}`, () => {
    test('[ENV6] work starts after the turn, and its result or error is that of the promise', () =>
      within(subject, async ({ env }) => {
        let started = false
        const result = env.offload.run('sum', () => {
          started = true
          return 42
        })
        assert.equal(started, false)
        assert.equal(await result, 42)
        const failing = env.offload.run('fail', () => {
          throw new Error('no sum')
        })
        await assert.rejects(failing, /no sum/)
      }))
  })
}

function sleep(timers: Timers, delayMs: number): Promise<void> {
  return new Promise((resolve) => timers.after(delayMs, resolve))
}
