// Reads the metadata log back into an image. Records of a metadata transaction count when its end is read; a
// transaction without an end is left out, for whoever becomes the active controller gives it up.

import { assert } from '../base/assert.ts'
import type { MetadataRecord } from '../protocol/metadata-records.ts'
import { MetadataDelta } from './metadata-delta.ts'
import type { MetadataImage } from './metadata-image.ts'

export class MetadataReplay {
  #delta: MetadataDelta
  /** Records of the open transaction, on top of what came before it. */
  #transaction: MetadataDelta | undefined
  #offset: number
  #epoch: number

  constructor(base: MetadataImage) {
    this.#delta = new MetadataDelta(base)
    this.#offset = base.offset
    this.#epoch = base.epoch
  }

  replay(record: MetadataRecord): void {
    switch (record.name) {
      case 'BeginTransactionRecord':
        assert(this.#transaction === undefined, 'a metadata transaction begins after the one before it ended')
        this.#delta = new MetadataDelta(this.#image())
        this.#transaction = new MetadataDelta(this.#delta.base)
        break
      case 'EndTransactionRecord':
        assert(this.#transaction !== undefined, 'a metadata transaction ends after it began')
        this.#delta = this.#transaction
        this.#transaction = undefined
        break
      case 'AbortTransactionRecord':
        this.#transaction = undefined
        break
      default:
        ;(this.#transaction ?? this.#delta).replay(record)
    }
  }

  /** Notes that everything up to `offset`, written in `epoch`, was read: control records count too. */
  advance(offset: number, epoch: number): void {
    this.#offset = offset
    this.#epoch = epoch
  }

  /** What was read so far, and whether it ends inside a transaction. */
  result(): { readonly image: MetadataImage; readonly inTransaction: boolean } {
    return { image: this.#image(), inTransaction: this.#transaction !== undefined }
  }

  #image(): MetadataImage {
    return this.#delta.apply(this.#offset, this.#epoch)
  }
}
