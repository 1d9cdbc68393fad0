// The environment: everything that is not computation, as interfaces (types only, erased at run time).
// `platform/` implements them on Node, `simulator/` implements them with a seed. Code outside those two
// folders takes what it needs from here by constructor and never touches Node's clock, timers, random,
// files or sockets. The seam is coarse on purpose: it is crossed per chunk, per write group and per
// timer-wheel slot, never per record.

import type { LogSink } from '../base/logger.ts'

export interface Clock {
  /** Milliseconds since 1970, may jump in either direction. For timestamps only. */
  wallMs(): number
  /** Milliseconds since an arbitrary start, never decreases. For deadlines and durations. */
  monotonicMs(): number
}

export interface Timer {
  cancel(): void
}

export interface Timers {
  /** Runs `callback` once, no earlier than `delayMs` from now by the monotonic clock; any length is allowed. */
  after(delayMs: number, callback: () => void): Timer
  /**
   * Runs `callback` after the current turn and its promise continuations: the place to flush what a turn gathered.
   * Callbacks run in the order in which they were given.
   */
  soon(callback: () => void): void
}

export interface Random {
  /** A number in [0, 1). */
  next(): number
  /** Fresh bytes; unpredictable on the platform, seeded in the simulator. */
  bytes(count: number): Uint8Array
}

export type CloseReason =
  | { readonly kind: 'local' }
  | { readonly kind: 'peer' }
  | { readonly kind: 'error'; readonly message: string }

/** Its owner sets the handlers in the turn in which it gets the connection: later ones miss what came before. */
export interface Connection {
  readonly remoteAddress: string
  readonly remotePort: number
  readonly localPort: number
  /**
   * Queues the chunks in order. False means: stop reading requests until `onDrain`. The chunks belong to the connection
   * from now on, and nobody changes them. After the end of the connection they are dropped.
   */
  send(chunks: readonly Uint8Array[]): boolean
  /** The chunk is the connection's: after the call others lie there. */
  onData: (chunk: Uint8Array) => void
  /** Where the next bytes should lie, if it matters: what the connection puts there, from its start, is the chunk. */
  roomForData: () => Uint8Array | undefined
  onDrain: () => void
  /** Called exactly once, after which nothing else is called. */
  onClose: (why: CloseReason) => void
  pause(): void
  resume(): void
  /** Sends what is queued, then closes. No data is delivered any more. */
  end(): void
  /** Closes at once and drops what is queued. */
  destroy(): void
}

export interface Listener {
  /** The port in use, the drawn one when 0 was asked for. */
  readonly port: number
  /** Frees the port; connections live on. */
  close(): Promise<void>
}

export type NetworkError = {
  readonly kind: 'address-in-use' | 'address-not-available' | 'refused' | 'timed-out' | 'other'
  readonly message: string
}

export type Outcome<T, E> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly error: E }

export interface Network {
  /** The name other machines know this one by; what a listener on every address tells clients. */
  hostName(): string
  /** Takes connections at the addresses of `host`, at all of this machine when it is empty. Port 0 draws a free one. */
  listen(
    host: string,
    port: number,
    onConnection: (connection: Connection) => void,
  ): Promise<Outcome<Listener, NetworkError>>
  connect(host: string, port: number): Promise<Outcome<Connection, NetworkError>>
}

export type DiskErrorKind =
  | 'not-found'
  | 'exists'
  | 'not-permitted'
  | 'full'
  | 'locked'
  | 'not-a-directory'
  | 'io'

/** The one exception that disk calls reject with. `io` after `sync` means: the data's fate is unknown, never retry. */
export class DiskError extends Error {
  readonly kind: DiskErrorKind
  readonly path: string
  constructor(kind: DiskErrorKind, path: string, message: string) {
    super(message)
    this.kind = kind
    this.path = path
  }
}

export function isDiskError(error: unknown, kind: DiskErrorKind): error is DiskError {
  return error instanceof DiskError && error.kind === kind
}

export interface File {
  /**
   * Writes the chunks one after another from `position`; whole or rejected (then any part may be written). Nobody
   * changes the chunks until then. Not durable before `sync`. Bytes never written read as zeros.
   */
  write(chunks: readonly Uint8Array[], position: number): Promise<void>
  /** Fills `into` as far as the file reaches and returns the number of bytes read. */
  read(into: Uint8Array, position: number): Promise<number>
  sync(): Promise<void>
  truncate(sizeBytes: number): Promise<void>
  size(): Promise<number>
  close(): Promise<void>
}

export interface DirectoryEntry {
  readonly name: string
  readonly kind: 'file' | 'directory'
}

export interface Disk {
  /** `create` opens an existing file or makes an empty one; `read` fails with `not-found`. */
  open(path: string, mode: 'read' | 'create'): Promise<File>
  /** In the order of the names' code units. */
  list(directory: string): Promise<DirectoryEntry[]>
  /** With those above it; one that is there is no error. */
  makeDirectory(path: string): Promise<void>
  /** Replaces a file or an empty directory at `to`. Neither may be open (Windows refuses). */
  rename(from: string, to: string): Promise<void>
  /** Removes a file, or a directory with all it holds. A missing path is no error. */
  remove(path: string): Promise<void>
  /** Makes creations, renames and removals in this directory durable. */
  syncDirectory(path: string): Promise<void>
  /** The path from the root, for those who do not know where this process was started. */
  absolutePath(path: string): string
  usage(path: string): Promise<{ totalBytes: number; usableBytes: number }>
  /** Takes the directory's lock for this process until `release`; rejects with `locked` when another holds it. */
  lock(path: string): Promise<{ release(): Promise<void> }>
}

export interface Offload {
  /** Runs CPU-heavy work off the event loop. The order of completions is not that of the calls. */
  run<T>(name: string, work: () => T): Promise<T>
}

export interface Env {
  readonly clock: Clock
  readonly timers: Timers
  readonly network: Network
  readonly disk: Disk
  readonly offload: Offload
  readonly random: Random
  readonly logSink: LogSink
}
