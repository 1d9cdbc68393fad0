// One TCP connection. The owner sets its handlers in the turn in which it gets the connection. What is sent in one
// turn leaves in one gathered write; more than `queuedBytesMax` waiting asks the owner to stop until it drained. The
// first cause of an end (ours, the peer's, an error) is the reason that `onClose` reports.

import type { Socket } from 'node:net'
import type { CloseReason, Connection } from '../env/env.ts'
import type { SocketReads } from './socket-reads.ts'

/** Room for a large fetch response, so that one alone does not stop the reading of pipelined requests. */
const queuedBytesMax = 1024 * 1024

/** How long an ended connection may stand still, for want of a peer that reads or closes. */
const endIdleMsMax = 10_000

export class NodeConnection implements Connection {
  readonly remoteAddress: string
  readonly remotePort: number
  readonly localPort: number
  onData: (chunk: Uint8Array) => void = () => {}
  roomForData: () => Uint8Array | undefined = () => undefined
  onDrain: () => void = () => {}
  onClose: (why: CloseReason) => void = () => {}
  readonly #socket: Socket
  #why: CloseReason | undefined
  #isFull = false
  #isGathering = false

  constructor(socket: Socket, reads: SocketReads) {
    this.remoteAddress = withoutMapping(socket.remoteAddress ?? '')
    this.remotePort = socket.remotePort ?? 0
    this.localPort = socket.localPort ?? 0
    this.#socket = socket
    reads.roomForData = () => this.roomForData()
    reads.onData = (chunk) => {
      if (this.#why === undefined) this.onData(chunk)
    }
    socket.on('drain', () => {
      const wasFull = this.#isFull
      this.#isFull = false
      if (wasFull && this.#why === undefined) this.onDrain()
    })
    socket.on('end', () => {
      this.#why ??= { kind: 'peer' }
      // A peer that closed reads no answers; waiting for queued ones to leave could take for ever.
      if (this.#why.kind === 'peer') socket.destroy()
    })
    socket.on('error', (error) => {
      this.#why ??= { kind: 'error', message: error.message }
    })
    socket.on('close', () => this.onClose(this.#why ?? { kind: 'local' }))
  }

  send(chunks: readonly Uint8Array[]): boolean {
    if (this.#why !== undefined) return true
    const socket = this.#socket
    if (!this.#isGathering) this.#gather()
    for (const chunk of chunks) socket.write(chunk)
    this.#isFull = socket.writableNeedDrain && socket.writableLength > queuedBytesMax
    return !this.#isFull
  }

  /** Holds back what is sent until the promises of this turn have run: answers that are ready together leave so. */
  #gather(): void {
    this.#isGathering = true
    this.#socket.cork()
    process.nextTick(() => {
      this.#isGathering = false
      this.#socket.uncork()
    })
  }

  pause(): void {
    this.#socket.pause()
  }

  resume(): void {
    this.#socket.resume()
  }

  end(): void {
    if (this.#why !== undefined) return
    this.#why = { kind: 'local' }
    this.#socket.end()
    this.#socket.setTimeout(endIdleMsMax, () => this.#socket.destroy())
    // The peer's own end is only seen by reading on; what it still sends is dropped.
    this.#socket.resume()
  }

  destroy(): void {
    this.#why ??= { kind: 'local' }
    this.#socket.destroy()
  }
}

/** A listener on both address families sees IPv4 peers as `::ffff:10.0.0.1`. */
function withoutMapping(address: string): string {
  return address.startsWith('::ffff:') ? address.slice('::ffff:'.length) : address
}
