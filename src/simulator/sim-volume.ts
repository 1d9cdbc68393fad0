// The file system of one simulated host, without time: names and files as processes see them and as they are durable.
// A change of a directory (a new name, a rename, a removal) is durable once that directory was synced. A power loss
// keeps a prefix of all other changes, in their order, as a journaling file system does; a rename is kept whole or not
// at all. Removing a directory with its contents is many changes. What a durable name does not reach is gone.

import { assert } from '../base/assert.ts'
import type { Prng } from '../base/prng.ts'
import { type DirectoryEntry, DiskError, type DiskErrorKind, isDiskError } from '../env/env.ts'
import { SimFileContents } from './sim-file-contents.ts'

class Directory {
  seen = new Map<string, SimNode>()
  readonly durable = new Map<string, SimNode>()
}

type SimNode = SimFileContents | Directory

interface Place {
  readonly parent: Directory
  readonly name: string
}

interface Change {
  readonly directories: readonly Directory[]
  readonly makeDurable: () => void
}

export class SimVolume {
  readonly capacityBytes: number
  readonly #prng: Prng
  readonly #root = new Directory()
  #unsynced: Change[] = []
  /** Of files that have a name. */
  #usedBytes = 0
  /** Files removed while open: what they hold no longer counts. */
  readonly #nameless = new WeakSet<SimFileContents>()
  /** Bytes that something outside takes away: the way to a full disk. */
  reservedBytes = 0

  constructor(capacityBytes: number, prng: Prng) {
    this.capacityBytes = capacityBytes
    this.#prng = prng
  }

  get usableBytes(): number {
    return Math.max(0, this.capacityBytes - this.reservedBytes - this.#usedBytes)
  }

  open(path: string, mode: 'read' | 'create'): SimFileContents {
    const place = this.#place(path)
    const found = place.parent.seen.get(place.name)
    if (found instanceof Directory) throw diskError('io', path, 'is a directory')
    if (found !== undefined) return found
    if (mode === 'read') throw diskError('not-found', path)
    const file = new SimFileContents()
    this.#link(place, file)
    return file
  }

  /** Writes as much as there is room for. False when that is not all. */
  write(file: SimFileContents, bytes: Uint8Array, position: number): boolean {
    const growthBytes = Math.max(0, position + bytes.length - file.sizeBytes)
    const missingBytes = Math.max(0, growthBytes - this.usableBytes)
    const fitting = bytes.subarray(0, Math.max(0, bytes.length - missingBytes))
    this.#resizing(file, () => file.write(fitting, position))
    return missingBytes === 0
  }

  truncate(file: SimFileContents, sizeBytes: number): void {
    this.#resizing(file, () => file.truncate(sizeBytes))
  }

  list(path: string): DirectoryEntry[] {
    const entries = [...this.#directory(path).seen]
    entries.sort(([a], [b]) => (a < b ? -1 : 1))
    return entries.map(([name, node]) => ({ name, kind: node instanceof Directory ? 'directory' : 'file' }))
  }

  makeDirectory(path: string): void {
    let parent = this.#root
    for (const name of names(path)) {
      const found = parent.seen.get(name) ?? new Directory()
      if (!(found instanceof Directory)) throw diskError('exists', path, 'a file has this name')
      if (!parent.seen.has(name)) this.#link({ parent, name }, found)
      parent = found
    }
  }

  rename(from: string, to: string): void {
    const source = this.#place(from)
    const target = this.#place(to)
    const node = source.parent.seen.get(source.name)
    if (node === undefined) throw diskError('not-found', from)
    const replaced = target.parent.seen.get(target.name)
    if (replaced instanceof Directory && replaced.seen.size > 0) throw diskError('exists', to)
    if (replaced instanceof SimFileContents) this.#forget(replaced)
    this.#change([source.parent, target.parent], (entriesOf) => {
      entriesOf(source.parent).delete(source.name)
      entriesOf(target.parent).set(target.name, node)
    })
  }

