// One run: draws what it is like, lets real clients work on a real node while it crashes and the world is faulty,
// then heals and demands that everything acknowledged is there, in order, once.

import { topicPartitionKey } from '../base/topic-partition.ts'
import { Clients } from './clients.ts'
import { Faults } from './faults.ts'
import { History, type Removals } from './history.ts'
import { drawRunOptions, mayLose, type RunOptions } from './run-options.ts'
import { SimBroker } from './sim-broker.ts'
import { Simulation } from './simulation.ts'
import { Sometimes } from './sometimes.ts'
import { TableHistory } from './table-history.ts'
import { expiringPartition, expiringTopic, streamPartitions, tablePartitions } from './topics.ts'
import { Workload } from './workload.ts'

export interface RunResult {
  readonly options: RunOptions
  readonly traceHash: string
  readonly traceTail: readonly string[]
  readonly acknowledged: number
  readonly read: number
  readonly starts: number
  readonly virtualMs: number
  /** How often each fault and state was reached. */
  readonly reached: ReadonlyMap<string, number>
  readonly failure: unknown
}

/** After healing, everything has to be done within this much virtual time. */
const livenessMs = 600_000
const retentionRoundMs = 2000
/** The cleaner is done when it has not cleaned anything for several of its rounds. */
const cleanerQuietMs = 3000

export async function runSeed(seed: string, onOptions: (options: RunOptions) => void): Promise<RunResult> {
  const simulation = new Simulation(seed)
  const options = drawRunOptions(simulation.prng.fork('options'))
  onOptions(options)
  const run = new Run(options, simulation)
  let failure: unknown
  try {
    await run.drive()
    await run.check()
  } catch (error) {
    failure = error
  }
  return {
    options,
    traceHash: simulation.trace.hash(),
    traceTail: simulation.trace.tail(),
    acknowledged: run.history.acknowledgedCount,
    read: run.history.readCount,
    starts: run.broker.starts,
    virtualMs: simulation.nowMs,
    reached: run.sometimes.counts(),
    failure,
  }
}

class Run {
  readonly history: History
  readonly #tables: TableHistory
  readonly broker: SimBroker
  readonly sometimes = new Sometimes()
  readonly #options: RunOptions
  readonly #simulation: Simulation
  readonly #workload: Workload
  readonly #faults: Faults
  #lastCleaningMs = 0

  constructor(options: RunOptions, simulation: Simulation) {
    const { sometimes } = this
    this.#options = options
    this.#simulation = simulation
    this.history = new History({ mayLose: mayLose(options) })
    this.#tables = new TableHistory({ mayLose: mayLose(options) })
    this.broker = new SimBroker(simulation.host('broker'), options, sometimes)
    const { env } = simulation.host('client')
    const clients = new Clients(options, { env, history: this.history, tables: this.#tables, sometimes })
    const prng = simulation.prng.fork('workload')
    this.#workload = new Workload({ clients, broker: this.broker, prng })
    this.#faults = new Faults(options, { simulation, broker: this.broker, history: this.history, sometimes })
    simulation.trace.onLine = (what) => {
      sometimes.onTraceLine(what)
      this.broker.onTraceLine(what)
      if (what.includes('LogCleaner: Cleaned ')) this.#lastCleaningMs = simulation.nowMs
    }
    this.broker.watch.data.onLogStart = (partition, offset) => this.#onLogStart(partition, offset)
    simulation.check(() => this.broker.check())
    simulation.check(() => clients.check())
  }

  /** Faults with checks of safety, then healing and a check of liveness. */
  async drive(): Promise<void> {
    const workload = this.#workload
    this.broker.start()
    await this.#expect('the first start', () => this.broker.isRunning)
    await this.#simulation.perform(() => workload.administrator.createTopics())
    workload.start()
    this.#faults.start()
    await this.#simulation.run(this.#options.safetyMs)
    this.#faults.end()
    await this.#expect('the node to run again', () => this.broker.isRunning)
    workload.stopProducing()
    await this.#expect('every producer to finish', () => workload.hasProduced)
    if (!mayLose(this.#options)) await this.#expect('the group to read everything', () => workload.isConsumed)
    workload.stopConsuming()
    await this.#expect('every client to finish', () => workload.clients.isIdle)
    await this.#expect('every request to be answered', () => this.broker.watch.unansweredCount === 0)
    await this.#expect('the broker to let go of every connection', () => this.broker.connections === 0)
  }

  async check(): Promise<void> {
    await this.#simulation.perform(() => this.#workload.administrator.endExpiry())
    // The round of retention that may be under way ends.
    await this.#simulation.run(this.#simulation.nowMs + retentionRoundMs)
    await this.#checkTables()
    for (const topicPartition of streamPartitions(this.#options)) {
      const final = await this.#simulation.perform(() => this.#workload.readFinal(topicPartition))
      this.history.check(topicPartitionKey(topicPartition), final, this.#removals(topicPartition.topic))
      if (final.logStartOffset > 0) this.sometimes.note('log start above 0 at the end')
    }
    this.broker.watch.data.checkSequences()
    await this.#simulation.perform(() => this.broker.stop())
    // Packets may be on their way to it.
    await this.#simulation.run(this.#simulation.nowMs + retentionRoundMs)
    this.broker.checkStopped()
  }

  async #checkTables(): Promise<void> {
    const quietFromMs = this.#simulation.nowMs
    await this.#expect('the cleaner to be done', () => {
      const lastMs = Math.max(quietFromMs, this.#lastCleaningMs)
      return this.#simulation.nowMs - lastMs > cleanerQuietMs
    })
    for (const topicPartition of tablePartitions(this.#options)) {
      const name = topicPartitionKey(topicPartition)
      const read = await this.#simulation.perform(() => this.#workload.readTable(topicPartition))
      const goneCount = this.#tables.onFinalRead(name, read, this.broker.activeSegmentOf(name))
      if (goneCount > 0) this.sometimes.note('acknowledged tombstone gone for good')
    }
  }

  #onLogStart(partition: string, logStartOffset: number): void {
    if (mayLose(this.#options) || !partition.startsWith(expiringTopic)) return
    this.history.checkRemoved(expiringPartition, logStartOffset, this.#removals(expiringTopic))
  }

  /** What may be gone by now. */
  #removals(topic: string): Removals {
    if (topic !== expiringTopic) return { deletedTo: 0, expiredBeforeMs: 0 }
    return { deletedTo: this.#workload.administrator.deletedTo, expiredBeforeMs: this.#expiredBeforeMs() }
  }

  /** What is younger was never old enough for retention by the broker's clock, which may have jumped ahead. */
  #expiredBeforeMs(): number {
    const { retentionMs, clockJumpMsMax } = this.#options
    if (clockJumpMsMax > 0) return Infinity
    return this.#simulation.host('client').env.clock.wallMs() - retentionMs
  }

  async #expect(what: string, predicate: () => boolean): Promise<void> {
    const isTrue = await this.#simulation.run(predicate, { withinMs: livenessMs })
    this.broker.check()
    if (!isTrue) throw new Error(`liveness: waited ${livenessMs} ms of virtual time for ${what}`)
  }
}
