// A whole node in a simulated world: a producer that retries, a broker that is killed, loses its power, stops and starts
// again behind a network that breaks, and a consumer that has to find everything that was acknowledged.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Consumer, consumerDefaults } from '../client/consumer.ts'
import { KafkaClient } from '../client/kafka-client.ts'
import { Producer, producerDefaults } from '../client/producer.ts'
import { type RunningNode, startNode } from '../node/start-node.ts'
import type { CrashKind } from './sim-host.ts'
import { Simulation } from './simulation.ts'

const overrides: [string, string][] = [
  ['listeners', 'PLAINTEXT://:9092,CONTROLLER://:9093'],
  ['num.partitions', '1'],
  ['log.segment.bytes', '1048576'],
  ['offsets.topic.num.partitions', '1'],
]
const flushBeforeAcknowledging: [string, string] = ['log.flush.interval.messages', '1']

class NodeHistory {
  readonly simulation: Simulation
  readonly #settings: { overrides: [string, string][]; dataDirectory: string; onFatal(message: string): void }
  readonly #client: KafkaClient
  readonly #producer: Producer
  readonly #acknowledged = new Map<number, string>()
  #node: RunningNode | undefined
  #sentCount = 0
  #problem: string | undefined

  constructor(seed: number, settings: [string, string][]) {
    this.simulation = new Simulation(seed)
    this.#settings = {
      overrides: [...overrides, ...settings],
      dataDirectory: '/data',
      onFatal: (message) => {
        this.#problem = message
      },
    }
    this.simulation.check(() => assert.equal(this.#problem, undefined, `seed ${seed}`))
    const bootstrapServers = [{ host: 'broker', port: 9092 }]
    this.#client = new KafkaClient(
      { bootstrapServers, clientId: 'client', requestTimeoutMs: 5000 },
      this.simulation.host('client').env,
    )
    this.#producer = new Producer(producerDefaults, this.#client)
  }

  async begin(): Promise<void> {
    const { disk } = this.simulation.host('broker').env
    await this.simulation.perform(async () => {
      await disk.makeDirectory('/data')
      await disk.syncDirectory('/')
    })
    await this.#start()
  }

  /** Produces for a while under network faults, then ends the broker's life and begins the next. */
  async live(ends: readonly (CrashKind | 'stop')[]): Promise<void> {
    const { simulation } = this
    const { network, prng } = simulation
    const broker = simulation.host('broker')
    const endMs = simulation.nowMs + prng.between(300, 1300)
    while (simulation.nowMs < endMs) {
      this.#send()
      if (prng.chance(0.02)) network.reset('client', 'broker')
      if (prng.chance(0.01)) {
        network.isolate('broker')
        simulation.after(prng.between(1, 3000), 'heal', () => network.heal())
      }
      await simulation.run(simulation.nowMs + prng.between(1, 20))
    }
    const end = prng.pick(ends)
    if (end === 'stop') await simulation.perform(() => this.#node!.stop())
    broker.crash(end === 'stop' ? 'kill' : end)
    await simulation.run(simulation.nowMs + prng.between(0, 2000))
    broker.restart()
    await this.#start()
  }

  /** Everything acknowledged is where the broker said, and nothing is there twice. */
  async verify(): Promise<void> {
    this.simulation.heal()
    await this.simulation.perform(() => this.#producer.flush())
    assert.ok(this.#acknowledged.size > 0)
    const found = await this.simulation.perform(() => this.#consume())
    const seed = `seed ${this.simulation.seed}`
    for (const [offset, value] of this.#acknowledged)
      assert.equal(found.get(offset), value, `${seed}: ${offset}`)
    assert.equal(new Set(found.values()).size, found.size, `${seed}: a record is there twice`)
  }

  async #start(): Promise<void> {
    const { env } = this.simulation.host('broker')
    const result = await this.simulation.perform(() => startNode(this.#settings, env))
    assert.ok(result.ok, result.ok ? '' : result.message)
    this.#node = result.node
  }

  #send(): void {
    const value = `${this.#sentCount++}`
    const padded = new TextEncoder().encode(value.padEnd(this.simulation.prng.between(1, 5000)))
    void this.#producer.send('orders', { partition: 0, key: null, value: padded }).then((result) => {
      if (!result.ok) return
      const offset = Number(result.value.offset)
      if (this.#acknowledged.has(offset)) this.#problem = `offset ${offset} is acknowledged twice`
      this.#acknowledged.set(offset, value)
    })
  }

  async #consume(): Promise<Map<number, string>> {
    const consumer = new Consumer(
      { ...consumerDefaults, groupId: 'readers', autoOffsetReset: 'earliest' },
      this.#client,
    )
    consumer.subscribe(['orders'])
    const found = new Map<number, string>()
    const lastOffset = Math.max(...this.#acknowledged.keys())
    while (!found.has(lastOffset)) {
      const records = await consumer.poll(500)
      if (!records.ok) continue
      for (const { offset, value } of records.value) {
        found.set(Number(offset), new TextDecoder().decode(value!).trimEnd())
      }
    }
    await consumer.close()
    return found
  }
}

async function runHistory(
  seed: number,
  ends: readonly (CrashKind | 'stop')[],
  settings: [string, string][],
): Promise<string> {
  const history = new NodeHistory(seed, settings)
  await history.begin()
  for (let life = 0; life < 4; life++) await history.live(ends)
  await history.verify()
  return history.simulation.trace.hash()
}

test('[SIM17] what a node acknowledged survives its kills and stops, in place and once', async () => {
  for (let seed = 0; seed < 10; seed++) await runHistory(seed, ['kill', 'stop'], [])
})

test('[SIM17] a node that flushes before it acknowledges survives power losses as well', async () => {
  for (let seed = 100; seed < 110; seed++) {
    await runHistory(seed, ['kill', 'stop', 'power'], [flushBeforeAcknowledging])
  }
})

test('[SIM4] a whole node leaves the same trace when its seed is run again', async () => {
  const hash = await runHistory(7, ['kill', 'stop', 'power'], [flushBeforeAcknowledging])
  assert.equal(await runHistory(7, ['kill', 'stop', 'power'], [flushBeforeAcknowledging]), hash)
})
