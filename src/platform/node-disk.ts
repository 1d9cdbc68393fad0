// Files and directories on Node. Whatever fails is one DiskError with a kind that callers act on.

import { closeSync, constants, type Dirent, fsync, open, openSync, readdirSync } from 'node:fs'
import { mkdir, readdir, rename, rm, stat, statfs } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import type { DirectoryEntry, Disk, File } from '../env/env.ts'
import { DirectoryLocks } from './directory-lock.ts'
import { callAsync, callSync, diskError } from './disk-errors.ts'
import { LoopPace } from './loop-pace.ts'
import { NodeFile } from './node-file.ts'
import { YoungBuffers } from './young-buffers.ts'

const openFlags = { read: constants.O_RDONLY, create: constants.O_RDWR | constants.O_CREAT }

export class NodeDisk implements Disk {
  readonly #locks = new DirectoryLocks()
  readonly #pace = new LoopPace()
  readonly #youngBuffers: YoungBuffers

  constructor(youngBuffers = new YoungBuffers()) {
    this.#youngBuffers = youngBuffers
  }

  async open(path: string, mode: 'read' | 'create'): Promise<File> {
    const descriptor = await this.#open(path, openFlags[mode])
    return new NodeFile(path, descriptor, { pace: this.#pace, youngBuffers: this.#youngBuffers })
  }

  #open(path: string, flags: number): Promise<number> {
    return this.#pace.call(
      0,
      () => callSync(path, () => openSync(path, flags)),
      () => callAsync<number>(path, (done) => open(path, flags, done)),
    )
  }

  list(directory: string): Promise<DirectoryEntry[]> {
    return withDiskErrors(directory, async () => {
      const entries = await this.#pace.call(
        0,
        () => readdirSync(directory, { withFileTypes: true }),
        () => readdir(directory, { withFileTypes: true }),
      )
      entries.sort((a, b) => (a.name < b.name ? -1 : 1))
      return Promise.all(entries.map((entry) => directoryEntry(directory, entry)))
    })
  }

  async makeDirectory(path: string): Promise<void> {
    await withDiskErrors(path, () => makeDirectories(path))
  }

  rename(from: string, to: string): Promise<void> {
    return withDiskErrors(from, () => rename(from, to))
  }

  remove(path: string): Promise<void> {
    return withDiskErrors(path, () => rm(path, { recursive: true, force: true }))
  }

  async syncDirectory(path: string): Promise<void> {
    // Windows opens no directory for flushing and records names without being asked.
    if (process.platform === 'win32') return
    const flags = constants.O_RDONLY | constants.O_DIRECTORY
    const descriptor = await this.#open(path, flags)
    try {
      await callAsync<void>(path, (done) => fsync(descriptor, done))
    } finally {
      closeSync(descriptor)
    }
  }

  absolutePath(path: string): string {
    return resolve(path)
  }

  usage(path: string): Promise<{ totalBytes: number; usableBytes: number }> {
    return withDiskErrors(path, async () => {
      const { bsize, blocks, bavail } = await statfs(path)
      return { totalBytes: blocks * bsize, usableBytes: bavail * bsize }
    })
  }

  async lock(path: string): Promise<{ release(): Promise<void> }> {
    // SQLite says no more of a missing directory than that it cannot open the file.
    await withDiskErrors(path, () => stat(path))
    const release = this.#locks.lock(path)
    return { release: async () => release() }
  }
}

/** What a symbolic link points to counts: operators move partitions to other volumes with links. */
async function directoryEntry(directory: string, entry: Dirent): Promise<DirectoryEntry> {
  const found = entry.isSymbolicLink() ? await stat(join(directory, entry.name)) : entry
  return { name: entry.name, kind: found.isDirectory() ? 'directory' : 'file' }
}

async function withDiskErrors<T>(path: string, call: () => Promise<T>): Promise<T> {
  try {
    return await call()
  } catch (error) {
    throw diskError(path, error as NodeJS.ErrnoException)
  }
}

/**
 * With those above it. Node's own recursive form asks for ever where a directory is there but takes no entries and
 * says so with ENOENT, as /proc does; here a directory is tried once more after the one above it, then refused.
 */
async function makeDirectories(path: string): Promise<void> {
  try {
    return await makeDirectoryUnlessThere(path)
  } catch (error) {
    const above = dirname(path)
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || above === path) throw error
    await makeDirectories(above)
  }
  await makeDirectoryUnlessThere(path)
}

async function makeDirectoryUnlessThere(path: string): Promise<void> {
  try {
    await mkdir(path)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST' || !(await stat(path)).isDirectory()) throw error
  }
}
