// Producer ids for idempotent producers, handed out from blocks of the controller, so that an id is never
// given twice, also across restarts: what is left of a block is thrown away. Source: RPCProducerIdManager.

import type { Controller } from '../controller/controller.ts'

export class ProducerIds {
  readonly #nodeId: number
  readonly #controller: Controller
  #next = 0
  #end = 0
  #allocation: Promise<void> | undefined

  constructor(options: { nodeId: number }, modules: { controller: Controller }) {
    this.#nodeId = options.nodeId
    this.#controller = modules.controller
  }

  async next(): Promise<number> {
    while (this.#next === this.#end) {
      this.#allocation ??= this.#allocate()
      await this.#allocation
    }
    return this.#next++
  }

  async #allocate(): Promise<void> {
    try {
      const { firstId, count } = await this.#controller.allocateProducerIds(this.#nodeId)
      this.#next = firstId
      this.#end = firstId + count
    } finally {
      this.#allocation = undefined
    }
  }
}
