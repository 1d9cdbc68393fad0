// The bytes of a log on their way to the operating system. Appends of one turn gather into one write, up to a
// megabyte; the next write starts when the one before is done. Until a byte is written, its segment holds it for
// readers. The queued bytes are views on what was received; they are not copied.

import { assert } from '../base/assert.ts'
import type { FilePool } from './file-pool.ts'
import type { RecentWrites } from './recent-writes.ts'
import type { Segment } from './segment.ts'

/**
 * Larger writes make the page cache take its memory in larger pieces, which a virtual machine may have given back to
 * its host: 4 MB at a time cost three times the processor time of 1 MB there, and nothing is saved by fewer calls.
 */
const gatheredBytesMax = 1024 * 1024

interface WriteGroup {
  readonly segment: Segment
  readonly position: number
  readonly chunks: Uint8Array[]
  bytes: number
  endOffset: number
}

export interface LogWriterEvents {
  path(segment: Segment): string
  /** Asks for `start` at the end of the turn. */
  schedule(): void
  /** Runs between a write and its `onWritten`; a sync that acknowledgements wait for goes here. */
  beforeWritten(endOffset: number): Promise<void> | undefined
  onWritten(endOffset: number): void
  /** The disk refused; what was queued is dropped and nothing is written any more. */
  onFailed(error: unknown): void
}

export class LogWriter {
  readonly #pool: FilePool
  readonly #recentWrites: RecentWrites | undefined
  readonly #events: LogWriterEvents
  /** The first is on its way to the disk while it is `#current`. */
  #groups: WriteGroup[] = []
  #current: WriteGroup | undefined
  #isRunning = false
  #failure: unknown
  readonly #waiters: { endOffset: number; resolve: () => void; reject: (error: unknown) => void }[] = []
  /** All records below it are in the operating system (and durable, where acknowledgements wait for that). */
  writtenEndOffset: number

  constructor(
    modules: { pool: FilePool; recentWrites?: RecentWrites },
    writtenEndOffset: number,
    events: LogWriterEvents,
  ) {
    this.#pool = modules.pool
    this.#recentWrites = modules.recentWrites
    this.writtenEndOffset = writtenEndOffset
    this.#events = events
  }

  /** Queues `chunk` for position `segment.sizeBytes`, which the caller advances afterwards. */
  push(segment: Segment, chunk: Uint8Array, endOffset: number): void {
    if (this.#failure !== undefined) return
    segment.inMemory.push({ position: segment.sizeBytes, bytes: chunk })
    const last = this.#groups.at(-1)
    const isOpen = last !== undefined && last.segment === segment && last !== this.#current
    if (isOpen && last.bytes + chunk.length <= gatheredBytesMax) {
      last.chunks.push(chunk)
      last.bytes += chunk.length
      last.endOffset = endOffset
      return
    }
    this.#groups.push({
      segment,
      position: segment.sizeBytes,
      chunks: [chunk],
      bytes: chunk.length,
      endOffset,
    })
    if (this.#groups.length === 1) this.#events.schedule()
  }

  get unwrittenBytes(): number {
    return this.#groups.reduce((sum, group) => sum + group.bytes, 0)
  }

  start(): void {
    if (!this.#isRunning && this.#groups.length > 0) void this.#writeAll()
  }

  /** Resolves when all records below `endOffset` are written; rejects when the disk refused. */
  writtenTo(endOffset: number): Promise<void> {
    if (this.#failure !== undefined) return Promise.reject(this.#failure)
    if (endOffset <= this.writtenEndOffset) return Promise.resolve()
    this.start()
    return new Promise((resolve, reject) => this.#waiters.push({ endOffset, resolve, reject }))
  }

  async #writeAll(): Promise<void> {
    this.#isRunning = true
    while (this.#groups.length > 0) {
      const group = this.#groups[0]!
      this.#current = group
      try {
        await this.#write(group)
      } catch (error) {
        this.#fail(error)
        break
      }
      // Not under the `try`: what the callbacks throw is a broken invariant, not a disk error.
      this.writtenEndOffset = group.endOffset
      this.#events.onWritten(group.endOffset)
      this.#resolveWaiters()
    }
    this.#isRunning = false
    this.#current = undefined
  }

  async #write(group: WriteGroup): Promise<void> {
    const { segment, position, chunks, endOffset } = group
    await this.#pool.use(this.#events.path(segment), (file) => file.write(chunks, position))
    assert(segment.writtenBytes === position, 'a segment is written without gaps')
    segment.writtenBytes += group.bytes
    if (this.#recentWrites === undefined) segment.inMemory.splice(0, chunks.length)
    else this.#recentWrites.add(segment, chunks)
    this.#groups.shift()
    await this.#events.beforeWritten(endOffset)
  }

  #resolveWaiters(): void {
    while (this.#waiters.length > 0 && this.#waiters[0]!.endOffset <= this.writtenEndOffset) {
      this.#waiters.shift()!.resolve()
    }
  }

  #fail(error: unknown): void {
    this.#failure = error
    this.#groups = []
    for (const waiter of this.#waiters.splice(0)) waiter.reject(error)
    this.#events.onFailed(error)
  }
}
