// What the clients of a run have in common: where they run, what they know, when they end. They use the project's own
// client. What goes wrong in one of them that no fault excuses fails the run.

import { sleep } from '../client/backoff.ts'
import { KafkaClient } from '../client/kafka-client.ts'
import type { Env } from '../env/env.ts'
import type { History } from './history.ts'
import { mayLose, type RunOptions } from './run-options.ts'
import { brokerPort } from './sim-broker.ts'
import type { Sometimes } from './sometimes.ts'
import type { TableHistory } from './table-history.ts'

export const groupId = 'readers'

const requestTimeoutMs = 10_000

export interface ClientModules {
  readonly env: Env
  readonly history: History
  readonly tables: TableHistory
  readonly sometimes: Sometimes
}

export class Clients {
  readonly options: RunOptions
  readonly env: Env
  readonly history: History
  readonly tables: TableHistory
  readonly sometimes: Sometimes
  #failure: unknown
  #running = 0

  constructor(options: RunOptions, { env, history, tables, sometimes }: ClientModules) {
    this.options = options
    this.env = env
    this.history = history
    this.tables = tables
    this.sometimes = sometimes
  }

  /** Power was lost without syncing: nothing that was told has to hold. */
  get mayLose(): boolean {
    return mayLose(this.options)
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
