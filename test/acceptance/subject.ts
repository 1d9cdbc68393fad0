// What the acceptance suites run against: one environment, opened anew for each test. The suites say what every
// implementation of `src/env/env.ts` must do alike; what is particular to one stands beside its source.

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Env } from '../../src/env/env.ts'
import { createNodeEnv } from '../../src/platform/node-env.ts'
import { Simulation } from '../../src/simulator/simulation.ts'

export interface Opened {
  readonly env: Env
  /** An empty directory of its own. */
  readonly directory: string
  /** Runs `work` to its end, with whatever makes time pass in this environment. */
  perform(work: () => Promise<void>): Promise<void>
  close(): Promise<void>
}

export interface Subject {
  readonly name: string
  open(): Promise<Opened>
}

export const nodeSubject: Subject = {
  name: 'node',
  async open() {
    const directory = await mkdtemp(join(tmpdir(), 'ottla-acceptance-'))
    return {
      env: createNodeEnv({ logLevel: 'fatal' }),
      directory,
      perform: (work) => work(),
      close: () => rm(directory, { recursive: true }),
    }
  },
}

export const memorySubject: Subject = {
  name: 'memory',
  async open() {
    const env = createNodeEnv({ logLevel: 'fatal', memory: true })
    await env.disk.makeDirectory('/data')
    return { env, directory: '/data', perform: (work) => work(), close: async () => {} }
  },
}

/** A simulated world in which everything may take long, but nothing fails. */
export function simulatorSubject(seed: number): Subject {
  return {
    name: `simulator, seed ${seed}`,
    async open() {
      const simulation = new Simulation(seed)
      const { env, diskFaults } = simulation.host('a')
      diskFaults.stall = 0.1
      await simulation.perform(() => env.disk.makeDirectory('/data'))
      return {
        env,
        directory: '/data',
        perform: (work) => simulation.perform(work),
        close: async () => {},
      }
    },
  }
}

/** Opens the subject, performs the work in it and closes it again. */
export async function within(subject: Subject, work: (opened: Opened) => Promise<void>): Promise<void> {
  const opened = await subject.open()
  try {
    await opened.perform(() => work(opened))
  } finally {
    await opened.close()
  }
}
