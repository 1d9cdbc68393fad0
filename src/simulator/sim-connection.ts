// One end of a simulated connection, with the close reasons and the back-pressure that the real one has. An end is
// closed for its owner by one event of its own, after which nothing is called; what the peer gets to know of it depends
// on how it came about: the end of the stream, a reset, or, when the power went, nothing until the peer sends.

import { assert } from '../base/assert.ts'
import type { CloseReason, Connection } from '../env/env.ts'
import type { Life, SimEventLoop } from './event-loop.ts'
import type { SimPipe } from './sim-pipe.ts'

/** Small, so that back-pressure is common. */
const queuedBytesMax = 64 * 1024

/** No byte of a frame's length or of a magic, so that whoever reads it notices. */
const lostByte = 0xdb

export interface ConnectionAddresses {
  readonly remoteAddress: string
  readonly remotePort: number
  readonly localPort: number
}

export interface ConnectionModules {
  readonly loop: SimEventLoop
  readonly life: Life
  readonly addresses: ConnectionAddresses
  readonly remoteHost: string
  latencyUs(): number
  /** How long it takes to learn that the other host knows this connection no more, and what the system calls that. */
  lossOfPeer(): { afterUs: number; message: string }
  /** Called once, when this end is over. */
  onOver(): void
}

export class SimConnection implements Connection {
  readonly remoteAddress: string
  readonly remotePort: number
  readonly localPort: number
  onData: (chunk: Uint8Array) => void = () => {}
  roomForData: () => Uint8Array | undefined = () => undefined
  onDrain: () => void = () => {}
  onClose: (why: CloseReason) => void = () => {}
  readonly #modules: ConnectionModules
  #outbound: SimPipe | undefined
  #inbound: SimPipe | undefined
  #peer: SimConnection | undefined
  #why: CloseReason | undefined
  #isFull = false
  #isFailing = false
  #isOver = false

  constructor(modules: ConnectionModules) {
    this.#modules = modules
    this.remoteAddress = modules.addresses.remoteAddress
    this.remotePort = modules.addresses.remotePort
    this.localPort = modules.addresses.localPort
  }

  get life(): Life {
    return this.#modules.life
  }

  /** Joins the two ends; their owners' events decide when data flows. */
  join(peer: SimConnection, outbound: SimPipe, inbound: SimPipe): void {
    this.#peer = peer
    this.#outbound = outbound
    this.#inbound = inbound
  }

  /** The owner has the connection now. */
  open(): void {
    this.#inbound?.resume()
  }

  send(chunks: readonly Uint8Array[]): boolean {
    const outbound = this.#pipe(this.#outbound)
    if (this.#why !== undefined) return true
    if (this.#peerIsGone()) {
      this.#failForLossOfPeer()
      return true
    }
    outbound.write(chunks)
    this.#isFull = outbound.queuedBytes > queuedBytesMax
    return !this.#isFull
  }

  pause(): void {
    if (this.#why === undefined) this.#pipe(this.#inbound).pause()
  }

  resume(): void {
    if (this.#why === undefined) this.#pipe(this.#inbound).resume()
  }

  end(): void {
    if (this.#why !== undefined) return
    this.#why = { kind: 'local' }
    this.#pipe(this.#inbound).close()
    this.#pipe(this.#outbound).finish()
    if (this.#peerIsGone()) this.#failForLossOfPeer()
  }

  destroy(): void {
    this.#why ??= { kind: 'local' }
    if (this.#isOver) return
    this.#pipe(this.#outbound).abandon()
    this.#pipe(this.#outbound).finish()
    this.#over(0)
  }

  /** The bytes are ours: whoever looks at them after the call finds others, as if the next read had put them there. */
  onBytes(bytes: Uint8Array): void {
    if (this.#why !== undefined) return
    const room = this.roomForData()
    if (room === undefined || room.length < bytes.length) this.onData(bytes)
    else {
      room.set(bytes)
      this.onData(room.subarray(0, bytes.length))
    }
    bytes.fill(lostByte)
  }

  /** The peer's stream ended. */
  onEnd(): void {
    this.#why ??= { kind: 'peer' }
    this.#peer?.onPeerOver()
    this.#over(0)
  }

  /** Everything sent was delivered. */
  onEmpty(): void {
    if (!this.#isFull) return
    this.#modules.loop.schedule(this.life, this.#modules.latencyUs(), 'drain', () => {
      const wasFull = this.#isFull
      this.#isFull = false
      if (wasFull && this.#why === undefined) this.onDrain()
    })
  }

  /** The peer saw this end's stream to its end, or is gone: what waited for that is done. */
  onPeerOver(): void {
    if (this.#why !== undefined) this.#over(this.#modules.latencyUs())
  }

  /** Breaks this end; the peer is not told. */
  fail(message: string): void {
    this.#why ??= { kind: 'error', message }
    this.#pipe(this.#outbound).close()
    this.#over(0)
  }

  /** Breaks both ends, if the other one is on `remoteHost`: a device between them said so. */
  reset(remoteHost: string): void {
    if (this.#modules.remoteHost !== remoteHost) return
    this.#peer?.fail('connection reset by peer')
    this.fail('connection reset by peer')
  }

  /** This end's process died. Its host closes the connection, unless the power went: then nobody tells the peer. */
  die(isPowerLoss: boolean): void {
    this.#why ??= { kind: 'local' }
    this.#isOver = true
    this.#modules.onOver()
    this.#pipe(this.#inbound).close()
    this.#pipe(this.#outbound).abandon()
    if (!isPowerLoss) this.#pipe(this.#outbound).finish()
  }

  #peerIsGone(): boolean {
    return this.#peer === undefined || this.#peer.#isOver
  }

  /** What is sent to a host that knows nothing of this connection is answered by a reset, or by nobody. */
  #failForLossOfPeer(): void {
    if (this.#isFailing) return
    this.#isFailing = true
    const { afterUs, message } = this.#modules.lossOfPeer()
    this.#modules.loop.schedule(this.life, afterUs, 'loss of peer', () => this.fail(message))
  }

  #over(delayUs: number): void {
    if (this.#isOver) return
    this.#isOver = true
    this.#modules.onOver()
    const why = this.#why
    assert(why !== undefined, 'an end that is over has a reason')
    this.#pipe(this.#inbound).close()
    this.#modules.loop.schedule(this.life, delayUs, `closed ${why.kind}`, () => this.onClose(why))
  }

  #pipe(pipe: SimPipe | undefined): SimPipe {
    assert(pipe !== undefined, 'a connection is joined before use')
    return pipe
  }
}
