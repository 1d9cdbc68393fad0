// A client of one cluster: finds brokers, leaders, the controller and coordinators, and sends requests to them.
// `request` is one attempt at the right broker; `retrying` repeats an attempt as long as its error is retriable and
// forgets before each repetition what the error proved wrong. Requests to one broker share a connection, so a
// producer and a consumer that wait on the same broker should have a client each.

import { errors } from '../base/errors.ts'
import { zeroUuid } from '../base/uuid.ts'
import type { Clock, Network, Random, Timers } from '../env/env.ts'
import { type ApiCall, calls } from './api-call.ts'
import { backoffMs, retryBackoff, sleep } from './backoff.ts'
import { type BrokerAddress, formatAddress } from './broker-address.ts'
import { type ClientError, failure, type Result, success, unreachable } from './client-error.ts'
import {
  type BrokerNode,
  type ClusterMetadata,
  mergeMetadata,
  metadataOf,
  noMetadata,
} from './cluster-metadata.ts'
import { ConnectionPool, type Purpose } from './connection-pool.ts'
import type { KafkaConnection, RequestBody, SendOptions } from './kafka-connection.ts'

export interface KafkaClientOptions {
  readonly bootstrapServers: readonly BrokerAddress[]
  readonly clientId: string
  readonly requestTimeoutMs: number
  /** What the bootstrap servers are; of controllers only their own requests can be made (KIP-919). */
  readonly endpoints?: 'brokers' | 'controllers'
}

export interface KafkaClientModules {
  readonly network: Network
  readonly timers: Timers
  readonly clock: Clock
  readonly random: Random
}

export interface CoordinatorTarget {
  /** FindCoordinator's key types 0 and 1. */
  readonly coordinatorOf: 'group' | 'transaction'
  readonly key: string
}

/** A broker by its id, or by its role. */
export type Target = number | 'any' | 'controller' | CoordinatorTarget

const coordinatorListVersionMin = 4
/** The codes of DescribeCluster's EndpointType. */
export const endpointTypes = { brokers: 1, controllers: 2 } as const

export class KafkaClient {
  readonly modules: KafkaClientModules
  readonly requestTimeoutMs: number
  readonly endpoints: 'brokers' | 'controllers'
  readonly #bootstrapServers: readonly BrokerAddress[]
  readonly #pool: ConnectionPool
  readonly #coordinators = new Map<string, number>()
  #metadata: ClusterMetadata = noMetadata
  #isClosed = false

  constructor(options: KafkaClientOptions, modules: KafkaClientModules) {
    this.modules = modules
    this.requestTimeoutMs = options.requestTimeoutMs
    this.#bootstrapServers = options.bootstrapServers
    this.endpoints = options.endpoints ?? 'brokers'
    this.#pool = new ConnectionPool(options, modules)
  }

  /** What is known without asking. */
  get cachedMetadata(): ClusterMetadata {
    return this.#metadata
  }

