// Ottla's own client as a verifier: an idempotent producer that never stops, a reader at the end of the log, and a
// group that commits and topics that are created, once per round.

import { type Broker, delay } from '../conformance/brokers.ts'
import { parseBrokerAddresses } from '../src/client/broker-address.ts'
import { Consumer, consumerDefaults } from '../src/client/consumer.ts'
import { KafkaClient } from '../src/client/kafka-client.ts'
import { Producer, producerDefaults } from '../src/client/producer.ts'
import { createTopic, listTopics } from '../src/client/topic-admin.ts'
import type { Env } from '../src/env/env.ts'
import { createNodeEnv } from '../src/platform/node-env.ts'
import type { Ledger } from './ledger.ts'

export const topic = 'chaos'
export const partitions = [0, 1, 2]
const bufferedBytesMax = 64 * 1024
const pollMsMax = 500
/** A broker that does not serve again for so long is a finding. */
const servesAgainMsMax = 60_000
const padding = 'x'.repeat(200)

export class OwnClients {
  readonly #env: Env
  readonly #server: string
  readonly #ledger: Ledger
  readonly #clients: KafkaClient[] = []
  readonly #loops: Promise<void>[] = []
  readonly #topics: string[] = []
  readonly #committed = new Map<number, number>()
  #isStopping = false
  #sent = 0

  constructor({ server }: Broker, ledger: Ledger) {
    this.#env = createNodeEnv()
    this.#server = server
    this.#ledger = ledger
  }

  async start(): Promise<void> {
    await this.createTopic(topic, partitions.length)
    this.#loops.push(this.#produce(), this.#follow())
  }

  /** Acknowledged topics stay too. */
  async createTopic(name: string, partitionCount: number): Promise<void> {
    const client = this.#client()
    const created = await createTopic(client, {
      name,
      partitions: partitionCount,
      replicationFactor: 1,
      assignments: null,
      configs: [],
    })
    if (created.ok) this.#topics.push(name)
    client.close()
  }

  /** Resolves when records are acknowledged that were sent after this call. */
  async untilServing(): Promise<void> {
    const deadline = performance.now() + servesAgainMsMax
    const target = this.#ledger.acknowledgedCount + 1 + this.#sent - this.#acknowledged()
    while (this.#ledger.acknowledgedCount < target) {
      if (performance.now() > deadline)
        return this.#ledger.find('the broker acknowledges nothing for a minute after a fault')
      await delay(20)
    }
  }

  /** Commits a higher offset than before; what was acknowledged before must be what a fetch finds. */
  async commitMore(): Promise<void> {
    const client = this.#client()
    const consumer = new Consumer({ ...consumerDefaults, groupId: 'chaos' }, client)
    const asked = partitions.map((partition) => ({ topic, partition }))
    const found = await consumer.committed(asked)
    if (found.ok)
      for (const { partition, offset } of found.value) {
        const least = this.#committed.get(partition)
        if (least !== undefined && offset < least)
          this.#ledger.find(`the group's offset of ${partition} went back from ${least} to ${offset}`)
      }
    const offsets = asked.map((each) => ({ ...each, offset: (this.#committed.get(each.partition) ?? 0) + 1 }))
    const committed = await consumer.commit(offsets)
    if (committed.ok) for (const { partition, offset } of offsets) this.#committed.set(partition, offset)
    client.close()
  }

  /** Stops the loops and reads everything once more from the start. */
  async settle(): Promise<void> {
    this.#isStopping = true
    await Promise.all(this.#loops)
    const all = await this.readAll(topic, partitions)
    for (const [partition, values] of all) this.#ledger.settle(partition, values.map(numberOf))
    await this.commitMore()
    const client = this.#client()
    const listed = await listTopics(client)
    const names = new Set(listed.ok ? listed.value.map(({ name }) => name) : [])
    for (const name of this.#topics) if (!names.has(name)) this.#ledger.find(`topic ${name} is gone`)
    for (const each of this.#clients) each.close()
  }

  /** The values of each partition, from the start to the present end. */
  async readAll(name: string, ofPartitions: readonly number[]): Promise<Map<number, string[]>> {
    const client = this.#client()
    const consumer = new Consumer({ ...consumerDefaults, autoOffsetReset: 'earliest' }, client)
    consumer.assign(ofPartitions.map((partition) => ({ topic: name, partition })))
    const values = new Map<number, string[]>(ofPartitions.map((partition) => [partition, []]))
    // The end: several polls in a row that bring nothing.
    for (let empty = 0; empty < 4; ) {
      const polled = await consumer.poll(pollMsMax)
      empty = polled.ok && polled.value.length === 0 ? empty + 1 : 0
      for (const { partition, offset, value } of polled.ok ? polled.value : []) {
        if (offset !== values.get(partition)!.length)
          this.#ledger.find(`${name}-${partition} has ${offset} after ${values.get(partition)!.length - 1}`)
        values.get(partition)!.push(Buffer.from(value!).toString())
      }
    }
    client.close()
    return values
  }

  async #produce(): Promise<void> {
    const producer = new Producer({ ...producerDefaults, deliveryTimeoutMs: 600_000 }, this.#client())
    while (!this.#isStopping) {
      await producer.whenBufferedBelow(bufferedBytesMax)
      const value = this.#sent++
      const partition = partitions[value % partitions.length]!
      const record = { key: null, value: Buffer.from(`${value} ${padding}`), partition }
      producer.send(topic, record).then((result) => {
        if (result.ok) this.#ledger.acknowledge(partition, value)
        else this.#ledger.find(`record ${value} was given up: ${result.error.message}`)
      })
      if (value % 20 === 0) await delay(2)
    }
    await producer.flush()
  }

  async #follow(): Promise<void> {
    const consumer = new Consumer({ ...consumerDefaults, autoOffsetReset: 'earliest' }, this.#client())
    consumer.assign(partitions.map((partition) => ({ topic, partition })))
    const next = new Map<number, number>()
    while (!this.#isStopping) {
      const polled = await consumer.poll(pollMsMax)
      for (const { partition, offset, value } of polled.ok ? polled.value : []) {
        const expected = next.get(partition) ?? 0
        if (offset !== expected)
          this.#ledger.find(`the reader of ${partition} got ${offset} after ${expected - 1}`)
        next.set(partition, offset + 1)
        this.#ledger.see('the reader', partition, offset, numberOf(Buffer.from(value!).toString()))
      }
      if (!polled.ok) await delay(20)
    }
  }

  #acknowledged(): number {
    return this.#ledger.acknowledgedCount
  }

  #client(): KafkaClient {
    const addresses = parseBrokerAddresses(this.#server)
    if (!addresses.ok) throw new Error(addresses.error)
    const client = new KafkaClient(
      { bootstrapServers: addresses.value, clientId: 'chaos', requestTimeoutMs: 30_000 },
      this.#env,
    )
    this.#clients.push(client)
    return client
  }
}

function numberOf(value: string): number {
  return Number(value.split(' ')[0])
}
