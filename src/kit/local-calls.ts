// Calls to the broker's own APIs from inside the process: no connection, no faults, not among the recorded requests.

import { assert } from '../base/assert.ts'
import { type ApiTable, CloseConnection, type RequestContext } from '../broker/api.ts'
import type { ApiCall } from '../client/api-call.ts'
import type { Clock } from '../env/env.ts'

export const kitClientId = 'ottla-kit'

export class LocalCalls {
  readonly #apis: ApiTable
  readonly #clock: Clock
  readonly #listenerName: () => string

  constructor(apis: ApiTable, clock: Clock, listenerName: () => string) {
    this.#apis = apis
    this.#clock = clock
    this.#listenerName = listenerName
  }

  serves(apiKey: number): boolean {
    return this.#apis.has(apiKey)
  }

  /** In the newest version that both the call and the broker know. */
  async call<Q, R>(call: ApiCall<Q, R>, fields: Partial<Q>): Promise<R> {
    const api = this.#apis.get(call.request.apiKey)
    assert(api !== undefined, `the broker serves ${call.request.name}`)
    const context: RequestContext = {
      apiVersion: Math.min(api.versions[1], call.versionMax ?? call.request.stableVersionMax),
      clientId: kitClientId,
      clientHost: '/127.0.0.1',
      isConnected: () => true,
      peer: kitClientId,
      listenerName: this.#listenerName(),
      nowMs: this.#clock.wallMs(),
    }
    const answer = await api.handle(context, { ...call.request.defaults(), ...fields })
    assert(
      answer !== 'no-response' && !(answer instanceof CloseConnection),
      `${call.request.name} is answered`,
    )
    return answer
  }
}
