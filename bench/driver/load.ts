// Requests from many connections, measured: as fast as answers come, or at a steady rate that does not wait for
// answers, so that a slow one delays no other and hides nothing.

import { delay } from '../../conformance/brokers.ts'
import { cpuSecondsOf } from '../process-usage.ts'
import { percentile } from '../statistics.ts'
import type { Target } from './drive.ts'

export interface LoadFigures {
  readonly requests: number
  readonly seconds: number
  /** Of the broker, while the load went on. */
  readonly cpuSeconds: number
  readonly p50Ms: number
  readonly p99Ms: number
}

export interface Pace {
  readonly seconds: number
  /** Of all clients together; undefined: every client sends the next request when it has the answer of the last. */
  readonly requestsPerSecond?: number
}

const tickMs = 2

/** `send(client, count)` makes the request number `count` of all, on behalf of client 0 to `clients` - 1. */
export async function applyLoad(
  { pid }: Target,
  clients: number,
  pace: Pace,
  send: (client: number, count: number) => Promise<void>,
): Promise<LoadFigures> {
  const latenciesMs: number[] = []
  let count = 0
  const timed = async (client: number) => {
    const sentMs = performance.now()
    await send(client, count++)
    latenciesMs.push(performance.now() - sentMs)
  }
  const cpuBefore = cpuSecondsOf(pid)
  const startedMs = performance.now()
  if (pace.requestsPerSecond === undefined) await inTurns(clients, pace.seconds, timed)
  else await steadily(clients, pace.seconds, pace.requestsPerSecond, timed)
  return {
    requests: count,
    seconds: (performance.now() - startedMs) / 1000,
    cpuSeconds: cpuSecondsOf(pid) - cpuBefore,
    p50Ms: percentile(latenciesMs, 0.5),
    p99Ms: percentile(latenciesMs, 0.99),
  }
}

type Timed = (client: number) => Promise<void>

async function inTurns(clients: number, seconds: number, timed: Timed): Promise<void> {
  const endMs = performance.now() + seconds * 1000
  const client = async (index: number) => {
    while (performance.now() < endMs) await timed(index)
  }
  await Promise.all(Array.from({ length: clients }, (_, index) => client(index)))
}

async function steadily(clients: number, seconds: number, perSecond: number, timed: Timed): Promise<void> {
  const startedMs = performance.now()
  const sent: Promise<void>[] = []
  while (sent.length < seconds * perSecond) {
    const dueCount = ((performance.now() - startedMs) / 1000) * perSecond
    while (sent.length < dueCount) sent.push(timed(sent.length % clients))
    await delay(tickMs)
  }
  await Promise.all(sent)
}
