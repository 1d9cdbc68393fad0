// Chance from Node: fast numbers for jitter, and bytes from the operating system for ids and secrets.

import { closeSync, openSync, readSync } from 'node:fs'
import type { Random } from '../env/env.ts'

const systemSource = '/dev/urandom'

export class NodeRandom implements Random {
  next(): number {
    return Math.random()
  }

  /** Straight from the system where it has a file for that: loading Node's crypto takes a tenth of a start. */
  bytes(count: number): Uint8Array {
    const bytes = new Uint8Array(count)
    return fillFromSystem(bytes) ? bytes : crypto.getRandomValues(bytes)
  }
}

function fillFromSystem(bytes: Uint8Array): boolean {
  let descriptor: number | undefined
  try {
    descriptor = openSync(systemSource, 'r')
    return readSync(descriptor, bytes) === bytes.length
  } catch {
    return false
  } finally {
    if (descriptor !== undefined) closeSync(descriptor)
  }
}
