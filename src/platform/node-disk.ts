// Files and directories on Node. Whatever fails is one DiskError with a kind that callers act on.

import {
  closeSync,
  constants,
  type Dirent,
  fsync,
  mkdir,
  open,
  openSync,
  readdir,
  readdirSync,
  rename,
  rm,
  type Stats,
  type StatsFs,
  stat,
  statfs,
} from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { type DirectoryEntry, type Disk, type File, isDiskError } from '../env/env.ts'
import { DirectoryLocks } from './directory-lock.ts'
import { callAsync } from './disk-errors.ts'
import { LoopPace } from './loop-pace.ts'
import { NodeFile } from './node-file.ts'
import { YoungBuffers } from './young-buffers.ts'

const openFlags = { read: constants.O_RDONLY, create: constants.O_RDWR | constants.O_CREAT }

export class NodeDisk implements Disk {
  readonly #locks = new DirectoryLocks()
  readonly #pace = new LoopPace(20)
  /** Reads come in thousands: one that took this long missed the page cache, and the next ones may too. */
  readonly #readPace = new LoopPace(5)
  readonly #youngBuffers: YoungBuffers

  constructor(youngBuffers = new YoungBuffers()) {
    this.#youngBuffers = youngBuffers
  }

  async open(path: string, mode: 'read' | 'create'): Promise<File> {
    const descriptor = await this.#open(path, openFlags[mode])
    const paces = { pace: this.#pace, readPace: this.#readPace }
    return new NodeFile(path, descriptor, { ...paces, youngBuffers: this.#youngBuffers })
  }

  #open(path: string, flags: number): Promise<number> {
    return this.#pace.call<number>(
      path,
      0,
      () => openSync(path, flags),
      (done) => open(path, flags, done),
    )
  }

  async list(directory: string): Promise<DirectoryEntry[]> {
    const entries = await this.#pace.call<Dirent[]>(
      directory,
      0,
      () => readdirSync(directory, { withFileTypes: true }),
      (done) => readdir(directory, { withFileTypes: true }, done),
    )
    entries.sort((a, b) => (a.name < b.name ? -1 : 1))
    return Promise.all(entries.map((entry) => directoryEntry(directory, entry)))
  }

  makeDirectory(path: string): Promise<void> {
    return makeDirectories(path)
  }

  rename(from: string, to: string): Promise<void> {
    return callAsync<void>(from, (done) => rename(from, to, done))
  }

  remove(path: string): Promise<void> {
    return callAsync<void>(path, (done) => rm(path, { recursive: true, force: true }, done))
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

  async usage(path: string): Promise<{ totalBytes: number; usableBytes: number }> {
    const { bsize, blocks, bavail } = await callAsync<StatsFs>(path, (done) => statfs(path, done))
    return { totalBytes: blocks * bsize, usableBytes: bavail * bsize }
  }

  async lock(path: string): Promise<{ release(): Promise<void> }> {
    // SQLite says no more of a missing directory than that it cannot open the file.
    await statOf(path)
    const release = this.#locks.lock(path)
    return { release: async () => release() }
  }
}

/** What a symbolic link points to counts: operators move partitions to other volumes with links. */
async function directoryEntry(directory: string, entry: Dirent): Promise<DirectoryEntry> {
  const found = entry.isSymbolicLink() ? await statOf(join(directory, entry.name)) : entry
  return { name: entry.name, kind: found.isDirectory() ? 'directory' : 'file' }
}

function statOf(path: string): Promise<Stats> {
  return callAsync<Stats>(path, (done) => stat(path, done))
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
    if (!isDiskError(error, 'not-found') || above === path) throw error
    await makeDirectories(above)
  }
  await makeDirectoryUnlessThere(path)
}

async function makeDirectoryUnlessThere(path: string): Promise<void> {
  try {
    await callAsync<void>(path, (done) => mkdir(path, done))
  } catch (error) {
    if (!isDiskError(error, 'exists') || !(await statOf(path)).isDirectory()) throw error
  }
}
