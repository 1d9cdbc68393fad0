// Produce (key 0), versions 3 to 13; advertised from 0, because librdkafka before 2.11.1 turns compression
// off unless 0 is in the range.
// Each partition takes one record batch of magic 2. The answer waits until the batches are committed, also
// with acks 1: "written" means that the operating system has the bytes, so that a killed process loses
// nothing it acknowledged. With acks 0 nothing is answered, and an error closes the connection so that the
// client refreshes its metadata.
// Versions: 7 allows zstd; 8 names the bad records; 10 tells the current leader; 13 names topics by id.
// Left out: transactions (a transactional batch is refused as of an unknown transactional id), throttling.

import { errors } from '../../base/errors.ts'
import type { AppendResult } from '../../log/append-result.ts'
import {
  type PartitionProduceData,
  type ProduceRequest,
  produceRequest,
} from '../../protocol/generated/produce-request.ts'
import {
  type BatchIndexAndErrorMessage,
  type PartitionProduceResponse,
  type ProduceResponse,
  produceResponse,
  type TopicProduceResponse,
} from '../../protocol/generated/produce-response.ts'
import { batchHeaderBytes, readBatchHeader } from '../../protocol/records/record-batch.ts'
import type { Partition } from '../../replication/partition.ts'
import { type Answer, type Api, CloseConnection, type RequestContext } from '../api.ts'
import type { BrokerModules } from '../broker-modules.ts'
import { isInternalTopic } from '../internal-topics.ts'

const acksAll = -1
const zstdVersionMin = 7
const topicIdVersionMin = 13
/** The Java admin client may write to internal topics (its id is fixed); nobody else may. */
const adminClientId = '__admin_client'
const noRecordErrors: readonly BatchIndexAndErrorMessage[] = []

export function produceApi(modules: BrokerModules): Api<ProduceRequest, ProduceResponse> {
  return {
    request: produceRequest,
    response: produceResponse,
    versions: [3, 13],
    advertisedVersionMin: 0,
    handle: (context, request) => produce(modules, context, request),
  }
}

async function produce(
  modules: BrokerModules,
  context: RequestContext,
  request: ProduceRequest,
): Promise<Answer<ProduceResponse>> {
  const committed = new CommittedAppends()
  const responses = request.topicData.map((topic): TopicProduceResponse => {
    const name = context.apiVersion >= topicIdVersionMin ? nameOf(modules, topic.topicId) : topic.name
    const partitionResponses = topic.partitionData.map((data) => {
      const response = producePartition(modules, context, request, name, data)
      if (response.errorCode === errors.NONE)
        committed.add(modules.partitions.get(name!, data.index)!, response)
      return response
    })
    return { name: topic.name, topicId: topic.topicId, partitionResponses }
  })
  await committed.all()
  if (request.acks !== 0) return { responses, throttleTimeMs: 0, nodeEndpoints: [] }
  const failed = responses.find((topic) =>
    topic.partitionResponses.some((each) => each.errorCode !== errors.NONE),
  )
  return failed === undefined
    ? 'no-response'
    : new CloseConnection(`a Produce request with acks 0 failed for topic ${failed.name || failed.topicId}`)
}

/** Counts down the partitions of one request whose batches are not yet committed. */
class CommittedAppends {
  #waiting = 0
  #resolve: (() => void) | undefined

  add(partition: Partition, response: PartitionProduceResponse & { lastOffset?: number }): void {
    this.#waiting++
    partition.whenCommitted(partition.log.logEndOffset, (error) => {
      if (error !== errors.NONE) fail(response, error, null)
      if (--this.#waiting === 0) this.#resolve?.()
    })
  }

  all(): Promise<void> | undefined {
    if (this.#waiting === 0) return undefined
    return new Promise((resolve) => {
      this.#resolve = resolve
    })
  }
}

function producePartition(
  modules: BrokerModules,
  context: RequestContext,
  request: ProduceRequest,
  topic: string | undefined,
  data: PartitionProduceData,
): PartitionProduceResponse {
  const response = emptyResponse(data.index)
  if (request.acks < acksAll || request.acks > 1)
    return fail(response, errors.INVALID_REQUIRED_ACKS, `acks is ${request.acks}, it can be -1, 0 or 1`)
  if (topic === undefined) return fail(response, errors.UNKNOWN_TOPIC_ID, null)
  const partition = modules.partitions.get(topic, data.index)
  if (partition === undefined) return fail(response, errors.UNKNOWN_TOPIC_OR_PARTITION, null)
  if (isInternalTopic(topic) && context.clientId !== adminClientId)
    return fail(response, errors.INVALID_TOPIC_EXCEPTION, `${topic} is an internal topic`)
  const refusal = refuseRecords(data.records, context.apiVersion)
  if (refusal !== undefined) return fail(response, refusal.error, refusal.message)
  const result = partition.append(
    data.records!,
    { origin: 'client', nowMs: context.nowMs },
    request.acks === acksAll ? partition.log.config.minInsyncReplicas : 0,
  )
  return answer(response, partition, result)
}

/** What a request must hold whatever the log says: one batch of magic 2 (ProduceRequest.validateRecords). */
function refuseRecords(
  records: Uint8Array | null,
  apiVersion: number,
): { error: number; message: string } | undefined {
  const invalid = (message: string) => ({ error: errors.INVALID_RECORD, message })
  if (records === null || records.length < batchHeaderBytes)
    return invalid(`Produce version ${apiVersion} needs a record batch for every partition`)
  const header = readBatchHeader(records, 0)
  if (header.magic !== 2) return invalid(`the record batch has magic ${header.magic}, only 2 is taken`)
  if (header.sizeBytes < records.length) return invalid('there is more than one record batch for a partition')
  if (header.compression === 'zstd' && apiVersion < zstdVersionMin)
    return {
      error: errors.UNSUPPORTED_COMPRESSION_TYPE,
      message: `zstd needs Produce version ${zstdVersionMin}, this is ${apiVersion}`,
    }
  if (header.isTransactional)
    return { error: errors.INVALID_PRODUCER_ID_MAPPING, message: 'the transactional id is not known' }
  return undefined
}

function answer(
  response: PartitionProduceResponse,
  partition: Partition,
  result: AppendResult,
): PartitionProduceResponse {
  if (!result.ok) {
    if (result.error === errors.NOT_LEADER_OR_FOLLOWER) response.currentLeader = partition.leader
    response.recordErrors = result.recordErrors.map(({ batchIndex, message }) => ({
      batchIndex,
      batchIndexErrorMessage: message,
    }))
    return fail(response, result.error, result.message)
  }
  response.baseOffset = result.baseOffset
  response.logAppendTimeMs = result.logAppendTimeMs
  response.logStartOffset = result.logStartOffset
  return response
}

function emptyResponse(index: number): PartitionProduceResponse {
  return {
    index,
    errorCode: errors.NONE,
    baseOffset: -1,
    logAppendTimeMs: -1,
    logStartOffset: -1,
    recordErrors: noRecordErrors as BatchIndexAndErrorMessage[],
    errorMessage: null,
    currentLeader: { leaderId: -1, leaderEpoch: -1 },
  }
}

function fail(
  response: PartitionProduceResponse,
  error: number,
  message: string | null,
): PartitionProduceResponse {
  response.errorCode = error
  response.errorMessage = message
  response.baseOffset = -1
  response.logAppendTimeMs = -1
  return response
}

function nameOf(modules: BrokerModules, topicId: string): string | undefined {
  return modules.image().topics.byId(topicId)?.name
}
