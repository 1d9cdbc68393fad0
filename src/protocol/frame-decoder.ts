// Cuts a stream of chunks into frames. Every frame is copied out of its chunks, which can lie where the next ones
// will: one that is begun takes memory as its bytes come, because a peer that announces a large frame and sends
// nothing must cost nothing. Bytes that were put where `room` says are not copied. A length that is negative or above
// the limit ends the stream.

export interface FrameDecoderOptions {
  /** Kafka's `socket.request.max.bytes`: the largest length a peer may announce. */
  readonly frameBytesMax: number
}

export interface FrameDecoderModules {
  /** One frame without its length, which belongs to the receiver. */
  onFrame(frame: Uint8Array): void
}

export type PushResult = { readonly ok: true } | { readonly ok: false; readonly message: string }

const lengthBytes = 4
const bufferBytesMin = 64 * 1024
/** A frame of a usual batch is copied once and a bit; a length that lies takes this many times what was sent. */
const growthFactor = 16
/** Less is copied sooner than it is read by itself. */
const roomBytesMin = 16 * 1024
const whole: PushResult = { ok: true }

export class FrameDecoder {
  readonly #options: FrameDecoderOptions
  readonly #modules: FrameDecoderModules
  /** The begun frame with its length, in the first `#buffered` bytes. */
  #buffer: Uint8Array = new Uint8Array(0)
  #buffered = 0
  #failure: PushResult | undefined

  constructor(options: FrameDecoderOptions, modules: FrameDecoderModules) {
    this.#options = options
    this.#modules = modules
  }

  /** Hands on every frame that `chunk` completes. After a failure nothing is read any more. */
  push(chunk: Uint8Array): PushResult {
    let at = 0
    while (this.#failure === undefined && at < chunk.length) {
      at = this.#buffered > 0 ? this.#continueFrame(chunk, at) : this.#beginFrame(chunk, at)
    }
    return this.#failure ?? whole
  }

  /** Where the next bytes of the begun frame will lie, if there is much left of it. */
  room(): Uint8Array | undefined {
    const free = this.#buffer.length - this.#buffered
    return free < roomBytesMin ? undefined : this.#buffer.subarray(this.#buffered)
  }

  /** Reads at a boundary between frames and answers where it stopped. */
  #beginFrame(chunk: Uint8Array, at: number): number {
    if (chunk.length - at < lengthBytes) return this.#keep(chunk, at, chunk.length, lengthBytes)
    const size = readLength(chunk, at)
    if (!this.#isAllowed(size)) return at
    const end = at + lengthBytes + size
    if (end > chunk.length) return this.#keep(chunk, at, chunk.length, end - at)
    const frame = allocate(size)
    frame.set(chunk.subarray(at + lengthBytes, end))
    this.#modules.onFrame(frame)
    return end
  }

  #continueFrame(chunk: Uint8Array, at: number): number {
    if (this.#buffered < lengthBytes) {
      const next = this.#keep(
        chunk,
        at,
        Math.min(chunk.length, at + lengthBytes - this.#buffered),
        lengthBytes,
      )
      if (this.#buffered < lengthBytes || !this.#isAllowed(readLength(this.#buffer, 0))) return next
      return this.#continueFrame(chunk, next)
    }
    const frameEnd = lengthBytes + readLength(this.#buffer, 0)
    const next = this.#keep(chunk, at, Math.min(chunk.length, at + frameEnd - this.#buffered), frameEnd)
    if (this.#buffered === frameEnd) {
      const frame = this.#buffer.subarray(lengthBytes, frameEnd)
      // The frame keeps its buffer: views on it live as long as the request.
      this.#buffer = new Uint8Array(0)
      this.#buffered = 0
      this.#modules.onFrame(frame)
    }
    return next
  }

  /** Appends chunk[from, to) to the begun frame, which needs no more than `bytesMax` in all; answers `to`. */
  #keep(chunk: Uint8Array, from: number, to: number, bytesMax: number): number {
    const needed = this.#buffered + to - from
    if (needed > this.#buffer.length) {
      const wanted = Math.max(needed * growthFactor, bufferBytesMin)
      const buffer = allocate(Math.min(bytesMax, wanted))
      buffer.set(this.#buffer.subarray(0, this.#buffered))
      this.#buffer = buffer
    }
    if (!this.#isInPlace(chunk, from)) this.#buffer.set(chunk.subarray(from, to), this.#buffered)
    this.#buffered = needed
    return to
  }

  #isInPlace(chunk: Uint8Array, from: number): boolean {
    const buffer = this.#buffer
    return chunk.buffer === buffer.buffer && chunk.byteOffset + from === buffer.byteOffset + this.#buffered
  }

  #isAllowed(size: number): boolean {
    const { frameBytesMax } = this.#options
    if (size >= 0 && size <= frameBytesMax) return true
    const message = `a frame announces ${size} bytes; 0 to ${frameBytesMax} are allowed`
    this.#failure = { ok: false, message }
    return false
  }
}

/**
 * Memory that is not cleared: every byte is written before the frame is handed on. Small frames share some, as each of
 * its own would cost V8 more than handling it.
 */
function allocate(sizeBytes: number): Uint8Array {
  const { buffer, byteOffset } = Buffer.allocUnsafe(sizeBytes)
  return new Uint8Array(buffer, byteOffset, sizeBytes)
}

function readLength(bytes: Uint8Array, at: number): number {
  return (bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!
}
