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
  type TopicProduceData,
} from '../../protocol/generated/produce-request.ts'
import {
  type BatchIndexAndErrorMessage,
  type PartitionProduceResponse,
  type ProduceResponse,
  produceResponse,
  type TopicProduceResponse,
} from '../../protocol/generated/produce-response.ts'
import type { Partition } from '../../replication/partition.ts'
import { type Answer, type Api, CloseConnection, type RequestContext } from '../api.ts'
import type { BrokerModules } from '../broker-modules.ts'
import { leaderEndpoints } from '../brokers.ts'
import { CommittedAppends, ProduceWaits } from '../committed-appends.ts'
import { isInternalTopic } from '../internal-topics.ts'
import { damageOf, isTransactionalBatch, producedBatch } from '../produced-batch.ts'

const acksAll = -1
const topicIdVersionMin = 13
/** The Java admin client may write to internal topics (its id is fixed); nobody else may. */
const adminClientId = '__admin_client'
const noRecordErrors: readonly BatchIndexAndErrorMessage[] = []

export function produceApi(modules: BrokerModules): Api<ProduceRequest, ProduceResponse> {
  const waits = new ProduceWaits(modules)
  return {
    request: produceRequest,
    response: produceResponse,
    versions: [3, 13],
    advertisedVersionMin: 0,
    handle: (context, request) => produce(modules, waits, context, request),
  }
}

async function produce(
  modules: BrokerModules,
  waits: ProduceWaits,
  context: RequestContext,
  request: ProduceRequest,
): Promise<Answer<ProduceResponse>> {
  const appends = new CommittedAppends()
  const refusal = refuseRequest(request)
  const responses = topicsOf(request).map((topic): TopicProduceResponse => {
    const name = context.apiVersion >= topicIdVersionMin ? nameOf(modules, topic.topicId) : topic.name
    const partitionResponses = topic.partitionData.map((data) => {
      if (refusal !== undefined) return fail(emptyResponse(data.index), refusal.error, refusal.message)
      return producePartition({ modules, context, request, appends }, name, data)
    })
    return { name: topic.name, topicId: topic.topicId, partitionResponses }
  })
  await waits.wait(appends, request.timeoutMs)
  if (request.acks !== 0) {
    const leaders = responses.flatMap(({ partitionResponses }) =>
      partitionResponses.map((each) => each.currentLeader),
    )
    const nodeEndpoints = leaderEndpoints(modules.image(), context.listenerName, leaders)
    return { responses, throttleTimeMs: 0, nodeEndpoints }
  }
  const failed = responses.find((topic) =>
    topic.partitionResponses.some((each) => each.errorCode !== errors.NONE),
  )
  return failed === undefined
    ? 'no-response'
    : new CloseConnection(`a Produce request with acks 0 failed for topic ${failed.name || failed.topicId}`)
}

/** A topic without partitions is not answered. */
function topicsOf({ topicData }: ProduceRequest): TopicProduceData[] {
  return topicData.filter(({ partitionData }) => partitionData.length > 0)
}

/**
 * What is wrong with the request as a whole: every partition is answered with it, nothing is appended. Kafka looks at
 * the first batch of each partition until it meets a transactional one (RequestUtils.hasTransactionalRecords).
 */
function refuseRequest(request: ProduceRequest): { error: number; message: string } | undefined {
  for (const { records } of request.topicData.flatMap(({ partitionData }) => partitionData)) {
    const damage = damageOf(records)
    if (damage !== undefined) return damage
    if (!isTransactionalBatch(records)) continue
    if (request.transactionalId !== null) return undefined
    return {
      error: errors.TRANSACTIONAL_ID_AUTHORIZATION_FAILED,
      message: 'a transactional batch needs a transactional id',
    }
  }
  return undefined
}

interface RequestInWork {
  readonly modules: BrokerModules
  readonly context: RequestContext
  readonly request: ProduceRequest
  readonly appends: CommittedAppends
}

function producePartition(
  { modules, context, request, appends }: RequestInWork,
  topic: string | undefined,
  data: PartitionProduceData,
): PartitionProduceResponse {
  const response = emptyResponse(data.index)
  if (topic === undefined) return fail(response, errors.UNKNOWN_TOPIC_ID, null)
  const partition = modules.partitions.get(topic, data.index)
  if (partition === undefined) return fail(response, errors.UNKNOWN_TOPIC_OR_PARTITION, null)
  const batch = producedBatch(data.records, context.apiVersion)
  if (!batch.ok) return fail(response, batch.error, batch.message)
  if (request.acks < acksAll || request.acks > 1)
    return fail(response, errors.INVALID_REQUIRED_ACKS, `acks is ${request.acks}, it can be -1, 0 or 1`)
  if (isInternalTopic(topic) && context.clientId !== adminClientId)
    return fail(response, errors.INVALID_TOPIC_EXCEPTION, `${topic} is an internal topic`)
  if (isTransactionalBatch(batch.bytes))
    return fail(response, errors.INVALID_PRODUCER_ID_MAPPING, 'the transactional id is not known')
  const result = partition.append(
    batch.bytes,
    { origin: 'client', nowMs: context.nowMs },
    request.acks === acksAll ? partition.log.config.minInsyncReplicas : 0,
  )
  tell(response, partition, result)
  if (result.ok) appends.add(partition, result.lastOffset + 1, (error) => fail(response, error, null))
  return response
}

/** Puts into the answer what the log said. */
function tell(response: PartitionProduceResponse, partition: Partition, result: AppendResult): void {
  if (result.ok) {
    response.baseOffset = result.baseOffset
    response.logAppendTimeMs = result.logAppendTimeMs
    response.logStartOffset = result.logStartOffset
    return
  }
  fail(response, result.error, result.message)
  if (result.error === errors.NOT_LEADER_OR_FOLLOWER) response.currentLeader = partition.leader
  if (!isKnownAppendError(result.error)) response.logStartOffset = partition.log.logStartOffset
  response.recordErrors = result.recordErrors.map(({ batchIndex, message }) => ({
    batchIndex,
    batchIndexErrorMessage: message,
  }))
}

/** The errors that Kafka answers without the log start offset (ReplicaManager.appendToLocalLog). */
function isKnownAppendError(error: number): boolean {
  switch (error) {
    case errors.NOT_LEADER_OR_FOLLOWER:
    case errors.MESSAGE_TOO_LARGE:
    case errors.RECORD_LIST_TOO_LARGE:
    case errors.CORRUPT_MESSAGE:
    case errors.KAFKA_STORAGE_ERROR:
      return true
    default:
      return false
  }
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
