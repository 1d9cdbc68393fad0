// TCP over node:net. Every failure to listen or connect is a value with one of the kinds that callers act on.
// Small packets leave at once (no Nagle delay) and dead peers are noticed by keep-alive, as Kafka sets its sockets.

import { connect, createServer, type Server } from 'node:net'
import { hostname } from 'node:os'
import type { LogSink } from '../base/logger.ts'
import type { Connection, Listener, Network, NetworkError, Outcome } from '../env/env.ts'
import { NodeConnection } from './node-connection.ts'
import { SocketReads, type SocketReadsModules, sharedReadBuffer, withReads } from './socket-reads.ts'
import type { YoungBuffers } from './young-buffers.ts'

/** Kafka's `socket.connection.setup.timeout.ms`; the operating system alone would try for minutes. */
const connectMsMax = 10_000

const socketOptions = { noDelay: true, keepAlive: true }

export class NodeNetwork implements Network {
  readonly #logSink: LogSink
  readonly #reads: SocketReadsModules

  constructor(logSink: LogSink, youngBuffers: YoungBuffers) {
    this.#logSink = logSink
    this.#reads = { youngBuffers, shared: sharedReadBuffer() }
  }

  hostName(): string {
    return hostname()
  }

  listen(
    host: string,
    port: number,
    onConnection: (connection: Connection) => void,
  ): Promise<Outcome<Listener, NetworkError>> {
    return new Promise((resolve) => {
      const server = createServer({ ...socketOptions, pauseOnConnect: true }, (accepted) => {
        const reads = new SocketReads(this.#reads)
        onConnection(new NodeConnection(withReads(accepted, reads), reads))
      })
      const onError = (error: Error) => resolve(failure(`cannot listen on ${host}:${port}`, error))
      server.once('error', onError)
      // Without a host Node takes every interface, of both address families where it can.
      server.listen({ port, ...(host === '' ? {} : { host }) }, () => {
        server.off('error', onError)
        // Accepting can fail later, for want of file descriptors: the connection is lost, the listener is not.
        server.on('error', (error) =>
          this.#logSink.write(
            'warn',
            'kafka.network.Acceptor',
            `cannot accept a connection: ${error.message}`,
          ),
        )
        resolve({ ok: true, value: new NodeListener(server) })
      })
    })
  }

  connect(host: string, port: number): Promise<Outcome<Connection, NetworkError>> {
    return new Promise((resolve) => {
      const reads = new SocketReads(this.#reads)
      const socket = connect({ host, port, ...socketOptions, timeout: connectMsMax, onread: reads.onread })
      const what = `cannot connect to ${host}:${port}`
      const onError = (error: Error) => resolve(failure(what, error))
      socket.once('error', onError)
      socket.once('timeout', () => {
        socket.destroy()
        resolve(failure(what, { code: 'ETIMEDOUT', message: `no answer within ${connectMsMax} ms` }))
      })
      socket.once('connect', () => {
        socket.off('error', onError)
        socket.setTimeout(0)
        resolve({ ok: true, value: new NodeConnection(socket, reads) })
      })
    })
  }
}

class NodeListener implements Listener {
  readonly port: number
  readonly #server: Server

  constructor(server: Server) {
    const address = server.address()
    this.port = typeof address === 'object' && address !== null ? address.port : 0
    this.#server = server
  }

  close(): Promise<void> {
    // Node reports a server as closed when its last connection is; the port is free as soon as it stops listening.
    this.#server.close()
    return new Promise((resolve) => setImmediate(resolve))
  }
}

type SystemError = { readonly code?: string; readonly message: string; readonly errors?: readonly Error[] }

function failure(what: string, error: SystemError): { ok: false; error: NetworkError } {
  // Trying several addresses of one name fails with an error that only lists the single ones.
  const why = error.errors?.map(({ message }) => message).join(', ') ?? error.message
  return { ok: false, error: { kind: networkErrorKind(error.code), message: `${what}: ${why}` } }
}

function networkErrorKind(code: string | undefined): NetworkError['kind'] {
  switch (code) {
    case 'EADDRINUSE':
      return 'address-in-use'
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return 'address-not-available'
    case 'ECONNREFUSED':
      return 'refused'
    case 'ETIMEDOUT':
      return 'timed-out'
    default:
      return 'other'
  }
}
