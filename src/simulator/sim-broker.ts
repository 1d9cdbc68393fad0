// The broker of a run: a real node on a simulated host, started, stopped, crashed and started again. Everything it
// answers goes through a watch; at every start its metadata is compared with what it was; what it holds is bounded.

import type { MetadataImage } from '../metadata/metadata-image.ts'
import { type RunningNode, startNode } from '../node/start-node.ts'
import { BrokerWatch } from './broker-watch.ts'
import { demand } from './data-checker.ts'
import { checkSameMetadata } from './image-checker.ts'
import { mayLose, type RunOptions } from './run-options.ts'
import type { CrashKind, SimHost } from './sim-host.ts'
import type { Sometimes } from './sometimes.ts'

export const brokerPort = 9092
const cleanerBackoffMs = 500

/** Far above what the clients of a run cause; a leak gets there. */
const boundOf = {
  connections: 200,
  unwrittenBytes: 100_000_000,
  /** Timers, calls of the disk, packets on their way. */
  pendingEvents: 5000,
} as const

export class SimBroker {
  readonly watch: BrokerWatch
  readonly #host: SimHost
  readonly #options: RunOptions
  readonly #sometimes: Sometimes
  /** Topics whose change is under way or was not answered: after a crash they may be as before or not. */
  readonly topicsInChange = new Set<string>()
  /** Whether the disk may refuse a start. */
  mayFailToStart = false
  #node: RunningNode | undefined
  #before: MetadataImage | undefined
  #appliedOffset = -1
  #starts = 0
  #failure: unknown
  #isFatal = false
  #isRebalancing = false

  constructor(host: SimHost, options: RunOptions, sometimes: Sometimes) {
    this.#host = host
    this.#options = options
    this.#sometimes = sometimes
    this.watch = new BrokerWatch({
      sometimes,
      onViolation: (error) => {
        this.#failure ??= error
      },
    })
  }

  get isRunning(): boolean {
    return this.#node !== undefined && !this.#isFatal
  }

  get connections(): number {
    return this.#node?.resources().connections ?? 0
  }

  get starts(): number {
    return this.#starts
  }

  /** True when the node gave up, as a process that exits; it is to be crashed and started. */
  get hasGivenUp(): boolean {
    return this.#isFatal
  }

  /** Throws what went wrong in the broker, in an event that nobody awaited, and what has grown too large. */
  check(): void {
    if (this.#failure !== undefined) throw this.#failure
    if (this.#node === undefined) return
    const { offset } = this.#node.image()
    demand(
      offset >= this.#appliedOffset,
      `S14: metadata was applied up to ${this.#appliedOffset}, now to ${offset}`,
    )
    this.#appliedOffset = offset
    const { connections, unwrittenBytes, fetchSessions } = this.#node.resources()
    const { fetchSessionsMax } = this.#options
    demand(connections <= boundOf.connections, `S39: ${connections} connections`)
    demand(unwrittenBytes <= boundOf.unwrittenBytes, `S39: ${unwrittenBytes} bytes wait for the disk`)
    demand(fetchSessions <= fetchSessionsMax, `S39: ${fetchSessions} of ${fetchSessionsMax} fetch sessions`)
    demand(
      this.#host.pendingCount <= boundOf.pendingEvents,
      `S39: ${this.#host.pendingCount} timers, calls and packets wait`,
    )
  }

  /** The base offset of the segment that a partition writes to, read from its files. */
  activeSegmentOf(partition: string): number {
    const names = this.#host.volume.list(`/data/${partition}`).map(({ name }) => name)
    return Math.max(...names.filter((name) => name.endsWith('.log')).map((name) => parseInt(name, 10)))
  }

  /** A rebalance begins or ends, as the log tells; and a log is never found to be damaged. */
  onTraceLine(what: string): void {
    if (what.includes('is not compacted any more')) this.#failure ??= new Error(`S35: ${what}`)
    if (what.includes('preparing to rebalance')) this.#isRebalancing = true
    else if (what.includes('stabilized the group')) this.#isRebalancing = false
  }

  start(): void {
    const env = this.#host.isUp ? this.#host.env : this.#host.restart()
    const life = ++this.#starts
    const mayFail = this.mayFailToStart
    const isAlive = () => life === this.#starts && this.#host.isUp
    this.#isFatal = false
    const onFatal = () => {
      if (isAlive()) this.#isFatal = true
    }
    startNode(
      {
        overrides: overrides(this.#host.name, this.#options),
        dataDirectory: '/data',
        onFatal,
        decorateApis: (apis, image) => this.watch.decorate(apis, image, isAlive),
      },
      env,
    ).then(
      (started) => {
        if (!isAlive()) return
        if (started.ok) this.#started(started.node)
        else if (mayFail || this.mayFailToStart) this.#refused()
        else this.#failure = new Error(`the node does not start: ${started.message}`)
      },
      (error) => {
        this.#failure = error
      },
    )
  }

  crash(kind: CrashKind): void {
    if (this.#node !== undefined) this.#before = this.#node.image()
    else this.#sometimes.note('crash while the node starts')
    if (this.#isRebalancing) this.#sometimes.note('crash while a group rebalances')
    this.#isRebalancing = false
    this.#node = undefined
    this.watch.onCrash(mayLose(this.#options))
    this.#host.crash(kind)
  }

  async stop(): Promise<void> {
    await this.#node?.stop()
  }

  /** A node that has stopped holds nothing: a process would end by itself. */
  checkStopped(): void {
    const { pendingCount, openFiles } = this.#host
    demand(openFiles === 0, `S39: ${openFiles} files are open after a stop`)
    demand(pendingCount === 0, `S39: ${pendingCount} timers, calls and packets wait after a stop`)
  }

  #refused(): void {
    this.#isFatal = true
    this.#sometimes.note('start refused by the disk')
  }

  #started(node: RunningNode): void {
    this.#node = node
    const before = this.#before
    if (before === undefined) return
    this.#sometimes.note('metadata compared after a crash')
    try {
      checkSameMetadata(before, node.image(), this.topicsInChange)
    } catch (error) {
      this.#failure = error
    }
  }
}

function overrides(hostName: string, options: RunOptions): [string, string][] {
  const always: [string, string][] = [
    ['listeners', `PLAINTEXT://:${brokerPort},CONTROLLER://:9093`],
    ['advertised.listeners', `PLAINTEXT://${hostName}:${brokerPort}`],
    ['num.partitions', String(options.partitions)],
    ['group.initial.rebalance.delay.ms', '0'],
    // Longer than anything that a client of a run waits for.
    ['connections.max.idle.ms', '60000'],
    // Everything is kept, but for a topic that says otherwise: the checkers read from the beginning.
    ['log.retention.ms', '-1'],
    ['log.retention.check.interval.ms', '1000'],
    ['log.segment.delete.delay.ms', '1000'],
    ['log.cleaner.backoff.ms', String(cleanerBackoffMs)],
    ['log.cleaner.dedupe.buffer.size', '1048577'],
    ['log.cleaner.io.buffer.load.factor', String(options.compaction.loadFactor)],
    ['log.flush.offset.checkpoint.interval.ms', '2000'],
    ['metadata.log.max.record.bytes.between.snapshots', String(options.snapshotBytes)],
    ['max.incremental.fetch.session.cache.slots', String(options.fetchSessionsMax)],
  ]
  return options.syncsAppends ? [...always, ['log.flush.interval.messages', '1']] : always
}
