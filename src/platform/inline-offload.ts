// Offload without threads: the work runs on the event loop, in a turn of its own, so that whatever is already
// waiting (sockets, finished writes) goes first. One piece of work still occupies the loop while it lasts.

import type { Offload } from '../env/env.ts'

export class InlineOffload implements Offload {
  run<T>(_name: string, work: () => T): Promise<T> {
    return new Promise((resolve, reject) => {
      setImmediate(() => {
        try {
          resolve(work())
        } catch (error) {
          reject(error)
        }
      })
    })
  }
}
