// Files and directories on Node. Whatever fails is one DiskError with a kind that callers act on.

import { constants, type Dirent, open } from 'node:fs'
import { mkdir, open as openHandle, readdir, rename, rm, stat, statfs } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { DirectoryEntry, Disk, File } from '../env/env.ts'
import { DirectoryLocks } from './directory-lock.ts'
import { diskError } from './disk-errors.ts'
import { NodeFile } from './node-file.ts'
import { WritePace } from './write-pace.ts'
import { YoungBuffers } from './young-buffers.ts'

const openFlags = { read: constants.O_RDONLY, create: constants.O_RDWR | constants.O_CREAT }

export class NodeDisk implements Disk {
  readonly #locks = new DirectoryLocks()
  readonly #pace = new WritePace()
  readonly #youngBuffers: YoungBuffers

  constructor(youngBuffers = new YoungBuffers()) {
    this.#youngBuffers = youngBuffers
  }

  open(path: string, mode: 'read' | 'create'): Promise<File> {
    return new Promise((resolve, reject) =>
      open(path, openFlags[mode], (error, descriptor) => {
        if (error !== null) reject(diskError(path, error))
        else resolve(new NodeFile(path, descriptor, { pace: this.#pace, youngBuffers: this.#youngBuffers }))
      }),
    )
  }

  list(directory: string): Promise<DirectoryEntry[]> {
    return withDiskErrors(directory, async () => {
      const entries = await readdir(directory, { withFileTypes: true })
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
    await withDiskErrors(path, async () => {
      await using handle = await openHandle(path, constants.O_RDONLY | constants.O_DIRECTORY)
      await handle.sync()
    })
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
