// One connection to one broker. Requests are pipelined: any number may be on their way, each answer finds its
// request by correlation id. A request that is not answered in time closes the connection, because answers come in
// order and all later ones would wait behind it; every request that is under way fails then.

import { errors } from '../base/errors.ts'
import type { CloseReason, Connection, Network, Timer, Timers } from '../env/env.ts'
import { DecodeError } from '../protocol/decode-error.ts'
import { decodeResponse, encodeRequestFrame } from '../protocol/frame.ts'
import { FrameDecoder } from '../protocol/frame-decoder.ts'
import { apiVersionsRequest } from '../protocol/generated/api-versions-request.ts'
import { Reader } from '../protocol/reader.ts'
import { EncodeError } from '../protocol/writer.ts'
import { type ApiCall, calls } from './api-call.ts'
import { type Failure, failure, type Result, success, unreachable } from './client-error.ts'

export interface KafkaConnectionOptions {
  readonly host: string
  readonly port: number
  readonly clientId: string
  /** For requests that give no limit of their own. */
  readonly requestTimeoutMs: number
}

export interface KafkaConnectionModules {
  readonly network: Network
  readonly timers: Timers
}

export interface SendOptions {
  readonly timeoutMs?: number
  /** Produce with acks 0 is not answered: the call is done when the bytes are queued. */
  readonly isAnswered?: boolean
}

/** A request body, or the function that makes it for the version that was agreed on. */
export type RequestBody<Q> = Q | ((version: number) => Q)

interface Pending {
  readonly apiName: string
  readonly timeout: Timer
  onFrame(frame: Uint8Array): Result<unknown>
  resolve(result: Result<unknown>): void
}

/** Above any answer a client asks for; a peer that speaks HTTP announces more by its first letters. */
const frameBytesMax = 2 ** 30
const clientSoftware = { clientSoftwareName: 'ottla', clientSoftwareVersion: '1' }

export class KafkaConnection {
  readonly #options: KafkaConnectionOptions
  readonly #modules: KafkaConnectionModules
  readonly #connection: Connection
  readonly #decoder: FrameDecoder
  readonly #pending = new Map<number, Pending>()
  #apiVersions: ReadonlyMap<number, readonly [min: number, max: number]> = new Map()
  #nextCorrelationId = 0
  #closed: Failure | undefined
  /** Called once, after every request under way has failed. */
  onClose: () => void = () => {}

  /** Connects and agrees on versions. */
  static async open(
    options: KafkaConnectionOptions,
    modules: KafkaConnectionModules,
  ): Promise<Result<KafkaConnection>> {
    const connected = await modules.network.connect(options.host, options.port)
    const address = `${options.host}:${options.port}`
    if (!connected.ok) return unreachable(`${address} (${reasonOf(connected.error)})`)
    const connection = new KafkaConnection(options, modules, connected.value)
    const negotiated = await connection.#negotiate()
    if (negotiated.ok) return success(connection)
    connection.close()
    return negotiated
  }

  private constructor(
    options: KafkaConnectionOptions,
    modules: KafkaConnectionModules,
    connection: Connection,
  ) {
    this.#options = options
    this.#modules = modules
    this.#connection = connection
    this.#decoder = new FrameDecoder({ frameBytesMax }, { onFrame: (frame) => this.#onFrame(frame) })
    connection.onData = (chunk) => this.#onData(chunk)
    connection.roomForData = () => this.#decoder.room()
    connection.onClose = (why) => this.#onClose(closeMessage(why))
  }

  get isOpen(): boolean {
    return this.#closed === undefined
  }

  get inFlightCount(): number {
    return this.#pending.size
  }

  /** The version that `send` would use, or undefined when the broker has none that the client knows. */
  versionOf(call: ApiCall<unknown, unknown>): number | undefined {
    const served = this.#apiVersions.get(call.request.apiKey)
    if (served === undefined) return undefined
    const version = Math.min(served[1], call.versionMax ?? call.request.stableVersionMax)
    return version >= Math.max(served[0], call.request.versions[0]) ? version : undefined
  }

  /** Sends one request; resolves with its answer, whatever error code is in it. */
  async send<Q, R>(call: ApiCall<Q, R>, body: RequestBody<Q>, options: SendOptions = {}): Promise<Result<R>> {
    if (this.#closed !== undefined) return this.#closed
    const version = this.versionOf(call as ApiCall<unknown, unknown>)
    if (version === undefined) {
      return failure(
        errors.UNSUPPORTED_VERSION,
        `${this.#address} does not serve ${nameOf(call)} in a known version`,
      )
    }
    const value = typeof body === 'function' ? (body as (version: number) => Q)(version) : body
    return this.#sendVersion(call, version, value, options)
  }

  /** Closes at once: requests under way fail. */
  close(): void {
    this.#fail('the client closed the connection')
  }

  get #address(): string {
    return `${this.#options.host}:${this.#options.port}`
  }

