// Where a socket reads to. Left alone, Node takes 64 KB of fresh memory for every read, and freeing it keeps the
// garbage collector busy; here all sockets read into one buffer, which is free again when the owner of the bytes
// returned, or straight to where the owner has room for them.

import { type OnReadOpts, Socket } from 'node:net'
import type { YoungBuffers } from './young-buffers.ts'

/** What a busy connection has waiting; the system gives memory only for what is used of it. */
const sharedBytes = 256 * 1024

export interface SocketReadsModules {
  readonly youngBuffers: YoungBuffers
  readonly shared: Uint8Array
}

/** Of all sockets of a process: each read is over before the next begins. */
export function sharedReadBuffer(): Uint8Array {
  return new Uint8Array(sharedBytes)
}

export class SocketReads {
  onData: (chunk: Uint8Array) => void = () => {}
  roomForData: () => Uint8Array | undefined = () => undefined
  /** For the socket's constructor. */
  readonly onread: OnReadOpts

  constructor({ youngBuffers, shared }: SocketReadsModules) {
    this.onread = {
      buffer: () => this.roomForData() ?? shared,
      callback: (sizeBytes, buffer) => {
        youngBuffers.filled(sizeBytes)
        this.onData(buffer.subarray(0, sizeBytes))
        return true
      },
    }
  }
}

/**
 * The socket of an accepted one, made again around its handle: only a constructor takes `onread`, and a server calls
 * it without. `accepted` must not have begun to read (`pauseOnConnect`), and is of no use any more.
 */
export function withReads(accepted: Socket, { onread }: SocketReads): Socket {
  const owner = accepted as unknown as { _handle: object | null }
  const handle = owner._handle
  owner._handle = null
  return new Socket({ handle, onread } as object)
}
