// The requests that clients sent, the newest ones, and who waits for the next.

import { findApi } from './api-names.ts'
import { OttlaError } from './ottla-error.ts'
import type { RequestFilter, Requests, SeenRequest } from './types.ts'

/** Bounds the memory of a test that never looks. */
const requestsMax = 10_000

interface Waiter {
  readonly filter: RequestFilter
  readonly resolve: (request: SeenRequest) => void
}

export class RequestLog implements Requests {
  #requests: SeenRequest[] = []
  #waiters: Waiter[] = []

  all(filter: RequestFilter = {}): SeenRequest[] {
    checkFilter(filter)
    return this.#requests.filter((request) => matches(request, filter))
  }

  next(filter: RequestFilter = {}): Promise<SeenRequest> {
    checkFilter(filter)
    return new Promise((resolve) => this.#waiters.push({ filter, resolve }))
  }

  clear(): void {
    this.#requests = []
  }

  add(request: SeenRequest): void {
    this.#requests.push(request)
    // In bulk, so that a full log costs nothing per request.
    if (this.#requests.length >= 2 * requestsMax) this.#requests = this.#requests.slice(-requestsMax)
    const due = this.#waiters.filter(({ filter }) => matches(request, filter))
    if (due.length === 0) return
    this.#waiters = this.#waiters.filter((waiter) => !due.includes(waiter))
    for (const { resolve } of due) resolve(request)
  }
}

/** A mistyped filter finds nothing for ever. */
function checkFilter(filter: RequestFilter): void {
  for (const name of Object.keys(filter))
    if (name !== 'api' && name !== 'topic' && name !== 'clientId')
      throw new OttlaError(`requests are filtered by api, topic and clientId, not by ${name}`)
  if (filter.api !== undefined && findApi(filter.api) === undefined)
    throw new OttlaError(`api ${filter.api} is not an API of Kafka`)
}

function matches(request: SeenRequest, { api, topic, clientId }: RequestFilter): boolean {
  return (
    (api === undefined || api === request.api) &&
    (topic === undefined || request.topics.includes(topic)) &&
    (clientId === undefined || clientId === request.clientId)
  )
}
