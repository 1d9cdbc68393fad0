// The requests that clients sent, the newest ones, and who waits for the next.

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
    return this.#requests.filter((request) => matches(request, filter))
  }

  next(filter: RequestFilter = {}): Promise<SeenRequest> {
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

function matches(request: SeenRequest, { api, topic, clientId }: RequestFilter): boolean {
  return (
    (api === undefined || api === request.api) &&
    (topic === undefined || request.topics.includes(topic)) &&
    (clientId === undefined || clientId === request.clientId)
  )
}
