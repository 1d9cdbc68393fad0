// Runs one task of the driver in a process of its own, so that the load of many clients has an event loop to itself.

import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Broker } from '../../conformance/brokers.ts'
import type { Tasks } from './main.ts'

const program = join(import.meta.dirname, 'main.ts')

/** What every task is told beside its own options. */
export interface Target {
  readonly server: string
  /** Of the broker's process, for its processor time during the load. */
  readonly pid: number
}

export async function drive<K extends keyof Tasks>(
  { server, pid }: Broker,
  task: K,
  options: Parameters<Tasks[K]>[1],
): Promise<Awaited<ReturnType<Tasks[K]>>> {
  const target: Target = { server, pid }
  const args = [program, task, JSON.stringify(target), JSON.stringify(options)]
  const { stdout } = await promisify(execFile)(process.execPath, args)
  return JSON.parse(stdout)
}
