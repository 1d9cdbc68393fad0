// A whole simulated world from one seed: hosts, the network between them, time, and a trace of all that happened. The
// real code of a node runs in it unchanged, with `host.env` for its environment.
//
// How to build a run on it (`run.ts` does):
// 1. `new Simulation(seed)`, `simulation.host('a')` for each node, `startNode(…, host.env)` inside `perform`.
// 2. Draw what to do from `simulation.prng.fork('workload')`; never from anything that is not seeded.
// 3. Give every invariant to `check`: it runs after each event and throws when it does not hold.
// 4. Safety: change faults every few seconds of virtual time (`host.diskFaults`, `network.faults`, `network.cut`,
//    `host.crash` and `restart`, `pause`, `jumpClock`) and leave about a quarter of the time without any.
// 5. Liveness: `heal()`, restart what is down, then `run(predicate, { withinMs })` has to become true.
// 6. Print the seed first; on failure print `trace.tail()` too. Run a seed twice and compare `trace.hash()`.
//
// What makes runs repeatable: nothing in a simulated process waits for anything but its environment. A real timer, file
// or thread-pool call (asynchronous zlib or crypto) would finish whenever it likes; the trace hash tells.

import { Prng } from '../base/prng.ts'
import { type Life, SimEventLoop } from './event-loop.ts'
import { noDiskFaults } from './sim-disk.ts'
import { SimHost } from './sim-host.ts'
import { noNetworkFaults, SimNetwork } from './sim-network.ts'
import { SimTrace } from './sim-trace.ts'

/** An hour: what needs longer hangs. */
const withinMsDefault = 3_600_000

export class Simulation {
  readonly seed: string
  readonly prng: Prng
  readonly trace = new SimTrace()
  readonly network: SimNetwork
  readonly #kernel: Life = { name: 'kernel', isAlive: true, pausedUntilUs: 0, pendingCount: 0 }
  readonly #loop: SimEventLoop
  readonly #hosts = new Map<string, SimHost>()
  readonly #checks: (() => void)[] = []

  constructor(seed: number | string) {
    this.seed = String(seed)
    this.prng = new Prng(this.seed)
    this.#loop = new SimEventLoop(this.trace, this.prng.fork('loop'))
    this.network = new SimNetwork({
      loop: this.#loop,
      prng: this.prng.fork('network'),
      kernel: this.#kernel,
    })
  }

  /** Milliseconds since the start. */
  get nowMs(): number {
    return this.#loop.nowUs / 1000
  }

  get hosts(): readonly SimHost[] {
    return [...this.#hosts.values()]
  }

  /** The host of this name, which is made and started at its first mention. */
  host(name: string): SimHost {
    const found = this.#hosts.get(name)
    if (found !== undefined) return found
    const host = new SimHost(name, {
      loop: this.#loop,
      prng: this.prng.fork(`host/${name}`),
      trace: this.trace,
      network: this.network,
      kernel: this.#kernel,
    })
    this.#hosts.set(name, host)
    return host
  }

  /** Calls `invariant` after every event from now on; it throws when it does not hold. */
  check(invariant: () => void): void {
    this.#checks.push(invariant)
  }

  /** Does something at a time of the world's own, for instance a fault, whatever the processes do. */
  after(delayMs: number, what: string, action: () => void): void {
    this.#loop.schedule(this.#kernel, delayMs * 1000, what, action)
  }

  /** Takes away all faults: links, rates, latencies and full disks. Hosts that are down stay down. */
  heal(): void {
    Object.assign(this.network.faults, noNetworkFaults)
    this.network.heal()
    for (const host of this.hosts) {
      Object.assign(host.diskFaults, noDiskFaults)
      host.volume.reservedBytes = 0
    }
  }

  /** Lets the world go on until `untilMs`; then it is true. */
  run(untilMs: number): Promise<boolean>
  /** Lets the world go on until the predicate holds; false when it does not `withinMs`, or nothing happens any more. */
  run(predicate: () => boolean, options?: { withinMs: number }): Promise<boolean>
  async run(until: number | (() => boolean), options = { withinMs: withinMsDefault }): Promise<boolean> {
    await this.#loop.settle()
    if (typeof until === 'number') {
      while ((this.#loop.nextUs() ?? Infinity) <= until * 1000) await this.#step()
      this.#loop.nowUs = Math.max(this.#loop.nowUs, Math.ceil(until * 1000))
      return true
    }
    const deadlineUs = this.#loop.nowUs + options.withinMs * 1000
    while (!until()) {
      if ((this.#loop.nextUs() ?? Infinity) > deadlineUs) return false
      await this.#step()
    }
    return true
  }

  /** Starts `work` and lets the world go on until it is done; rejects if it does, or if it never will be. */
  async perform<T>(work: () => Promise<T>, options = { withinMs: withinMsDefault }): Promise<T> {
    let isSettled = false
    const result = work().finally(() => {
      isSettled = true
    })
    // Whoever awaits the result below gets the rejection; until then nobody needs to.
    result.catch(() => {})
    const isDone = await this.run(() => isSettled, options)
    if (!isDone) throw new Error(`seed ${this.seed}: work is not done after ${this.nowMs} ms of virtual time`)
    return result
  }

  async #step(): Promise<void> {
    await this.#loop.step()
    for (const check of this.#checks) check()
  }
}
