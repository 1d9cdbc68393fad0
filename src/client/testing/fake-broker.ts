// A broker for tests of the client: speaks the real wire format, answers each API with a function that the test
// gives, and keeps what it was asked. An API without a function is not in its ApiVersions.

import { errors } from '../../base/errors.ts'
import type { Connection } from '../../env/env.ts'
import { apiByKey } from '../../protocol/api-keys.ts'
import { decodeRequestHeader, encodeResponseFrame } from '../../protocol/frame.ts'
import { FrameDecoder } from '../../protocol/frame-decoder.ts'
import { metadataResponse } from '../../protocol/generated/metadata-response.ts'
import { Reader } from '../../protocol/reader.ts'
import { type ApiCall, calls } from '../api-call.ts'
import type { FakeNetwork } from './fake-network.ts'

/** No answer at all; or a cut connection; or a body, at once or later. */
export type FakeAnswer<R> = 'silence' | 'cut' | R | Promise<R>

type Handler = (request: unknown, version: number) => FakeAnswer<unknown>

export interface Asked {
  readonly api: string
  readonly version: number
  readonly request: unknown
}

const apiVersionsKey = 18

export class FakeBroker {
  readonly id: number
  readonly port: number
  readonly asked: Asked[] = []
  /** What ApiVersions requests are served up to; below that the answer is error 35. */
  apiVersionsMax = 4
  /** What ApiVersions tells of features. */
  features: Partial<ReturnType<typeof calls.apiVersions.response.defaults>> = {}
  readonly #handlers = new Map<number, { handler: Handler; versions: readonly [number, number] }>()

  constructor(id: number, network: FakeNetwork) {
    this.id = id
    this.port = 9092 + id
    void network.listen('', this.port, (connection) => this.#onConnection(connection))
  }

  on<Q, R>(
    call: ApiCall<Q, R>,
    handler: (request: Q, version: number) => FakeAnswer<R>,
    versionMax?: number,
  ): this {
    const [first, last] = call.request.versions
    this.#handlers.set(call.request.apiKey, {
      handler: handler as Handler,
      versions: [first, versionMax ?? last],
    })
    return this
  }

  /** Answers Metadata with `brokers` and topics of one partition per entry of `leaders`. */
  onMetadata(brokers: readonly FakeBroker[], topics: Record<string, readonly number[]>): this {
    return this.on(calls.metadata, (request) => {
      const names = request.topics === null ? Object.keys(topics) : request.topics.map(({ name }) => name!)
      return {
        ...metadataResponse.defaults(),
        clusterId: 'fake',
        controllerId: brokers[0]!.id,
        brokers: brokers.map(({ id, port }) => ({ nodeId: id, host: 'fake', port, rack: null })),
        topics: names.map((name) => ({
          errorCode: topics[name] === undefined ? errors.UNKNOWN_TOPIC_OR_PARTITION : errors.NONE,
          name,
          topicId: 'AAAAAAAAAAAAAAAAAAAABQ',
          isInternal: false,
          topicAuthorizedOperations: -2147483648,
          partitions: (topics[name] ?? []).map((leaderId, partitionIndex) => ({
            errorCode: leaderId < 0 ? errors.LEADER_NOT_AVAILABLE : errors.NONE,
            partitionIndex,
            leaderId,
            leaderEpoch: 0,
            replicaNodes: [leaderId],
            isrNodes: [leaderId],
            offlineReplicas: [],
          })),
        })),
      }
    })
  }

  /** The requests of one API, oldest first. */
  askedFor<Q>(call: ApiCall<Q, unknown>): Q[] {
    return this.asked.filter(({ api }) => api === call.request.name).map(({ request }) => request as Q)
  }

  #onConnection(connection: Connection): void {
    const decoder = new FrameDecoder(
      { frameBytesMax: 2 ** 30 },
      { onFrame: (frame) => void this.#onFrame(connection, frame) },
    )
    connection.onData = (chunk) => void decoder.push(chunk)
  }

  async #onFrame(connection: Connection, frame: Uint8Array): Promise<void> {
    const reader = new Reader(frame)
    const { requestApiKey, requestApiVersion, correlationId } = decodeRequestHeader(reader)
    const api = apiByKey(requestApiKey)!
    const request = api.request.decode(reader, requestApiVersion)
    this.asked.push({ api: api.request.name, version: requestApiVersion, request })
    const isRefused = requestApiKey === apiVersionsKey && requestApiVersion > this.apiVersionsMax
    const answer = await (requestApiKey === apiVersionsKey
      ? this.#apiVersions(isRefused)
      : this.#handlers.get(requestApiKey)!.handler(request, requestApiVersion))
    if (answer === 'silence') return
    if (answer === 'cut') return connection.destroy()
    const version = isRefused ? 0 : requestApiVersion
    connection.send(encodeResponseFrame(api.response, version, correlationId, answer))
  }

  #apiVersions(isRefused: boolean): unknown {
    const served = [...this.#handlers].map(([apiKey, { versions }]) => ({
      apiKey,
      minVersion: versions[0],
      maxVersion: versions[1],
    }))
    const own = { apiKey: apiVersionsKey, minVersion: 0, maxVersion: this.apiVersionsMax }
    const defaults = calls.apiVersions.response.defaults()
    return isRefused
      ? { ...defaults, errorCode: errors.UNSUPPORTED_VERSION, apiKeys: [own] }
      : { ...defaults, ...this.features, apiKeys: [own, ...served] }
  }
}
