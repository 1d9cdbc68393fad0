// What the clients of a run have in common: where they run, what they know, when they end. They use the project's own
// client. What goes wrong in one of them that no fault excuses fails the run.

import { sleep } from '../client/backoff.ts'
import { KafkaClient } from '../client/kafka-client.ts'
import type { Env } from '../env/env.ts'
import type { History } from './history.ts'
import { mayLose, type RunOptions } from './run-options.ts'
import { brokerPort } from './sim-broker.ts'
import type { Sometimes } from './sometimes.ts'

/** Keeps every record. */
export const mainTopic = 'main'
/** Loses its oldest records to age and to requests; one partition. */
export const expiringTopic = 'expiring'
export const expiringPartition = `${expiringTopic}-0`
export const groupId = 'readers'

const requestTimeoutMs = 10_000

export interface ClientModules {
  readonly env: Env
  readonly history: History
  readonly sometimes: Sometimes
}

export class Clients {
  readonly options: RunOptions
  readonly env: Env
  readonly history: History
  readonly sometimes: Sometimes
  #failure: unknown
  #running = 0

  constructor(options: RunOptions, { env, history, sometimes }: ClientModules) {
    this.options = options
    this.env = env
    this.history = history
    this.sometimes = sometimes
  }

  /** Power was lost without syncing: nothing that was told has to hold. */
  get mayLose(): boolean {
    return mayLose(this.options)
  }

  /** The partitions that producers write to and the group reads. */
  get partitions(): { topic: string; partition: number }[] {
    const ofMain = Array.from({ length: this.options.partitions }, (_, partition) => ({
      topic: mainTopic,
      partition,
    }))
    return [...ofMain, { topic: expiringTopic, partition: 0 }]
  }

  /** Throws what went wrong in a client. */
  check(): void {
    if (this.#failure !== undefined) throw this.#failure
  }

  fail(error: unknown): void {
    this.#failure ??= error
  }

  get isIdle(): boolean {
    return this.#running === 0
  }

  run(work: () => Promise<void>): void {
    this.#running++
    work()
      .catch((error) => this.fail(error))
      .finally(() => this.#running--)
  }

  client(clientId: string): KafkaClient {
    const { network, timers, clock, random } = this.env
    const bootstrapServers = [{ host: 'broker', port: brokerPort }]
    return new KafkaClient(
      { bootstrapServers, clientId, requestTimeoutMs },
      { network, timers, clock, random },
    )
  }

  sleep(ms: number): Promise<void> {
    return sleep(this.env.timers, ms)
  }
}
