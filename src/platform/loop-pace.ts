// Who waits for the disk: the event loop or a thread. The page cache takes or gives a megabyte in less time than it
// costs to hand it to a thread and take up the answer (fetch: 0.82 s of CPU per GB by threads, 0.67 by the loop), and
// opening, closing and measuring a file takes less still. But a disk that cannot keep up makes callers wait, and the
// loop has more to do than that: after a slow call of the loop threads do all of them for a while, for longer each
// time that the loop's next try is slow again.

import { callAsync, callSync, type StartCall } from './disk-errors.ts'
import { monotonicMs } from './node-clock.ts'

/** What the loop copies in less than a millisecond. */
const loopBytesMax = 2 * 1024 * 1024
const restMsMin = 1000
const restMsMax = 60_000

export class LoopPace {
  /** Neither the page cache nor a busy processor takes as long for a call, but a disk does. */
  readonly #slowMs: number
  #loopFromMs = Number.NEGATIVE_INFINITY
  #restMs = restMsMin

  constructor(slowMs: number) {
    this.#slowMs = slowMs
  }

  /**
   * The result of `onLoop` if the call, which moves `sizeBytes` of `path`, is one for the loop; else what `start` calls
   * back with. An error is a DiskError of `path`.
   */
  async call<T>(path: string, sizeBytes: number, onLoop: () => T, start: StartCall<T>): Promise<T> {
    const startMs = monotonicMs()
    if (!this.fitsLoop(sizeBytes, startMs)) return callAsync(path, start)
    try {
      return callSync(path, onLoop)
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
    if (nowMs - startMs < this.#slowMs) {
      this.#restMs = restMsMin
      return
    }
    this.#loopFromMs = nowMs + this.#restMs
    this.#restMs = Math.min(2 * this.#restMs, restMsMax)
  }
}
