// The compaction of all logs of a broker (Kafka's LogCleaner and LogCleanerManager): every
// `log.cleaner.backoff.ms` the logs that are dirty enough are cleaned one after another, the dirtiest first,
// until none is left. After each one the checkpoint says how far it is clean.

import type { Logger } from '../base/logger.ts'
import type { BrokerConfig } from '../config/broker-config.ts'
import { type Clock, DiskError, type Timers } from '../env/env.ts'
import { DecodeError } from '../protocol/decode-error.ts'
import { isWorthCleaning } from './cleaner-range.ts'
import { CleanerThrottle } from './cleaner-throttle.ts'
import { UncleanableError } from './partition-cleaner.ts'
import type { PartitionLog } from './partition-log.ts'
import { isDue } from './rounds.ts'
import { SegmentRemovedError } from './segment-files.ts'

export interface LogCleanerModules {
  readonly clock: Clock
  readonly timers: Timers
  readonly logger: Logger
  readonly logs: () => Iterable<PartitionLog>
  /** Writes the recovery points of the directory that holds the log: a gap above its own is a lost record. */
  readonly beforeCleaning: (log: PartitionLog) => Promise<void>
  /** Writes the cleaner-offset-checkpoint of the directory that holds the log. */
  readonly onCleaned: (log: PartitionLog) => Promise<void>
}

export class LogCleaner {
  readonly #modules: LogCleanerModules
  readonly #throttle: CleanerThrottle
  readonly #isEnabled: boolean
  #config: BrokerConfig
  #dueMs: number
  #running: Promise<void> | undefined
  #current: PartitionLog | undefined
  #isStopped = false
  /** Damaged ones: trying again would not help. */
  readonly #uncleanable = new WeakSet<PartitionLog>()

  constructor(config: BrokerConfig, nowMs: number, modules: LogCleanerModules) {
    this.#config = config
    this.#modules = modules
    this.#isEnabled = config.boolean('log.cleaner.enable')
    this.#throttle = new CleanerThrottle(config.double('log.cleaner.io.max.bytes.per.second'), modules)
    this.#dueMs = nowMs + this.#backoffMs
  }

  get #backoffMs(): number {
    return this.#config.long('log.cleaner.backoff.ms')
  }

  updateConfig(config: BrokerConfig): void {
    this.#config = config
    this.#throttle.bytesPerSecondMax = config.double('log.cleaner.io.max.bytes.per.second')
  }

  /** Cleans what is due; resolves when it is done. While it runs, further calls wait for it and add nothing. */
  run(nowMs: number): Promise<void> {
    if (this.#isStopped || !this.#isEnabled || !isDue(this.#dueMs, this.#backoffMs, nowMs))
      return this.#running ?? Promise.resolve()
    this.#running ??= this.#cleanAll(nowMs).finally(() => {
      this.#dueMs = nowMs + this.#backoffMs
      this.#running = undefined
    })
    return this.#running
  }

  /** Gives up what is under way; nothing is cleaned afterwards. */
  async stop(): Promise<void> {
    this.#isStopped = true
    this.#throttle.stop()
    await this.#current?.cleaner.abort()
    await this.#running
  }

  async #cleanAll(nowMs: number): Promise<void> {
    /** Cleaned or given up in this round: no log keeps the others waiting. */
    const done = new Set<PartitionLog>()
    while (!this.#isStopped) {
      const log = await this.#dirtiest(nowMs, done)
      if (log === undefined || this.#isStopped) return
      done.add(log)
      this.#current = log
      await this.#guard(log, () => this.#clean(log, nowMs))
      this.#current = undefined
    }
  }

  async #dirtiest(nowMs: number, done: ReadonlySet<PartitionLog>): Promise<PartitionLog | undefined> {
    let dirtiest: { readonly log: PartitionLog; readonly dirtyRatio: number } | undefined
    for (const log of [...this.#modules.logs()]) {
      const { compact } = log.config.cleanupPolicy
      if (!compact || !log.canChangeSegments || done.has(log) || this.#uncleanable.has(log)) continue
      const range = await this.#guard(log, () => log.cleaner.range(nowMs))
      if (range === undefined || !isWorthCleaning(range, log.config)) continue
      const { dirtyRatio } = range
      if (dirtyRatio > (dirtiest?.dirtyRatio ?? -1)) dirtiest = { log, dirtyRatio }
    }
    return dirtiest?.log
  }

  async #clean(log: PartitionLog, nowMs: number): Promise<void> {
    if (!log.canChangeSegments) return
    const bytesBefore = log.sizeBytes
    const isCleaned = await log.cleaner.clean({
      nowMs,
      dedupeBytesMax: this.#config.long('log.cleaner.dedupe.buffer.size'),
      loadFactor: this.#config.double('log.cleaner.io.buffer.load.factor'),
      pace: (bytes) => this.#throttle.pace(bytes),
      onStored: () => this.#modules.beforeCleaning(log),
    })
    if (!isCleaned) return
    const { cleanedEndOffset } = log.cleaner
    const sizes = `${bytesBefore} bytes became ${log.sizeBytes}`
    this.#modules.logger.info(`Cleaned ${log.directory} up to offset ${cleanedEndOffset}: ${sizes}`)
    await this.#modules.onCleaned(log)
  }

  /** What one log runs into leaves the others alone. */
  async #guard<T>(log: PartitionLog, work: () => Promise<T>): Promise<T | undefined> {
    try {
      return await work()
    } catch (error) {
      if (error instanceof DiskError) log.fail(error)
      else if (error instanceof UncleanableError || error instanceof DecodeError) this.#giveUp(log, error)
      else if (!(error instanceof SegmentRemovedError)) throw error
      return undefined
    }
  }

  #giveUp(log: PartitionLog, error: Error): void {
    this.#uncleanable.add(log)
    this.#modules.logger.error(
      `${log.directory} is not compacted any more until the broker restarts: ${error.message}`,
    )
  }
}
