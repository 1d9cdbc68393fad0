// Chance from Node: fast numbers for jitter, and bytes from the operating system for ids and secrets.

import { randomFillSync } from 'node:crypto'
import type { Random } from '../env/env.ts'

export class NodeRandom implements Random {
  next(): number {
    return Math.random()
  }

  bytes(count: number): Uint8Array {
    return randomFillSync(new Uint8Array(count))
  }
}
