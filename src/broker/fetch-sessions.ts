// Fetch sessions (KIP-227): the broker remembers the partitions of a fetcher, requests name only what
// changes, answers hold only what is new. Bounded by `max.incremental.fetch.session.cache.slots`; a full
// cache makes room by the session unused for longest, if that is long enough, else the fetcher goes without.
// Invariant: a session's epoch is the one its next request must carry; it wraps from 2^31-1 to 1.
// Source: FetchSession, FetchSessionCache.

import { errors } from '../base/errors.ts'
import { zeroUuid } from '../base/uuid.ts'
import type { Random } from '../env/env.ts'
import type { FetchPartition, FetchRequest } from '../protocol/generated/fetch-request.ts'

/** One partition of a session, with what the fetcher was told last. */
export interface SessionPartition {
  readonly topic: string
  readonly topicId: string
  request: FetchPartition
  /** -1: tell it again. */
  highWatermark: number
  logStartOffset: number
}

export interface FetchSession {
  readonly id: number
  readonly usesTopicIds: boolean
  readonly isPrivileged: boolean
  /** In the order of service: a partition that gave records goes to the end, so that none starves. */
  readonly partitions: Map<string, SessionPartition>
  epoch: number
  lastUsedMs: number
}

export type FetchContext =
  | { readonly kind: 'error'; readonly error: number }
  | { readonly kind: 'sessionless'; readonly partitions: readonly SessionPartition[] }
  | {
      readonly kind: 'full' | 'incremental'
      readonly session: FetchSession
      readonly partitions: readonly SessionPartition[]
    }

export interface FetchSessionsOptions {
  /** `max.incremental.fetch.session.cache.slots`. */
  readonly sessionsMax: number
}

/** Younger sessions are not pushed out: two fetchers would evict each other for ever. */
const evictionMs = 120_000
const initialEpoch = 0
const finalEpoch = -1
const epochMax = 0x7fffffff
const topicIdVersionMin = 13

export class FetchSessions {
  readonly #options: FetchSessionsOptions
  readonly #random: Random
  readonly #sessions = new Map<number, FetchSession>()

  constructor(options: FetchSessionsOptions, modules: { random: Random }) {
    this.#options = options
    this.#random = modules.random
  }

  get size(): number {
    return this.#sessions.size
  }

  /** Finds out what a request asks for. `nowMs` is monotonic. */
  open(request: FetchRequest, apiVersion: number, nowMs: number): FetchContext {
    const { sessionId, sessionEpoch } = request
    if (sessionEpoch === initialEpoch || sessionEpoch === finalEpoch) {
      // Either way a session that is named ends: the fetcher starts anew or goes.
      this.#sessions.delete(sessionId)
      const partitions = partitionsOf(request)
      if (sessionEpoch === finalEpoch) return { kind: 'sessionless', partitions: [...partitions.values()] }
      const session = this.#create(partitions, apiVersion, isFollower(request), nowMs)
      if (session === undefined) return { kind: 'sessionless', partitions: [...partitions.values()] }
      return { kind: 'full', session, partitions: [...partitions.values()] }
    }
    const session = this.#sessions.get(sessionId)
    if (session === undefined) return { kind: 'error', error: errors.FETCH_SESSION_ID_NOT_FOUND }
    if (session.epoch !== sessionEpoch) return { kind: 'error', error: errors.INVALID_FETCH_SESSION_EPOCH }
    if (session.usesTopicIds !== apiVersion >= topicIdVersionMin)
      return { kind: 'error', error: errors.FETCH_SESSION_TOPIC_ID_ERROR }
    session.epoch = session.epoch === epochMax ? 1 : session.epoch + 1
    session.lastUsedMs = nowMs
    updatePartitions(session.partitions, request)
    if (session.partitions.size === 0) {
      // Nothing is left to fetch; the fetcher asks for a new session when there is.
      this.#sessions.delete(session.id)
      return { kind: 'sessionless', partitions: [] }
    }
    return { kind: 'incremental', session, partitions: [...session.partitions.values()] }
  }

  #create(
    partitions: Map<string, SessionPartition>,
    apiVersion: number,
    isPrivileged: boolean,
    nowMs: number,
  ): FetchSession | undefined {
    if (!this.#makeRoom(isPrivileged, nowMs)) return undefined
    const session: FetchSession = {
      id: this.#newId(),
      usesTopicIds: apiVersion >= topicIdVersionMin,
      isPrivileged,
      partitions,
      epoch: 1,
      lastUsedMs: nowMs,
    }
    this.#sessions.set(session.id, session)
    return session
  }

  #makeRoom(isPrivileged: boolean, nowMs: number): boolean {
    if (this.#sessions.size < this.#options.sessionsMax) return true
    let oldest: FetchSession | undefined
    for (const session of this.#sessions.values()) {
      if (session.isPrivileged && !isPrivileged) continue
      if (oldest === undefined || session.lastUsedMs < oldest.lastUsedMs) oldest = session
    }
    if (oldest === undefined) return false
    const mayEvict = nowMs - oldest.lastUsedMs > evictionMs || (isPrivileged && !oldest.isPrivileged)
    if (mayEvict) this.#sessions.delete(oldest.id)
    return mayEvict
  }

  #newId(): number {
    for (;;) {
      const id = 1 + Math.floor(this.#random.next() * (epochMax - 1))
      if (!this.#sessions.has(id)) return id
    }
  }
}

function isFollower(request: FetchRequest): boolean {
  return request.replicaId >= 0 || request.replicaState.replicaId >= 0
}

/** Of a request that begins anew: there is nothing to forget. */
function partitionsOf(request: FetchRequest): Map<string, SessionPartition> {
  const partitions = new Map<string, SessionPartition>()
  addPartitions(partitions, request)
  return partitions
}

function addPartitions(partitions: Map<string, SessionPartition>, request: FetchRequest): void {
  for (const { topic, topicId, partitions: fetched } of request.topics)
    for (const each of fetched) {
      const key = partitionKey(topic, topicId, each.partition)
      const known = partitions.get(key)
      if (known !== undefined) known.request = each
      else partitions.set(key, { topic, topicId, request: each, highWatermark: -1, logStartOffset: -1 })
    }
}

function updatePartitions(partitions: Map<string, SessionPartition>, request: FetchRequest): void {
  addPartitions(partitions, request)
  for (const { topic, topicId, partitions: forgotten } of request.forgottenTopicsData)
    for (const partition of forgotten) partitions.delete(partitionKey(topic, topicId, partition))
}

function partitionKey(topic: string, topicId: string, partition: number): string {
  return topicId === zeroUuid ? `${partition} ${topic}` : `${partition} ${topicId}`
}

/** Moves partitions that gave records behind those that did not. */
export function serveLast(session: FetchSession, served: readonly SessionPartition[]): void {
  for (const partition of served) {
    const key = partitionKey(partition.topic, partition.topicId, partition.request.partition)
    if (session.partitions.delete(key)) session.partitions.set(key, partition)
  }
}
