// Makes names in directories durable. Callers that ask while a sync of the same directory is running share the
// next one: fourteen thousand new partitions of one log directory need a few syncs of it, not one each.

import type { Disk } from '../env/env.ts'

interface Syncing {
  readonly running: Promise<void>
  next: Promise<void> | undefined
}

export class DirectorySync {
  readonly #disk: Disk
  readonly #syncing = new Map<string, Syncing>()

  constructor(modules: { disk: Disk }) {
    this.#disk = modules.disk
  }

  /** Resolves after a sync that began after this call. */
  sync(path: string): Promise<void> {
    const syncing = this.#syncing.get(path)
    if (syncing === undefined) return this.#start(path)
    syncing.next ??= syncing.running.catch(() => {}).then(() => this.#start(path))
    return syncing.next
  }

  #start(path: string): Promise<void> {
    const running = this.#disk.syncDirectory(path)
    const entry: Syncing = { running, next: undefined }
    this.#syncing.set(path, entry)
    return running.finally(() => {
      if (this.#syncing.get(path) === entry && entry.next === undefined) this.#syncing.delete(path)
    })
  }
}
