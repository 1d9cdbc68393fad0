// Who waits for the disk: the event loop or a thread. The page cache takes a small write in less time than it costs to
// hand it to a thread (16 KB batches: 0.3 against 1.3 s of CPU per GB; from about 1 MB on the thread is cheaper), and
// opening, closing and measuring a file takes less still. But a disk that cannot keep up makes callers wait, and the
// loop has more to do than that: after a slow call of the loop threads do all of them for a while, for longer each
// time that the loop's next try is slow again.

import { monotonicMs } from './node-clock.ts'

/** What the loop copies in some tens of microseconds. */
const loopBytesMax = 128 * 1024
/** Neither a page cache nor a busy processor takes as long as this for a small call, but a disk does. */
const slowMs = 20
const restMsMin = 1000
const restMsMax = 60_000

export class LoopPace {
  #loopFromMs = Number.NEGATIVE_INFINITY
  #restMs = restMsMin

  /** The result of `onLoop` if the call, which moves `sizeBytes`, is one for the loop; else that of `onThread`. */
  async call<T>(sizeBytes: number, onLoop: () => T, onThread: () => Promise<T>): Promise<T> {
    const startMs = monotonicMs()
    if (!this.fitsLoop(sizeBytes, startMs)) return onThread()
    try {
      return onLoop()
    } finally {
      this.tookLoop(startMs, monotonicMs())
    }
  }

  /** Whether the loop itself is to read or write `sizeBytes` now. */
  fitsLoop(sizeBytes: number, nowMs: number): boolean {
    return sizeBytes <= loopBytesMax && nowMs >= this.#loopFromMs
  }

  /** To be told of every call of the loop. */
  tookLoop(startMs: number, nowMs: number): void {
    if (nowMs - startMs < slowMs) {
      this.#restMs = restMsMin
      return
    }
    this.#loopFromMs = nowMs + this.#restMs
    this.#restMs = Math.min(2 * this.#restMs, restMsMax)
  }
}
