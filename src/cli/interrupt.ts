// The wish of the user or the system that a command ends, as something to wait for beside other things. Not a
// promise to race against: one that lives as long as the command would gather every race in its list of reactions.

import type { CliModules } from './cli-modules.ts'

export class Interrupt {
  #isRequested = false
  #wake: () => void = () => {}

  constructor(modules: CliModules) {
    modules.onInterrupt(() => {
      this.#isRequested = true
      this.#wake()
    })
  }

  get isRequested(): boolean {
    return this.#isRequested
  }

  /** What `promise` resolves with, or undefined when the interrupt comes first. One wait at a time. */
  before<T>(promise: Promise<T>): Promise<T | undefined> {
    if (this.#isRequested) return Promise.resolve(undefined)
    return new Promise((resolve, reject) => {
      this.#wake = () => resolve(undefined)
      promise.then(resolve, reject)
    })
  }
}
