// Raw requests for a driver that should cost next to nothing itself: one Kafka connection each, no retries. Whatever
// is not answered as hoped ends the driver.

import { delay } from '../../conformance/brokers.ts'
import type { ApiCall } from '../../src/client/api-call.ts'
import { calls } from '../../src/client/api-call.ts'
import { KafkaClient } from '../../src/client/kafka-client.ts'
import { KafkaConnection, type SendOptions } from '../../src/client/kafka-connection.ts'
import { createPartitions, createTopic } from '../../src/client/topic-admin.ts'
import type { Env, Outcome } from '../../src/env/env.ts'
import { createNodeEnv } from '../../src/platform/node-env.ts'

const clientId = 'ottla-bench'
const requestTimeoutMs = 300_000
/** A broker's backlog of connections to accept is short. */
const openingAtOnce = 50
const askAgainMs = 5
/** Apache Kafka refuses requests that make more than 10,000 records of metadata. */
const partitionsPerRequestMax = 5000
/** For ListOffsets. */
export const lastOffset = { currentLeaderEpoch: -1, timestamp: -1 }

export const env: Env = createNodeEnv({ logLevel: 'error' })

export function addressOf(server: string): { readonly host: string; readonly port: number } {
  const [host, port] = server.split(':')
  return { host: host!, port: Number(port) }
}

export async function openConnections(server: string, count: number): Promise<KafkaConnection[]> {
  const options = { ...addressOf(server), clientId, requestTimeoutMs }
  const open: KafkaConnection[] = []
  while (open.length < count) {
    const more = Array.from({ length: Math.min(openingAtOnce, count - open.length) }, () =>
      KafkaConnection.open(options, env),
    )
    open.push(...(await Promise.all(more)).map(orThrow))
  }
  return open
}

/** Fields that are left out have their defaults. */
export async function send<Q, R>(
  connection: KafkaConnection,
  call: ApiCall<Q, R>,
  fields: Partial<Q>,
  options: SendOptions = {},
): Promise<R> {
  return orThrow(await connection.send(call, { ...call.request.defaults(), ...fields }, options))
}

export function newClient(server: string): KafkaClient {
  return new KafkaClient({ bootstrapServers: [addressOf(server)], clientId, requestTimeoutMs }, env)
}

/** Resolves when the broker, the only one, leads every partition. */
export async function makeTopic(client: KafkaClient, name: string, partitions: number): Promise<void> {
  const topic = { name, replicationFactor: 1, assignments: null, configs: [] }
  let count = Math.min(partitions, partitionsPerRequestMax)
  orThrow(await createTopic(client, { ...topic, partitions: count }))
  while (count < partitions) {
    count = Math.min(partitions, count + partitionsPerRequestMax)
    orThrow(await createPartitions(client, name, count, null))
  }
  while (!(await isLed(client, name, partitions))) await delay(askAgainMs)
}

/** Whether every partition answers where it ends. */
async function isLed(client: KafkaClient, name: string, partitions: number): Promise<boolean> {
  const asked = Array.from({ length: partitions }, (_, partitionIndex) => ({ ...lastOffset, partitionIndex }))
  const answer = await client.request('any', calls.listOffsets, {
    ...calls.listOffsets.request.defaults(),
    ...{ replicaId: -1, topics: [{ name, partitions: asked }] },
  })
  return orThrow(answer).topics[0]!.partitions.every(({ errorCode }) => errorCode === 0)
}

export function orThrow<T>(result: Outcome<T, { readonly message: string }>): T {
  if (!result.ok) throw new Error(result.error.message)
  return result.value
}

export function checkCode(errorCode: number, what: string): void {
  if (errorCode !== 0) throw new Error(`${what} was answered with error ${errorCode}`)
}