  /**
   * Asks a broker about the cluster and `topics` ('all': every topic); one attempt. A topic's own error is in its
   * `errorCode`. `autoCreate` lets a broker that allows it create missing topics.
   */
  async metadata(
    topics: readonly string[] | 'all' = [],
    { autoCreate = false }: { autoCreate?: boolean } = {},
  ): Promise<Result<ClusterMetadata>> {
    if (this.endpoints === 'controllers') return this.#controllers()
    const answer = await this.request('any', calls.metadata, {
      ...calls.metadata.request.defaults(),
      topics: topics === 'all' ? null : topics.map((name) => ({ name, topicId: zeroUuid })),
      allowAutoTopicCreation: autoCreate,
    })
    if (!answer.ok) return answer
    if (answer.value.errorCode !== errors.NONE) return failure(answer.value.errorCode)
    const fresh = metadataOf(answer.value)
    this.#metadata = topics === 'all' ? fresh : mergeMetadata(this.#metadata, fresh)
    return success(this.#metadata)
  }

  /** Controllers do not answer Metadata: their nodes and their leader are known by DescribeCluster. */
  async #controllers(): Promise<Result<ClusterMetadata>> {
    const answer = await this.request('any', calls.describeCluster, {
      ...calls.describeCluster.request.defaults(),
      endpointType: endpointTypes.controllers,
    })
    if (!answer.ok) return answer
    const { errorCode, errorMessage, clusterId, controllerId, brokers } = answer.value
    if (errorCode !== errors.NONE) return failure(errorCode, errorMessage)
    const nodes = brokers.map(({ brokerId: id, host, port, rack }) => [id, { id, host, port, rack }] as const)
    this.#metadata = { clusterId, controllerId, brokers: new Map(nodes), topics: new Map() }
    return success(this.#metadata)
  }

  /** The id of the broker that leads the partition, from the cache if it is there. */
  async leaderOf(topic: string, partition: number): Promise<Result<number>> {
    const cached = leaderIn(this.#metadata, topic, partition)
    if (cached.ok) return cached
    const asked = await this.metadata([topic])
    return asked.ok ? leaderIn(asked.value, topic, partition) : asked
  }

  /** The broker that `target` means. */
  async locate(target: Exclude<Target, 'any'>): Promise<Result<BrokerNode>> {
    const id = await this.#brokerId(target)
    return id.ok ? this.#broker(id.value) : id
  }

  /** Makes the next `leaderOf` ask: the error proved the cached leader wrong. */
  forgetTopic(topic: string): void {
    const topics = new Map(this.#metadata.topics)
    topics.delete(topic)
    this.#metadata = { ...this.#metadata, topics }
  }

  /** Makes the next request to the coordinator look it up. */
  forgetCoordinator({ coordinatorOf, key }: CoordinatorTarget): void {
    this.#coordinators.delete(`${coordinatorOf} ${key}`)
  }

  /** One attempt at the broker that `target` means. An error code in the answer is the caller's to read. */
  async request<Q, R>(
    target: Target,
    call: ApiCall<Q, R>,
    body: RequestBody<Q>,
    options: SendOptions & { readonly purpose?: Purpose } = {},
  ): Promise<Result<R>> {
    if (this.#isClosed) return failure(errors.NETWORK_EXCEPTION, 'the client is closed')
    const connection = await this.#connectionTo(target, options.purpose ?? 'data')
    return connection.ok ? connection.value.send(call, body, options) : connection
  }

  /** Repeats `attempt` with backoff while its error is retriable and the time is not over; answers the last result. */
  async retrying<T>(timeoutMs: number, attempt: () => Promise<Result<T>>): Promise<Result<T>> {
    const { clock, timers, random } = this.modules
    const deadlineMs = clock.monotonicMs() + timeoutMs
    for (let count = 1; ; count++) {
      const result = await attempt()
      if (result.ok || !result.error.isRetriable || this.#isClosed) return result
      this.#forgetAfter(result.error)
      const waitMs = backoffMs(retryBackoff, count, random)
      if (clock.monotonicMs() + waitMs >= deadlineMs) return result
      await sleep(timers, waitMs)
    }
  }

  close(): void {
    this.#isClosed = true
    this.#pool.close()
  }

  /** The next attempt asks again for what may have moved. */
  #forgetAfter({ code }: ClientError): void {
    this.#coordinators.clear()
    if (code === errors.NOT_CONTROLLER) this.#metadata = { ...this.#metadata, controllerId: -1 }
    if (code === errors.NETWORK_EXCEPTION)
      this.#metadata = { ...this.#metadata, controllerId: -1, topics: new Map() }
  }

  async #connectionTo(target: Target, purpose: Purpose): Promise<Result<KafkaConnection>> {
    if (target === 'any') return this.#anyConnection()
    const broker = await this.locate(target)
    if (!broker.ok) return broker
    const connection = await this.#pool.connection(broker.value, purpose)
    if (connection.ok || !connection.error.isUnreachable) return connection
    return unreachable(
      `Broker ${broker.value.id} does not answer at ${connection.error.message}, the address it advertises.`,
    )
  }

  async #brokerId(target: number | 'controller' | CoordinatorTarget): Promise<Result<number>> {
    if (typeof target === 'number') return success(target)
    if (target === 'controller') return this.#controllerId()
    const cacheKey = `${target.coordinatorOf} ${target.key}`
    const cached = this.#coordinators.get(cacheKey)
    if (cached !== undefined) return success(cached)
    const found = await this.#findCoordinator(target)
    if (found.ok) this.#coordinators.set(cacheKey, found.value)
    return found
  }

  async #controllerId(): Promise<Result<number>> {
    if (this.#metadata.controllerId >= 0) return success(this.#metadata.controllerId)
    const asked = await this.metadata()
    if (!asked.ok) return asked
    if (asked.value.controllerId >= 0) return success(asked.value.controllerId)
    return failure(errors.NOT_CONTROLLER, 'the cluster has no controller at the moment')
  }

  async #findCoordinator({ coordinatorOf, key }: CoordinatorTarget): Promise<Result<number>> {
    const defaults = calls.findCoordinator.request.defaults()
    const keyType = coordinatorOf === 'group' ? 0 : 1
    const answer = await this.request('any', calls.findCoordinator, (version) =>
      version >= coordinatorListVersionMin
        ? { ...defaults, keyType, coordinatorKeys: [key] }
        : { ...defaults, keyType, key },
    )
    if (!answer.ok) return answer
    const found = answer.value.coordinators[0] ?? answer.value
    if (found.errorCode !== errors.NONE) return failure(found.errorCode, found.errorMessage)
    const { nodeId: id, host, port } = found
    if (!this.#metadata.brokers.has(id)) {
      const brokers = new Map<number, BrokerNode>([
        ...this.#metadata.brokers,
        [id, { id, host, port, rack: null }],
      ])
      this.#metadata = { ...this.#metadata, brokers }
    }
    return success(id)
  }

  async #broker(id: number): Promise<Result<BrokerNode>> {
    const known = this.#metadata.brokers.get(id)
    if (known !== undefined) return success(known)
    const asked = await this.metadata()
    if (!asked.ok) return asked
    const found = asked.value.brokers.get(id)
    return found === undefined
      ? failure(errors.BROKER_NOT_AVAILABLE, `the cluster has no broker ${id} at the moment`)
      : success(found)
  }