  remove(path: string): void {
    const place = this.#find(path)
    if (place !== undefined) this.#unlink(place)
  }

  syncDirectory(path: string): void {
    const directory = this.#directory(path)
    const isOfDirectory = (change: Change) => change.directories.includes(directory)
    for (const change of this.#unsynced.filter(isOfDirectory)) change.makeDurable()
    this.#unsynced = this.#unsynced.filter((change) => !isOfDirectory(change))
  }

  /** Fails as `list` does unless there is such a directory. */
  checkDirectory(path: string): void {
    this.#directory(path)
  }

  /** Bit rot: changes one byte of a file for good, and nobody is told. */
  corrupt(path: string, position: number): void {
    this.open(path, 'read').corrupt(position)
  }

  losePower(): void {
    const keptCount = this.#prng.between(0, this.#unsynced.length)
    for (const change of this.#unsynced.slice(0, keptCount)) change.makeDurable()
    this.#unsynced = []
    this.#usedBytes = 0
    this.#forgetUnsynced(this.#root)
  }

  #forgetUnsynced(directory: Directory): void {
    directory.seen = new Map(directory.durable)
    for (const node of directory.seen.values()) {
      if (node instanceof Directory) {
        this.#forgetUnsynced(node)
      } else {
        node.losePower(this.#prng)
        this.#nameless.delete(node)
        this.#usedBytes += node.sizeBytes
      }
    }
  }

  #link({ parent, name }: Place, node: SimNode): void {
    this.#change([parent], (entriesOf) => entriesOf(parent).set(name, node))
  }

  #unlink({ parent, name }: Place): void {
    const node = parent.seen.get(name)
    if (node === undefined) return
    if (node instanceof Directory)
      for (const inner of node.seen.keys()) this.#unlink({ parent: node, name: inner })
    else this.#forget(node)
    this.#change([parent], (entriesOf) => entriesOf(parent).delete(name))
  }

  #change(
    directories: readonly Directory[],
    apply: (entriesOf: (directory: Directory) => Map<string, SimNode>) => void,
  ): void {
    apply((directory) => directory.seen)
    this.#unsynced.push({ directories, makeDurable: () => apply((directory) => directory.durable) })
  }

  #resizing(file: SimFileContents, change: () => void): void {
    const before = file.sizeBytes
    change()
    if (!this.#nameless.has(file)) this.#usedBytes += file.sizeBytes - before
  }

  #forget(file: SimFileContents): void {
    this.#nameless.add(file)
    this.#usedBytes -= file.sizeBytes
  }

  #directory(path: string): Directory {
    return this.#walk(names(path), path)
  }

  #walk(parts: readonly string[], path: string): Directory {
    let directory = this.#root
    for (const name of parts) {
      const node = directory.seen.get(name)
      if (node === undefined) throw diskError('not-found', path)
      if (!(node instanceof Directory)) throw diskError('not-a-directory', path)
      directory = node
    }
    return directory
  }

  /** Where the last name of `path` stands or would stand; the directory above must be there. */
  #place(path: string): Place {
    const parts = names(path)
    const name = parts.pop()
    assert(name !== undefined, 'a path names something below the root')
    return { parent: this.#walk(parts, path), name }
  }

  #find(path: string): Place | undefined {
    try {
      return this.#place(path)
    } catch (error) {
      if (isDiskError(error, 'not-found')) return undefined
      throw error
    }
  }
}

function names(path: string): string[] {
  assert(path.startsWith('/'), `a simulated path is absolute: ${path}`)
  return path.split('/').filter((name) => name !== '' && name !== '.')
}

const reasons: Partial<Record<DiskErrorKind, string>> = {
  'not-found': 'no such file or directory',
  exists: 'exists already',
  'not-a-directory': 'is not a directory',
}

export function diskError(kind: DiskErrorKind, path: string, reason = reasons[kind] ?? kind): DiskError {
  return new DiskError(kind, path, `${path}: ${reason}`)
}
