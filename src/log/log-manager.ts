// All logs of a broker: finds and loads them at start, makes and deletes them, and does the rounds (retention,
// checkpoints, flushing, expiry) when the node calls `tick`. There is no timer per partition.

import { assert } from '../base/assert.ts'
import type { Logger } from '../base/logger.ts'
import { type TopicPartition, topicPartitionKey } from '../base/topic-partition.ts'
import type { BrokerConfig } from '../config/broker-config.ts'
import { TopicConfig } from '../config/topic-config.ts'
import { type Clock, type Disk, DiskError, type Random, type Timers } from '../env/env.ts'
import { forEachConcurrently } from './for-each-concurrently.ts'
import { LogCleaner } from './log-cleaner.ts'
import { LogDirectory } from './log-directory.ts'
import { type LogModules, makeLogModules } from './log-modules.ts'
import { renamedDirectory } from './partition-directory.ts'
import type { PartitionLog } from './partition-log.ts'
import { createLog, loadLog } from './recovery.ts'
import { logRounds, Rounds } from './rounds.ts'

export interface LogManagerOptions {
  /** `log.dirs` */
  readonly directories: readonly string[]
  readonly brokerConfig: BrokerConfig
  /** The overrides of a topic as far as the metadata is known already; without it `updateConfig` brings them. */
  readonly topicOverrides?: (topic: string) => ReadonlyMap<string, string>
}

export interface LogManagerModules {
  readonly disk: Disk
  readonly clock: Clock
  readonly timers: Timers
  readonly random: Random
  readonly logger: Logger
}

/** Loading waits for the disk most of the time; this many logs of a directory keep it busy. */
const loadsPerDirectoryMax = 32

export class LogManager {
  /** A log directory failed; its logs have failed too. Without a live directory left the node has to stop. */
  onDirectoryFailed: (path: string, message: string) => void = () => {}
  readonly #options: LogManagerOptions
  readonly #modules: LogManagerModules
  readonly #logModules: LogModules
  readonly #directories: readonly LogDirectory[]
  readonly #logs = new Map<string, { log: PartitionLog; directory: LogDirectory }>()
  /** Deletions under way: a log of the same name is made only after. */
  readonly #deleting = new Map<string, Promise<void>>()
  readonly #rounds: Rounds
  readonly #cleaner: LogCleaner
  #producerIdExpirationMs: number

