// Everything a test has in its hands of one broker: its clock, its faults, the requests it got, the connections of its
// group members. The broker is started with `env` and `decorateApis` from here, any number of times one after another.

import { assert } from '../base/assert.ts'
import type { ApiTable, DecorateApis } from '../broker/api.ts'
import { calls } from '../client/api-call.ts'
import type { CloseReason, Env } from '../env/env.ts'
import type { MetadataImage } from '../metadata/metadata-image.ts'
import { consumerGroupHeartbeatRequest } from '../protocol/generated/consumer-group-heartbeat-request.ts'
import { consumerGroupHeartbeatResponse } from '../protocol/generated/consumer-group-heartbeat-response.ts'
import { ControlledApis } from './controlled-apis.ts'
import { ControlledTime } from './controlled-time.ts'
import { Faults } from './faults.ts'
import { LocalCalls } from './local-calls.ts'
import { type LiveMember, MemberConnections } from './member-connections.ts'
import { RequestLog } from './request-log.ts'
import type { SeenRequest } from './types.ts'
import { WatchedNetwork } from './watched-network.ts'

export interface TestControlOptions {
  /** Whether a member whose connection its client ends, or loses, leaves its group at once. */
  readonly leaveOnDisconnect: boolean
}

const heartbeat = { request: consumerGroupHeartbeatRequest, response: consumerGroupHeartbeatResponse }
/** The member epoch of a heartbeat that says goodbye. */
const leaveEpoch = -1

export class TestControl {
  readonly time: ControlledTime
  readonly faults = new Faults()
  readonly requests = new RequestLog()
  readonly env: Env
  readonly #network: WatchedNetwork
  readonly #apis: ControlledApis
  readonly #members = new MemberConnections()
  readonly #options: TestControlOptions
  #broker: { readonly local: LocalCalls; readonly image: () => MetadataImage } | undefined

  constructor(options: TestControlOptions, env: Env) {
    this.#options = options
    this.time = new ControlledTime(env)
    this.#network = new WatchedNetwork(env.network, (peer, why) => this.#onClosed(peer, why))
    this.env = { ...env, clock: this.time, timers: this.time, network: this.#network }
    this.#apis = new ControlledApis({
      clock: this.time,
      timers: this.time,
      faults: this.faults,
      requests: this.requests,
      topicName: (id) => this.image().topics.byId(id)?.name,
      onRequest: (peer, apiKey, body) => this.#members.onRequest(peer, apiKey, body),
      onAnswer: (peer, apiKey, body, answer) => this.#onAnswer(peer, apiKey, body, answer),
    })
  }

  readonly decorateApis: DecorateApis = (apis: ApiTable, image: () => MetadataImage) => {
    const listenerName = () => image().brokers.values().next().value?.endpoints[0]?.name ?? ''
    this.#broker = { local: new LocalCalls(apis, this.time, listenerName), image }
    return this.#apis.decorate(apis)
  }

  /** Calls to the broker that runs now. */
  get local(): LocalCalls {
    assert(this.#broker !== undefined, 'a broker was started')
    return this.#broker.local
  }

  image(): MetadataImage {
    assert(this.#broker !== undefined, 'a broker was started')
    return this.#broker.image()
  }

  /** Requests that clients wait for. */
  get inWork(): readonly SeenRequest[] {
    return this.#apis.inWork
  }

  /** Whether the member's client is still connected. */
  isConnected(groupId: string, memberId: string): boolean {
    return this.#members.has(groupId, memberId)
  }

  /** Closes the connections of all clients. */
  disconnectAll(): void {
    this.#network.destroyConnections()
  }

  /** What is left of a node that is not to write any more: its listeners, connections and timers end. */
  async abandon(): Promise<void> {
    this.time.cancelAll()
    this.#network.destroyConnections()
    await this.#network.closeListeners()
  }

  /** A member that has left already is refused, which is as good. */
  async leave({ groupId, memberId, isModern }: LiveMember): Promise<void> {
    if (isModern) await this.local.call(heartbeat, { groupId, memberId, memberEpoch: leaveEpoch })
    else
      await this.local.call(calls.leaveGroup, {
        groupId,
        members: [{ memberId, groupInstanceId: null, reason: 'its connection ended' }],
      })
  }

  #onAnswer(peer: string, apiKey: number, body: unknown, answer: object): void {
    this.#members.onAnswer(peer, apiKey, body, answer)
    // The client went away while its join was under way.
    if (!this.#network.isOpen(peer)) this.#onClosed(peer, { kind: 'peer' })
  }

  /** What the broker itself closes, it closes for a reason that is no reason to leave a group. */
  #onClosed(peer: string, why: CloseReason): void {
    this.#apis.onClosed(peer)
    const gone = this.#members.onClosed(peer)
    if (!this.#options.leaveOnDisconnect || why.kind === 'local') return
    for (const member of gone) void this.leave(member)
  }
}
