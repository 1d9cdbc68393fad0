// A metadata log in memory for tests of the controller. Appends commit at once, or when told to: `hold`,
// then `commit` or `fail`.

import { emptyImage, type MetadataImage } from '../../metadata/metadata-image.ts'
import type { MetadataRecord } from '../../protocol/metadata-records.ts'
import type { LoadedMetadata, MetadataLog } from '../metadata-log.ts'

interface Waiting {
  readonly offset: number
  readonly resolve: (offset: number) => void
  readonly reject: (error: Error) => void
}

export class MemoryMetadataLog implements MetadataLog {
  readonly records: MetadataRecord[] = []
  readonly loaded: LoadedMetadata
  readonly epoch = 1
  readonly kraftVersion = 1
  snapshotSource: MetadataImage | undefined
  #held: Waiting[] | undefined

  constructor(loaded: LoadedMetadata = { image: emptyImage, inTransaction: false }) {
    this.loaded = loaded
  }

  get endOffset(): number {
    return this.records.length
  }

  append(records: readonly MetadataRecord[]): Promise<number> {
    this.records.push(...records)
    const offset = this.records.length - 1
    if (this.#held === undefined) return Promise.resolve(offset)
    const { promise, resolve, reject } = Promise.withResolvers<number>()
    this.#held.push({ offset, resolve, reject })
    return promise
  }

  published(image: MetadataImage): void {
    this.snapshotSource = image
  }

  hold(): void {
    this.#held = []
  }

  commit(): void {
    for (const { offset, resolve } of this.#held ?? []) resolve(offset)
    this.#held = undefined
  }

  fail(message: string): void {
    for (const { reject } of this.#held ?? []) reject(new Error(message))
    this.#held = undefined
  }
}
