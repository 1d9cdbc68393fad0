// What the controller needs from the log of metadata records. A quorum of one and a quorum of three look the
// same from here: records get their offsets at once and are committed later, in order.

import type { MetadataImage } from '../metadata/metadata-image.ts'
import type { MetadataRecord } from '../protocol/metadata-records.ts'

export interface MetadataLog {
  /** What the log held when it was opened, snapshot and records. */
  readonly loaded: LoadedMetadata
  /** The offset that the next record will get. */
  readonly endOffset: number
  /** The finalized level of kraft.version: 0 for a static quorum, 1 for voters in the log. */
  readonly kraftVersion: number
  /** The epoch in which this node leads the log. */
  readonly epoch: number
  /**
   * Appends `records` at once and resolves with the offset of the last one when all are committed. `atomic`
   * records are read back all or none; others may be split over batches. Calls resolve in order. Rejects when
   * the log failed: what then became of the records is unknown, and nothing more may be appended.
   */
  append(records: readonly MetadataRecord[], atomic: boolean): Promise<number>
  /** Tells that `image` holds everything committed up to its offset, so that it may be written as a snapshot. */
  published(image: MetadataImage): void
}

export interface LoadedMetadata {
  readonly image: MetadataImage
  /** The log ends inside a metadata transaction, whose records are not in the image. */
  readonly inTransaction: boolean
}
