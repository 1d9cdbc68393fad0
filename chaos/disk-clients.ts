// What the rounds with a failing disk have in common: a producer that goes on until it is refused, a reader of all that
// is there, and mounts.

import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { delay } from '../conformance/brokers.ts'
import { parseBrokerAddresses } from '../src/client/broker-address.ts'
import { Consumer, consumerDefaults } from '../src/client/consumer.ts'
import { KafkaClient } from '../src/client/kafka-client.ts'
import { Producer, producerDefaults } from '../src/client/producer.ts'
import { createTopic } from '../src/client/topic-admin.ts'
import { createNodeEnv } from '../src/platform/node-env.ts'
import type { Ledger } from './ledger.ts'

const topic = 'disk'
const valueBytes = 10_000
const recordsMax = 10_000

export interface DiskOutcome {
  readonly line: string
  readonly findings: readonly string[]
}

/** Produces until a record is refused or the broker is gone; `onAcknowledged` is told how many were taken so far. */
export async function produceUntilRefused(
  server: string,
  ledger: Ledger,
  onAcknowledged: (count: number) => void = () => {},
): Promise<void> {
  const client = newClient(server)
  await createTopic(client, {
    name: topic,
    partitions: 1,
    replicationFactor: 1,
    assignments: null,
    configs: [],
  })
  const producer = new Producer({ ...producerDefaults, deliveryTimeoutMs: 5000 }, client)
  let isRefused = false
  for (let value = 0; value < recordsMax && !isRefused; value++) {
    const record = { key: null, value: Buffer.from(`${value} ${'x'.repeat(valueBytes)}`), partition: 0 }
    await producer.whenBufferedBelow(10 * valueBytes)
    producer.send(topic, record).then((result) => {
      if (!result.ok) isRefused = true
      else {
        ledger.acknowledge(0, value)
        onAcknowledged(ledger.acknowledgedCount)
      }
    })
  }
  await producer.flush()
  if (!isRefused) ledger.find('no record was ever refused')
  client.close()
}

export async function verify(server: string, ledger: Ledger): Promise<void> {
  const client = newClient(server)
  const consumer = new Consumer({ ...consumerDefaults, autoOffsetReset: 'earliest' }, client)
  consumer.assign([{ topic, partition: 0 }])
  const values: number[] = []
  for (let empty = 0; empty < 4; ) {
    const polled = await consumer.poll(500)
    empty = polled.ok && polled.value.length === 0 ? empty + 1 : 0
    if (polled.ok)
      for (const { value } of polled.value) values.push(Number(Buffer.from(value!).toString().split(' ')[0]))
    else await delay(50)
  }
  ledger.settle(0, values)
  client.close()
}

/** The last thing the node said, without the place where its files are. */
export function lastLine(folder: string): string {
  const said = readFileSync(join(folder, 'out.log'), 'utf8').trim().split('\n').at(-1)!
  return said.replaceAll(folder, '…').slice(0, 200)
}

function newClient(server: string): KafkaClient {
  const addresses = parseBrokerAddresses(server)
  if (!addresses.ok) throw new Error(addresses.error)
  return new KafkaClient(
    { bootstrapServers: addresses.value, clientId: 'chaos', requestTimeoutMs: 5000 },
    createNodeEnv(),
  )
}

export function mount(...args: readonly string[]): void {
  execFileSync('mount', args, { stdio: 'pipe' })
}

/** The reason why it was not possible. */
export function attempt(act: () => void): string | undefined {
  try {
    act()
    return undefined
  } catch (error) {
    return (error as Error).message.trim().split('\n').at(-1)
  }
}
