// Keeps V8 from marking its whole heap because of buffers that are long forgotten. Received and read bytes lie in
// buffers outside the heap that live for milliseconds; V8 starts a full marking for every few tens of megabytes of
// them, and the broker makes too little other garbage for the cheap collection of young objects to come first. So
// that one is asked for as buffers go by: it frees them, the full one has nothing left to do, and memory stays low.

import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

/** More often makes buffers in use look old, which frees them late; less often lets V8 start first. */
const bytesPerCollection = 24 * 1024 * 1024

export class YoungBuffers {
  readonly #findCollection: () => () => void
  /** Found when first needed: a start, and a command that moves few bytes, do without the context it takes. */
  #collect: (() => void) | undefined
  #bytes = 0

  constructor(findCollection: () => () => void = minorCollection) {
    this.#findCollection = findCollection
  }

  /** To be told of every buffer that is filled from outside. */
  filled(sizeBytes: number): void {
    this.#bytes += sizeBytes
    if (this.#bytes < bytesPerCollection) return
    this.#bytes = 0
    this.#collect ??= this.#findCollection()
    this.#collect()
  }
}

function minorCollection(): () => void {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as ((options: { type: 'minor' }) => void) | undefined
  return collect === undefined ? () => {} : () => collect({ type: 'minor' })
}
