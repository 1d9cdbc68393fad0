// What a test sees of the kit: options, records, groups, faults, requests. Types only; every unit is in its name.

/// <reference lib="esnext.disposable" preserve="true" />

import type { ErrorName } from '../base/errors.ts'
import type { ApiName } from './api-names.ts'

/** What `startOttla` can be told. Everything has a default that suits tests. */
export interface OttlaOptions {
  /** Topics that are there from the start and again after every `reset`: names, or names with their settings. */
  readonly topics?: readonly (string | NewTopic)[]
  /**
   * Broker configs by Kafka's names, as in `server.properties`: `{ 'num.partitions': '3' }`. The kit's own defaults,
   * which these override: `group.initial.rebalance.delay.ms=0`, `offsets.topic.num.partitions=1`,
   * `connections.max.idle.ms=-1`, `log.segment.delete.delay.ms=0`, `max.incremental.fetch.session.cache.slots=0`.
   */
  readonly properties?: Readonly<Record<string, string | number | boolean>>
  /** Where clients of this machine connect; 0, the default, draws a free port. For others: `properties.listeners`. */
  readonly port?: number
  /** Keeps data in this directory, in Kafka's format, instead of in memory. */
  readonly dataDirectory?: string
  /**
   * Whether a group member whose connection ends leaves its group at once (default), instead of when its session
   * times out. Static members (`group.instance.id`) stay in any case.
   */
  readonly leaveOnDisconnect?: boolean
  /** Log lines from this level on go to standard output. Default `error`. */
  readonly logLevel?: 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal'
}

export interface NewTopic {
  readonly name: string
  /** Default: `num.partitions`, which is 1. */
  readonly partitions?: number
  /** Topic configs by Kafka's names: `{ 'retention.ms': '1000' }`. */
  readonly configs?: Readonly<Record<string, string | number | boolean>>
}

/** A record to write. Text is written as UTF-8. */
export interface NewRecord {
  readonly key?: string | Uint8Array | null
  readonly value: string | Uint8Array | null
  readonly headers?: Readonly<Record<string, string | Uint8Array>>
  /** Milliseconds since 1970. Default: the broker's clock. */
  readonly timestamp?: number
  /** Default: by the key, as Kafka's own producers choose; without a key partition 0, 1, 2, … in turn. */
  readonly partition?: number
}

export interface WrittenRecord {
  readonly topic: string
  readonly partition: number
  readonly offset: number
}

/** A record that was read. */
export interface ReadRecord {
  readonly topic: string
  readonly partition: number
  readonly offset: number
  /** Milliseconds since 1970. */
  readonly timestamp: number
  /** As UTF-8 text. */
  readonly key: string | null
  readonly value: string | null
  /** Of several with one name the last. */
  readonly headers: Readonly<Record<string, string>>
  /** The same as they were written, for what is not text. */
  readonly keyBytes: Uint8Array | null
  readonly valueBytes: Uint8Array | null
  readonly headerBytes: readonly { readonly key: string; readonly value: Uint8Array | null }[]
}

export interface ConsumeOptions {
  /** Waits until there are this many records. Default: those that are there now. */
  readonly count?: number
  /** How long to wait for `count` records by the machine's clock before failing. Default 5000. */
  readonly waitMsMax?: number
  /** Only this partition. Default: all. */
  readonly partition?: number
  /** The offset to begin with, in every partition. Default: the first there is. */
  readonly offset?: number
  /** Leaves out records of aborted transactions and of open ones. Default false. */
  readonly committedOnly?: boolean
}

export interface TopicPartitionOffset {
  readonly topic: string
  readonly partition: number
  readonly offset: number
}

export interface GroupOffset extends TopicPartitionOffset {
  /** Records from the committed offset to the end of the partition. */
  readonly lag: number
}

export interface GroupMember {
  readonly memberId: string
  /** `group.instance.id` of a static member. */
  readonly instanceId: string | null
  readonly clientId: string
  readonly assignment: readonly { readonly topic: string; readonly partition: number }[]
}

export interface Group {
  readonly groupId: string
  /** `Empty`, `PreparingRebalance`, `CompletingRebalance`, `Stable`, `Dead`, … */
  readonly state: string
  readonly members: readonly GroupMember[]
}

/** Consumer groups as the coordinator knows them. */
export interface Groups {
  /** The names of all groups, in order. */
  list(): Promise<string[]>
  /** Undefined: there is no such group. */
  describe(groupId: string): Promise<Group | undefined>
  /**
   * Waits until the group is `Stable` with `members` members (`Empty` with 0): the end of a rebalance. Fails after
   * `waitMsMax` (default 5000) by the machine's clock.
   */
  settled(groupId: string, members: number, options?: { readonly waitMsMax?: number }): Promise<Group>
  /**
   * Waits until the group has committed the end of every partition of the topic that has records: all of them were
   * processed. Fails after `waitMsMax` (default 5000) by the machine's clock.
   */
  caughtUp(groupId: string, topic: string, options?: { readonly waitMsMax?: number }): Promise<void>
  /** Committed offsets, in the order of topics and partitions; none for a group that does not exist. */
  offsets(groupId: string): Promise<GroupOffset[]>
  /** Sets committed offsets, as `kafka-consumer-groups --reset-offsets` does. Fails while the group has members. */
  setOffsets(groupId: string, offsets: readonly TopicPartitionOffset[]): Promise<void>
  /** Removes every member, as if each had left; those that are alive join again. */
  evict(groupId: string): Promise<void>
  /** Forgets the group and its offsets. Fails while it has members. */
  delete(groupId: string): Promise<void>
}

