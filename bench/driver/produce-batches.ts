// Many producers: connections that send the same batch, encoded once, to one partition after the other.

import { zeroUuid } from '../../src/base/uuid.ts'
import { calls } from '../../src/client/api-call.ts'
import { encodeBatch } from '../../src/protocol/records/record-batch.ts'
import { checkCode, openConnections, send } from './connections.ts'
import type { Target } from './drive.ts'
import { applyLoad, type LoadFigures, type Pace } from './load.ts'

export interface ProduceOptions extends Pace {
  readonly topic: string
  readonly partitions: number
  readonly connections: number
  /** Of each connection, when the pace is as fast as answers come. */
  readonly inFlight: number
  readonly recordBytes: number
  readonly recordsPerBatch: number
  readonly acks: number
}

export async function produceBatches(target: Target, options: ProduceOptions): Promise<LoadFigures> {
  const { topic, partitions, inFlight, acks } = options
  const connections = await openConnections(target.server, options.connections)
  const records = batchOf(options.recordsPerBatch, options.recordBytes)
  return applyLoad(target, connections.length * inFlight, options, async (client, count) => {
    const partitionData = [{ index: count % partitions, records }]
    const topicData = [{ name: topic, topicId: zeroUuid, partitionData }]
    const body = { acks, timeoutMs: 30_000, topicData }
    const answer = await send(connections[client % connections.length]!, calls.produce, body)
    checkCode(answer.responses[0]!.partitionResponses[0]!.errorCode, 'Produce')
  })
}

/** Of printable letters that compress about as badly as those of Kafka's perf tool. */
function batchOf(count: number, recordBytes: number): Uint8Array {
  const timestamp = Date.now()
  const letters = Uint8Array.from({ length: recordBytes }, () => 65 + Math.floor(Math.random() * 26))
  return encodeBatch({
    baseOffset: 0,
    partitionLeaderEpoch: -1,
    records: Array.from({ length: count }, () => ({ timestamp, key: null, value: letters })),
  })
}
