// What an API file gives to the dispatcher: its key, the versions served, its codecs and one function from
// a request body to a response body. Files `apis/NN-name.ts` each own one API key.

import type { MetadataImage } from '../metadata/metadata-image.ts'
import type { MessageCodec } from '../protocol/message.ts'

export interface RequestContext {
  readonly apiVersion: number
  /** Empty when the client gave none. */
  readonly clientId: string
  /** As Java prints an address: `/127.0.0.1`. */
  readonly clientHost: string
  /** The client's end of its connection, `127.0.0.1:53122`: one connection has one, as long as it lives. */
  readonly peer: string
  /** The listener the request came in on: answers name the endpoints of the same one. */
  readonly listenerName: string
  /** Wall clock when the request was taken up. */
  readonly nowMs: number
  /** False once the client has gone: what waits for something may stop. */
  readonly isConnected: () => boolean
}

/** A response body; nothing (Produce with acks 0); or the reason for closing the connection without one. */
export type Answer<R> = R | 'no-response' | CloseConnection

export class CloseConnection {
  readonly reason: string
  constructor(reason: string) {
    this.reason = reason
  }
}

export interface Api<Q, R> {
  readonly request: MessageCodec<Q>
  readonly response: MessageCodec<R>
  /** The versions that are answered; ApiVersions tells them to clients. */
  readonly versions: readonly [min: number, max: number]
  /** Lower than the served minimum only where old clients read the range as a sign (Produce). */
  readonly advertisedVersionMin?: number
  handle(context: RequestContext, request: Q): Answer<R> | Promise<Answer<R>>
}

// biome-ignore lint/suspicious/noExplicitAny: the table holds every API; each is typed where it is defined.
export type AnyApi = Api<any, any>

/** By API key. */
export type ApiTable = ReadonlyMap<number, AnyApi>

/** Given a broker's APIs and what it knows of the cluster, answers those that serve its clients instead. */
export type DecorateApis = (apis: ApiTable, image: () => MetadataImage) => ApiTable
