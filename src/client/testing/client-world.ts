// What a test of the client stands on: virtual time, a network in memory, a client whose bootstrap server is the
// first broker. Chance is a fixed number, so backoffs are exact.

import { VirtualTime } from '../../coordinator/testing/virtual-time.ts'
import type { Random } from '../../env/env.ts'
import { KafkaClient, type KafkaClientModules } from '../kafka-client.ts'
import { FakeBroker } from './fake-broker.ts'
import { FakeNetwork } from './fake-network.ts'

const evenRandom: Random = { next: () => 0.5, bytes: (count) => new Uint8Array(count) }

export class ClientWorld {
  readonly time = new VirtualTime()
  readonly network = new FakeNetwork()
  readonly modules: KafkaClientModules = {
    network: this.network,
    timers: this.time,
    clock: this.time,
    random: evenRandom,
  }
  readonly brokers: FakeBroker[]
  readonly client: KafkaClient

  constructor({ brokers = 1 }: { brokers?: number } = {}) {
    this.brokers = Array.from({ length: brokers }, (_, index) => new FakeBroker(index + 1, this.network))
    this.client = new KafkaClient(
      {
        bootstrapServers: [{ host: 'fake', port: this.brokers[0]!.port }],
        clientId: 'test',
        requestTimeoutMs: 30_000,
      },
      this.modules,
    )
  }

  get broker(): FakeBroker {
    return this.brokers[0]!
  }

  /** Lets time pass until `promise` is settled. */
  async until<T>(promise: Promise<T>, stepMs = 10, durationMsMax = 300_000): Promise<T> {
    let isSettled = false
    void promise.then(() => {
      isSettled = true
    })
    for (let passedMs = 0; passedMs <= durationMsMax; passedMs += stepMs) {
      await this.time.settle()
      if (isSettled) return promise
      await this.time.advance(stepMs)
    }
    throw new Error(`nothing came of it within ${durationMsMax} ms`)
  }
}
