// The network between simulated hosts: names, addresses, listeners and links. Each host reaches itself as `localhost`
// and every other by name or address. A link is one-way: cutting `a` to `b` leaves `b` to `a` alone, as a broken route
// does. Faults act on links and connections; latency is drawn per packet.

import type { Prng } from '../base/prng.ts'
import type { Connection } from '../env/env.ts'
import type { Life, SimEventLoop } from './event-loop.ts'
import { SimConnection } from './sim-connection.ts'
import { retransmitUsMax, SimPipe } from './sim-pipe.ts'

/** May change during a run. */
export interface NetworkFaults {
  latencyUsMin: number
  latencyUsMax: number
  /** Probability that a packet takes up to `spikeUsMax`: lost and sent again, or held up on its way. */
  spike: number
  spikeUsMax: number
}

export const noNetworkFaults: Readonly<NetworkFaults> = {
  latencyUsMin: 50,
  latencyUsMax: 500,
  spike: 0,
  spikeUsMax: 500_000,
}

export interface SimListener {
  readonly life: Life
  readonly onConnection: (connection: Connection) => void
}

/** A host as the network knows it. */
export class NetworkHost {
  readonly name: string
  readonly address: string
  /** False from a power loss to the next start: nobody answers. */
  isPowered = true
  readonly listeners = new Map<number, SimListener>()
  readonly connections = new Set<SimConnection>()
  #nextPort = 32_768

  constructor(name: string, address: string) {
    this.name = name
    this.address = address
  }

  isOwn(host: string): boolean {
    return host === this.name || host === this.address || host === 'localhost' || host === '127.0.0.1'
  }

  drawPort(): number {
    while (this.listeners.has(this.#nextPort)) this.#nextPort++
    return this.#nextPort++
  }
}

export interface NetworkModules {
  readonly loop: SimEventLoop
  readonly prng: Prng
  /** The life of the machines themselves. */
  readonly kernel: Life
}

export class SimNetwork {
  readonly faults: NetworkFaults = { ...noNetworkFaults }
  readonly #modules: NetworkModules
  readonly #hosts = new Map<string, NetworkHost>()
  readonly #cuts = new Set<string>()
  readonly #pipes = new Set<SimPipe>()

  constructor(modules: NetworkModules) {
    this.#modules = modules
  }

  addHost(name: string): NetworkHost {
    const host = new NetworkHost(name, `10.0.0.${this.#hosts.size + 1}`)
    this.#hosts.set(name, host)
    return host
  }

  find(from: NetworkHost, host: string): NetworkHost | undefined {
    if (from.isOwn(host)) return from
    return [...this.#hosts.values()].find(({ name, address }) => name === host || address === host)
  }

  /** Nothing gets from one host to the other any more; what is under way waits. */
  cut(from: string, to: string): void {
    this.#cuts.add(linkKey(from, to))
  }

  /** Cuts a host off from all others, in both directions. */
  isolate(name: string): void {
    for (const other of this.#hosts.keys()) {
      if (other === name) continue
      this.cut(name, other)
      this.cut(other, name)
    }
  }

  /** Undoes all cuts. */
  heal(): void {
    this.#cuts.clear()
    for (const pipe of this.#pipes) pipe.wake()
  }

  /** Breaks the connections between two hosts for both ends. */
  reset(a: string, b: string): void {
    for (const connection of [...(this.#hosts.get(a)?.connections ?? [])]) connection.reset(b)
  }

  isCut(from: NetworkHost, to: NetworkHost): boolean {
    return this.#cuts.has(linkKey(from.name, to.name))
  }

  /** True when nothing sent can be answered. */
  isSilent(from: NetworkHost, to: NetworkHost): boolean {
    return !to.isPowered || this.isCut(from, to) || this.isCut(to, from)
  }

  latencyUs(from: NetworkHost, to: NetworkHost): number {
    const { prng } = this.#modules
    if (from === to) return prng.between(5, 50)
    const { latencyUsMin, latencyUsMax, spike, spikeUsMax } = this.faults
    return prng.between(latencyUsMin, prng.chance(spike) ? spikeUsMax : latencyUsMax)
  }

  /** The process is over; its host speaks for it, unless the power went. */
  endLife(host: NetworkHost, life: Life, isPowerLoss: boolean): void {
    for (const [port, listener] of host.listeners) if (listener.life === life) host.listeners.delete(port)
    for (const connection of [...host.connections]) if (connection.life === life) connection.die(isPowerLoss)
    if (isPowerLoss) host.isPowered = false
  }

  /** A connection between two lives; neither owner has its end yet. */
  join(client: NetworkHost, clientLife: Life, server: NetworkHost, serverLife: Life, port: number) {
    const clientPort = client.drawPort()
    const near = this.#end(client, server, clientLife, port, clientPort)
    const far = this.#end(server, client, serverLife, clientPort, port)
    const forth = this.#pipe(client, server, near, far)
    const back = this.#pipe(server, client, far, near)
    near.join(far, forth, back)
    far.join(near, back, forth)
    return { near, far }
  }

  #end(
    own: NetworkHost,
    other: NetworkHost,
    life: Life,
    remotePort: number,
    localPort: number,
  ): SimConnection {
    const remoteAddress = own === other ? '127.0.0.1' : other.address
    const connection: SimConnection = new SimConnection({
      loop: this.#modules.loop,
      life,
      addresses: { remoteAddress, remotePort, localPort },
      remoteHost: other.name,
      latencyUs: () => this.latencyUs(own, other),
      lossOfPeer: () =>
        this.isSilent(own, other)
          ? { afterUs: retransmitUsMax, message: 'connection timed out' }
          : { afterUs: 2 * this.latencyUs(own, other), message: 'connection reset by peer' },
      onOver: () => own.connections.delete(connection),
    })
    own.connections.add(connection)
    return connection
  }

  #pipe(from: NetworkHost, to: NetworkHost, sender: SimConnection, receiver: SimConnection): SimPipe {
    const pipe: SimPipe = new SimPipe(
      {
        to: receiver.life,
        onBytes: (bytes) => receiver.onBytes(bytes),
        onEnd: () => receiver.onEnd(),
        onEmpty: () => sender.onEmpty(),
        onUnreachable: () => sender.fail('connection timed out'),
        onClosed: () => this.#pipes.delete(pipe),
      },
      {
        ...this.#modules,
        isCut: () => this.isCut(from, to),
        latencyUs: () => this.latencyUs(from, to),
      },
    )
    this.#pipes.add(pipe)
    return pipe
  }
}

function linkKey(from: string, to: string): string {
  return `${from} to ${to}`
}
