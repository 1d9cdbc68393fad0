// The metadata log of a node that is its own quorum: `__cluster_metadata-0`, in Kafka's format. The only voter
// elects itself: every start is a new epoch, written down before the first record of it. A record is committed
// when it is durable. Appends get their offsets at once; those of a turn share an fsync.

import { isDeepStrictEqual } from 'node:util'
import { assert } from '../base/assert.ts'
import { errorName } from '../base/errors.ts'
import type { Logger } from '../base/logger.ts'
import { metadataTopicId } from '../base/uuid.ts'
import type { BrokerConfig } from '../config/broker-config.ts'
import { TopicConfig } from '../config/topic-config.ts'
import type { LoadedMetadata, MetadataLog } from '../controller/metadata-log.ts'
import type { Clock, Disk, Outcome, Timers } from '../env/env.ts'
import { FilePool } from '../log/file-pool.ts'
import { IndexCache } from '../log/index-cache.ts'
import type { PartitionLog } from '../log/partition-log.ts'
import { createLog, loadLog } from '../log/recovery.ts'
import { WriteScheduler } from '../log/write-scheduler.ts'
import type { MetadataImage } from '../metadata/metadata-image.ts'
import { metadataVersionFeature, supportedFeatures } from '../metadata/metadata-version.ts'
import { metadataRecordVersion } from '../metadata/record-version.ts'
import { encodeMetadataRecord, type MetadataRecord } from '../protocol/metadata-records.ts'
import { controlBatch, leaderChange, type QuorumRecords, quorumRecords } from './control-records.ts'
import { metadataLogDirectoryName, type VoterEndpoint } from './format.ts'
import { loadSnapshot, replayLog } from './load-metadata.ts'
import { metadataBatch, metadataBatches } from './metadata-batches.ts'
import { readQuorumEpoch, writeQuorumState } from './quorum-state.ts'
import type { SnapshotId } from './snapshot-file.ts'
import { Snapshotter } from './snapshotter.ts'

export interface RaftLogOptions {
  /** The formatted log directory that holds the metadata log. */
  readonly directory: string
  readonly nodeId: number
  readonly brokerConfig: BrokerConfig
}

export interface RaftLogModules {
  readonly disk: Disk
  readonly clock: Clock
  readonly timers: Timers
  readonly logger: Logger
}

const topicPartition = { topic: '__cluster_metadata', partition: 0 }

export class RaftLog implements MetadataLog {
  readonly loaded: LoadedMetadata
  readonly epoch: number
  /** The disk refused: nothing can be committed any more. Called once. */
  onFailed: (message: string) => void = () => {}
  readonly #log: PartitionLog
  readonly #modules: RaftLogModules
  readonly #quorum: QuorumRecords
  readonly #snapshotter: Snapshotter
  /** The finalized level after everything appended; it decides the versions of records. */
  #metadataVersion: number
  /** When records that are not yet in a published image were appended. */
  readonly #appendTimes: { readonly offset: number; readonly timestampMs: number }[] = []

  private constructor(
    options: { log: PartitionLog; loaded: LoadedMetadata; quorum: QuorumRecords; epoch: number },
    snapshotter: Snapshotter,
    modules: RaftLogModules,
  ) {
    this.#log = options.log
    this.loaded = options.loaded
    this.#quorum = options.quorum
    this.epoch = options.epoch
    this.#metadataVersion = options.loaded.image.features.metadataVersion
    this.#snapshotter = snapshotter
    this.#modules = modules
    this.#log.onFailed = (message) => this.onFailed(message)
  }

