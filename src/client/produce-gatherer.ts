// Puts the batches that several partitions send to one broker in the same turn into as few Produce requests as the
// size limit allows: their number, not their size, is what costs.

import { errors } from '../base/errors.ts'
import { zeroUuid } from '../base/uuid.ts'
import type { PartitionProduceResponse } from '../protocol/generated/produce-response.ts'
import { calls } from './api-call.ts'
import { failure, type Result, success } from './client-error.ts'
import type { KafkaClient } from './kafka-client.ts'

export interface GatheredBatch {
  readonly topic: string
  readonly partition: number
  readonly records: Uint8Array
}

interface Waiting extends GatheredBatch {
  resolve(result: Result<PartitionProduceResponse>): void
}

/** Kafka's `max.request.size`; one batch alone may be larger. */
const requestBytesMax = 1024 * 1024

export class ProduceGatherer {
  readonly #acks: number
  readonly #client: KafkaClient
  readonly #waiting = new Map<number, Waiting[]>()

  constructor(acks: number, client: KafkaClient) {
    this.#acks = acks
    this.#client = client
  }

  /** Sends the batch to broker `nodeId` with what else goes there; resolves with the partition's own answer. */
  send(nodeId: number, batch: GatheredBatch): Promise<Result<PartitionProduceResponse>> {
    return new Promise((resolve) => {
      const waiting = this.#waiting.get(nodeId)
      if (waiting !== undefined) {
        waiting.push({ ...batch, resolve })
        return
      }
      this.#waiting.set(nodeId, [{ ...batch, resolve }])
      this.#client.modules.timers.soon(() => this.#flush(nodeId))
    })
  }

  #flush(nodeId: number): void {
    const waiting = this.#waiting.get(nodeId)!
    this.#waiting.delete(nodeId)
    let request: Waiting[] = []
    let bytes = 0
    for (const batch of waiting) {
      if (request.length > 0 && bytes + batch.records.length > requestBytesMax) {
        void this.#produce(nodeId, request)
        request = []
        bytes = 0
      }
      request.push(batch)
      bytes += batch.records.length
    }
    void this.#produce(nodeId, request)
  }

  async #produce(nodeId: number, batches: readonly Waiting[]): Promise<void> {
    const isAnswered = this.#acks !== 0
    const body = {
      ...calls.produce.request.defaults(),
      acks: this.#acks,
      timeoutMs: this.#client.requestTimeoutMs,
      topicData: topicData(batches),
    }
    const answer = await this.#client.request(nodeId, calls.produce, body, { isAnswered })
    for (const { topic, partition, resolve } of batches) {
      if (!answer.ok) resolve(answer)
      else if (!isAnswered) resolve(success(unanswered(partition)))
      else resolve(answerOf(answer.value.responses, topic, partition))
    }
  }
}

function topicData(batches: readonly GatheredBatch[]) {
  const topics = Map.groupBy(batches, ({ topic }) => topic)
  return [...topics].map(([name, ofTopic]) => ({
    name,
    topicId: zeroUuid,
    partitionData: ofTopic.map(({ partition, records }) => ({ index: partition, records })),
  }))
}

function answerOf(
  responses: readonly {
    readonly name: string
    readonly partitionResponses: readonly PartitionProduceResponse[]
  }[],
  topic: string,
  partition: number,
): Result<PartitionProduceResponse> {
  const found = responses
    .find(({ name }) => name === topic)
    ?.partitionResponses.find(({ index }) => index === partition)
  if (found !== undefined) return success(found)
  return failure(errors.UNKNOWN_SERVER_ERROR, `the broker did not answer for partition ${topic}-${partition}`)
}

function unanswered(index: number): PartitionProduceResponse {
  return {
    index,
    errorCode: errors.NONE,
    baseOffset: -1,
    logAppendTimeMs: -1,
    logStartOffset: -1,
    recordErrors: [],
    errorMessage: null,
    currentLeader: { leaderId: -1, leaderEpoch: -1 },
  }
}
