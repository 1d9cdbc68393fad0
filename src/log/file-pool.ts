// The open files of all logs of a node. Files are opened when first used and stay open until the pool is
// over its limit, so an idle partition holds no descriptor. A file is never renamed or removed while open
// (Windows refuses that): `release` comes first and waits for the users of the file.

import { assert } from '../base/assert.ts'
import type { Disk, File } from '../env/env.ts'
import { DirectorySync } from './directory-sync.ts'

interface OpenFile {
  readonly opening: Promise<File>
  users: number
  /** Resolves the waiting `release` when the last user leaves. */
  onIdle: (() => void) | undefined
}

export class FilePool {
  readonly #disk: Disk
  readonly #directorySync: DirectorySync
  readonly #openFilesMax: number
  /** By path, least recently used first. */
  readonly #open = new Map<string, OpenFile>()

  constructor(options: { openFilesMax: number }, modules: { disk: Disk }) {
    assert(options.openFilesMax > 0, 'the pool may hold at least one open file')
    this.#openFilesMax = options.openFilesMax
    this.#disk = modules.disk
    this.#directorySync = new DirectorySync(modules)
  }

  get openCount(): number {
    return this.#open.size
  }

  /** Runs `work` with the file, made if missing. Rejects with what opening or `work` rejects with. */
  async use<T>(path: string, work: (file: File) => Promise<T>): Promise<T> {
    const entry = this.#open.get(path) ?? {
      opening: this.#disk.open(path, 'create'),
      users: 0,
      onIdle: undefined,
    }
    this.#open.delete(path)
    this.#open.set(path, entry)
    entry.users++
    try {
      return await work(await this.#opened(path, entry))
    } finally {
      entry.users--
      if (entry.users === 0) {
        entry.onIdle?.()
        this.#closeExcess()
      }
    }
  }

  /** Makes the names in a directory durable; callers at the same time share one sync. */
  syncDirectory(path: string): Promise<void> {
    return this.#directorySync.sync(path)
  }

  /** Closes the file once nobody uses it; afterwards it may be renamed or removed. */
  async release(path: string): Promise<void> {
    const entry = this.#open.get(path)
    if (entry === undefined) return
    this.#open.delete(path)
    if (entry.users > 0) await new Promise<void>((resolve) => (entry.onIdle = resolve))
    const file = await entry.opening.catch(() => undefined)
    await file?.close()
  }

  /** Releases every file under `directory`. */
  async releaseDirectory(directory: string): Promise<void> {
    const prefix = `${directory}/`
    const inside = [...this.#open.keys()].filter((path) => path.startsWith(prefix))
    await Promise.all(inside.map((path) => this.release(path)))
  }

  async #opened(path: string, entry: OpenFile): Promise<File> {
    try {
      return await entry.opening
    } catch (error) {
      if (this.#open.get(path) === entry) this.#open.delete(path)
      throw error
    }
  }

  #closeExcess(): void {
    if (this.#open.size <= this.#openFilesMax) return
    for (const [path, entry] of this.#open) {
      if (this.#open.size <= this.#openFilesMax) return
      if (entry.users > 0) continue
      this.#open.delete(path)
      // A failing close of an idle file loses nothing: whatever had to be durable was synced before.
      entry.opening.then((file) => file.close()).catch(() => {})
    }
  }
}