  private constructor(options: LogManagerOptions, modules: LogManagerModules) {
    this.#options = options
    this.#producerIdExpirationMs = options.brokerConfig.int('producer.id.expiration.ms')
    this.#modules = modules
    const directoryOf = (path: string) => {
      return this.#directories.find((candidate) => path.startsWith(`${candidate.path}/`))
    }
    this.#logModules = makeLogModules(modules, {
      onDiskFailure: (path, message) => directoryOf(path)?.fail(message),
      onTruncated: async (path) => directoryOf(path)?.writeCheckpointsAfterCut(),
    })
    this.#directories = options.directories.map((path) => new LogDirectory(path, modules))
    for (const directory of this.#directories) {
      directory.onFailed = (message) => this.onDirectoryFailed(directory.path, message)
    }
    this.#rounds = new Rounds(
      logRounds(this, this.#directories, options.brokerConfig, () => this.#producerIdExpirationMs),
      modules.clock.wallMs(),
    )
    this.#cleaner = new LogCleaner(options.brokerConfig, modules.clock.wallMs(), {
      ...modules,
      logger: modules.logger.named('kafka.log.LogCleaner'),
      logs: () => this.all(),
      beforeCleaning: async (log) => directoryOf(log.directory)?.writeRecoveryPoints(),
      onCleaned: async (log) => directoryOf(log.directory)?.writeCleanedOffsets(),
    })
  }

  /**
   * Locks the directories and loads every log in them. Rejects with DiskError when a directory cannot be
   * used (`locked`: another broker has it) or two directories hold the same partition.
   */
  static async open(options: LogManagerOptions, modules: LogManagerModules): Promise<LogManager> {
    const manager = new LogManager(options, modules)
    try {
      for (const directory of manager.#directories) await manager.#loadDirectory(directory)
    } catch (error) {
      for (const directory of manager.#directories) await directory.release()
      throw error
    }
    return manager
  }

  async #loadDirectory(directory: LogDirectory): Promise<void> {
    const nowMs = this.#modules.clock.wallMs()
    const found = await directory.open(nowMs)
    const recoveryPoints = await directory.readCheckpoint('recovery-point-offset-checkpoint')
    const highWatermarks = await directory.readCheckpoint('replication-offset-checkpoint')
    const logStarts = await directory.readCheckpoint('log-start-offset-checkpoint')
    const cleanedEnds = await directory.readCheckpoint('cleaner-offset-checkpoint')
    const { brokerConfig, topicOverrides } = this.#options
    const defaultConfig = TopicConfig.of(brokerConfig, new Map())
    const producerIdExpirationMs = brokerConfig.int('producer.id.expiration.ms')
    await forEachConcurrently(found, loadsPerDirectoryMax, async (topicPartition) => {
      const key = topicPartitionKey(topicPartition)
      const overrides = topicOverrides?.(topicPartition.topic)
      const config = overrides?.size ? TopicConfig.of(brokerConfig, overrides) : defaultConfig
      const options = {
        directory: `${directory.path}/${key}`,
        topicPartition,
        config,
        nowMs,
        // Before the metadata is known, any topic may be a compacted one.
        mayHaveGaps: overrides === undefined || config.cleanupPolicy.compact,
        producerIdExpirationMs,
        isClean: directory.isClean,
        recoveryPoint: recoveryPoints.get(key) ?? 0,
        gapsEndOffset: Math.max(recoveryPoints.get(key) ?? 0, cleanedEnds.get(key) ?? 0),
        highWatermark: highWatermarks.get(key) ?? 0,
        logStartOffset: logStarts.get(key) ?? 0,
      }
      const log = await loadLog(options, this.#logModules)
      log.cleaner.cleanedEndOffset = cleanedEnds.get(key)
      this.#add(log, directory)
    })
    const state = directory.isClean ? 'after a clean shutdown' : 'after an unclean shutdown'
    if (found.length > 0)
      this.#modules.logger.info(`Loaded ${found.length} logs in ${directory.path} ${state}`)
  }

  #add(log: PartitionLog, directory: LogDirectory): void {
    const key = topicPartitionKey(log.topicPartition)
    const other = this.#logs.get(key)
    if (other !== undefined) {
      const message = `Duplicate log directories found: ${log.directory}, ${other.log.directory}`
      throw new DiskError('exists', log.directory, message)
    }
    this.#logs.set(key, { log, directory })
    directory.logs.add(log)
  }

  /** The broker epoch of the clean stop before this start, -1 if any directory was not stopped cleanly. */
  get previousBrokerEpoch(): number {
    const epochs = this.#directories.map((directory) => directory.previousBrokerEpoch ?? -1)
    return Math.min(...epochs)
  }

  get directories(): readonly { readonly path: string; readonly failure: string | undefined }[] {
    return this.#directories
  }

  get(topicPartition: TopicPartition): PartitionLog | undefined {
    return this.#logs.get(topicPartitionKey(topicPartition))?.log
  }

  *all(): Iterable<PartitionLog> {
    for (const { log } of this.#logs.values()) yield log
  }

  /** Appended to any log and not yet taken by the disk. */
  get unwrittenBytes(): number {
    let bytes = 0
    for (const { log } of this.#logs.values()) bytes += log.unwrittenBytes
    return bytes
  }

  /** The `log.dirs` entry that holds the partition. */
  directoryOf(topicPartition: TopicPartition): string | undefined {
    return this.#logs.get(topicPartitionKey(topicPartition))?.directory.path
  }

  /**
   * Makes an empty log in the live directory with the fewest logs (or in `directoryPath`). Rejects with
   * DiskError; the directory has failed then.
   */
  async create(
    topicPartition: TopicPartition,
    topicId: string,
    config: TopicConfig,
    directoryPath?: string,
  ): Promise<PartitionLog> {
    const key = topicPartitionKey(topicPartition)
    await this.#deleting.get(key)
    assert(!this.#logs.has(key), `${key} has no log yet`)
    const directory = this.#directoryForNew(directoryPath)
    const nowMs = this.#modules.clock.wallMs()
    const options = { directory: `${directory.path}/${key}`, topicPartition, topicId, config, nowMs }
    try {
      const log = await createLog(options, this.#logModules)
      this.#add(log, directory)
      return log
    } catch (error) {
      if (error instanceof DiskError) directory.fail(error)
      throw error
    }
  }

  #directoryForNew(path: string | undefined): LogDirectory {
    const live = this.#directories.filter((directory) => directory.failure === undefined)
    const wanted = live.find((directory) => directory.path === path)
    if (wanted !== undefined) return wanted
    const [fewest] = live.sort((a, b) => a.logs.size - b.logs.size)
    if (fewest === undefined) {
      throw new DiskError('io', this.#directories[0]?.path ?? '', 'all log directories have failed')
    }
    return fewest
  }

  /** Takes the log away at once; its files go after `file.delete.delay.ms`. Nothing happens without a log. */
  delete(topicPartition: TopicPartition): Promise<void> {
    return this.#retire(topicPartition, 'delete')
  }

  /** Sets aside a log that the metadata knows nothing of, for the operator to look at. */
  setAside(topicPartition: TopicPartition): Promise<void> {
    return this.#retire(topicPartition, 'stray')
  }

  #retire(topicPartition: TopicPartition, suffix: 'delete' | 'stray'): Promise<void> {
    const key = topicPartitionKey(topicPartition)
    const entry = this.#logs.get(key)
    if (entry === undefined) return Promise.resolve()
    const { log, directory } = entry
    this.#logs.delete(key)
    directory.logs.delete(log)
    const work = this.#rename(log, directory, suffix).finally(() => this.#deleting.delete(key))
    this.#deleting.set(key, work)
    return work
  }

  async #rename(log: PartitionLog, directory: LogDirectory, suffix: 'delete' | 'stray'): Promise<void> {
    await log.abandon()
    if (directory.failure !== undefined) return
    const name = renamedDirectory(log.topicPartition, this.#modules.random.bytes(16), suffix)
    const path = `${directory.path}/${name}`
    try {
      await this.#modules.disk.rename(log.directory, path)
      await this.#modules.disk.syncDirectory(directory.path)
      // A new topic of this name begins dirty.
      if (log.cleaner.cleanedEndOffset !== undefined) await directory.writeCleanedOffsets()
    } catch (error) {
      directory.fail(error)
      return
    }
    this.#modules.logger.info(`Log ${log.directory} is renamed to ${path}`)
    const delayMs = log.config.fileDeleteDelayMs
    if (suffix === 'delete') directory.removeLater(path, this.#modules.clock.wallMs() + delayMs)
  }

  /** Takes what may change while the broker runs; configs of topics go to their logs. */
  updateConfig(brokerConfig: BrokerConfig): void {
    this.#producerIdExpirationMs = brokerConfig.int('producer.id.expiration.ms')
    this.#cleaner.updateConfig(brokerConfig)
  }

  /**
   * Does what is due: retention, deletion of files, checkpoints, flushes, expiry of producers. Begins to clean, and
   * does not wait for it: that may take long, and nothing of the rest may be late.
   */
  tick(nowMs: number): Promise<void> {
    void this.#cleaner.run(nowMs)
    return this.#rounds.run(nowMs)
  }

  /** Compacts what is dirty enough and due; `tick` begins it as well. */
  clean(nowMs: number): Promise<void> {
    return this.#cleaner.run(nowMs)
  }

  /**
   * Flushes and closes every log, writes the checkpoints and then the marker of a clean stop into each
   * directory that did not fail.
   */
  async close(options: { brokerEpoch: number } = { brokerEpoch: -1 }): Promise<void> {
    await this.#cleaner.stop()
    await this.#rounds.stop()
    await Promise.all(this.#deleting.values())
    for (const directory of this.#directories) {
      if (directory.failure === undefined) await this.#closeDirectory(directory, options.brokerEpoch)
      await directory.release()
    }
  }

  async #closeDirectory(directory: LogDirectory, brokerEpoch: number): Promise<void> {
    try {
      await forEachConcurrently(directory.logs, loadsPerDirectoryMax, (log) => log.close())
      await directory.writeRecoveryPoints()
      await directory.writeCheckpoint('replication-offset-checkpoint', (log) => log.highWatermark)
      await directory.writeCheckpoint('log-start-offset-checkpoint', (log) => log.checkpointedLogStart)
      await directory.markClean(brokerEpoch)
    } catch (error) {
      directory.fail(error)
    }
  }
}
