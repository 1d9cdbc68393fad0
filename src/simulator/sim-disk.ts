// The disk of one life of a simulated process: every call takes a drawn time and takes effect at its end, so that calls
// under way at once change places. Faults are drawn per call from rates that may change during a run. When the process
// dies, of each write under way a prefix of its bytes is there.

import { assert } from '../base/assert.ts'
import type { Prng } from '../base/prng.ts'
import type { DirectoryEntry, Disk, File } from '../env/env.ts'
import type { Life, SimEventLoop } from './event-loop.ts'
import type { SimFileContents } from './sim-file-contents.ts'
import { diskError, type SimVolume } from './sim-volume.ts'

/** Probabilities per call, and how long calls take. */
export interface DiskFaults {
  readError: number
  /** A failed write may have written any part. */
  writeError: number
  /** A failed sync leaves the data to the page cache and lets nobody sync it again. */
  syncError: number
  /** A call that takes up to `stallUsMax` instead of `latencyUsMax`. */
  stall: number
  latencyUsMax: number
  syncLatencyUsMax: number
  stallUsMax: number
}

export const noDiskFaults: Readonly<DiskFaults> = {
  readError: 0,
  writeError: 0,
  syncError: 0,
  stall: 0,
  latencyUsMax: 200,
  syncLatencyUsMax: 5000,
  stallUsMax: 2_000_000,
}

/** What all lives of a host have in common. */
export interface HostDisk {
  readonly volume: SimVolume
  readonly faults: DiskFaults
  /** Directories locked by the life that goes on. */
  readonly locks: Set<string>
}

export interface DiskModules {
  readonly loop: SimEventLoop
  readonly life: Life
  readonly prng: Prng
}

export class SimDisk implements Disk {
  readonly #host: HostDisk
  readonly #modules: DiskModules
  readonly #writes = new Set<() => void>()
  readonly #underWay = new Set<string>()
  /** Opened and not closed. */
  openFiles = 0

  constructor(host: HostDisk, modules: DiskModules) {
    this.#host = host
    this.#modules = modules
  }

