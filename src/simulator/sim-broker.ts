// The broker of a run: a real node on a simulated host, started, crashed and started again. Checks at every start that
// the metadata is what it was: topics with ids, replicas and configs; only what was being changed may differ.

import type { MetadataImage } from '../metadata/metadata-image.ts'
import { type RunningNode, startNode } from '../node/start-node.ts'
import type { RunOptions } from './run-options.ts'
import type { CrashKind, SimHost } from './sim-host.ts'

export const brokerPort = 9092

export class SimBroker {
  readonly #host: SimHost
  readonly #options: RunOptions
  /** Topics whose creation or deletion is under way: after a crash they may be there or not. */
  readonly topicsInChange = new Set<string>()
  #node: RunningNode | undefined
  #before: Map<string, string> | undefined
  #starts = 0
  #failure: Error | undefined
  #isFatal = false

  constructor(host: SimHost, options: RunOptions) {
    this.#host = host
    this.#options = options
  }

  get isRunning(): boolean {
    return this.#node !== undefined
  }

  get starts(): number {
    return this.#starts
  }

  /** Throws what went wrong in the broker, in an event that nobody awaited. */
  check(): void {
    if (this.#failure !== undefined) throw this.#failure
  }

  start(): void {
    const env = this.#host.isUp ? this.#host.env : this.#host.restart()
    const life = ++this.#starts
    this.#isFatal = false
    const overrides: [string, string][] = [
      ['listeners', `PLAINTEXT://:${brokerPort},CONTROLLER://:9093`],
      ['advertised.listeners', `PLAINTEXT://${this.#host.name}:${brokerPort}`],
      ['num.partitions', String(this.#options.partitions)],
      ['offsets.topic.num.partitions', '2'],
      ['group.initial.rebalance.delay.ms', '0'],
      // Everything is kept: the checkers read from the beginning.
      ['log.retention.ms', '-1'],
    ]
    if (this.#options.syncsAppends) overrides.push(['log.flush.interval.messages', '1'])
    const onFatal = () => {
      this.#isFatal = true
    }
    startNode({ overrides, dataDirectory: '/data', onFatal }, env).then(
      (started) => {
        if (life !== this.#starts || !this.#host.isUp) return
        if (started.ok) this.#started(started.node)
        else if (this.#hasDiskFaults()) this.#isFatal = true
        else this.#failure = new Error(`the node does not start: ${started.message}`)
      },
      (error) => {
        this.#failure = error
      },
    )
  }

  /** True when the node gave up, as a process that exits; it is to be crashed and started. */
  get hasGivenUp(): boolean {
    return this.#isFatal
  }

  crash(kind: CrashKind): void {
    if (this.#node !== undefined) this.#before = describe(this.#node.image())
    this.#node = undefined
    this.#host.crash(kind)
  }

  async stop(): Promise<void> {
    await this.#node?.stop()
  }

  #hasDiskFaults(): boolean {
    return this.#host.diskFaults.writeError > 0
  }

  #started(node: RunningNode): void {
    this.#node = node
    const before = this.#before
    if (before === undefined) return
    const after = describe(node.image())
    for (const name of new Set([...before.keys(), ...after.keys()])) {
      if (this.topicsInChange.has(name) || before.get(name) === after.get(name)) continue
      // Created on first use, whenever that was.
      if (name === '__consumer_offsets' && !before.has(name)) continue
      this.#failure = new Error(
        `topic ${name} was ${before.get(name) ?? 'not there'} before the crash,` +
          ` it is ${after.get(name) ?? 'gone'} after it`,
      )
    }
  }
}

/** Every topic with what a restart must not change. */
function describe(image: MetadataImage): Map<string, string> {
  const topics = new Map<string, string>()
  for (const { name, id, partitions } of image.topics.all()) {
    const replicas = partitions.map((partition) => partition.replicas)
    topics.set(name, JSON.stringify({ id, replicas, configs: [...image.configs.for('topic', name)] }))
  }
  return topics
}
