// The environment of a real process: everything that `src/env/env.ts` names, on Node.

import type { Env } from '../env/env.ts'
import { InlineOffload } from './inline-offload.ts'
import { LineLogSink, type LogOptions } from './line-log-sink.ts'
import { MemoryDisk } from './memory-disk.ts'
import { NodeClock } from './node-clock.ts'
import { NodeDisk } from './node-disk.ts'
import { NodeNetwork } from './node-network.ts'
import { NodeRandom } from './node-random.ts'
import { NodeTimers } from './node-timers.ts'
import { YoungBuffers } from './young-buffers.ts'

export interface NodeEnvOptions extends LogOptions {
  /** Keeps files in memory: nothing survives the process. */
  readonly memory?: boolean
}

export function createNodeEnv(options: NodeEnvOptions = {}): Env {
  const logSink = new LineLogSink(options)
  const youngBuffers = new YoungBuffers()
  return {
    clock: new NodeClock(),
    timers: new NodeTimers(),
    network: new NodeNetwork(logSink, youngBuffers),
    disk: options.memory === true ? new MemoryDisk() : new NodeDisk(youngBuffers),
    offload: new InlineOffload(),
    random: new NodeRandom(),
    logSink,
  }
}
