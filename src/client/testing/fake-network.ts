// A network in memory for tests of the client: listeners by port, chunks delivered in the next turn of the loop
// that runs promises, connections that a test can cut.

import type { CloseReason, Connection, Listener, Network, NetworkError, Outcome } from '../../env/env.ts'

export class FakeNetwork implements Network {
  readonly #listeners = new Map<number, (connection: Connection) => void>()
  readonly connections: FakeConnection[] = []
  connectCount = 0

  hostName(): string {
    return 'fake'
  }

  async listen(
    _host: string,
    port: number,
    onConnection: (connection: Connection) => void,
  ): Promise<Outcome<Listener, NetworkError>> {
    this.#listeners.set(port, onConnection)
    return { ok: true, value: { port, close: async () => void this.#listeners.delete(port) } }
  }

  async connect(host: string, port: number): Promise<Outcome<FakeConnection, NetworkError>> {
    this.connectCount++
    const onConnection = this.#listeners.get(port)
    if (onConnection === undefined) {
      return { ok: false, error: { kind: 'refused', message: `cannot connect to ${host}:${port}` } }
    }
    const client = new FakeConnection(port)
    const server = new FakeConnection(port)
    client.peer = server
    server.peer = client
    this.connections.push(server)
    onConnection(server)
    return { ok: true, value: client }
  }
}

export class FakeConnection implements Connection {
  readonly remoteAddress = '127.0.0.1'
  readonly remotePort = 0
  readonly localPort: number
  peer: FakeConnection | undefined
  onData: (chunk: Uint8Array) => void = () => {}
  roomForData: () => Uint8Array | undefined = () => undefined
  onDrain: () => void = () => {}
  onClose: (why: CloseReason) => void = () => {}
  #isClosed = false

  constructor(localPort: number) {
    this.localPort = localPort
  }

  send(chunks: readonly Uint8Array[]): boolean {
    const bytes = new Uint8Array(Buffer.concat(chunks))
    queueMicrotask(() => this.peer?.receive(bytes))
    return true
  }

  receive(bytes: Uint8Array): void {
    if (!this.#isClosed) this.onData(bytes)
  }

  pause(): void {}
  resume(): void {}

  end(): void {
    this.destroy()
  }

  destroy(): void {
    this.close({ kind: 'local' })
    queueMicrotask(() => this.peer?.close({ kind: 'peer' }))
  }

  close(why: CloseReason): void {
    if (this.#isClosed) return
    this.#isClosed = true
    this.onClose(why)
  }
}
