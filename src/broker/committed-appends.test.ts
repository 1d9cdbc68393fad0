import { deepEqual, equal } from 'node:assert/strict'
import { test } from 'node:test'
import { errorName, errors } from '../base/errors.ts'
import { VirtualTime } from '../coordinator/testing/virtual-time.ts'
import type { Partition } from '../replication/partition.ts'
import { CommittedAppends, ProduceWaits } from './committed-appends.ts'

/** A partition whose records are committed when the test says so. */
function slowPartition() {
  const waiters: ((error: number) => void)[] = []
  const partition = { whenCommitted: (_: number, onDone: (error: number) => void) => waiters.push(onDone) }
  return {
    partition: partition as unknown as Partition,
    commit: () => {
      for (const done of waiters.splice(0)) done(0)
    },
  }
}

test('[PRODUCE16] batches that are not committed in time are REQUEST_TIMED_OUT, once; the others are answered', async () => {
  const time = new VirtualTime()
  const waits = new ProduceWaits({ clock: time, timers: time })
  const slow = slowPartition()
  const fast = slowPartition()
  const failed: string[] = []
  const appends = new CommittedAppends()
  appends.add(slow.partition, 5, (error) => failed.push(`slow ${errorName(error)}`))
  appends.add(fast.partition, 5, (error) => failed.push(`fast ${errorName(error)}`))
  let isDone = false
  void waits.wait(appends, 2000)!.then(() => {
    isDone = true
  })
  fast.commit()
  await time.advance(1900)
  deepEqual([isDone, failed], [false, []])
  await time.advance(700)
  deepEqual([isDone, failed], [true, ['slow REQUEST_TIMED_OUT']])
  slow.commit()
  equal(failed.length, 1)
})

test('[PRODUCE17] one timer serves all requests that wait, and none is set while none does', async () => {
  const time = new VirtualTime()
  const waits = new ProduceWaits({ clock: time, timers: time })
  equal(waits.wait(new CommittedAppends(), 1000), undefined)
  const { partition, commit } = slowPartition()
  const errorsSeen: number[] = []
  const done = Array.from({ length: 10 }, () => {
    const appends = new CommittedAppends()
    appends.add(partition, 1, (error) => errorsSeen.push(error))
    return waits.wait(appends, 30_000)
  })
  equal(time.timerCount, 1)
  await time.advance(5000)
  equal(time.timerCount, 1)
  commit()
  await Promise.all(done)
  deepEqual(
    errorsSeen.filter((error) => error !== errors.NONE),
    [],
  )
  await time.advance(1000)
  equal(time.timerCount, 0)
})