  /** Asks with the last version; a broker that is older answers error 35 and the range it knows (KIP-511). */
  async #negotiate(): Promise<Result<void>> {
    const request = { ...apiVersionsRequest.defaults(), ...clientSoftware }
    let version = apiVersionsRequest.stableVersionMax
    for (;;) {
      const answer = await this.#sendVersion(calls.apiVersions, version, request, {})
      if (!answer.ok) return answer
      const { errorCode, apiKeys } = answer.value
      if (errorCode === errors.UNSUPPORTED_VERSION && version > 0) {
        const told = apiKeys.find(({ apiKey }) => apiKey === apiVersionsRequest.apiKey)
        version = Math.min(told?.maxVersion ?? 0, version - 1)
        continue
      }
      if (errorCode !== errors.NONE) return failure(errorCode)
      this.#apiVersions = new Map(
        apiKeys.map(({ apiKey, minVersion, maxVersion }) => [apiKey, [minVersion, maxVersion]]),
      )
      return success(undefined)
    }
  }

  async #sendVersion<Q, R>(
    call: ApiCall<Q, R>,
    version: number,
    value: Q,
    options: SendOptions,
  ): Promise<Result<R>> {
    const correlationId = this.#nextCorrelationId
    this.#nextCorrelationId = (correlationId + 1) & 0x7fffffff
    let chunks: Uint8Array[]
    try {
      chunks = encodeRequestFrame(call.request, version, correlationId, this.#options.clientId, value)
    } catch (error) {
      if (!(error instanceof EncodeError)) throw error
      return failure(errors.UNSUPPORTED_VERSION, `${nameOf(call)} version ${version}: ${error.message}`)
    }
    this.#connection.send(chunks)
    if (options.isAnswered === false) return success(call.response.defaults())
    return new Promise((resolve) => {
      const timeoutMs = options.timeoutMs ?? this.#options.requestTimeoutMs
      this.#pending.set(correlationId, {
        apiName: nameOf(call),
        timeout: this.#modules.timers.after(timeoutMs, () => this.#onTimeout(correlationId, timeoutMs)),
        onFrame: (frame) => success(decodeAnswer(call, version, frame)),
        resolve: resolve as (result: Result<unknown>) => void,
      })
    })
  }

  #onData(chunk: Uint8Array): void {
    const pushed = this.#decoder.push(chunk)
    if (!pushed.ok) this.#fail(`${this.#address} does not answer as a Kafka broker: ${pushed.message}`)
  }

  #onFrame(frame: Uint8Array): void {
    if (this.#closed !== undefined) return
    const correlationId = frame.length < 4 ? -1 : new Reader(frame).int32()
    const pending = this.#pending.get(correlationId)
    if (pending === undefined) {
      this.#fail(`${this.#address} answered a request that was not made`)
      return
    }
    let result: Result<unknown>
    try {
      result = pending.onFrame(frame)
    } catch (error) {
      if (!(error instanceof DecodeError)) throw error
      this.#fail(`the answer of ${this.#address} to ${pending.apiName} is damaged: ${error.message}`)
      return
    }
    this.#pending.delete(correlationId)
    pending.timeout.cancel()
    pending.resolve(result)
  }

  #onTimeout(correlationId: number, timeoutMs: number): void {
    const pending = this.#pending.get(correlationId)!
    this.#pending.delete(correlationId)
    const message = `${this.#address} did not answer ${pending.apiName} within ${timeoutMs} ms`
    pending.resolve(failure(errors.REQUEST_TIMED_OUT, message))
    this.#fail(message)
  }

  #fail(message: string): void {
    this.#onClose(message)
    this.#connection.destroy()
  }

  #onClose(message: string): void {
    if (this.#closed !== undefined) return
    this.#closed = failure(errors.NETWORK_EXCEPTION, `${this.#address}: ${message}`)
    const pending = [...this.#pending.values()]
    this.#pending.clear()
    for (const { timeout, resolve } of pending) {
      timeout.cancel()
      resolve(this.#closed)
    }
    this.onClose()
  }
}

/** An ApiVersions answer with error 35 has a body of version 0, whatever was asked. */
function decodeAnswer<Q, R>(call: ApiCall<Q, R>, version: number, frame: Uint8Array): R {
  const isRefusal =
    call.response.apiKey === apiVersionsRequest.apiKey &&
    new Reader(frame, 4).int16() === errors.UNSUPPORTED_VERSION
  return decodeResponse(call.response, isRefusal ? 0 : version, frame).value
}

function nameOf({ request }: { readonly request: { readonly name: string } }): string {
  return request.name.replace(/Request$/, '')
}

function reasonOf({ kind, message }: { kind: string; message: string }): string {
  if (kind === 'refused') return 'connection refused'
  return kind === 'timed-out' ? 'no answer' : message
}

function closeMessage(why: CloseReason): string {
  if (why.kind === 'error') return why.message
  return why.kind === 'peer' ? 'the broker closed the connection' : 'the client closed the connection'
}
