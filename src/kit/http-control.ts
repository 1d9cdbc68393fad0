// A broker under test over HTTP, for tests in any language. JSON in and out; every failure is `{"error": sentence}`.
//
//   POST   /faults      {"api":"Produce","error":"NOT_LEADER_OR_FOLLOWER","topic":"orders","times":2}   one more fault
//   GET    /faults      those that still wait for requests          DELETE /faults, /faults/ID   remove all, or one
//   GET    /clock       {"nowMs":…}                                 POST   /clock  {"advanceMs":60000}
//   GET    /requests    ?api=&topic=&clientId=                      DELETE /requests
//   POST   /reset       {"disconnect":true}, or no body

import type { HttpRequest, HttpResponse } from '../platform/http-server.ts'
import type { Fault } from './faults.ts'
import { OttlaError } from './ottla-error.ts'
import { type ResetModules, resetBroker } from './reset.ts'

type Route = (request: HttpRequest, id: number) => unknown

export class HttpControl {
  readonly #modules: ResetModules
  readonly #routes: Readonly<Record<string, Route>> = {
    'GET /faults': () => this.#modules.control.faults.pending.map(faultJson),
    'POST /faults': ({ body }) => this.#addFault(body),
    'DELETE /faults': () => this.#modules.control.faults.clear(),
    'DELETE /faults/ID': (_, id) => this.#removeFault(id),
    'GET /clock': () => ({ nowMs: this.#modules.control.time.wallMs() }),
    'POST /clock': ({ body }) => this.#advance(body),
    'GET /requests': ({ query }) => this.#modules.control.requests.all(Object.fromEntries(query)),
    'DELETE /requests': () => this.#modules.control.requests.clear(),
    'POST /reset': ({ body }) => this.#reset(body),
  }

  constructor(modules: ResetModules) {
    this.#modules = modules
  }

  async handle(request: HttpRequest): Promise<HttpResponse> {
    const id = /^\/faults\/(\d+)$/.exec(request.path)?.[1]
    const path = id === undefined ? request.path : '/faults/ID'
    const route = this.#routes[`${request.method} ${path}`]
    if (route === undefined) {
      const known = Object.keys(this.#routes).join(', ')
      return json(404, { error: `${request.method} ${request.path} is not one of ${known}` })
    }
    try {
      return json(200, (await route(request, Number(id))) ?? {})
    } catch (error) {
      if (error instanceof OttlaError) return json(400, { error: error.message })
      throw error
    }
  }

  #addFault(body: string): object {
    const { times, ...spec } = objectOf(body)
    // JSON has no infinity.
    const count = times === 'Infinity' ? Infinity : times
    const added = this.#modules.control.faults.add(count === undefined ? spec : { ...spec, times: count })
    if (!added.ok) throw new OttlaError(added.error)
    return faultJson(added.value)
  }

  #removeFault(id: number): void {
    if (!this.#modules.control.faults.remove(id)) throw new OttlaError(`no fault ${id} waits for requests`)
  }

  async #advance(body: string): Promise<object> {
    const { advanceMs, ...others } = objectOf(body)
    refuseOthers(others, 'advanceMs')
    if (typeof advanceMs !== 'number' || !(advanceMs >= 0))
      throw new OttlaError(`advanceMs ${JSON.stringify(advanceMs)} is not a number of milliseconds from 0`)
    const { time } = this.#modules.control
    await time.advance(advanceMs)
    return { nowMs: time.wallMs() }
  }

  async #reset(body: string): Promise<void> {
    const { disconnect = false, ...others } = body === '' ? {} : objectOf(body)
    refuseOthers(others, 'disconnect')
    if (typeof disconnect !== 'boolean')
      throw new OttlaError(`disconnect ${JSON.stringify(disconnect)} is neither true nor false`)
    await resetBroker(this.#modules, { disconnect })
  }
}

function objectOf(body: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(body)
    if (typeof value === 'object' && value !== null && !Array.isArray(value))
      return value as Record<string, unknown>
  } catch {
    // The sentence below is for this case as well.
  }
  throw new OttlaError(`the body is not a JSON object: ${body.slice(0, 100) || 'it is empty'}`)
}

function refuseOthers(others: object, known: string): void {
  const [name] = Object.keys(others)
  if (name !== undefined) throw new OttlaError(`${name} is not known here, only ${known} is`)
}

function faultJson({ id, api, topic, left, hits }: Fault): object {
  return { id, api, topic, left: left === Infinity ? 'Infinity' : left, hits }
}

function json(status: number, body: unknown): HttpResponse {
  return { status, contentType: 'application/json', body: `${JSON.stringify(body, readable)}\n` }
}

/** Bytes as base64, 64-bit integers as text. */
function readable(_: string, value: unknown): unknown {
  if (typeof value === 'bigint') return String(value)
  return value instanceof Uint8Array ? Buffer.from(value).toString('base64') : value
}
