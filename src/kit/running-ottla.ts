// A broker in the hands of a test. Calls are allowed while it is up; what waits when it stops fails with a sentence
// that says so. One change of the whole (reset, down, up) at a time.

import type { Env } from '../env/env.ts'
import { ConfigsImage } from '../metadata/configs-image.ts'
import { type RunningNode, type StartOptions, startNode } from '../node/start-node.ts'
import { restore, takeSnapshot } from './broker-state.ts'
import { prepareCoordinator } from './group-calls.ts'
import { KitGroups } from './kit-groups.ts'
import { OttlaError } from './ottla-error.ts'
import { readRecords } from './read-records.ts'
import { resetBroker } from './reset.ts'
import type { TestControl } from './test-control.ts'
import type {
  ActiveFault,
  BrokerClock,
  ConsumeOptions,
  FaultSpec,
  Groups,
  NewRecord,
  NewTopic,
  Ottla,
  ReadRecord,
  Requests,
  ResetOptions,
  Snapshot,
  WrittenRecord,
} from './types.ts'
import { createTopics, writeRecords } from './write-records.ts'

export interface RunningOttlaOptions {
  readonly node: StartOptions
  /** There from the start and after every reset. */
  readonly topics: readonly (string | NewTopic)[]
}

export interface RunningOttlaModules {
  readonly control: TestControl
  /** The machine's clock and timers: patience with clients does not go by the broker's clock. */
  readonly machine: Pick<Env, 'clock' | 'timers'>
}

type State = 'down' | 'up' | 'changing' | 'stopped' | 'failed'

export class RunningOttla implements Ottla {
  readonly groups: Groups
  readonly clock: BrokerClock
  readonly requests: Requests
  readonly #options: RunningOttlaOptions
  readonly #control: TestControl
  readonly #machine: Pick<Env, 'clock' | 'timers'>
  /** Rejected when the test has no broker any more, for good. */
  readonly #ended = rejectable()
  /** Rejected when the node that runs now goes away. */
  #gone = rejectable()
  #state: State = 'down'
  #failure = ''
  #node: RunningNode | undefined
  #stopping: Promise<void> | undefined
  #port: number | undefined
  /** What the first start wrote into the metadata. */
  #configs: ConfigsImage = ConfigsImage.empty()

