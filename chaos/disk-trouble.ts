// A disk that is full while the broker writes, then one that may only be read, on a small file system in memory.
// Acknowledged records are there when the disk is well again.

import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { delay, OttlaBroker } from '../conformance/brokers.ts'
import { parseBrokerAddresses } from '../src/client/broker-address.ts'
import { Consumer, consumerDefaults } from '../src/client/consumer.ts'
import { KafkaClient } from '../src/client/kafka-client.ts'
import { Producer, producerDefaults } from '../src/client/producer.ts'
import { createTopic } from '../src/client/topic-admin.ts'
import { createNodeEnv } from '../src/platform/node-env.ts'
import { Ledger } from './ledger.ts'

const topic = 'disk'
const sizeMb = 24
const valueBytes = 10_000
const recordsMax = 10_000

export interface DiskOutcome {
  readonly line: string
  readonly findings: readonly string[]
}

export async function diskTrouble(program: string, folder: string, port: number): Promise<DiskOutcome> {
  // The node's own output stays on a disk that is well.
  const data = join(folder, 'data')
  mkdirSync(data, { recursive: true })
  const reason = attempt(() => mount('-t', 'tmpfs', '-o', `size=${sizeMb}m`, 'tmpfs', data))
  if (reason !== undefined) return { line: `not run: ${reason}`, findings: [] }
  // One small segment at a time, or preallocated indexes alone fill such a disk.
  const settings = ['log.index.size.max.bytes=65536', 'offsets.topic.num.partitions=1']
  const broker = new OttlaBroker(program, folder, port, settings)
  const ledger = new Ledger()
  try {
    await broker.start()
    await fill(broker.server, ledger)
    await broker.kill()
    const startedOnFull = await startsOrSays(broker, folder)
    mount('-o', `remount,size=${4 * sizeMb}m`, data)
    await broker.start()
    await verify(broker.server, ledger)
    await broker.stop()
    mount('-o', 'remount,ro', data)
    const startedReadOnly = await startsOrSays(broker, folder)
    mount('-o', 'remount,rw', data)
    await broker.start()
    await verify(broker.server, ledger)
    await broker.stop()
    const records = `${ledger.acknowledgedCount} records acknowledged before the disk was full`
    const line = `${records}; started on the full disk: ${startedOnFull}; on the read-only disk: ${startedReadOnly}`
    return { line, findings: ledger.findings }
  } finally {
    await broker.kill()
    attempt(() => execFileSync('umount', ['-l', data]))
  }
}

/** Produces until a record is refused or the broker is gone. */
async function fill(server: string, ledger: Ledger): Promise<void> {
  const client = newClient(server)
  await createTopic(client, {
    name: topic,
    partitions: 1,
    replicationFactor: 1,
    assignments: null,
    configs: [],
  })
  const producer = new Producer({ ...producerDefaults, deliveryTimeoutMs: 5000 }, client)
  let isFull = false
  for (let value = 0; value < recordsMax && !isFull; value++) {
    const record = { key: null, value: Buffer.from(`${value} ${'x'.repeat(valueBytes)}`), partition: 0 }
    await producer.whenBufferedBelow(10 * valueBytes)
    producer.send(topic, record).then((result) => {
      if (result.ok) ledger.acknowledge(0, value)
      else isFull = true
    })
  }
  await producer.flush()
  if (!isFull) ledger.find('the disk was never full')
  client.close()
}

async function verify(server: string, ledger: Ledger): Promise<void> {
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

/** `yes`, or the last thing the node said. */
async function startsOrSays(broker: OttlaBroker, folder: string): Promise<string> {
  try {
    await broker.start()
    await broker.kill()
    return 'yes'
  } catch {
    const said = readFileSync(join(folder, 'out.log'), 'utf8').trim().split('\n').at(-1)!
    return `no (${said.replaceAll(folder, '…').slice(0, 200)})`
  }
}

function newClient(server: string): KafkaClient {
  const addresses = parseBrokerAddresses(server)
  if (!addresses.ok) throw new Error(addresses.error)
  return new KafkaClient(
    { bootstrapServers: addresses.value, clientId: 'chaos', requestTimeoutMs: 5000 },
    createNodeEnv(),
  )
}

function mount(...args: readonly string[]): void {
  execFileSync('mount', args, { stdio: 'pipe' })
}

function attempt(act: () => void): string | undefined {
  try {
    act()
    return undefined
  } catch (error) {
    return (error as Error).message.trim().split('\n').at(-1)
  }
}
