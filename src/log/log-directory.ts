// One of `log.dirs`: its lock, its checkpoints, the logs in it, and the directories that wait for removal.
// A directory that failed stays out until the node starts again; it gets no checkpoint and no clean marker.

import { dirname } from 'node:path'
import type { Logger } from '../base/logger.ts'
import type { TopicPartition } from '../base/topic-partition.ts'
import type { Disk } from '../env/env.ts'
import { formatOffsetCheckpoint, type OffsetCheckpoint, parseOffsetCheckpoint } from './checkpoint-file.ts'
import { takeCleanShutdownMarker, writeCleanShutdownMarker } from './clean-shutdown.ts'
import { readTextFile, replaceFile } from './files.ts'
import { parsePartitionDirectory } from './partition-directory.ts'
import type { PartitionLog } from './partition-log.ts'
import { SerialQueue } from './serial-queue.ts'

export type CheckpointName =
  | 'recovery-point-offset-checkpoint'
  | 'replication-offset-checkpoint'
  | 'log-start-offset-checkpoint'
  | 'cleaner-offset-checkpoint'

const noOffsets: OffsetCheckpoint = new Map()
/** The Raft log, which the quorum opens itself. */
const metadataLogName = '__cluster_metadata-0'

export class LogDirectory {
  readonly path: string
  readonly logs = new Set<PartitionLog>()
  /** The disk's refusal, once the directory is out. */
  failure: string | undefined
  /** Called once, when the directory fails. */
  onFailed: (message: string) => void = () => {}
  /** Of the clean stop before this start, undefined if it was not clean. */
  previousBrokerEpoch: number | undefined
  readonly #disk: Disk
  readonly #logger: Logger
  #lock: { release(): Promise<void> } | undefined
  /** What the checkpoint files hold. */
  readonly #written = new Map<CheckpointName, string>()
  readonly #checkpointing = new SerialQueue()
  #removals: { readonly path: string; readonly dueMs: number }[] = []

  constructor(path: string, modules: { disk: Disk; logger: Logger }) {
    this.path = path
    this.#disk = modules.disk
    this.#logger = modules.logger
  }

  /** Takes the lock and answers which logs the directory holds. Rejects with DiskError, `locked` among them. */
  async open(nowMs: number): Promise<TopicPartition[]> {
    await this.#disk.makeDirectory(this.path)
    await this.#disk.syncDirectory(dirname(this.path))
    this.#lock = await this.#disk.lock(this.path)
    this.previousBrokerEpoch = await takeCleanShutdownMarker(this.#disk, this.path)
    const found: TopicPartition[] = []
    for (const { name, kind } of await this.#disk.list(this.path)) {
      const parsed = kind === 'directory' ? parsePartitionDirectory(name) : undefined
      if (parsed?.kind === 'delete') this.#removals.push({ path: `${this.path}/${name}`, dueMs: nowMs })
      if (parsed?.kind === 'log' && name !== metadataLogName) found.push(parsed.topicPartition)
    }
    return found
  }

  /** One refusal of the disk puts the whole directory out (KIP-112): what it holds cannot be trusted. */
  fail(error: unknown): void {
    if (this.failure !== undefined) return
    this.failure = error instanceof Error ? error.message : String(error)
    this.#logger.error(`Log directory ${this.path} failed: ${this.failure}`)
    for (const log of this.logs) log.fail(this.failure)
    this.onFailed(this.failure)
  }

  get isClean(): boolean {
    return this.previousBrokerEpoch !== undefined
  }

  /** The offsets of a checkpoint file; none if it is missing or damaged, and recovery then reads more. */
  async readCheckpoint(name: CheckpointName): Promise<OffsetCheckpoint> {
    const text = await readTextFile(this.#disk, `${this.path}/${name}`)
    if (text === undefined) return noOffsets
    const parsed = parseOffsetCheckpoint(text)
    if (parsed.ok) return parsed.value
    this.#logger.error(`${this.path}/${name} is passed over: ${parsed.error}`)
    return noOffsets
  }

  writeRecoveryPoints(): Promise<void> {
    return this.writeCheckpoint('recovery-point-offset-checkpoint', (log) => log.flushedEndOffset)
  }

  writeCleanedOffsets(): Promise<void> {
    return this.writeCheckpoint('cleaner-offset-checkpoint', (log) => log.cleaner.cleanedEndOffset)
  }

  /** What may be above the end of a log that was cut, and would say something untrue of the records to come. */
  async writeCheckpointsAfterCut(): Promise<void> {
    await this.writeRecoveryPoints()
    const wasCleaned = [...this.logs].some((log) => log.cleaner.cleanedEndOffset !== undefined)
    if (wasCleaned) await this.writeCleanedOffsets()
  }

  /** Writes the offsets of the logs that `offsetOf` knows one for; nothing if the file says so already. */
  writeCheckpoint(name: CheckpointName, offsetOf: (log: PartitionLog) => number | undefined): Promise<void> {
    // One at a time, each with the offsets of its own time: an older one must not replace a newer one.
    return this.#checkpointing.run(() => this.#writeCheckpoint(name, offsetOf))
  }

  async #writeCheckpoint(
    name: CheckpointName,
    offsetOf: (log: PartitionLog) => number | undefined,
  ): Promise<void> {
    const entries: [TopicPartition, number][] = []
    for (const log of this.logs) {
      const offset = offsetOf(log)
      if (offset !== undefined) entries.push([log.topicPartition, offset])
    }
    const text = formatOffsetCheckpoint(entries)
    if (this.#written.get(name) === text) return
    await replaceFile(this.#disk, this.path, name, text)
    this.#written.set(name, text)
  }

  removeLater(path: string, dueMs: number): void {
    this.#removals.push({ path, dueMs })
  }

  /** Removes what was renamed for deletion long enough ago. */
  async removeDue(nowMs: number): Promise<void> {
    const due = this.#removals.filter((removal) => removal.dueMs <= nowMs)
    if (due.length === 0) return
    this.#removals = this.#removals.filter((removal) => removal.dueMs > nowMs)
    for (const { path } of due) {
      await this.#disk.remove(path)
      this.#logger.info(`Deleted log for partition in ${path}.`)
    }
  }

  /** After all logs are closed and all checkpoints written. */
  markClean(brokerEpoch: number): Promise<void> {
    return writeCleanShutdownMarker(this.#disk, this.path, brokerEpoch)
  }

  async release(): Promise<void> {
    await this.#lock?.release()
    this.#lock = undefined
  }
}
