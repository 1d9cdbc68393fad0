// What is to go wrong, and how often. A fault is matched against requests as they come; the oldest one that matches is
// taken, so that two faults on one API happen one after another.

import { type ErrorName, errors } from '../base/errors.ts'
import { nearestName } from '../config/nearest-name.ts'
import type { Outcome } from '../env/env.ts'
import { canAnswerError } from './answer-with-error.ts'
import { type ApiName, apiNames, findApi } from './api-names.ts'
import { namesTopics } from './request-topics.ts'
import type { FaultSpec } from './types.ts'

export interface Fault {
  readonly id: number
  readonly api: ApiName
  readonly apiKey: number
  readonly topic: string | undefined
  readonly errorCode: number | undefined
  readonly delayMs: number
  readonly close: 'before' | 'after' | undefined
  readonly drop: boolean
  /** How many more requests it hits. */
  left: number
  hits: number
}

interface Waiter {
  readonly id: number
  readonly count: number
  readonly resolve: () => void
}

export class Faults {
  #faults: Fault[] = []
  #waiters: Waiter[] = []
  #nextId = 1

  /** Those that still wait for requests, oldest first. */
  get pending(): readonly Fault[] {
    return this.#faults
  }

  /** The message says what is wrong with `spec` and what would do. */
  add(spec: unknown): Outcome<Fault, string> {
    const parsed = parseFault(spec)
    if (!parsed.ok) return parsed
    const fault = { id: this.#nextId++, ...parsed.value, hits: 0 }
    this.#faults.push(fault)
    return { ok: true, value: fault }
  }

  /** The fault that this request gets, counted. */
  take(apiKey: number, topics: readonly string[]): Fault | undefined {
    const fault = this.#faults.find(
      (each) => each.apiKey === apiKey && (each.topic === undefined || topics.includes(each.topic)),
    )
    if (fault === undefined) return undefined
    fault.hits++
    fault.left--
    if (fault.left <= 0) this.#faults = this.#faults.filter((each) => each !== fault)
    const due = this.#waiters.filter(({ id, count }) => id === fault.id && count <= fault.hits)
    this.#waiters = this.#waiters.filter((waiter) => !due.includes(waiter))
    for (const { resolve } of due) resolve()
    return fault
  }

  /** Resolves when the fault has hit `count` requests. */
  whenHit(fault: Fault, count: number): Promise<void> {
    if (fault.hits >= count) return Promise.resolve()
    return new Promise((resolve) => this.#waiters.push({ id: fault.id, count, resolve }))
  }

  /** False: there is none of this id that still waits for requests. */
  remove(id: number): boolean {
    const before = this.#faults.length
    this.#faults = this.#faults.filter((fault) => fault.id !== id)
    return this.#faults.length < before
  }

  clear(): void {
    this.#faults = []
  }
}

type Parsed = Outcome<Omit<Fault, 'id' | 'hits'>, string>
const fieldNames: readonly (keyof FaultSpec)[] = [
  'api',
  'topic',
  'times',
  'error',
  'delayMs',
  'close',
  'drop',
]

function parseFault(spec: unknown): Parsed {
  if (typeof spec !== 'object' || spec === null) return refuse('a fault is an object such as { api, error }')
  for (const name of Object.keys(spec))
    if (!fieldNames.includes(name as keyof FaultSpec))
      return refuse(`a fault has no ${name}${didYouMean(name, fieldNames)}; it has ${fieldNames.join(', ')}`)
  const { api, topic, times = 1, error, delayMs = 0, close, drop = false } = spec as Record<string, unknown>
  const found = findApi(api)
  if (found === undefined)
    return refuse(`api ${JSON.stringify(api)} is not an API of Kafka${didYouMean(String(api), apiNames())}`)
  const { key: apiKey, name } = found
  if (topic !== undefined && (typeof topic !== 'string' || topic === ''))
    return refuse(`topic ${JSON.stringify(topic)} is not the name of a topic`)
  if (topic !== undefined && !namesTopics(apiKey))
    return refuse(`${name} requests name no topics: leave out topic`)
  if (!isCount(times))
    return refuse(`times ${JSON.stringify(times)} is not a whole number from 1, nor Infinity`)
  if (typeof delayMs !== 'number' || !(delayMs >= 0) || delayMs === Infinity)
    return refuse(`delayMs ${JSON.stringify(delayMs)} is not a number of milliseconds from 0`)
  if (close !== undefined && close !== 'before' && close !== 'after')
    return refuse(`close ${JSON.stringify(close)} is neither 'before' nor 'after'`)
  if (typeof drop !== 'boolean') return refuse(`drop ${JSON.stringify(drop)} is neither true nor false`)
  const errorCode = Object.hasOwn(errors, String(error)) ? errors[error as ErrorName] : undefined
  if (error !== undefined && (errorCode === undefined || errorCode === errors.NONE))
    return refuse(
      `error ${JSON.stringify(error)} is not an error of Kafka${didYouMean(String(error), Object.keys(errors))}`,
    )
  if (error !== undefined && !canAnswerError(apiKey))
    return refuse(`an answer to ${name} cannot carry an error: use close, drop or delayMs`)
  const outcomes = [errorCode !== undefined, close !== undefined, drop].filter((is) => is).length
  if (outcomes > 1) return refuse('a fault has one of error, close and drop; delayMs goes with each')
  if (outcomes === 0 && delayMs === 0) return refuse('a fault needs one of error, close, drop and delayMs')
  return { ok: true, value: { api: name, apiKey, topic, errorCode, delayMs, close, drop, left: times } }
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && value >= 1 && (Number.isInteger(value) || value === Infinity)
}

function didYouMean(mistyped: string, names: readonly string[]): string {
  const nearest = nearestName(mistyped, names)
  return nearest === undefined ? '' : `; did you mean ${nearest}?`
}

function refuse(message: string): { readonly ok: false; readonly error: string } {
  return { ok: false, error: message }
}