/** What is to go wrong. One of `error`, `close` and `drop`, with or without `delayMs`, or `delayMs` alone. */
export interface FaultSpec {
  /** The API by Kafka's name or key: `'Produce'`, `0`. */
  readonly api: ApiName | number
  /** Only requests that name this topic; with `error` the other topics of the request are served. Default: any. */
  readonly topic?: string
  /** How many requests it hits. Default 1; `Infinity`: until it is removed. */
  readonly times?: number
  /** Answers this error by Kafka's name instead of serving the request: `'NOT_LEADER_OR_FOLLOWER'`. */
  readonly error?: ErrorName
  /**
   * Waits before anything else happens, by the broker's clock (`clock.advance` shortens it). Later requests of the
   * connection wait too.
   */
  readonly delayMs?: number
  /** Closes the connection: before the request is served, or after it, so that only the answer is lost. */
  readonly close?: 'before' | 'after'
  /** Serves the request and then never answers, and nothing after it on this connection. */
  readonly drop?: boolean
}

/** A fault that was asked for. */
export interface ActiveFault {
  readonly id: number
  /** How many requests it has hit. */
  readonly hits: number
  /** Resolves when it has hit `count` requests (default 1). */
  whenHit(count?: number): Promise<void>
  /** Stops it. Requests it has hit are not changed. */
  remove(): void
}

/** A request that a client sent. */
export interface SeenRequest {
  readonly api: ApiName
  readonly apiVersion: number
  readonly clientId: string
  /** The client's end of its connection: `127.0.0.1:53122`. */
  readonly peer: string
  /** Topics the request names. */
  readonly topics: readonly string[]
  /** When it came, by the broker's clock. Milliseconds since 1970. */
  readonly atMs: number
  /** The request as Kafka's message definitions name its fields. */
  readonly body: unknown
  /** The id of the fault it hit. */
  readonly faultId: number | undefined
}

/** All that are given must match. */
export interface RequestFilter {
  readonly api?: ApiName
  readonly topic?: string
  readonly clientId?: string
}

/** Requests of clients, in the order they came. The kit's own calls are not among them. The last 10,000 are kept. */
export interface Requests {
  all(filter?: RequestFilter): SeenRequest[]
  /** The next one that matches and comes from now on. */
  next(filter?: RequestFilter): Promise<SeenRequest>
  clear(): void
}

/** The broker's clock: sessions, retention, offset expiry and every other wait go by it. */
export interface BrokerClock {
  /** Milliseconds since 1970. */
  nowMs(): number
  /**
   * Moves the clock forward in one step. Timers that came due have run when this resolves, in order, once each; what
   * they start begins at the new time. Members that could not heartbeat meanwhile lose their session, as they would.
   * Work that is looked for at intervals (`log.retention.check.interval.ms`, 5 minutes) is done when the step is
   * longer than the interval.
   */
  advance(byMs: number): Promise<void>
}

/** All topics with their records, and all groups with their offsets: to compare, to keep, to return to. */
export interface Snapshot {
  readonly topics: readonly TopicSnapshot[]
  readonly groups: readonly GroupSnapshot[]
}

export interface TopicSnapshot {
  readonly name: string
  readonly partitions: number
  /** Configs that were set on the topic. */
  readonly configs: Readonly<Record<string, string>>
  /** In the order of partitions and offsets. */
  readonly records: readonly ReadRecord[]
}

export interface GroupSnapshot {
  readonly groupId: string
  readonly offsets: readonly TopicPartitionOffset[]
}

export interface ResetOptions {
  /** Returns to this state instead of the one at the start. Offsets count from 0 again. */
  readonly to?: Snapshot
  /** Closes the connections of clients first, instead of failing when one is at work. Default false. */
  readonly disconnect?: boolean
}

/** A broker in this process. `await using` stops it at the end of the block. */
export interface Ottla extends AsyncDisposable {
  /** What clients take as bootstrap servers: `127.0.0.1:41234`. */
  readonly bootstrap: string
  readonly port: number
  readonly groups: Groups
  readonly requests: Requests
  readonly clock: BrokerClock

  /** Resolves when every partition can be written to and read. Fails if the topic exists. */
  createTopic(topic: string | NewTopic): Promise<void>

  /**
   * Writes records, in their order within each partition, and resolves when they can be read; the result has the same
   * order. Creates the topic if there is none. No faults apply: they are for the clients under test.
   */
  produce(
    topic: string,
    records: string | NewRecord | readonly (string | NewRecord)[],
  ): Promise<WrittenRecord[]>

  /** Reads records, in the order of partitions and offsets, without a group. No faults apply. */
  consume(topic: string, options?: ConsumeOptions): Promise<ReadRecord[]>

  /** Makes requests of clients go wrong from now on. Several that match are used up one after another. */
  fault(spec: FaultSpec): ActiveFault

  /** Removes all faults that still wait for requests. */
  clearFaults(): void

  snapshot(): Promise<Snapshot>

  /**
   * Brings the broker back to how it started, for the next test: no topics but those of the options, no groups, no
   * faults, no configs that were set since, no recorded requests, the wall clock right. Connections of idle clients
   * stay. Fails, and names the clients, when one is still at work: a request under way or a member in a group.
   */
  reset(options?: ResetOptions): Promise<void>

  /** Stops the broker as a shutdown does; connections are refused until `up`. Data, faults and requests stay. */
  down(): Promise<void>

  /** Starts it again, on the same port. */
  up(): Promise<void>

  /** Ends everything; what still waits fails. Once is enough, twice does no harm. */
  stop(): Promise<void>
}