  /** A broker that is connected, else the first that can be; the bootstrap servers come after the known brokers. */
  async #anyConnection(): Promise<Result<KafkaConnection>> {
    const addresses = [...this.#metadata.brokers.values(), ...this.#bootstrapServers]
    const open = addresses.find((address) => this.#pool.isOpen(address))
    if (open !== undefined) return this.#pool.connection(open, 'data')
    const tried = new Map<string, string>()
    for (const address of addresses) {
      if (tried.has(formatAddress(address))) continue
      const connection = await this.#pool.connection(address, 'data')
      if (connection.ok || !connection.error.isUnreachable) return connection
      tried.set(formatAddress(address), connection.error.message)
    }
    const kind = this.endpoints === 'controllers' ? 'controller' : 'broker'
    return unreachable(`No ${kind} answers at ${[...tried.values()].join(', ')}.`)
  }
}

function leaderIn(metadata: ClusterMetadata, topic: string, partition: number): Result<number> {
  const found = metadata.topics.get(topic)
  if (found === undefined)
    return failure(errors.UNKNOWN_TOPIC_OR_PARTITION, `the leader of ${topic} is not known`)
  if (found.errorCode !== errors.NONE) return failure(found.errorCode, topicProblem(topic, found.errorCode))
  const state = found.partitions.find(({ partitionIndex }) => partitionIndex === partition)
  if (state === undefined) {
    return failure(
      errors.UNKNOWN_TOPIC_OR_PARTITION,
      `topic ${topic} has no partition ${partition}, it has ${found.partitions.length}`,
    )
  }
  if (state.leaderId >= 0) return success(state.leaderId)
  return failure(errors.LEADER_NOT_AVAILABLE, `partition ${topic}-${partition} has no leader at the moment`)
}

function topicProblem(topic: string, errorCode: number): string | null {
  return errorCode === errors.UNKNOWN_TOPIC_OR_PARTITION ? `topic ${topic} does not exist` : null
}
