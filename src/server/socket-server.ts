// The listeners of one node and the connections on them, with Kafka's limits: `max.connections`,
// `max.connections.per.ip` with its overrides, `connections.max.idle.ms`. A connection above a limit is
// closed at once; one that was idle for too long is closed by a sweep, not by a timer of its own. Ports are
// bound before the node is ready, so that it can tell them; connections are taken up from `open` on.
// Source: SocketServer, ConnectionQuotas.

import type { Logger } from '../base/logger.ts'
import type {
  Clock,
  Connection,
  Listener,
  Network,
  NetworkError,
  Outcome,
  Timer,
  Timers,
} from '../env/env.ts'
import { ClientConnection, type RequestHandler } from './client-connection.ts'

export interface ListenerOptions {
  readonly name: string
  /** Empty binds every interface. */
  readonly host: string
  readonly port: number
}

/** How many connections there may be; these limits may change while the server runs. */
export interface ConnectionLimits {
  /** `max.connections`, over all listeners. */
  readonly connectionsMax: number
  /** `max.connections.per.ip`. */
  readonly connectionsPerIpMax: number
  /** `max.connections.per.ip.overrides`. */
  readonly connectionsPerIpMaxOf: ReadonlyMap<string, number>
}

export interface SocketServerOptions extends ConnectionLimits {
  /** `socket.request.max.bytes`. */
  readonly frameBytesMax: number
  /** `connections.max.idle.ms`; negative keeps idle connections for ever. */
  readonly connectionsIdleMsMax: number
}

export interface SocketServerModules {
  readonly network: Network
  readonly clock: Clock
  readonly timers: Timers
  readonly handler: RequestHandler
  readonly logger: Logger
}

const idleSweepIntervalMs = 10_000

export class SocketServer {
  readonly #options: SocketServerOptions
  readonly #modules: SocketServerModules
  readonly #listeners: { readonly name: string; readonly listener: Listener }[] = []
  /** Connections that came before `open`; undefined afterwards. */
  #early: (() => void)[] | undefined = []
  readonly #connections = new Set<ClientConnection>()
  readonly #connectionsOfAddress = new Map<string, number>()
  #limits: ConnectionLimits
  #sweep: Timer | undefined
  #isClosed = false

  constructor(options: SocketServerOptions, modules: SocketServerModules) {
    this.#options = options
    this.#limits = options
    this.#modules = modules
    this.#sweepLater()
  }

  get connectionCount(): number {
    return this.#connections.size
  }

  /** Listens and answers the port in use, which is the drawn one when 0 was asked for. */
  async listen({ name, host, port }: ListenerOptions): Promise<Outcome<number, NetworkError>> {
    const opened = await this.#modules.network.listen(host, port, (connection) => {
      if (this.#early === undefined) return this.#onConnection(name, connection)
      connection.pause()
      this.#early.push(() => {
        this.#onConnection(name, connection)
        connection.resume()
      })
    })
    if (!opened.ok) return opened
    this.#listeners.push({ name, listener: opened.value })
    return { ok: true, value: opened.value.port }
  }

  /** Holds for connections to come; those that are there stay. */
  updateLimits(limits: ConnectionLimits): void {
    this.#limits = limits
  }

  /** Takes up connections, those first that are waiting. */
  open(): void {
    const early = this.#early ?? []
    this.#early = undefined
    for (const takeUp of early) takeUp()
  }

  /** The port in use of a listener, of the first one without a name. */
  port(listenerName?: string): number | undefined {
    return this.#listeners.find(({ name }) => listenerName === undefined || name === listenerName)?.listener
      .port
  }

  /** Stops listening and closes every connection. Requests in work go on without a reader. */
  async close(): Promise<void> {
    this.#isClosed = true
    this.#sweep?.cancel()
    this.open()
    const closed = this.#listeners.map(({ listener }) => listener.close())
    for (const connection of [...this.#connections]) connection.close()
    await Promise.all(closed)
  }

  #onConnection(listenerName: string, connection: Connection): void {
    const address = connection.remoteAddress
    const peer = `${address}:${connection.remotePort}`
    const refusal = this.#refusal(address)
    if (refusal !== undefined) {
      this.#modules.logger.warn(`Refused the connection of ${peer}: ${refusal}`)
      connection.onData = () => {}
      connection.onDrain = () => {}
      connection.onClose = () => {}
      connection.destroy()
      return
    }
    this.#connectionsOfAddress.set(address, (this.#connectionsOfAddress.get(address) ?? 0) + 1)
    const client = new ClientConnection(
      {
        client: { listenerName, clientHost: `/${address}`, peer },
        frameBytesMax: this.#options.frameBytesMax,
      },
      {
        connection,
        handler: this.#modules.handler,
        logger: this.#modules.logger,
        monotonicMs: () => this.#modules.clock.monotonicMs(),
        onClosed: () => this.#onClosed(client, address),
      },
    )
    this.#connections.add(client)
  }

  #refusal(address: string): string | undefined {
    if (this.#isClosed) return 'the node is stopping'
    const { connectionsMax, connectionsPerIpMax, connectionsPerIpMaxOf } = this.#limits
    if (this.#connections.size >= connectionsMax)
      return `there are ${connectionsMax} connections, which is max.connections`
    const max = connectionsPerIpMaxOf.get(address) ?? connectionsPerIpMax
    if ((this.#connectionsOfAddress.get(address) ?? 0) >= max)
      return `the address has ${max} connections, which is its max.connections.per.ip`
    return undefined
  }

  #onClosed(client: ClientConnection, address: string): void {
    this.#connections.delete(client)
    const left = (this.#connectionsOfAddress.get(address) ?? 0) - 1
    if (left > 0) this.#connectionsOfAddress.set(address, left)
    else this.#connectionsOfAddress.delete(address)
  }

  #sweepLater(): void {
    const idleMsMax = this.#options.connectionsIdleMsMax
    if (idleMsMax < 0) return
    this.#sweep = this.#modules.timers.after(Math.min(idleSweepIntervalMs, Math.max(1, idleMsMax)), () => {
      // Quiet, as in Kafka: clients open connections and forget them all the time.
      for (const connection of [...this.#connections]) if (connection.idleMs() > idleMsMax) connection.close()
      this.#sweepLater()
    })
  }
}
