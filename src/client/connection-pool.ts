// The open connections of one client, at most one per address and purpose, made when first needed. Callers that
// ask at the same time share one attempt; after a failed one the next waits for its backoff.

import type { Clock, Random } from '../env/env.ts'
import { backoffMs, reconnectBackoff, sleep } from './backoff.ts'
import { type BrokerAddress, formatAddress } from './broker-address.ts'
import type { Result } from './client-error.ts'
import { KafkaConnection, type KafkaConnectionModules } from './kafka-connection.ts'

/** Groups have a connection of their own: a heartbeat must not wait behind a fetch that waits for records. */
export type Purpose = 'data' | 'group'

export interface ConnectionPoolModules extends KafkaConnectionModules {
  readonly clock: Clock
  readonly random: Random
}

interface Slot {
  connection: KafkaConnection | undefined
  opening: Promise<Result<KafkaConnection>> | undefined
  failures: number
  notBeforeMs: number
}

export class ConnectionPool {
  readonly #options: { readonly clientId: string; readonly requestTimeoutMs: number }
  readonly #modules: ConnectionPoolModules
  readonly #slots = new Map<string, Slot>()
  #isClosed = false

  constructor(options: { clientId: string; requestTimeoutMs: number }, modules: ConnectionPoolModules) {
    this.#options = options
    this.#modules = modules
  }

  /** Whether a connection to `address` stands, so that asking it costs no attempt. */
  isOpen(address: BrokerAddress): boolean {
    return this.#slots.get(slotKey(address, 'data'))?.connection?.isOpen === true
  }

  async connection(address: BrokerAddress, purpose: Purpose): Promise<Result<KafkaConnection>> {
    const slot = this.#slot(slotKey(address, purpose))
    if (slot.connection !== undefined) return { ok: true, value: slot.connection }
    slot.opening ??= this.#open(address, slot)
    return slot.opening
  }

  close(): void {
    this.#isClosed = true
    for (const { connection } of [...this.#slots.values()]) connection?.close()
  }

  async #open(address: BrokerAddress, slot: Slot): Promise<Result<KafkaConnection>> {
    const { clock, timers, random } = this.#modules
    const waitMs = slot.notBeforeMs - clock.monotonicMs()
    if (waitMs > 0) await sleep(timers, waitMs)
    const opened = await KafkaConnection.open({ ...this.#options, ...address }, this.#modules)
    slot.opening = undefined
    if (!opened.ok) {
      slot.failures++
      slot.notBeforeMs = clock.monotonicMs() + backoffMs(reconnectBackoff, slot.failures, random)
      return opened
    }
    slot.failures = 0
    slot.connection = opened.value
    opened.value.onClose = () => {
      slot.connection = undefined
    }
    if (this.#isClosed) opened.value.close()
    return opened
  }

  #slot(key: string): Slot {
    const existing = this.#slots.get(key)
    if (existing !== undefined) return existing
    const slot: Slot = { connection: undefined, opening: undefined, failures: 0, notBeforeMs: 0 }
    this.#slots.set(key, slot)
    return slot
  }
}

function slotKey(address: BrokerAddress, purpose: Purpose): string {
  return `${purpose} ${formatAddress(address)}`
}
