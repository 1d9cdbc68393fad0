// From a frame to a handler and back: reads the header, finds the API, decodes the body, encodes the answer.
// What is malformed, unknown or of a version that is not served closes the connection, as in Kafka; only
// ApiVersions answers a version it does not know, with a body of version 0. A broken invariant stops the
// node; any other failure of a handler closes the one connection with a line in the log.
// Source: KafkaApis.handle, SocketServer.processCompletedReceives.

import { AssertionError } from '../base/assert.ts'
import type { Logger } from '../base/logger.ts'
import type { Clock } from '../env/env.ts'
import { decodeRequestHeader, encodeResponseFrame, type RequestHeader } from '../protocol/frame.ts'
import { DecodeError, Reader } from '../protocol/reader.ts'
import type { ConnectedClient, HandlerResult, RequestHandler } from '../server/client-connection.ts'
import { type Answer, type AnyApi, CloseConnection } from './api.ts'
import { unsupportedApiVersionsAnswer } from './apis/18-api-versions.ts'

export interface DispatcherModules {
  readonly apis: ReadonlyMap<number, AnyApi>
  readonly clock: Clock
  readonly logger: Logger
  /** Stops the node at once: nothing may be written after a broken invariant. */
  readonly onBroken: (error: AssertionError) => void
}

const apiVersionsKey = 18

export class Dispatcher implements RequestHandler {
  readonly #modules: DispatcherModules

  constructor(modules: DispatcherModules) {
    this.#modules = modules
  }

  async handle(frame: Uint8Array, client: ConnectedClient): Promise<HandlerResult> {
    let what = 'a request'
    try {
      const reader = new Reader(frame)
      const header = decodeRequestHeader(reader)
      const { requestApiKey, requestApiVersion, correlationId } = header
      const api = this.#modules.apis.get(requestApiKey)
      if (api === undefined) return { close: `API key ${requestApiKey} is not served` }
      what = `${api.request.name} version ${requestApiVersion}`
      if (requestApiVersion < api.versions[0] || requestApiVersion > api.versions[1]) {
        if (requestApiKey !== apiVersionsKey)
          return { close: `${what} is not served, only ${api.versions[0]} to ${api.versions[1]}` }
        return encodeResponseFrame(api.response, 0, correlationId, unsupportedApiVersionsAnswer(api.versions))
      }
      const request = api.request.decode(reader, requestApiVersion)
      const answer: Answer<unknown> = await api.handle(this.#context(header, client), request)
      if (answer === 'no-response') return answer
      if (answer instanceof CloseConnection) return { close: answer.reason }
      return encodeResponseFrame(api.response, requestApiVersion, correlationId, answer)
    } catch (error) {
      if (error instanceof DecodeError) return { close: `${what} cannot be read: ${error.message}` }
      if (error instanceof AssertionError) this.#modules.onBroken(error)
      else this.#modules.logger.error(`${what} of ${client.peer} failed`, { error })
      return { close: `${what} failed in the broker` }
    }
  }

  #context(header: RequestHeader, client: ConnectedClient) {
    return {
      apiVersion: header.requestApiVersion,
      clientId: header.clientId ?? '',
      clientHost: client.clientHost,
      peer: client.peer,
      listenerName: client.listenerName,
      nowMs: this.#modules.clock.wallMs(),
      isConnected: client.isConnected,
    }
  }
}
