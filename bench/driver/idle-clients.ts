// Clients that wait: silent connections, or consumers that ask for records that do not come, as consumers with
// Kafka's defaults do (two Fetches a second).

import { delay } from '../../conformance/brokers.ts'
import { calls } from '../../src/client/api-call.ts'
import type { KafkaConnection } from '../../src/client/kafka-connection.ts'
import { defaultsFetchPartition, defaultsFetchTopic } from '../../src/protocol/generated/fetch-request.ts'
import { cpuSecondsOf } from '../process-usage.ts'
import { openConnections, send } from './connections.ts'
import type { Target } from './drive.ts'

export interface IdleOptions {
  readonly clients: number
  readonly seconds: number
  /** Undefined: the clients are silent; else each waits for records of ten of the topic's partitions. */
  readonly topic?: string
  readonly partitions: number
}

const partitionsPerClient = 10

export async function idleClients(target: Target, options: IdleOptions): Promise<{ cpuPercent: number }> {
  const connections = await openConnections(target.server, options.clients)
  const { topic } = options
  if (topic !== undefined)
    for (const [index, connection] of connections.entries())
      void waitForRecords(connection, topic, index * partitionsPerClient, options.partitions)
  await delay(2000)
  const before = cpuSecondsOf(target.pid)
  await delay(options.seconds * 1000)
  return { cpuPercent: ((cpuSecondsOf(target.pid) - before) / options.seconds) * 100 }
}

/** Until the process ends; with a fetch session, as every client has one. */
async function waitForRecords(
  connection: KafkaConnection,
  topic: string,
  first: number,
  partitionCount: number,
): Promise<never> {
  const partitions = Array.from({ length: partitionsPerClient }, (_, index) => ({
    ...defaultsFetchPartition(),
    partition: (first + index) % partitionCount,
    partitionMaxBytes: 1_048_576,
  }))
  const topics = [{ ...defaultsFetchTopic(), topic, partitions }]
  let sessionId = 0
  for (let sessionEpoch = 0; ; sessionEpoch++) {
    const fields = { maxWaitMs: 500, minBytes: 1, sessionId, sessionEpoch }
    const answer = await send(connection, calls.fetch, {
      ...fields,
      topics: sessionEpoch === 0 ? topics : [],
    })
    sessionId = answer.sessionId
  }
}
