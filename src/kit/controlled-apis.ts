// The APIs of a broker under test: each request is recorded, given the fault it meets, and followed until it is
// answered. Served in place of the broker's own table; the handlers know nothing of it.

import {
  type Answer,
  type AnyApi,
  type ApiTable,
  CloseConnection,
  type RequestContext,
} from '../broker/api.ts'
import { sleep } from '../client/backoff.ts'
import type { Clock, Timers } from '../env/env.ts'
import { answerWithError } from './answer-with-error.ts'
import { apiNameOf } from './api-names.ts'
import type { Fault, Faults } from './faults.ts'
import type { RequestLog } from './request-log.ts'
import { topicOf, topicsOf } from './request-topics.ts'
import type { SeenRequest } from './types.ts'

export interface ControlledApisModules {
  readonly clock: Clock
  readonly timers: Timers
  readonly faults: Faults
  readonly requests: RequestLog
  readonly topicName: (topicId: string) => string | undefined
  readonly onRequest: (peer: string, apiKey: number, body: unknown) => void
  /** What the handler answered, whatever becomes of it. */
  readonly onAnswer: (peer: string, apiKey: number, body: unknown, answer: object) => void
}

type Body = Record<string, unknown>
const closed = new CloseConnection('a fault of the test')

export class ControlledApis {
  readonly #modules: ControlledApisModules
  readonly #inWork = new Set<SeenRequest>()
  /** The end of the delays of each connection, while there are any. */
  readonly #delays = new Map<string, Promise<void>>()

  constructor(modules: ControlledApisModules) {
    this.#modules = modules
  }

  /** Requests that are not answered yet. */
  get inWork(): readonly SeenRequest[] {
    return [...this.#inWork]
  }

  /** Nobody waits on this connection any more. */
  onClosed(peer: string): void {
    for (const seen of this.#inWork) if (seen.peer === peer) this.#inWork.delete(seen)
    this.#delays.delete(peer)
  }

  decorate(apis: ApiTable): ApiTable {
    const decorated = new Map<number, AnyApi>()
    for (const [key, api] of apis)
      decorated.set(key, { ...api, handle: (context, body) => this.#handle(api, context, body) })
    return decorated
  }

  /** Starts the handler before it returns, unless there is a delay. */
  async #handle(api: AnyApi, context: RequestContext, body: Body): Promise<Answer<unknown>> {
    const { clock, faults, requests, topicName, onRequest } = this.#modules
    const { apiKey } = api.request
    const { apiVersion, clientId, peer } = context
    const topics = topicsOf(apiKey, body, topicName)
    const fault = faults.take(apiKey, topics)
    const seen: SeenRequest = {
      api: apiNameOf(apiKey),
      apiVersion,
      clientId,
      peer,
      topics,
      atMs: context.nowMs,
      body,
      faultId: fault?.id,
    }
    requests.add(seen)
    onRequest(peer, apiKey, body)
    this.#inWork.add(seen)
    try {
      const delay = this.#delay(peer, fault?.delayMs ?? 0)
      if (delay === undefined) return await this.#answer(api, context, body, fault)
      await delay
      return await this.#answer(api, { ...context, nowMs: clock.wallMs() }, body, fault)
    } finally {
      this.#inWork.delete(seen)
    }
  }

  async #answer(
    api: AnyApi,
    context: RequestContext,
    body: Body,
    fault: Fault | undefined,
  ): Promise<Answer<unknown>> {
    if (fault?.close === 'before') return closed
    if (fault?.errorCode !== undefined) return this.#refuse(api, context, body, fault.errorCode, fault.topic)
    const answer: Answer<object> = await api.handle(context, body)
    if (answer !== 'no-response' && !(answer instanceof CloseConnection))
      this.#modules.onAnswer(context.peer, api.request.apiKey, body, answer)
    if (fault?.close === 'after') return closed
    // The slot of an answer that never comes holds back those behind it, as a broken network does.
    if (fault?.drop === true) return this.#never()
    return answer
  }

  #refuse(api: AnyApi, context: RequestContext, body: Body, errorCode: number, topic: string | undefined) {
    const { topicName } = this.#modules
    const isFor = (entry: unknown) => topic === undefined || topicOf(entry, topicName) === topic
    return answerWithError(api, context, body, { errorCode, isFor })
  }

  /** Requests of one connection keep their order: one that follows a delayed one waits with it. */
  #delay(peer: string, delayMs: number): Promise<void> | undefined {
    const before = this.#delays.get(peer)
    if (delayMs === 0) return before
    const { timers } = this.#modules
    const delay = Promise.resolve(before).then(() => sleep(timers, delayMs))
    this.#delays.set(peer, delay)
    void delay.then(() => {
      if (this.#delays.get(peer) === delay) this.#delays.delete(peer)
    })
    return delay
  }

  #never(): Promise<never> {
    return new Promise(() => {})
  }
}