  /**
   * 1. Read the newest snapshot and open the log. 2. Replay what lies behind it. 3. Write the new epoch down.
   * 4. Append its first record. Refuses with what is wrong and where; rejects with DiskError.
   */
  static async open(options: RaftLogOptions, modules: RaftLogModules): Promise<Outcome<RaftLog, string>> {
    const { disk, clock } = modules
    const { nodeId, brokerConfig } = options
    const directory = `${options.directory}/${metadataLogDirectoryName}`
    await disk.makeDirectory(directory)
    await disk.syncDirectory(options.directory)
    const snapshot = await loadSnapshot(disk, directory)
    if (!snapshot.ok) return snapshot
    const knownEpoch = await readQuorumEpoch(disk, directory)
    if (!knownEpoch.ok) return knownEpoch
    const log = await openLog(directory, brokerConfig, modules)
    const { endOffset } = snapshot.value.id
    if (log.logStartOffset > endOffset) {
      const from = log.logStartOffset
      await log.close()
      return { ok: false, error: `${directory} lacks the records from offset ${endOffset} to ${from}.` }
    }
    if (log.logEndOffset < endOffset) await log.truncateFullyAndStartAt(endOffset, clock.wallMs())
    log.highWatermark = log.logEndOffset
    const replayed = await replayLog(log, snapshot.value)
    if (!replayed.ok) {
      await log.close()
      return replayed
    }
    const { image, inTransaction, quorum: quorumBefore } = replayed.value
    const problem = soleVoterProblem(quorumBefore, nodeId) ?? metadataVersionProblem(image)
    if (problem !== undefined) {
      await log.close()
      return { ok: false, error: `${directory}: ${problem}` }
    }
    const quorum = withEndpoints(quorumBefore, brokerConfig.advertisedControllerListeners())
    const epoch = Math.max(knownEpoch.value, log.latestEpoch ?? 0, image.epoch) + 1
    await writeQuorumState(disk, directory, { nodeId, epoch, kraftVersion: quorum.kraftVersion })
    const snapshotter = new Snapshotter(
      {
        directory,
        recordBytesMax: brokerConfig.long('metadata.log.max.record.bytes.between.snapshots'),
        intervalMs: brokerConfig.long('metadata.log.max.snapshot.interval.ms'),
      },
      log.sizeBytes,
      modules,
    )
    const loaded = { image, inTransaction }
    const raft = new RaftLog({ log, loaded, quorum, epoch }, snapshotter, modules)
    const isNew = log.logEndOffset === 0 && endOffset === 0
    await raft.#beginEpoch(nodeId, isNew || !isDeepStrictEqual(quorum, quorumBefore))
    return { ok: true, value: raft }
  }

  /** The finalized level of kraft.version: 0 for a static quorum, 1 for voters in the log. */
  get kraftVersion(): number {
    return this.#quorum.kraftVersion
  }

  get endOffset(): number {
    return this.#log.logEndOffset
  }

  append(records: readonly MetadataRecord[], atomic: boolean): Promise<number> {
    assert(records.length > 0, 'an append has records')
    const place = this.#place()
    const values = records.map((record) => this.#encode(record))
    return this.#appendBatches(
      atomic ? [metadataBatch(values, place)] : [...metadataBatches(values, place)],
      place.timestampMs,
    )
  }

