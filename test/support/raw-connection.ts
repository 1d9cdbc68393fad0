// One connection to a broker that says exactly what a test wants to say: any version of any request, or bytes that
// are no request at all. No retries and no negotiation: what comes back is what the broker sent.

import { connect, type Socket } from 'node:net'
import { responseHeaderVersion } from '../../src/protocol/api-definition.ts'
import { encodeRequestFrame } from '../../src/protocol/frame.ts'
import { FrameDecoder } from '../../src/protocol/frame-decoder.ts'
import { responseHeader } from '../../src/protocol/generated/response-header.ts'
import type { MessageCodec } from '../../src/protocol/message.ts'
import { Reader } from '../../src/protocol/reader.ts'

/** Both codecs of an API; an ApiDefinition of api-keys.ts is one. */
export interface ApiCodecs<Q, R> {
  readonly request: MessageCodec<Q>
  readonly response: MessageCodec<R>
}

const frameBytesMax = 100 * 1024 * 1024

export class RawConnection {
  readonly clientId: string
  readonly #socket: Socket
  readonly #localPort: number
  readonly #frames: Uint8Array[] = []
  readonly #waiting: { resolve: (frame: Uint8Array) => void; reject: (error: Error) => void }[] = []
  #isClosed = false
  #correlationId = 0

  private constructor(socket: Socket, clientId: string) {
    this.#socket = socket
    this.#localPort = socket.localPort ?? 0
    this.clientId = clientId
    const decoder = new FrameDecoder({ frameBytesMax }, { onFrame: (frame) => this.#onFrame(frame) })
    socket.setNoDelay(true)
    socket.on('data', (chunk: Buffer) => decoder.push(chunk))
    socket.on('error', () => {})
    socket.on('close', () => this.#onClose())
  }

  static open(port: number, host = '127.0.0.1', clientId = 'test'): Promise<RawConnection> {
    return new Promise((resolve, reject) => {
      const socket = connect(port, host, () => resolve(new RawConnection(socket, clientId)))
      socket.once('error', reject)
    })
  }

  /** Sends one request, fields left out at their defaults, and returns its response; rejects when the broker closes. */
  async call<Q, R>(codecs: ApiCodecs<Q, R>, version: number, fields: Partial<Q> = {}): Promise<R> {
    const correlationId = ++this.#correlationId
    const value = { ...codecs.request.defaults(), ...fields }
    this.send(...encodeRequestFrame(codecs.request, version, correlationId, this.clientId, value))
    const reader = new Reader(await this.receive())
    const header = responseHeader.decode(reader, responseHeaderVersion(codecs.response, version))
    if (header.correlationId !== correlationId)
      throw new Error(`response ${header.correlationId} came for request ${correlationId}`)
    const response = codecs.response.decode(reader, version)
    if (reader.remaining > 0) throw new Error(`${reader.remaining} bytes follow the ${codecs.response.name}`)
    return response
  }

  send(...chunks: Uint8Array[]): void {
    for (const chunk of chunks) this.#socket.write(chunk)
  }

  /** The next frame without its length; rejects when the broker closes the connection instead. */
  receive(): Promise<Uint8Array> {
    const frame = this.#frames.shift()
    if (frame !== undefined) return Promise.resolve(frame)
    if (this.#isClosed) return Promise.reject(closedError())
    return new Promise((resolve, reject) => this.#waiting.push({ resolve, reject }))
  }

  /** Resolves when the broker has closed the connection. */
  async closed(): Promise<void> {
    while (!this.#isClosed) await this.receive().catch(() => {})
  }

  /** By which the broker's log names this connection. */
  get localPort(): number {
    return this.#localPort
  }

  /** Reads nothing any more: the broker's answers stay on their way. */
  pause(): void {
    this.#socket.pause()
  }

  close(): void {
    this.#socket.destroy()
  }

  #onFrame(frame: Uint8Array): void {
    // A view on the socket's chunk would change under the test that keeps it.
    const copy = frame.slice()
    const next = this.#waiting.shift()
    if (next === undefined) this.#frames.push(copy)
    else next.resolve(copy)
  }

  #onClose(): void {
    this.#isClosed = true
    for (const { reject } of this.#waiting.splice(0)) reject(closedError())
  }
}

function closedError(): Error {
  return new Error('the broker closed the connection')
}
