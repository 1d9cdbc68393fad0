// The metadata log of a node that is its own quorum: `__cluster_metadata-0`, in Kafka's format. The only voter
// elects itself: every start is a new epoch, written down before the first record of it. A record is committed
// when it is durable. Appends get their offsets at once; those of a turn share an fsync.

import { isDeepStrictEqual } from 'node:util'
import { assert } from '../base/assert.ts'
import { errorName } from '../base/errors.ts'
import { zeroUuid } from '../base/uuid.ts'
import type { LoadedMetadata, MetadataLog } from '../controller/metadata-log.ts'
import type { Outcome } from '../env/env.ts'
import type { PartitionLog } from '../log/partition-log.ts'
import type { MetadataImage } from '../metadata/metadata-image.ts'
import { metadataVersionFeature } from '../metadata/metadata-version.ts'
import { metadataRecordVersion } from '../metadata/record-version.ts'
import { encodeMetadataRecord, type MetadataRecord } from '../protocol/metadata-records.ts'
import { controlBatch, leaderChange, type QuorumRecords, quorumRecords } from './control-records.ts'
import { metadataLogDirectoryName, type VoterEndpoint } from './format.ts'
import { metadataBatch, metadataBatches } from './metadata-batches.ts'
import { readQuorumEpoch, writeQuorumState } from './quorum-state.ts'
import { type RecoveryModules, type RecoveryOptions, recoverMetadata } from './recover-metadata.ts'
import type { SnapshotId } from './snapshot-file.ts'
import { Snapshotter } from './snapshotter.ts'

export interface RaftLogOptions extends RecoveryOptions {
  /** The formatted log directory that holds the metadata log. */
  readonly directory: string
}

export class RaftLog implements MetadataLog {
  readonly loaded: LoadedMetadata
  readonly epoch: number
  /** The disk refused: nothing can be committed any more. Called once. */
  onFailed: (message: string) => void = () => {}
  readonly #log: PartitionLog
  readonly #modules: RecoveryModules
  readonly #quorum: QuorumRecords
  readonly #snapshotter: Snapshotter
  /** The finalized level after everything appended; it decides the versions of records. */
  #metadataVersion: number
  /** When records that are not yet in a published image were appended. */
  readonly #appendTimes: { readonly offset: number; readonly timestampMs: number }[] = []

  private constructor(
    options: { log: PartitionLog; loaded: LoadedMetadata; quorum: QuorumRecords; epoch: number },
    snapshotter: Snapshotter,
    modules: RecoveryModules,
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
   * 1. Read snapshot and log. 2. Write the new epoch down. 3. Append its first record. Refuses with what is wrong
   * and where; rejects with DiskError.
   */
  static async open(options: RaftLogOptions, modules: RecoveryModules): Promise<Outcome<RaftLog, string>> {
    const { disk } = modules
    const { nodeId, brokerConfig } = options
    const directory = `${options.directory}/${metadataLogDirectoryName}`
    await disk.makeDirectory(directory)
    await disk.syncDirectory(options.directory)
    const knownEpoch = await readQuorumEpoch(disk, directory)
    if (!knownEpoch.ok) return knownEpoch
    const recovered = await recoverMetadata(directory, options, modules)
    if (!recovered.ok) return recovered
    const { log, loaded, quorum: quorumBefore } = recovered.value
    const quorum = withEndpoints(quorumBefore, brokerConfig.advertisedControllerListeners())
    const epoch = Math.max(knownEpoch.value, log.latestEpoch ?? 0, loaded.image.epoch) + 1
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
    const raft = new RaftLog({ log, loaded, quorum, epoch }, snapshotter, modules)
    // A new log says what formatting set down beside it.
    const isNew = log.logEndOffset === 0
    await raft.#beginEpoch(nodeId, isNew || !isDeepStrictEqual(quorum, quorumBefore))
    return { ok: true, value: raft }
  }

  /** The finalized level of kraft.version: 0 for a static quorum, 1 for voters in the log. */
  get kraftVersion(): number {
    return this.#quorum.kraftVersion
  }

  /** Behind the last committed offset. */
  get highWatermark(): number {
    return this.#log.highWatermark
  }

  /** The directory id of the only voter; zero where the voters are static. */
  get voterDirectoryId(): string {
    return this.#quorum.voters?.voters[0]?.voterDirectoryId ?? zeroUuid
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

  /** Leaves the files as a clean shutdown does; after a refusal of the disk as they are. */
  async close(): Promise<void> {
    await this.#snapshotter.idle()
    if (this.#log.failure === undefined) await this.#log.close()
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
