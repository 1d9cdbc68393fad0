// One client's connection: bytes in, frames to the handler, responses out in the order of the requests.
// Invariants: one request is in work at a time, except that Produce requests may overlap (their appends
// happen in order, so that several batches share one write); while the peer does not read what was sent,
// or while requests wait, nothing more is read from it, so that a connection holds at most the frames of
// one chunk, the requests in work and their responses. Source: the muting of SocketServer.

import type { Logger } from '../base/logger.ts'
import type { CloseReason, Connection } from '../env/env.ts'
import { FrameDecoder } from '../protocol/frame-decoder.ts'

export interface ClientInfo {
  readonly listenerName: string
  /** As Java prints an address: `/127.0.0.1`. */
  readonly clientHost: string
  /** `127.0.0.1:53122`, for log lines. */
  readonly peer: string
}

/** As handlers see it: work that waits may stop once its client has gone. */
export interface ConnectedClient extends ClientInfo {
  isConnected(): boolean
}

/** Chunks of a whole response frame, nothing to send, or the reason why the connection must be closed. */
export type HandlerResult = readonly Uint8Array[] | 'no-response' | { readonly close: string }

export interface RequestHandler {
  /** Starts the work of one frame before it returns; never rejects. */
  handle(frame: Uint8Array, client: ConnectedClient): Promise<HandlerResult>
}

export interface ClientConnectionOptions {
  readonly client: ClientInfo
  /** `socket.request.max.bytes`. */
  readonly frameBytesMax: number
}

export interface ClientConnectionModules {
  readonly connection: Connection
  readonly handler: RequestHandler
  readonly logger: Logger
  readonly monotonicMs: () => number
  readonly onClosed: () => void
}

/** More overlapping appends than this gain nothing: one write takes them all. */
const produceRequestsInWorkMax = 16
const produceApiKey = 0

interface ResponseSlot {
  readonly isProduce: boolean
  result: HandlerResult | undefined
}

export class ClientConnection {
  readonly #modules: ClientConnectionModules
  readonly #client: ConnectedClient
  readonly #decoder: FrameDecoder
  readonly #waiting: Uint8Array[] = []
  readonly #slots: ResponseSlot[] = []
  #isReading = true
  #isDrained = true
  #isClosed = false
  #lastActiveMs: number

  constructor(options: ClientConnectionOptions, modules: ClientConnectionModules) {
    this.#modules = modules
    this.#client = { ...options.client, isConnected: () => !this.#isClosed }
    this.#lastActiveMs = modules.monotonicMs()
    this.#decoder = new FrameDecoder(
      { frameBytesMax: options.frameBytesMax },
      { onFrame: (frame) => this.#waiting.push(frame) },
    )
    const { connection } = modules
    connection.onData = (chunk) => this.#onData(chunk)
    connection.roomForData = () => this.#decoder.room()
    connection.onDrain = () => this.#onDrain()
    connection.onClose = (why) => this.#onClose(why)
  }

  /** Milliseconds since bytes last went either way; 0 while a request is in work. */
  idleMs(): number {
    return this.#slots.length > 0 ? 0 : this.#modules.monotonicMs() - this.#lastActiveMs
  }

  /** Closes with one line in the log that names the peer. */
  closeBecause(reason: string): void {
    if (this.#isClosed) return
    this.#modules.logger.warn(`Closing the connection of ${this.#client.peer}: ${reason}`)
    this.close()
  }

  close(): void {
    if (this.#isClosed) return
    this.#isClosed = true
    this.#waiting.length = 0
    this.#modules.connection.destroy()
    this.#modules.onClosed()
  }

  #onData(chunk: Uint8Array): void {
    this.#lastActiveMs = this.#modules.monotonicMs()
    const decoded = this.#decoder.push(chunk)
    this.#startWaiting()
    if (!decoded.ok) this.closeBecause(decoded.message)
  }

  #onDrain(): void {
    this.#isDrained = true
    this.#startWaiting()
  }

  #onClose(why: CloseReason): void {
    if (this.#isClosed) return
    this.#isClosed = true
    this.#waiting.length = 0
    if (why.kind === 'error')
      this.#modules.logger.debug(`Connection of ${this.#client.peer} ended: ${why.message}`)
    this.#modules.onClosed()
  }

  #startWaiting(): void {
    let started = 0
    while (!this.#isClosed && started < this.#waiting.length && this.#mayStart(this.#waiting[started]!)) {
      this.#start(this.#waiting[started]!)
      started++
    }
    this.#waiting.splice(0, started)
    this.#readOrPause()
  }

  #mayStart(frame: Uint8Array): boolean {
    if (!this.#isDrained) return false
    if (this.#slots.length === 0) return true
    return (
      isProduce(frame) &&
      this.#slots.length < produceRequestsInWorkMax &&
      this.#slots.every((slot) => slot.isProduce)
    )
  }

  #start(frame: Uint8Array): void {
    const slot: ResponseSlot = { isProduce: isProduce(frame), result: undefined }
    this.#slots.push(slot)
    void this.#modules.handler.handle(frame, this.#client).then((result) => {
      slot.result = result
      this.#sendReady()
    })
  }

  /** Sends the responses whose turn it is with one call, then goes on with what waited for them. */
  #sendReady(): void {
    if (this.#isClosed) return
    const chunks: Uint8Array[] = []
    let close: string | undefined
    while (this.#slots[0]?.result !== undefined && close === undefined) {
      const result = this.#slots.shift()!.result!
      if (result === 'no-response') continue
      if ('close' in result) close = result.close
      else for (const chunk of result) chunks.push(chunk)
    }
    this.#lastActiveMs = this.#modules.monotonicMs()
    if (chunks.length > 0) this.#isDrained = this.#modules.connection.send(chunks)
    if (close !== undefined) this.closeBecause(close)
    else this.#startWaiting()
  }

  #readOrPause(): void {
    const shouldRead = this.#isDrained && this.#waiting.length === 0
    if (shouldRead === this.#isReading || this.#isClosed) return
    this.#isReading = shouldRead
    if (shouldRead) this.#modules.connection.resume()
    else this.#modules.connection.pause()
  }
}

function isProduce(frame: Uint8Array): boolean {
  return frame.length >= 2 && ((frame[0]! << 8) | frame[1]!) === produceApiKey
}