  private constructor(options: RunningOttlaOptions, { control, machine }: RunningOttlaModules) {
    this.#options = options
    this.#control = control
    this.#machine = machine
    this.requests = {
      all: (filter) => control.requests.all(filter),
      next: (filter) => Promise.race([control.requests.next(filter), this.#ended.promise]),
      clear: () => control.requests.clear(),
    }
    this.groups = new KitGroups({ control, machine, whileUp: (what, work) => this.#whileUp(what, work) })
    this.clock = {
      nowMs: () => control.time.wallMs(),
      advance: (byMs) => this.#advance(byMs),
    }
  }

  static async start(options: RunningOttlaOptions, modules: RunningOttlaModules): Promise<RunningOttla> {
    const ottla = new RunningOttla(options, modules)
    await ottla.#startNode()
    ottla.#configs = modules.control.image().configs
    try {
      await createTopics(modules.control, options.topics)
    } catch (error) {
      await ottla.stop()
      throw error
    }
    return ottla
  }

  get port(): number {
    return this.#port!
  }

  get bootstrap(): string {
    const [endpoint] = this.#control.image().brokers.values().next().value!.endpoints
    return `${endpoint!.host}:${endpoint!.port}`
  }

  createTopic(topic: string | NewTopic): Promise<void> {
    return this.#whileUp('createTopic', () => createTopics(this.#control, [topic]))
  }

  produce(
    topic: string,
    records: string | NewRecord | readonly (string | NewRecord)[],
  ): Promise<WrittenRecord[]> {
    const list = isList(records) ? records : [records]
    const asRecords = list.map((record) => (typeof record === 'string' ? { value: record } : record))
    return this.#whileUp('produce', () => writeRecords(this.#control, topic, asRecords))
  }

  consume(topic: string, options: ConsumeOptions = {}): Promise<ReadRecord[]> {
    return this.#whileUp('consume', () => readRecords(this.#control, topic, options, this.#machine.clock))
  }

  fault(spec: FaultSpec): ActiveFault {
    const { faults } = this.#control
    const added = faults.add(spec)
    if (!added.ok) throw new OttlaError(added.error)
    const fault = added.value
    return {
      id: fault.id,
      get hits() {
        return fault.hits
      },
      whenHit: (count = 1) => Promise.race([faults.whenHit(fault, count), this.#ended.promise]),
      remove: () => void faults.remove(fault.id),
    }
  }

  clearFaults(): void {
    this.#control.faults.clear()
  }

  snapshot(): Promise<Snapshot> {
    return this.#whileUp('snapshot', () => takeSnapshot(this.#control, this.#machine.clock))
  }

  reset({ to, disconnect = false }: ResetOptions = {}): Promise<void> {
    return this.#change('reset', 'up', 'up', async () => {
      const modules = { control: this.#control, machine: this.#machine, configs: this.#configs }
      await resetBroker(modules, { disconnect })
      if (to === undefined) await createTopics(this.#control, this.#options.topics)
      else await restore(this.#control, to)
    })
  }

  down(): Promise<void> {
    return this.#change('down', 'up', 'down', () => {
      this.#gone.reject(new OttlaError('down() took the broker away while something waited for it'))
      return this.#stopNode()
    })
  }

  async up(): Promise<void> {
    this.#require('up', 'down')
    await Promise.race([this.#startNode(), this.#ended.promise])
  }

  async stop(): Promise<void> {
    const before = this.#state
    if (before === 'stopped') return
    this.#state = 'stopped'
    this.#ended.reject(new OttlaError('stop() ended this broker while something waited for it'))
    // After a broken invariant nothing may be written any more, a clean stop would.
    if (before === 'failed') await this.#control.abandon()
    else await this.#stopNode()
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop()
  }

  async #startNode(): Promise<void> {
    this.#state = 'changing'
    this.#gone = rejectable()
    const { env, decorateApis } = this.#control
    const samePort = this.#port === undefined ? {} : { port: this.#port }
    const started = await startNode(
      { ...this.#options.node, ...samePort, decorateApis, onFatal: (message) => this.#fail(message) },
      env,
    )
    if (!started.ok) {
      this.#leaveChange('down')
      throw new OttlaError(`Ottla does not start: ${started.message}`)
    }
    this.#node = started.node
    this.#stopping = undefined
    this.#port = started.node.port()!
    await prepareCoordinator(this.#control, () => this.#isOver)
    if (!this.#isOver) return this.#leaveChange('up')
    // A stop() that came meanwhile found nothing to stop.
    if (this.#failure === '') await this.#stopNode()
    return this.#ended.promise
  }

  /** A second caller waits for the same end. */
  #stopNode(): Promise<void> {
    // The timers that are left are those of requests that a fault delays: they must not wake up in a closed node.
    this.#stopping ??= this.#node?.stop().then(() => this.#control.time.cancelAll()) ?? Promise.resolve()
    return this.#stopping
  }

  get #isOver(): boolean {
    return this.#state === 'stopped' || this.#state === 'failed'
  }

  async #advance(byMs: number): Promise<void> {
    if (!Number.isFinite(byMs) || byMs < 0)
      throw new OttlaError(`clock.advance(${byMs}): it takes milliseconds from 0, a clock does not go back`)
    await this.#whileUp('clock.advance', () => this.#control.time.advance(byMs))
  }

  /** What a call of the test answers, unless the broker is not there or goes away. */
  async #whileUp<T>(what: string, work: () => Promise<T>): Promise<T> {
    this.#require(what, 'up')
    return Promise.race([work(), this.#gone.promise, this.#ended.promise])
  }

  async #change(what: string, from: State, to: State, work: () => Promise<void>): Promise<void> {
    this.#require(what, from)
    this.#state = 'changing'
    try {
      await Promise.race([work(), this.#ended.promise])
    } catch (error) {
      this.#leaveChange(from)
      throw error
    }
    this.#leaveChange(to)
  }

  /** Unless it was stopped or failed meanwhile. */
  #leaveChange(to: State): void {
    if (this.#state === 'changing') this.#state = to
  }

  #require(what: string, state: State): void {
    if (this.#state === state) return
    throw new OttlaError(`${what}() is not possible: ${this.#why()}`)
  }

  #why(): string {
    switch (this.#state) {
      case 'up':
        return 'the broker is up'
      case 'down':
        return 'the broker is down; up() starts it again'
      case 'changing':
        return 'reset(), down() or up() is under way; await it first'
      case 'stopped':
        return 'stop() has ended this broker; startOttla() starts another'
      case 'failed':
        return `the broker has failed: ${this.#failure}`
    }
  }

  #fail(message: string): void {
    this.#failure = message
    this.#state = 'failed'
    this.#ended.reject(new OttlaError(`the broker has failed: ${message}`))
  }
}

/** Those who wait for it learn of the rejection; nobody has to. */
function rejectable(): PromiseWithResolvers<never> {
  const rejectable = Promise.withResolvers<never>()
  rejectable.promise.catch(() => {})
  return rejectable
}

function isList<T>(value: T | readonly T[]): value is readonly T[] {
  return Array.isArray(value)
}
