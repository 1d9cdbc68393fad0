// The machine's clocks: the wall clock for timestamps, the monotonic one for deadlines.

import type { Clock } from '../env/env.ts'

export class NodeClock implements Clock {
  wallMs(): number {
    return Date.now()
  }

  monotonicMs(): number {
    return performance.now()
  }
}