  /** The process dies: what it was writing is written in part. */
  abandon(): void {
    for (const writePart of this.#writes) writePart()
    this.#writes.clear()
  }

  /** The calls that have not ended, each with its path. */
  get underWay(): string[] {
    return [...this.#underWay]
  }

  async open(path: string, mode: 'read' | 'create'): Promise<File> {
    const contents = await this.perform('open', path, () => this.#host.volume.open(path, mode))
    this.openFiles++
    return new SimFile(path, contents, mode === 'create', this)
  }

  list(directory: string): Promise<DirectoryEntry[]> {
    return this.perform('list', directory, () => this.#host.volume.list(directory))
  }

  makeDirectory(path: string): Promise<void> {
    return this.perform('mkdir', path, () => this.#host.volume.makeDirectory(path))
  }

  rename(from: string, to: string): Promise<void> {
    return this.perform('rename', from, () => this.#host.volume.rename(from, to))
  }

  remove(path: string): Promise<void> {
    return this.perform('remove', path, () => this.#host.volume.remove(path))
  }

  syncDirectory(path: string): Promise<void> {
    return this.perform('syncdir', path, () => {
      this.#failAtRate('syncError', path)
      this.#host.volume.syncDirectory(path)
    })
  }

  absolutePath(path: string): string {
    return `/${path.replace(/^\/+/, '')}`
  }

  usage(path: string): Promise<{ totalBytes: number; usableBytes: number }> {
    const { volume } = this.#host
    return this.perform('usage', path, () => {
      volume.checkDirectory(path)
      return { totalBytes: volume.capacityBytes, usableBytes: volume.usableBytes }
    })
  }

  lock(path: string): Promise<{ release(): Promise<void> }> {
    const { volume, locks } = this.#host
    return this.perform('lock', path, () => {
      volume.checkDirectory(path)
      if (locks.has(path)) throw diskError('locked', path, 'is in use by another process')
      locks.add(path)
      const release = async () => {
        if (this.#modules.life.isAlive) locks.delete(path)
      }
      return { release }
    })
  }

  write(
    path: string,
    contents: SimFileContents,
    chunks: readonly Uint8Array[],
    position: number,
  ): Promise<void> {
    const { volume, faults } = this.#host
    const { prng } = this.#modules
    const writePart = () => {
      const bytes = Buffer.concat(chunks)
      volume.write(contents, bytes.subarray(0, prng.between(0, bytes.length)), position)
    }
    this.#writes.add(writePart)
    return this.perform('write', path, () => {
      this.#writes.delete(writePart)
      if (prng.chance(faults.writeError)) {
        writePart()
        throw diskError('io', path, 'write failed')
      }
      // Joined only now: whoever changed the chunks meanwhile finds that in the file.
      const isWhole = volume.write(contents, Buffer.concat(chunks), position)
      if (!isWhole) throw diskError('full', path, 'no space left on device')
    })
  }

  read(path: string, contents: SimFileContents, into: Uint8Array, position: number): Promise<number> {
    return this.perform('read', path, () => {
      this.#failAtRate('readError', path)
      return contents.read(into, position)
    })
  }

  sync(path: string, contents: SimFileContents): Promise<void> {
    const makeDurable = contents.beginSync()
    return this.perform('sync', path, () => {
      if (this.#modules.prng.chance(this.#host.faults.syncError)) {
        contents.forgetDirty()
        throw diskError('io', path, 'sync failed')
      }
      makeDurable()
    })
  }

  truncate(path: string, contents: SimFileContents, sizeBytes: number): Promise<void> {
    return this.perform('truncate', path, () => this.#host.volume.truncate(contents, sizeBytes))
  }

  /** Runs `action` after a drawn time. A call of a dead life never settles. */
  perform<T>(what: string, path: string, action: () => T): Promise<T> {
    const { loop, life, prng } = this.#modules
    const { faults } = this.#host
    const usualUsMax = what.startsWith('sync') ? faults.syncLatencyUsMax : faults.latencyUsMax
    const delayUs = prng.between(1, prng.chance(faults.stall) ? faults.stallUsMax : usualUsMax)
    const label = `${what} ${path}`
    this.#underWay.add(label)
    return new Promise((resolve, reject) => {
      loop.schedule(life, delayUs, label, () => {
        this.#underWay.delete(label)
        try {
          resolve(action())
        } catch (error) {
          reject(error)
        }
      })
    })
  }

  #failAtRate(kind: 'readError' | 'syncError', path: string): void {
    if (this.#modules.prng.chance(this.#host.faults[kind])) throw diskError('io', path, `${kind} drawn`)
  }
}

class SimFile implements File {
  readonly #path: string
  readonly #contents: SimFileContents
  readonly #isWritable: boolean
  readonly #disk: SimDisk
  #isOpen = true

  constructor(path: string, contents: SimFileContents, isWritable: boolean, disk: SimDisk) {
    this.#path = path
    this.#contents = contents
    this.#isWritable = isWritable
    this.#disk = disk
  }

  async write(chunks: readonly Uint8Array[], position: number): Promise<void> {
    this.#check(true)
    await this.#disk.write(this.#path, this.#contents, chunks, position)
  }

  async read(into: Uint8Array, position: number): Promise<number> {
    this.#check(false)
    return this.#disk.read(this.#path, this.#contents, into, position)
  }

  async sync(): Promise<void> {
    this.#check(false)
    await this.#disk.sync(this.#path, this.#contents)
  }

  async truncate(sizeBytes: number): Promise<void> {
    this.#check(true)
    await this.#disk.truncate(this.#path, this.#contents, sizeBytes)
  }

  async size(): Promise<number> {
    this.#check(false)
    return this.#disk.perform('size', this.#path, () => this.#contents.sizeBytes)
  }

  async close(): Promise<void> {
    this.#check(false)
    this.#isOpen = false
    this.#disk.openFiles--
    await this.#disk.perform('close', this.#path, () => {})
  }

  #check(writes: boolean): void {
    assert(this.#isOpen, `${this.#path} is used while open`)
    if (writes && !this.#isWritable) throw diskError('io', this.#path, 'is open for reading only')
  }
}
