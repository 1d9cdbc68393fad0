// Ottla's own client, as a run uses it to prepare a broker and to look at what another client has left there.

import { parseBrokerAddresses } from '../src/client/broker-address.ts'
import type { Result } from '../src/client/client-error.ts'
import { KafkaClient } from '../src/client/kafka-client.ts'
import { lookUpOffsets } from '../src/client/offset-lookup.ts'
import { createNodeEnv } from '../src/platform/node-env.ts'
import { delay } from './brokers.ts'

export async function withOwnClient<T>(server: string, use: (client: KafkaClient) => Promise<T>): Promise<T> {
  const addresses = parseBrokerAddresses(server)
  if (!addresses.ok) throw new Error(addresses.error)
  const options = { bootstrapServers: addresses.value, clientId: 'conformance', requestTimeoutMs: 30_000 }
  const client = new KafkaClient(options, createNodeEnv())
  try {
    return await use(client)
  } finally {
    client.close()
  }
}

/** What a call gave; throws the error it met instead. */
export function given<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(`${result.error.name}: ${result.error.message}`)
  return result.value
}

/** Apache Kafka listens before it leads its partitions again. */
export async function untilLeading(server: string): Promise<void> {
  await withOwnClient(server, async (client) => {
    while (!(await leadsAll(client))) await delay(100)
  })
}

async function leadsAll(client: KafkaClient): Promise<boolean> {
  const metadata = await client.metadata('all')
  if (!metadata.ok) return false
  const partitions = [...metadata.value.topics.values()].flatMap(({ name, partitions }) =>
    partitions.map(({ partitionIndex: partition }) => ({ topic: name, partition })),
  )
  const ends = await lookUpOffsets(client, partitions, 'latest')
  return ends.every(({ ok }) => ok)
}
