// Who an idempotent producer is: the id and epoch that a broker gave it, and per partition the sequence number of
// the next record. Numbers are handed out when a batch is first sent and taken back only if it was surely not
// written; otherwise a new id begins, because under the old one the broker would take news for a repetition.

import { errors } from '../base/errors.ts'
import { addToSequence } from '../protocol/records/record.ts'
import { calls } from './api-call.ts'
import { failure, type Result, success } from './client-error.ts'
import type { KafkaClient } from './kafka-client.ts'
import type { BatchIdentity } from './producer-batch.ts'

interface Identity {
  readonly producerId: number
  readonly producerEpoch: number
  readonly nextSequences: Map<string, number>
}

export class ProducerIdentity {
  readonly #client: KafkaClient
  #current: Identity | undefined
  #asking: Promise<Result<Identity>> | undefined

  constructor(client: KafkaClient) {
    this.#client = client
  }

  /** The next `count` sequence numbers of a partition; one attempt to get an id first where there is none. */
  async take(partition: string, count: number): Promise<Result<BatchIdentity>> {
    const identity = await this.#identity()
    if (!identity.ok) return identity
    const { producerId, producerEpoch, nextSequences } = identity.value
    const baseSequence = nextSequences.get(partition) ?? 0
    nextSequences.set(partition, addToSequence(baseSequence, count))
    return success({ producerId, producerEpoch, baseSequence })
  }

  /** The batch that had `taken` is given up without having been written: the next one takes its numbers. */
  takeBack(partition: string, taken: BatchIdentity): void {
    if (this.#current?.producerId === taken.producerId) {
      this.#current.nextSequences.set(partition, taken.baseSequence)
    }
  }

  /** What comes next is sent under a new id, unless that has happened since `taken`. */
  renew(taken: BatchIdentity): void {
    if (this.#current?.producerId === taken.producerId) this.#current = undefined
  }

  async #identity(): Promise<Result<Identity>> {
    if (this.#current !== undefined) return success(this.#current)
    this.#asking ??= this.#ask()
    const asked = await this.#asking
    this.#asking = undefined
    return asked
  }

  async #ask(): Promise<Result<Identity>> {
    const answer = await this.#client.request('any', calls.initProducerId, {
      ...calls.initProducerId.request.defaults(),
      transactionalId: null,
      transactionTimeoutMs: 0x7fffffff,
    })
    if (!answer.ok) return answer
    const { errorCode, producerId, producerEpoch } = answer.value
    if (errorCode !== errors.NONE) return failure(errorCode)
    this.#current = { producerId, producerEpoch, nextSequences: new Map() }
    return success(this.#current)
  }
}
