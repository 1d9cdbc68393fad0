// A network that knows the connections of clients: it tells when one has ended, and who ended it, and can end all.
// Everything else passes through.

import type { CloseReason, Connection, Listener, Network, NetworkError, Outcome } from '../env/env.ts'

/** `peer`: the client's end, as in `RequestContext`. */
export type OnConnectionClosed = (peer: string, why: CloseReason) => void

export class WatchedNetwork implements Network {
  readonly #network: Network
  readonly #onClosed: OnConnectionClosed
  readonly #open = new Map<string, Connection>()
  readonly #listeners = new Set<Listener>()

  constructor(network: Network, onClosed: OnConnectionClosed) {
    this.#network = network
    this.#onClosed = onClosed
  }

  hostName(): string {
    return this.#network.hostName()
  }

  async listen(
    host: string,
    port: number,
    onConnection: (connection: Connection) => void,
  ): Promise<Outcome<Listener, NetworkError>> {
    const opened = await this.#network.listen(host, port, (connection) => {
      const peer = `${connection.remoteAddress}:${connection.remotePort}`
      this.#open.set(peer, connection)
      const onClosed = (why: CloseReason) => {
        this.#open.delete(peer)
        this.#onClosed(peer, why)
      }
      onConnection(new WatchedConnection(connection, onClosed))
    })
    if (opened.ok) this.#listeners.add(opened.value)
    return opened
  }

  isOpen(peer: string): boolean {
    return this.#open.has(peer)
  }

  destroyConnections(): void {
    for (const connection of [...this.#open.values()]) connection.destroy()
  }

  /** Of a listener that is closed already, closing again does nothing. */
  async closeListeners(): Promise<void> {
    for (const listener of this.#listeners) await listener.close()
    this.#listeners.clear()
  }

  connect(host: string, port: number): Promise<Outcome<Connection, NetworkError>> {
    return this.#network.connect(host, port)
  }
}

class WatchedConnection implements Connection {
  readonly remoteAddress: string
  readonly remotePort: number
  readonly localPort: number
  onData: (chunk: Uint8Array) => void = () => {}
  roomForData: () => Uint8Array | undefined = () => undefined
  onDrain: () => void = () => {}
  onClose: (why: CloseReason) => void = () => {}
  readonly #connection: Connection

  constructor(connection: Connection, onClosed: (why: CloseReason) => void) {
    this.remoteAddress = connection.remoteAddress
    this.remotePort = connection.remotePort
    this.localPort = connection.localPort
    this.#connection = connection
    connection.onData = (chunk) => this.onData(chunk)
    connection.roomForData = () => this.roomForData()
    connection.onDrain = () => this.onDrain()
    connection.onClose = (why) => {
      this.onClose(why)
      onClosed(why)
    }
  }

  send(chunks: readonly Uint8Array[]): boolean {
    return this.#connection.send(chunks)
  }

  pause(): void {
    this.#connection.pause()
  }

  resume(): void {
    this.#connection.resume()
  }

  end(): void {
    this.#connection.end()
  }

  destroy(): void {
    this.#connection.destroy()
  }
}
