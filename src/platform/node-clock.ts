// The machine's clocks: the wall clock for timestamps, the monotonic one for deadlines.
// Not by `performance`: Node loads a module of its own for it, 4 ms of a start.

import type { Clock } from '../env/env.ts'

export class NodeClock implements Clock {
  wallMs(): number {
    return Date.now()
  }

  monotonicMs(): number {
    return monotonicMs()
  }
}

export function monotonicMs(): number {
  const [seconds, nanoseconds] = process.hrtime()
  return seconds * 1000 + nanoseconds / 1e6
}
