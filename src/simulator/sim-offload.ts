// Offloaded work in a simulation runs whole, at one moment, after a drawn delay: completions change places as they do
// with threads, and nothing runs beside the loop.

import type { Prng } from '../base/prng.ts'
import type { Offload } from '../env/env.ts'
import type { Life, SimEventLoop } from './event-loop.ts'

const delayUsMax = 5000

export class SimOffload implements Offload {
  readonly #loop: SimEventLoop
  readonly #life: Life
  readonly #prng: Prng

  constructor(loop: SimEventLoop, life: Life, prng: Prng) {
    this.#loop = loop
    this.#life = life
    this.#prng = prng
  }

  run<T>(name: string, work: () => T): Promise<T> {
    return new Promise((resolve, reject) => {
      this.#loop.schedule(this.#life, this.#prng.between(1, delayUsMax), `offload ${name}`, () => {
        try {
          resolve(work())
        } catch (error) {
          reject(error)
        }
      })
    })
  }
}
