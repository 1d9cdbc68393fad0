// A simulated machine: what outlives its processes (disk, address, wrong clock) and the environment of the process that
// runs now. A crash ends a life: its timers, calls and connections do nothing any more, promises of its calls never
// settle, and its objects are to be dropped. The next life starts from what the disk holds.

import { assert } from '../base/assert.ts'
import type { Prng } from '../base/prng.ts'
import type { Clock, Env } from '../env/env.ts'
import type { Life, SimEventLoop } from './event-loop.ts'
import { SimClock, SimTimers, type WallOffset } from './sim-clock.ts'
import { type DiskFaults, type HostDisk, noDiskFaults, SimDisk } from './sim-disk.ts'
import { SimHostNetwork } from './sim-host-network.ts'
import type { NetworkHost, SimNetwork } from './sim-network.ts'
import { SimOffload } from './sim-offload.ts'
import type { SimTrace } from './sim-trace.ts'
import { SimVolume } from './sim-volume.ts'

const diskBytes = 64 * 1024 ** 3

/** `kill`: the process ends at once, what it wrote stays. `power`: what it did not sync is lost or torn as well. */
export type CrashKind = 'kill' | 'power'

export interface HostModules {
  readonly loop: SimEventLoop
  readonly prng: Prng
  readonly trace: SimTrace
  readonly network: SimNetwork
  readonly kernel: Life
}

interface Running {
  readonly life: Life
  readonly disk: SimDisk
  readonly env: Env
}

export class SimHost {
  readonly name: string
  readonly #modules: HostModules
  readonly #networkHost: NetworkHost
  readonly #wallOffset: WallOffset = { ms: 0 }
  readonly #disk: HostDisk
  #lives = 0
  #running: Running | undefined

  constructor(name: string, modules: HostModules) {
    this.name = name
    this.#modules = modules
    this.#networkHost = modules.network.addHost(name)
    const volume = new SimVolume(diskBytes, modules.prng.fork('volume'))
    this.#disk = { volume, faults: { ...noDiskFaults }, locks: new Set() }
    this.#start()
  }

  get isUp(): boolean {
    return this.#running !== undefined
  }

  /** The environment of the process that runs now. */
  get env(): Env {
    assert(this.#running !== undefined, `${this.name} is up`)
    return this.#running.env
  }

  /** May be changed at any time. */
  get diskFaults(): DiskFaults {
    return this.#disk.faults
  }

  get volume(): SimVolume {
    return this.#disk.volume
  }

  crash(kind: CrashKind): void {
    const { life, disk } = this.#take()
    const underWay = disk.underWay.join(', ')
    this.#modules.trace.record(this.#modules.loop.nowUs, life.name, `crash ${kind} during [${underWay}]`)
    life.isAlive = false
    disk.abandon()
    this.#modules.network.endLife(this.#networkHost, life, kind === 'power')
    if (kind === 'power') this.#disk.volume.losePower()
    this.#disk.locks.clear()
  }

  /** Starts a process after a crash, with a new environment. */
  restart(): Env {
    assert(this.#running === undefined, `${this.name} crashed before it restarts`)
    this.#start()
    return this.env
  }

  /** The calls of the disk that have not ended, each with its path. */
  get diskCalls(): readonly string[] {
    return this.#running?.disk.underWay ?? []
  }

  /** How many files the process that runs now has open. */
  get openFiles(): number {
    return this.#running?.disk.openFiles ?? 0
  }

  /** How many events wait for the process that runs now. */
  get pendingCount(): number {
    return this.#running?.life.pendingCount ?? 0
  }

  /** Stops the process for a while as SIGSTOP does: the world goes on, and what it missed comes in a burst. */
  pause(durationMs: number): void {
    assert(this.#running !== undefined, `${this.name} is up`)
    this.#running.life.pausedUntilUs = this.#modules.loop.nowUs + Math.ceil(durationMs * 1000)
  }

  /** Moves the wall clock, in either direction. Deadlines do not notice. */
  jumpClock(byMs: number): void {
    this.#wallOffset.ms += byMs
  }

  #take(): Running {
    const running = this.#running
    assert(running !== undefined, `${this.name} is up`)
    this.#running = undefined
    return running
  }

  #start(): void {
    const { loop, prng, trace, network, kernel } = this.#modules
    this.#lives++
    this.#networkHost.isPowered = true
    const life: Life = {
      name: `${this.name}#${this.#lives}`,
      isAlive: true,
      pausedUntilUs: 0,
      pendingCount: 0,
    }
    const fork = (what: string) => prng.fork(`${what}/${this.#lives}`)
    const disk = new SimDisk(this.#disk, { loop, life, prng: fork('disk') })
    const clock: Clock = new SimClock(loop, this.#wallOffset)
    const env: Env = {
      clock,
      timers: new SimTimers(loop, life, fork('timers')),
      network: new SimHostNetwork(this.#networkHost, { loop, life, kernel, network }),
      disk,
      offload: new SimOffload(loop, life, fork('offload')),
      random: fork('random'),
      logSink: {
        write: (level, logger, message) =>
          trace.record(loop.nowUs, life.name, `${level} ${logger}: ${message}`),
      },
    }
    this.#running = { life, disk, env }
  }
}
