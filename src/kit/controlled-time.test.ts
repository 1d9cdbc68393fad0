import { deepEqual, equal, ok } from 'node:assert/strict'
import { test } from 'node:test'
import { VirtualTime } from '../coordinator/testing/virtual-time.ts'
import { ControlledTime } from './controlled-time.ts'

function controlled() {
  const base = new VirtualTime()
  const time = new ControlledTime({ clock: base, timers: base })
  const advance = async (byMs: number) => {
    const advanced = time.advance(byMs)
    for (let turn = 0; turn < 50; turn++) await base.settle()
    await advanced
  }
  return { base, time, advance }
}

test('[KIT11] the clock goes by itself and in steps, and both count', async () => {
  const { base, time, advance } = controlled()
  const [wallMs, monotonicMs] = [time.wallMs(), time.monotonicMs()]
  await base.advance(10)
  await advance(1000)
  equal(time.wallMs() - wallMs, 1010)
  equal(time.monotonicMs() - monotonicMs, 1010)
})

test('[KIT11] a timer fires when both together have reached its time, and no sooner', async () => {
  const { base, time, advance } = controlled()
  let fired = 0
  time.after(100, () => fired++)
  await advance(60)
  await base.advance(39)
  equal(fired, 0)
  await base.advance(1)
  equal(fired, 1)
  await base.advance(1000)
  await advance(1000)
  equal(fired, 1)
  equal(base.timerCount, 0)
})

test('[KIT12] timers that come due in one step fire in order, and those they cancel do not', async () => {
  const { time, advance } = controlled()
  const fired: string[] = []
  time.after(30, () => fired.push('third'))
  time.after(10, () => {
    fired.push('first')
    second.cancel()
  })
  const second = time.after(20, () => fired.push('second'))
  await advance(100)
  deepEqual(fired, ['first', 'third'])
})

test('[KIT12] what a timer starts begins at the new time', async () => {
  const { base, time, advance } = controlled()
  let ticks = 0
  const tick = () => {
    ticks++
    time.after(10, tick)
  }
  time.after(10, tick)
  await advance(1000)
  equal(ticks, 1)
  await base.advance(10)
  equal(ticks, 2)
})

test('[KIT13] setting the wall clock right does not move the monotonic one back', async () => {
  const { base, time, advance } = controlled()
  await advance(5000)
  const monotonicMs = time.monotonicMs()
  time.setWallRight()
  equal(time.wallMs(), base.wallMs())
  ok(time.monotonicMs() >= monotonicMs)
})
