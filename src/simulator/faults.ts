// The faults of a run, aimed at its broker and its links. They change every few seconds, and about a quarter of the
// time there are none, so that work gets done between them. A node that is down or has given up is started again.

import type { Prng } from '../base/prng.ts'
import type { History } from './history.ts'
import type { RunOptions } from './run-options.ts'
import type { SimBroker } from './sim-broker.ts'
import type { Simulation } from './simulation.ts'
import type { Sometimes } from './sometimes.ts'

/** A write or a sync of a log. */
const recordsCall = /^(?:write|sync) .*\.log$/
/** The cleaner makes durable what it wrote. */
const cleanerSync = /^sync .*\.cleaned$/
/** What the cleaner wrote takes its place, which is many calls. */
const swapCall = /^rename .*\.(?:cleaned|swap)$/
const swapMsMax = 40
const calmShare = 0.25
const phaseMsMax = 3000
const restartMsMax = 3000
const cleanStopMsMax = 5000

export interface FaultModules {
  readonly simulation: Simulation
  readonly broker: SimBroker
  readonly history: History
  readonly sometimes: Sometimes
}

export class Faults {
  readonly #options: RunOptions
  readonly #modules: FaultModules
  readonly #prng: Prng
  #ahead: { readonly call: RegExp; readonly end: () => void; readonly delayMs: number } | undefined
  #isOver = false

  constructor(options: RunOptions, modules: FaultModules) {
    this.#options = options
    this.#modules = modules
    this.#prng = modules.simulation.prng.fork('faults')
  }

  start(): void {
    this.#scheduleCrashes()
    this.#change()
    this.#revive(this.#modules.simulation.prng.fork('revival'))
  }

  /** Takes everything away; the broker is still started again when it is down. */
  end(): void {
    this.#isOver = true
    this.#modules.history.onNextAcknowledgement = undefined
    this.#modules.simulation.heal()
    this.#modules.broker.mayFailToStart = false
  }

  /**
   * A fifth of the endings come right after an acknowledgement, when losing what it was for would show, a fifth while
   * records are being written or made durable, and two fifths within a cleaning or soon after it.
   */
  #scheduleCrashes(): void {
    const { simulation, history } = this.#modules
    const prng = simulation.prng.fork('crashes')
    simulation.check(() => this.#lookForCall())
    for (let index = 0; index < this.#options.crashes; index++) {
      const isStop = prng.chance(this.#options.cleanStop)
      const end = () => (isStop ? this.#stopCleanly() : this.#crash())
      const endAtAcknowledgement = () => {
        history.onNextAcknowledgement = () => simulation.after(0, 'ending', end)
      }
      const endDuring = (call: RegExp, delayMs: number) => () => {
        this.#ahead = { call, end, delayMs }
      }
      simulation.after(
        prng.between(1000, this.#options.safetyMs - 1000),
        'ending ahead',
        prng.pick([
          end,
          endAtAcknowledgement,
          endDuring(recordsCall, 0),
          endDuring(cleanerSync, 0),
          endDuring(swapCall, prng.next() * swapMsMax),
        ]),
      )
    }
  }

  #lookForCall(): void {
    const { simulation } = this.#modules
    if (this.#ahead === undefined) return
    const { call, end, delayMs } = this.#ahead
    if (!simulation.host('broker').diskCalls.some((each) => call.test(each))) return
    this.#ahead = undefined
    simulation.after(delayMs, 'ending', end)
  }

  #crash(): void {
    const { simulation, broker } = this.#modules
    if (simulation.host('broker').isUp && !this.#isOver) broker.crash(this.#options.crash)
  }

  #stopCleanly(): void {
    const { simulation, broker, sometimes } = this.#modules
    if (this.#isOver || !broker.isRunning) return
    const { starts } = broker
    const crash = () => {
      if (simulation.host('broker').isUp && broker.starts === starts) broker.crash(this.#options.crash)
    }
    // The power goes when the node has stopped, or when that takes too long.
    simulation.after(cleanStopMsMax, 'end of a stop', crash)
    broker.stop().then(() => {
      sometimes.note('clean stop')
      simulation.after(0, 'end of a stop', crash)
    }, crash)
  }

  #revive(prng: Prng): void {
    const { simulation, broker } = this.#modules
    const host = simulation.host('broker')
    // A sync that failed leaves data in the page cache only: whoever restarts the machine must not build on it.
    if (broker.hasGivenUp && host.isUp) broker.crash(this.#options.crash)
    if (!host.isUp) broker.start()
    simulation.after(prng.between(100, restartMsMax), 'revival', () => this.#revive(prng))
  }

  /** Begins a phase: what the one before brought is undone. */
  #change(): void {
    if (this.#isOver) return
    const { simulation, broker } = this.#modules
    const { disk, network } = this.#options
    const prng = this.#prng
    const isCalm = prng.chance(calmShare)
    const host = simulation.host('broker')
    const rate = (value: number) => (isCalm ? 0 : value)
    Object.assign(host.diskFaults, {
      latencyUsMax: disk.latencyUsMax,
      stall: rate(disk.stall),
      writeError: rate(disk.writeError),
      syncError: rate(disk.syncError),
      readError: rate(disk.readError),
    })
    simulation.network.faults.spike = rate(network.spike)
    simulation.network.heal()
    host.volume.reservedBytes = 0
    broker.mayFailToStart = disk.writeError + disk.syncError + disk.readError + disk.full > 0
    if (!isCalm) this.#strike()
    simulation.after(prng.between(100, phaseMsMax), 'faults', () => this.#change())
  }

  /** Faults that begin with a phase. */
  #strike(): void {
    const { simulation, sometimes } = this.#modules
    const { disk, network, clockJumpMsMax, pauseMsMax } = this.#options
    const prng = this.#prng
    const host = simulation.host('broker')
    if (prng.chance(network.cut)) this.#cut()
    if (prng.chance(network.reset)) {
      simulation.network.reset('broker', 'client')
      sometimes.note('connections reset')
    }
    if (prng.chance(disk.full)) {
      host.volume.reservedBytes += Math.max(0, host.volume.usableBytes - prng.between(0, 50_000))
      sometimes.note('disk full')
    }
    if (clockJumpMsMax > 0) {
      const byMs = prng.between(-clockJumpMsMax, clockJumpMsMax)
      host.jumpClock(byMs)
      if (byMs < 0) sometimes.note('clock moved back')
    }
    if (pauseMsMax > 0 && prng.chance(0.3)) this.#pause()
  }

  #cut(): void {
    const { simulation, sometimes } = this.#modules
    const kind = this.#prng.pick(['isolate', 'to the broker', 'from the broker'] as const)
    if (kind === 'isolate') simulation.network.isolate('broker')
    else if (kind === 'to the broker') simulation.network.cut('client', 'broker')
    else simulation.network.cut('broker', 'client')
    sometimes.note(kind === 'isolate' ? 'broker isolated' : 'one direction of a link cut')
  }

  #pause(): void {
    const { simulation, sometimes } = this.#modules
    const name = this.#prng.pick(['broker', 'client'] as const)
    const host = simulation.host(name)
    if (!host.isUp) return
    host.pause(this.#prng.between(1, this.#options.pauseMsMax))
    sometimes.note(name === 'broker' ? 'broker paused' : 'clients paused')
  }
}
