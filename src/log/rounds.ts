// What is done for all logs from time to time, each round at its own interval. Rounds run one after another and
// never twice at once; a round that takes long delays the next, it does not pile up.

import type { BrokerConfig } from '../config/broker-config.ts'
import type { LogDirectory } from './log-directory.ts'
import type { PartitionLog } from './partition-log.ts'

export interface Round {
  readonly intervalMs: number
  readonly run: (nowMs: number) => Promise<void>
}

interface Logs {
  all(): Iterable<PartitionLog>
}

/** How often each log is looked at for `flush.ms` and for files whose time of grace is over. */
const flushCheckMs = 1000

export class Rounds {
  readonly #rounds: { readonly round: Round; dueMs: number }[]
  #running: Promise<void> | undefined
  #isStopped = false

  constructor(rounds: readonly Round[], nowMs: number) {
    this.#rounds = rounds.map((round) => ({ round, dueMs: nowMs + round.intervalMs }))
  }

  /** Runs what is due; resolves when it is done. While it runs, further calls wait for it and add nothing. */
  run(nowMs: number): Promise<void> {
    this.#running ??= this.#runDue(nowMs).finally(() => {
      this.#running = undefined
    })
    return this.#running
  }

  async #runDue(nowMs: number): Promise<void> {
    for (const entry of this.#rounds) {
      if (this.#isStopped || !isDue(entry.dueMs, entry.round.intervalMs, nowMs)) continue
      entry.dueMs = nowMs + entry.round.intervalMs
      await entry.round.run(nowMs)
    }
  }

  /** Waits for what is running; nothing is run afterwards. */
  async stop(): Promise<void> {
    this.#isStopped = true
    await this.#running
  }
}

/** Also when the clock was set back by so much that the time lies further ahead than it was ever set. */
export function isDue(dueMs: number, intervalMs: number, nowMs: number): boolean {
  return nowMs >= dueMs || dueMs - nowMs > intervalMs
}

export function logRounds(
  logs: Logs,
  directories: readonly LogDirectory[],
  brokerConfig: BrokerConfig,
  producerIdExpirationMs: () => number,
): Round[] {
  const eachLog = (work: (log: PartitionLog, nowMs: number) => Promise<unknown> | undefined) => {
    return async (nowMs: number) => {
      // A log whose disk refuses has told so by `onFailed`; the others have their round all the same.
      for (const log of [...logs.all()]) {
        const working = work(log, nowMs)
        if (working !== undefined) await working.catch(() => {})
      }
    }
  }
  const eachDirectory = (work: (directory: LogDirectory, nowMs: number) => Promise<void>) => {
    return async (nowMs: number) => {
      for (const directory of directories) {
        if (directory.failure !== undefined) continue
        await work(directory, nowMs).catch((error) => directory.fail(error))
      }
    }
  }
  return [
    {
      intervalMs: brokerConfig.long('log.retention.check.interval.ms'),
      run: eachLog((log, nowMs) => log.deleteOldSegments(nowMs)),
    },
    { intervalMs: flushCheckMs, run: eachLog((log, nowMs) => log.flushIfDue(nowMs)) },
    { intervalMs: flushCheckMs, run: eachLog((log, nowMs) => log.removeDeletedFiles(nowMs)) },
    { intervalMs: flushCheckMs, run: eachDirectory((directory, nowMs) => directory.removeDue(nowMs)) },
    {
      intervalMs: brokerConfig.int('producer.id.expiration.check.interval.ms'),
      run: eachLog((log, nowMs) => {
        log.removeExpiredProducers(nowMs, producerIdExpirationMs())
        return undefined
      }),
    },
    {
      intervalMs: brokerConfig.long('replica.high.watermark.checkpoint.interval.ms'),
      run: eachDirectory((directory) =>
        directory.writeCheckpoint('replication-offset-checkpoint', (log) => log.highWatermark),
      ),
    },
    {
      intervalMs: brokerConfig.int('log.flush.offset.checkpoint.interval.ms'),
      run: eachDirectory((directory) => directory.writeRecoveryPoints()),
    },
    {
      intervalMs: brokerConfig.int('log.flush.start.offset.checkpoint.interval.ms'),
      run: eachDirectory((directory) =>
        directory.writeCheckpoint('log-start-offset-checkpoint', (log) => log.checkpointedLogStart),
      ),
    },
  ]
}
