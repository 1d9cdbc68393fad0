// The network as one life of a simulated process sees it.

import type { Connection, Listener, Network, NetworkError, Outcome } from '../env/env.ts'
import type { Life, SimEventLoop } from './event-loop.ts'
import type { NetworkHost, SimNetwork } from './sim-network.ts'

/** As on the real network. */
const connectUsMax = 10_000_000

const callUs = 10

export interface HostNetworkModules {
  readonly loop: SimEventLoop
  readonly life: Life
  /** The life of the machines themselves. */
  readonly kernel: Life
  readonly network: SimNetwork
}

export class SimHostNetwork implements Network {
  readonly #host: NetworkHost
  readonly #modules: HostNetworkModules

  constructor(host: NetworkHost, modules: HostNetworkModules) {
    this.#host = host
    this.#modules = modules
  }

  hostName(): string {
    return this.#host.name
  }

  listen(
    host: string,
    port: number,
    onConnection: (connection: Connection) => void,
  ): Promise<Outcome<Listener, NetworkError>> {
    const { loop, life } = this.#modules
    return new Promise((resolve) => {
      loop.schedule(life, callUs, `listen ${port}`, () => {
        const what = `cannot listen on ${host}:${port}`
        const { listeners } = this.#host
        if (host !== '' && host !== '0.0.0.0' && !this.#host.isOwn(host)) {
          resolve(failure('address-not-available', `${what}: not an address of this host`))
        } else if (listeners.has(port)) {
          resolve(failure('address-in-use', `${what}: address already in use`))
        } else {
          const used = port === 0 ? this.#host.drawPort() : port
          listeners.set(used, { life, onConnection })
          resolve({ ok: true, value: { port: used, close: () => this.#close(used) } })
        }
      })
    })
  }

  connect(host: string, port: number): Promise<Outcome<Connection, NetworkError>> {
    const { loop, life, kernel, network } = this.#modules
    const target = network.find(this.#host, host)
    const what = `cannot connect to ${host}:${port}`
    return new Promise((resolve) => {
      const fail = (kind: NetworkError['kind'], why: string, delayUs: number) =>
        loop.schedule(life, delayUs, `connect ${kind}`, () => resolve(failure(kind, `${what}: ${why}`)))
      if (target === undefined) {
        fail('address-not-available', 'unknown host', callUs)
        return
      }
      if (network.isSilent(this.#host, target)) {
        fail('timed-out', `no answer within ${connectUsMax / 1000} ms`, connectUsMax)
        return
      }
      loop.schedule(
        kernel,
        network.latencyUs(this.#host, target),
        `connect ${this.#host.name} ${what}`,
        () => {
          const listener = target.listeners.get(port)
          const backUs = network.latencyUs(target, this.#host)
          if (listener === undefined) {
            fail('refused', 'connection refused', backUs)
            return
          }
          if (!life.isAlive) return
          const { near, far } = network.join(this.#host, life, target, listener.life, port)
          loop.schedule(listener.life, callUs, 'accept', () => {
            far.open()
            listener.onConnection(far)
          })
          loop.schedule(life, backUs, 'connected', () => {
            near.open()
            resolve({ ok: true, value: near })
          })
        },
      )
    })
  }

  #close(port: number): Promise<void> {
    const { loop, life } = this.#modules
    this.#host.listeners.delete(port)
    return new Promise((resolve) => loop.schedule(life, callUs, 'listener closed', resolve))
  }
}

function failure(kind: NetworkError['kind'], message: string): { ok: false; error: NetworkError } {
  return { ok: false, error: { kind, message } }
}
