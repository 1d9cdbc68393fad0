// One open file by its descriptor, through Node's callback calls: they cost less per write than file handles do, and
// no garbage collector closes a descriptor under a running write. Use after closing is a broken invariant.

import {
  close,
  closeSync,
  fdatasync,
  fstat,
  fstatSync,
  ftruncate,
  read,
  readSync,
  writev,
  writevSync,
} from 'node:fs'
import { assert } from '../base/assert.ts'
import { DiskError, type File } from '../env/env.ts'
import { callAsync, type StartCall } from './disk-errors.ts'
import type { LoopPace } from './loop-pace.ts'
import type { YoungBuffers } from './young-buffers.ts'

export interface NodeFileModules {
  /** Of all calls but reads, which alone have to wait for the disk when they miss the page cache. */
  readonly pace: LoopPace
  readonly readPace: LoopPace
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
      const writtenBytes = await this.#writeSome(rest, restBytes, at)
      if (writtenBytes === 0) throw new DiskError('io', this.#path, `${this.#path}: write took no bytes`)
      rest = chunksFrom(rest, writtenBytes)
      at += writtenBytes
      restBytes -= writtenBytes
    }
  }

  #writeSome(chunks: readonly Uint8Array[], sizeBytes: number, position: number): Promise<number> {
    const descriptor = this.#open()
    return this.#modules.pace.call<number>(
      this.#path,
      sizeBytes,
      () => writevSync(descriptor, chunks, position),
      (done) => writev(descriptor, chunks, position, done),
    )
  }

  async read(into: Uint8Array, position: number): Promise<number> {
    let filledBytes = 0
    this.#modules.youngBuffers.filled(into.byteLength)
    while (filledBytes < into.byteLength) {
      const readBytes = await this.#readSome(into.subarray(filledBytes), position + filledBytes)
      if (readBytes === 0) break
      filledBytes += readBytes
    }
    return filledBytes
  }

  #readSome(into: Uint8Array, position: number): Promise<number> {
    const descriptor = this.#open()
    const { byteLength } = into
    return this.#modules.readPace.call<number>(
      this.#path,
      byteLength,
      () => readSync(descriptor, into, 0, byteLength, position),
      (done) => read(descriptor, into, 0, byteLength, position, done),
    )
  }

  /** The data and the size; times of access and change may be lost. */
  sync(): Promise<void> {
    return this.#call<void>((done) => fdatasync(this.#open(), done))
  }

  truncate(sizeBytes: number): Promise<void> {
    return this.#call<void>((done) => ftruncate(this.#open(), sizeBytes, done))
  }

  async size(): Promise<number> {
    const descriptor = this.#open()
    const { size } = await this.#modules.pace.call<{ size: number }>(
      this.#path,
      0,
      () => fstatSync(descriptor),
      (done) => fstat(descriptor, done),
    )
    return size
  }

  async close(): Promise<void> {
    const descriptor = this.#open()
    this.#isOpen = false
    await this.#modules.pace.call<void>(
      this.#path,
      0,
      () => closeSync(descriptor),
      (done) => close(descriptor, done),
    )
  }

  /** The descriptor, which another file may have got since this one was closed. */
  #open(): number {
    assert(this.#isOpen, `${this.#path} is used while open`)
    return this.#descriptor
  }

  #call<T>(start: StartCall<T>): Promise<T> {
    return callAsync(this.#path, start)
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
