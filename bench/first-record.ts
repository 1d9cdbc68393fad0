// What a producer that waits for a broker sees: attempts in short turns until its first record is acknowledged.

import { delay } from '../conformance/brokers.ts'
import { zeroUuid } from '../src/base/uuid.ts'
import { calls } from '../src/client/api-call.ts'
import { failure, type Result } from '../src/client/client-error.ts'
import { KafkaConnection } from '../src/client/kafka-connection.ts'
import { encodeBatch } from '../src/protocol/records/record-batch.ts'
import { addressOf, env } from './driver/connections.ts'

const attemptPauseMs = 2
const attemptsMsMax = 600_000

/** Resolves when a record is acknowledged by `partition` of `topic`, which is created if the broker creates topics. */
export async function firstRecord(server: string, topic: string, partition = 0): Promise<void> {
  const endMs = performance.now() + attemptsMsMax
  let connection: KafkaConnection | undefined
  while (performance.now() < endMs) {
    if (connection?.isOpen !== true) {
      const options = { ...addressOf(server), clientId: 'ottla-bench', requestTimeoutMs: 60_000 }
      const opened = await KafkaConnection.open(options, env)
      connection = opened.ok ? opened.value : undefined
    }
    if (connection !== undefined && (await attempt(connection, topic, partition)).ok) {
      connection.close()
      return
    }
    await delay(attemptPauseMs)
  }
  throw new Error(`no record of ${topic}-${partition} was acknowledged within ${attemptsMsMax} ms`)
}

async function attempt(connection: KafkaConnection, topic: string, partition: number): Promise<Result<void>> {
  const metadata = await connection.send(calls.metadata, {
    ...calls.metadata.request.defaults(),
    topics: [{ name: topic, topicId: zeroUuid }],
    allowAutoTopicCreation: true,
  })
  if (!metadata.ok) return metadata
  const leader = metadata.value.topics[0]?.partitions.find(
    (each) => each.partitionIndex === partition,
  )?.leaderId
  if (leader === undefined || leader < 0) return failure(5)
  const value = new TextEncoder().encode('the first record')
  const records = encodeBatch({
    baseOffset: 0,
    partitionLeaderEpoch: -1,
    records: [{ timestamp: Date.now(), key: null, value }],
  })
  const partitionData = [{ index: partition, records }]
  const produced = await connection.send(calls.produce, {
    ...calls.produce.request.defaults(),
    ...{ acks: 1, timeoutMs: 10_000, topicData: [{ name: topic, topicId: zeroUuid, partitionData }] },
  })
  if (!produced.ok) return produced
  const { errorCode } = produced.value.responses[0]!.partitionResponses[0]!
  return errorCode === 0 ? { ok: true, value: undefined } : failure(errorCode)
}
