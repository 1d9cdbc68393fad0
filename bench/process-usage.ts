// What the operating system says of a broker's process (Linux).

import { readFileSync } from 'node:fs'
import type { Broker } from '../conformance/brokers.ts'

const clockTicksPerSecond = 100

export interface Usage {
  readonly cpuSeconds: number
  readonly residentMb: number
}

/** Processor time since the process began, and memory now. */
export function usageOf({ pid }: Broker): Usage {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /, '')
    .split(' ')
  const status = readFileSync(`/proc/${pid}/status`, 'utf8')
  return {
    cpuSeconds: (Number(fields[11]) + Number(fields[12])) / clockTicksPerSecond,
    residentMb: Number(/VmRSS:\s+(\d+)/.exec(status)![1]) / 1024,
  }
}
