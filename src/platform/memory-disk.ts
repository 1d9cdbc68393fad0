// A disk in memory, for brokers that keep nothing: files live as long as the object. It behaves as NodeDisk does,
// down to the kinds of errors; the acceptance suite holds both to the same rules. Syncing has nothing to do.

import { freemem, totalmem } from 'node:os'
import { resolve, sep } from 'node:path'
import { assert } from '../base/assert.ts'
import {
  type DirectoryEntry,
  type Disk,
  DiskError,
  type DiskErrorKind,
  type File,
  isDiskError,
} from '../env/env.ts'
import { MemoryContents } from './memory-contents.ts'

type Directory = Map<string, Node>
type Node = MemoryContents | Directory

export class MemoryDisk implements Disk {
  readonly #root: Directory = new Map()
  readonly #locked = new Set<string>()

  async open(path: string, mode: 'read' | 'create'): Promise<File> {
    const { parent, name } = this.#place(path)
    const node = parent.get(name) ?? (mode === 'create' ? new MemoryContents() : undefined)
    if (node === undefined) throw diskError('not-found', path)
    if (node instanceof Map) throw diskError('io', path, 'is a directory')
    parent.set(name, node)
    return new MemoryFile(path, node, mode === 'create')
  }

  async list(directory: string): Promise<DirectoryEntry[]> {
    const entries = [...this.#directory(directory)]
    entries.sort(([a], [b]) => (a < b ? -1 : 1))
    return entries.map(([name, node]) => ({ name, kind: node instanceof Map ? 'directory' : 'file' }))
  }

  async makeDirectory(path: string): Promise<void> {
    let directory = this.#root
    for (const name of names(path)) {
      const node = directory.get(name) ?? new Map()
      if (!(node instanceof Map)) throw diskError('exists', path, 'a file has this name')
      directory.set(name, node)
      directory = node
    }
  }

  async rename(from: string, to: string): Promise<void> {
    const source = this.#place(from)
    const target = this.#place(to)
    const node = source.parent.get(source.name)
    if (node === undefined) throw diskError('not-found', from)
    const replaced = target.parent.get(target.name)
    if (replaced instanceof Map && replaced.size > 0) throw diskError('exists', to)
    source.parent.delete(source.name)
    target.parent.set(target.name, node)
  }

  async remove(path: string): Promise<void> {
    const place = this.#find(path)
    place?.parent.delete(place.name)
  }

  async syncDirectory(path: string): Promise<void> {
    this.#directory(path)
  }

  absolutePath(path: string): string {
    return resolve(path)
  }

  async usage(path: string): Promise<{ totalBytes: number; usableBytes: number }> {
    this.#directory(path)
    return { totalBytes: totalmem(), usableBytes: freemem() }
  }

  async lock(path: string): Promise<{ release(): Promise<void> }> {
    this.#directory(path)
    const key = resolve(path)
    if (this.#locked.has(key)) throw diskError('locked', path, 'is in use by another node of this process')
    this.#locked.add(key)
    return {
      release: async () => {
        this.#locked.delete(key)
      },
    }
  }

  #directory(path: string): Directory {
    let directory = this.#root
    for (const name of names(path)) {
      const node = directory.get(name)
      if (node === undefined) throw diskError('not-found', path)
      if (!(node instanceof Map)) throw diskError('not-a-directory', path)
      directory = node
    }
    return directory
  }

  /** Where the last name of `path` stands or would stand; the directory above must be there. */
  #place(path: string): { parent: Directory; name: string } {
    const parts = names(path)
    const name = parts.pop()
    assert(name !== undefined, 'a path names something below the root')
    return { parent: this.#directory(sep + parts.join(sep)), name }
  }

  #find(path: string): { parent: Directory; name: string } | undefined {
    try {
      return this.#place(path)
    } catch (error) {
      if (isDiskError(error, 'not-found')) return undefined
      throw error
    }
  }
}

class MemoryFile implements File {
  readonly #path: string
  readonly #contents: MemoryContents
  readonly #isWritable: boolean
  #isOpen = true

  constructor(path: string, contents: MemoryContents, isWritable: boolean) {
    this.#path = path
    this.#contents = contents
    this.#isWritable = isWritable
  }

  async write(chunks: readonly Uint8Array[], position: number): Promise<void> {
    this.#check(true)
    let at = position
    for (const chunk of chunks) {
      this.#contents.write(chunk, at)
      at += chunk.byteLength
    }
  }

  async read(into: Uint8Array, position: number): Promise<number> {
    this.#check(false)
    return this.#contents.read(into, position)
  }

  async sync(): Promise<void> {
    this.#check(false)
  }

  async truncate(sizeBytes: number): Promise<void> {
    this.#check(true)
    this.#contents.resize(sizeBytes)
  }

  async size(): Promise<number> {
    this.#check(false)
    return this.#contents.sizeBytes
  }

  async close(): Promise<void> {
    this.#check(false)
    this.#isOpen = false
  }

  #check(writes: boolean): void {
    assert(this.#isOpen, `${this.#path} is used while open`)
    if (writes && !this.#isWritable) throw diskError('io', this.#path, 'is open for reading only')
  }
}

function names(path: string): string[] {
  return resolve(path)
    .split(sep)
    .filter((name) => name !== '')
}

const reasons: Partial<Record<DiskErrorKind, string>> = {
  'not-found': 'no such file or directory',
  exists: 'exists already',
  'not-a-directory': 'is not a directory',
}

function diskError(kind: DiskErrorKind, path: string, reason = reasons[kind] ?? kind): DiskError {
  return new DiskError(kind, path, `${path}: ${reason}`)
}
