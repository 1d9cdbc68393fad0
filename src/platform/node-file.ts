// One open file by its descriptor, through Node's callback calls: they cost less per write than file handles do, and
// no garbage collector closes a descriptor under a running write. Use after closing is a broken invariant.

import { close, fdatasync, fstat, ftruncate, read, writev, writevSync } from 'node:fs'
import { assert } from '../base/assert.ts'
import { DiskError, type File } from '../env/env.ts'
import { diskError } from './disk-errors.ts'
import type { WritePace } from './write-pace.ts'
import type { YoungBuffers } from './young-buffers.ts'

export interface NodeFileModules {
  readonly pace: WritePace
  readonly youngBuffers: YoungBuffers
}

export class NodeFile implements File {
  readonly #path: string
  readonly #descriptor: number
  readonly #modules: NodeFileModules
  #isOpen = true

  constructor(path: string, descriptor: number, modules: NodeFileModules) {
    this.#path = path
    this.#descriptor = descriptor
    this.#modules = modules
  }

  async write(chunks: readonly Uint8Array[], position: number): Promise<void> {
    let rest = chunks
    let at = position
    let restBytes = chunks.reduce((sum, chunk) => sum + chunk.byteLength, 0)
    // The operating system may take less than it was given: 2 GiB at most, or what space is left.
    while (restBytes > 0) {
      const nowMs = performance.now()
      const writtenBytes = this.#modules.pace.fitsLoop(restBytes, nowMs)
        ? this.#writeOnLoop(rest, at, nowMs)
        : await this.#call<number>((done) => writev(this.#open(), rest, at, done))
      if (writtenBytes === 0) throw new DiskError('io', this.#path, `${this.#path}: write took no bytes`)
      rest = chunksFrom(rest, writtenBytes)
      at += writtenBytes
      restBytes -= writtenBytes
    }
  }

  #writeOnLoop(chunks: readonly Uint8Array[], position: number, startMs: number): number {
    const descriptor = this.#open()
    try {
      return writevSync(descriptor, chunks, position)
    } catch (error) {
      throw diskError(this.#path, error as NodeJS.ErrnoException)
    } finally {
      this.#modules.pace.wroteOnLoop(startMs, performance.now())
    }
  }

  async read(into: Uint8Array, position: number): Promise<number> {
    let filledBytes = 0
    this.#modules.youngBuffers.filled(into.byteLength)
    while (filledBytes < into.byteLength) {
      const rest = into.subarray(filledBytes)
      const readBytes = await this.#call<number>((done) =>
        read(this.#open(), rest, 0, rest.byteLength, position + filledBytes, done),
      )
      if (readBytes === 0) break
      filledBytes += readBytes
    }
    return filledBytes
  }

  /** The data and the size; times of access and change may be lost. */
  sync(): Promise<void> {
    return this.#call<void>((done) => fdatasync(this.#open(), done))
  }

  truncate(sizeBytes: number): Promise<void> {
    return this.#call<void>((done) => ftruncate(this.#open(), sizeBytes, done))
  }

  async size(): Promise<number> {
    const stats = await this.#call<{ size: number }>((done) => fstat(this.#open(), done))
    return stats.size
  }

  async close(): Promise<void> {
    const descriptor = this.#open()
    this.#isOpen = false
    await this.#call<void>((done) => close(descriptor, done))
  }

  /** The descriptor, which another file may have got since this one was closed. */
  #open(): number {
    assert(this.#isOpen, `${this.#path} is used while open`)
    return this.#descriptor
  }

  #call<T>(start: (done: (error: Error | null, value?: T) => void) => void): Promise<T> {
    return new Promise((resolve, reject) =>
      start((error, value) => {
        if (error) reject(diskError(this.#path, error))
        else resolve(value as T)
      }),
    )
  }
}

function chunksFrom(chunks: readonly Uint8Array[], skippedBytes: number): Uint8Array[] {
  const rest: Uint8Array[] = []
  let skip = skippedBytes
  for (const chunk of chunks) {
    if (skip < chunk.byteLength) rest.push(skip === 0 ? chunk : chunk.subarray(skip))
    skip = Math.max(0, skip - chunk.byteLength)
  }
  return rest
}