  published(image: MetadataImage): void {
    let timestampMs = 0
    while (this.#appendTimes.length > 0 && this.#appendTimes[0]!.offset <= image.offset) {
      timestampMs = this.#appendTimes.shift()!.timestampMs
    }
    if (!this.#snapshotter.isDue) return
    // What lies below the snapshot then fills whole segments, which can go.
    this.#log.roll(this.#modules.clock.wallMs())
    this.#snapshotter.take(image, this.#quorum, timestampMs, (id) => this.#deleteBelow(id))
  }

  /** Leaves the files as a clean shutdown does. */
  async close(): Promise<void> {
    await this.#snapshotter.idle()
    await this.#log.close()
  }

  /** The first batch of the epoch: its leader and, where the log does not have it yet, the quorum. */
  async #beginEpoch(nodeId: number, saysQuorum: boolean): Promise<void> {
    const controls = [leaderChange(nodeId), ...(saysQuorum ? quorumRecords(this.#quorum) : [])]
    const place = this.#place()
    await this.#appendBatches([controlBatch(controls, place)], place.timestampMs)
  }

  #place(): { baseOffset: number; epoch: number; timestampMs: number } {
    return { baseOffset: this.endOffset, epoch: this.epoch, timestampMs: this.#modules.clock.wallMs() }
  }

  #encode(record: MetadataRecord): Uint8Array {
    if (record.name === 'FeatureLevelRecord' && record.value.name === metadataVersionFeature) {
      this.#metadataVersion = record.value.featureLevel
    }
    return encodeMetadataRecord(record, metadataRecordVersion(record, this.#metadataVersion))
  }

  async #appendBatches(batches: readonly Uint8Array[], timestampMs: number): Promise<number> {
    const log = this.#log
    for (const batch of batches) {
      const context = { leaderEpoch: this.epoch, origin: 'raft', nowMs: timestampMs } as const
      const result = log.append(batch, context)
      if (!result.ok) throw new Error(`${log.directory}: ${result.message ?? errorName(result.error)}`)
      this.#snapshotter.appended(batch.length)
    }
    const endOffset = log.logEndOffset
    this.#appendTimes.push({ offset: endOffset - 1, timestampMs })
    await log.flush()
    log.highWatermark = Math.max(log.highWatermark, endOffset)
    return endOffset - 1
  }

  async #deleteBelow({ endOffset }: SnapshotId): Promise<void> {
    const nowMs = this.#modules.clock.wallMs()
    this.#log.incrementLogStartOffset(endOffset)
    await this.#log.deleteOldSegments(nowMs)
    await this.#log.removeDeletedFiles(nowMs)
  }
}

/** The only voter under the addresses that it has now. */
function withEndpoints(quorum: QuorumRecords, listeners: readonly VoterEndpoint[]): QuorumRecords {
  const [voter] = quorum.voters?.voters ?? []
  if (voter === undefined) return quorum
  const endpoints = listeners.map(({ name, host, port }) => ({ name, host, port }))
  return { ...quorum, voters: { ...quorum.voters!, voters: [{ ...voter, endpoints }] } }
}

/** Leading alone what others vote on would split the cluster in two. */
function soleVoterProblem({ voters }: QuorumRecords, nodeId: number): string | undefined {
  const ids = voters?.voters.map(({ voterId }) => voterId) ?? [nodeId]
  if (ids.length === 1 && ids[0] === nodeId) return undefined
  return `its quorum has the voters ${ids.join(', ')}, so node ${nodeId} cannot lead it alone.`
}

function metadataVersionProblem({ features: { metadataVersion } }: MetadataImage): string | undefined {
  const range = supportedFeatures.find(({ name }) => name === metadataVersionFeature)!
  const { minSupportedVersion: min, maxSupportedVersion: max } = range
  if (metadataVersion === 0 || (metadataVersion >= min && metadataVersion <= max)) return undefined
  return `its metadata.version is ${metadataVersion}, supported are ${min} to ${max}.`
}

/** Opens the log as after a crash: it is short, for its older part is in the snapshot, and is checked whole. */
async function openLog(
  directory: string,
  brokerConfig: BrokerConfig,
  { disk, timers, clock, logger }: RaftLogModules,
): Promise<PartitionLog> {
  const nowMs = clock.wallMs()
  const logModules = {
    disk,
    pool: new FilePool({ openFilesMax: metadataFilesMax }, { disk }),
    indexCache: new IndexCache({ bytesMax: metadataIndexBytesMax }),
    scheduler: new WriteScheduler({ timers }),
    logger,
  }
  const overrides = {
    'segment.bytes': String(brokerConfig.int('metadata.log.segment.bytes')),
    'segment.ms': String(brokerConfig.long('metadata.log.segment.ms')),
    'cleanup.policy': 'delete',
    // Only the start reads what a snapshot replaced.
    'file.delete.delay.ms': '0',
    // Only a snapshot makes records dispensable.
    'retention.ms': '-1',
    'retention.bytes': '-1',
  }
  const config = TopicConfig.of(brokerConfig, new Map(Object.entries(overrides)))
  const isNew = !(await disk.list(directory)).some(({ name }) => name.endsWith('.log'))
  if (isNew)
    return createLog({ directory, topicPartition, topicId: metadataTopicId, config, nowMs }, logModules)
  const fromScratch = {
    isClean: false,
    recoveryPoint: 0,
    logStartOffset: 0,
    highWatermark: 0,
    mayHaveGaps: false,
  }
  // There are no producers in this log.
  const producerIdExpirationMs = Number.MAX_SAFE_INTEGER
  return loadLog(
    { directory, topicPartition, config, nowMs, ...fromScratch, producerIdExpirationMs },
    logModules,
  )
}

const metadataFilesMax = 4
const metadataIndexBytesMax = 1024 * 1024
