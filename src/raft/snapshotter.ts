// Writes snapshots of the metadata beside its log, one at a time, when enough was appended since the last one or
// it is old. A snapshot appears under its name only when it is durable; older ones go afterwards.

import type { Logger } from '../base/logger.ts'
import { type Clock, type Disk, DiskError } from '../env/env.ts'
import { imageRecords } from '../metadata/image-records.ts'
import type { MetadataImage } from '../metadata/metadata-image.ts'
import { metadataRecordVersion } from '../metadata/record-version.ts'
import { encodeMetadataRecord } from '../protocol/metadata-records.ts'
import type { QuorumRecords } from './control-records.ts'
import { parseSnapshotFileName, type SnapshotId, snapshotBatches, snapshotFileName } from './snapshot-file.ts'

export interface SnapshotterOptions {
  readonly directory: string
  /** `metadata.log.max.record.bytes.between.snapshots` */
  readonly recordBytesMax: number
  /** `metadata.log.max.snapshot.interval.ms`; 0: never because of time. */
  readonly intervalMs: number
}

export interface SnapshotterModules {
  readonly disk: Disk
  readonly clock: Clock
  readonly logger: Logger
}

export class Snapshotter {
  readonly #options: SnapshotterOptions
  readonly #modules: SnapshotterModules
  #bytes: number
  #lastMs: number
  #running: Promise<void> | undefined

  /** At most `bytes` of records lie behind the newest snapshot. */
  constructor(options: SnapshotterOptions, bytes: number, modules: SnapshotterModules) {
    this.#options = options
    this.#modules = modules
    this.#bytes = bytes
    this.#lastMs = modules.clock.monotonicMs()
  }

  appended(bytes: number): void {
    this.#bytes += bytes
  }

  /** Whether a snapshot should be taken now. */
  get isDue(): boolean {
    const { recordBytesMax, intervalMs } = this.#options
    if (this.#running !== undefined || this.#bytes === 0) return false
    if (this.#bytes >= recordBytesMax) return true
    return intervalMs > 0 && this.#modules.clock.monotonicMs() - this.#lastMs >= intervalMs
  }

  /** Starts a snapshot of `image`; `onDurable` runs when it may stand in for the log below its end. */
  take(
    image: MetadataImage,
    quorum: QuorumRecords,
    lastContainedLogTimestampMs: number,
    onDurable: (id: SnapshotId) => Promise<void>,
  ): void {
    const id = { endOffset: image.offset + 1, epoch: image.epoch }
    this.#bytes = 0
    this.#lastMs = this.#modules.clock.monotonicMs()
    this.#running = this.#write(id, image, quorum, lastContainedLogTimestampMs)
      .then(() => onDurable(id))
      .then(() => this.#removeOlder(id))
      .catch((error) => {
        if (!(error instanceof DiskError)) throw error
        // The log still holds everything; the next snapshot is another chance.
        this.#modules.logger.error(`The snapshot ${snapshotFileName(id)} failed: ${error.message}`)
      })
      .finally(() => {
        this.#running = undefined
      })
  }

  /** Resolves when no snapshot is being written. */
  async idle(): Promise<void> {
    await this.#running
  }

  async #write(
    id: SnapshotId,
    image: MetadataImage,
    quorum: QuorumRecords,
    lastContainedLogTimestampMs: number,
  ): Promise<void> {
    const { disk, clock, logger } = this.#modules
    const batches = snapshotBatches({
      epoch: id.epoch,
      quorum,
      values: encodedRecords(image),
      lastContainedLogTimestampMs,
      timestampMs: clock.wallMs(),
    })
    const path = `${this.#options.directory}/${snapshotFileName(id)}`
    const file = await disk.open(`${path}.part`, 'create')
    try {
      // Leftovers of an attempt that was cut off by a crash.
      await file.truncate(0)
      let position = 0
      for (const batch of batches) {
        await file.write([batch], position)
        position += batch.length
      }
      await file.sync()
    } finally {
      await file.close()
    }
    await disk.rename(`${path}.part`, path)
    await disk.syncDirectory(this.#options.directory)
    logger.info(`Wrote the metadata snapshot ${path}`)
  }

  async #removeOlder({ endOffset }: SnapshotId): Promise<void> {
    const { disk } = this.#modules
    for (const { name } of await disk.list(this.#options.directory)) {
      const id = parseSnapshotFileName(name)
      const isOlder = id !== undefined && id.endOffset < endOffset
      // A `.part` that is still there was cut off by a crash: this snapshot's has its name by now.
      if (isOlder || name.endsWith('.checkpoint.part'))
        await disk.remove(`${this.#options.directory}/${name}`)
    }
  }
}

function* encodedRecords(image: MetadataImage): Generator<Uint8Array> {
  const { metadataVersion } = image.features
  for (const record of imageRecords(image)) {
    yield encodeMetadataRecord(record, metadataRecordVersion(record, metadataVersion))
  }
}
