// One direction of a simulated connection: an ordered stream of bytes that arrive after the link's delay, cut into
// other chunks than they were sent in. While the link is cut they wait, as they would for TCP's retransmission; when
// that lasts too long the sender's end fails. Bytes on their way outlive the sender.

import type { Prng } from '../base/prng.ts'
import type { Life, SimEventLoop } from './event-loop.ts'

/** What one read of a socket returns at most. */
const chunkBytesMax = 64 * 1024

/** How long TCP sends again before it gives up; real systems take minutes, which would only make runs longer. */
export const retransmitUsMax = 20_000_000

export interface PipeEnds {
  /** The life that receives. */
  readonly to: Life
  readonly onBytes: (bytes: Uint8Array) => void
  /** The sender ended the stream and all of it was delivered. */
  readonly onEnd: () => void
  /** Everything that was queued has been delivered. */
  readonly onEmpty: () => void
  /** The other side could not be reached for too long. */
  readonly onUnreachable: () => void
  /** Nothing more will be delivered. */
  readonly onClosed: () => void
}

export interface PipeModules {
  readonly loop: SimEventLoop
  readonly prng: Prng
  /** The kernel's own life, for what happens whether or not a process lives. */
  readonly kernel: Life
  isCut(): boolean
  latencyUs(): number
}

interface Queued {
  readonly bytes: Uint8Array
  readonly readyUs: number
}

export class SimPipe {
  readonly #ends: PipeEnds
  readonly #modules: PipeModules
  readonly #queue: Queued[] = []
  #queuedBytes = 0
  #hasEnd = false
  #isPaused = true
  #isClosed = false
  #isScheduled = false
  #cutSinceUs: number | undefined

  constructor(ends: PipeEnds, modules: PipeModules) {
    this.#ends = ends
    this.#modules = modules
  }

  get queuedBytes(): number {
    return this.#queuedBytes
  }

  write(chunks: readonly Uint8Array[]): void {
    const readyUs = this.#modules.loop.nowUs + this.#modules.latencyUs()
    for (const bytes of chunks) {
      if (bytes.length === 0) continue
      this.#queue.push({ bytes, readyUs: Math.max(readyUs, this.#queue.at(-1)?.readyUs ?? 0) })
      this.#queuedBytes += bytes.length
    }
    this.wake()
  }

  /** Nothing more is written. */
  finish(): void {
    this.#hasEnd = true
    this.wake()
  }

  /** The sender is gone: of what it queued, a drawn part is on its way already. */
  abandon(): void {
    const keptCount = this.#modules.prng.between(0, this.#queue.length)
    for (const { bytes } of this.#queue.splice(keptCount)) this.#queuedBytes -= bytes.length
  }

  /** Nothing more is delivered. */
  close(): void {
    this.#isClosed = true
    this.#ends.onClosed()
  }

  pause(): void {
    this.#isPaused = true
  }

  resume(): void {
    this.#isPaused = false
    this.wake()
  }

  /** Sees to the next delivery; called whenever one may have become possible. */
  wake(): void {
    if (this.#isClosed || this.#isScheduled || this.#isPaused) return
    if (this.#queue.length === 0 && !this.#hasEnd) return
    const { loop, prng } = this.#modules
    if (this.#modules.isCut()) {
      this.#wait()
      return
    }
    this.#cutSinceUs = undefined
    const waitUs = Math.max(0, (this.#queue[0]?.readyUs ?? loop.nowUs) - loop.nowUs)
    this.#isScheduled = true
    loop.schedule(this.#ends.to, waitUs + prng.between(1, 20), 'deliver', () => {
      this.#isScheduled = false
      this.#deliver()
    })
  }

  #deliver(): void {
    if (this.#isClosed || this.#isPaused) return
    if (this.#modules.isCut()) {
      this.#wait()
      return
    }
    if (this.#queue.length === 0) {
      this.close()
      this.#ends.onEnd()
      return
    }
    const chunk = this.#take()
    if (this.#queue.length === 0) this.#ends.onEmpty()
    this.#ends.onBytes(chunk)
    this.wake()
  }

  /** A drawn part of what has arrived, in memory of its own. */
  #take(): Uint8Array {
    const { loop, prng } = this.#modules
    let arrivedBytes = 0
    for (const { bytes, readyUs } of this.#queue) {
      if (readyUs > loop.nowUs) break
      arrivedBytes += bytes.length
    }
    const limitBytes = Math.min(arrivedBytes, chunkBytesMax)
    const chunk = new Uint8Array(prng.chance(0.5) ? limitBytes : prng.between(1, limitBytes))
    let filledBytes = 0
    while (filledBytes < chunk.length) {
      const { bytes, readyUs } = this.#queue.shift()!
      const part = bytes.subarray(0, chunk.length - filledBytes)
      chunk.set(part, filledBytes)
      filledBytes += part.length
      if (part.length < bytes.length) this.#queue.unshift({ bytes: bytes.subarray(part.length), readyUs })
    }
    this.#queuedBytes -= chunk.length
    return chunk
  }

  #wait(): void {
    if (this.#cutSinceUs !== undefined) return
    const sinceUs = this.#modules.loop.nowUs
    this.#cutSinceUs = sinceUs
    this.#modules.loop.schedule(this.#modules.kernel, retransmitUsMax, 'retransmit', () => {
      if (!this.#isClosed && this.#cutSinceUs === sinceUs) this.#ends.onUnreachable()
    })
  }
}
