// One API of the protocol: its key, both codecs, where it is served, and the header versions that belong to each of
// its versions.

import type { MessageCodec } from './message.ts'

export type ListenerKind = 'broker' | 'controller'

const apiVersionsKey = 18

export class ApiDefinition {
  readonly key: number
  /** Kafka's name without Request or Response: `Produce`. */
  readonly name: string
  readonly request: MessageCodec<unknown>
  readonly response: MessageCodec<unknown>
  /** The listeners that Apache Kafka serves it on. */
  readonly listeners: readonly ListenerKind[]

  constructor(
    name: string,
    request: MessageCodec<unknown>,
    response: MessageCodec<unknown>,
    listeners: readonly ListenerKind[],
  ) {
    this.key = request.apiKey
    this.name = name
    this.request = request
    this.response = response
    this.listeners = listeners
  }

  /** First and last version of the request, unstable ones included (see `request.stableVersionMax`). */
  get requestVersions(): readonly [number, number] {
    return this.request.versions
  }

  /** 2 has tagged fields, 1 has not. */
  requestHeaderVersion(version: number): number {
    return requestHeaderVersion(this.request, version)
  }

  /** 1 has tagged fields, 0 has not. */
  responseHeaderVersion(version: number): number {
    return responseHeaderVersion(this.response, version)
  }
}

export function requestHeaderVersion(request: MessageCodec<unknown>, version: number): number {
  return version >= request.flexibleFrom ? 2 : 1
}

/** ApiVersions is always answered with header 0: the client may not know the version it was answered in (KIP-511). */
export function responseHeaderVersion(response: MessageCodec<unknown>, version: number): number {
  return response.apiKey !== apiVersionsKey && version >= response.flexibleFrom ? 1 : 0
}
