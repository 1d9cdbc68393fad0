// The answer to a request that a fault refuses: as a broker that meets this error would answer. Where an answer has an
// error per topic, a fault of one topic refuses that one, and the handler answers for the others.

import { zeroUuid } from '../base/uuid.ts'
import { type Answer, type AnyApi, CloseConnection, type RequestContext } from '../broker/api.ts'
import { apiByKey } from '../protocol/api-keys.ts'
import type { AddPartitionsToTxnRequest } from '../protocol/generated/add-partitions-to-txn-request.ts'
import type { AddPartitionsToTxnResponse } from '../protocol/generated/add-partitions-to-txn-response.ts'
import type { DeleteTopicsRequest } from '../protocol/generated/delete-topics-request.ts'
import type { DeleteTopicsResponse } from '../protocol/generated/delete-topics-response.ts'
import type { FindCoordinatorRequest } from '../protocol/generated/find-coordinator-request.ts'
import type { FindCoordinatorResponse } from '../protocol/generated/find-coordinator-response.ts'
import type { MetadataResponse } from '../protocol/generated/metadata-response.ts'
import type {
  OffsetFetchRequest,
  OffsetFetchRequestTopic,
} from '../protocol/generated/offset-fetch-request.ts'
import type {
  OffsetFetchResponse,
  OffsetFetchResponseTopic,
} from '../protocol/generated/offset-fetch-response.ts'
import { encodeMessage } from '../protocol/message.ts'
import { EncodeError } from '../protocol/writer.ts'
import { type RefusedEntries, refusedEntries } from './refused-entries.ts'

export interface Refusal {
  readonly errorCode: number
  /** Whether the error is for this entry of a list of topics. */
  readonly isFor: (topic: unknown) => boolean
}

const closedInstead = new CloseConnection('a fault of the test, with an error that the version cannot carry')
const produceKey = 0
const fetchKey = 1
const metadataKey = 3
const noAcks = 0

/** Whether an answer of this API has a place for an error. */
export function canAnswerError(apiKey: number): boolean {
  return (
    apiKey === metadataKey ||
    entriesOf(apiKey) !== undefined ||
    wholeAnswers[apiKey] !== undefined ||
    'errorCode' in (apiByKey(apiKey)!.response.defaults() as object)
  )
}

export function answerWithError(
  api: AnyApi,
  context: RequestContext,
  request: Record<string, unknown>,
  refusal: Refusal,
): Answer<unknown> | Promise<Answer<unknown>> {
  const { apiKey } = api.request
  if (apiKey === produceKey && request.acks === noAcks)
    return new CloseConnection('a fault of the test, for a Produce request that waits for no answer')
  if (apiKey === metadataKey) return metadataWithError(api, context, request, refusal)
  const shape = entriesOf(apiKey)
  if (shape !== undefined) return refuseEntries(api, context, request, refusal, shape)
  const { errorCode } = refusal
  const whole = wholeAnswers[apiKey]?.(request, errorCode, context.apiVersion) ?? { errorCode }
  const answer = { ...(api.response.defaults() as object), ...whole }
  return isCarried(api, context.apiVersion, answer) ? answer : closedInstead
}

/** A few APIs have their error only in later versions. */
function isCarried({ response }: AnyApi, apiVersion: number, answer: object): boolean {
  try {
    encodeMessage(response, answer, apiVersion)
    return true
  } catch (error) {
    if (error instanceof EncodeError) return false
    throw error
  }
}

async function refuseEntries(
  api: AnyApi,
  context: RequestContext,
  request: Record<string, unknown>,
  { errorCode, isFor }: Refusal,
  { asked, answered, refuse }: RefusedEntries,
): Promise<Answer<unknown>> {
  const entries = request[asked] as unknown[]
  const refused = entries.filter(isFor).map((entry) => refuse(entry, errorCode))
  const others = entries.filter((entry) => !isFor(entry))
  if (others.length === 0) return { ...(api.response.defaults() as object), [answered]: refused }
  // An error is answered at once, so nothing is waited for.
  const atOnce = api.request.apiKey === fetchKey ? { maxWaitMs: 0 } : {}
  const answer: Answer<Record<string, unknown[]>> = await api.handle(context, {
    ...request,
    ...atOnce,
    [asked]: others,
  })
  if (answer === 'no-response' || answer instanceof CloseConnection) return answer
  return { ...answer, [answered]: [...answer[answered]!, ...refused] }
}

/** Topics keep their place and lose their partitions; a request for all topics has no entries to refuse. */
async function metadataWithError(
  api: AnyApi,
  context: RequestContext,
  request: unknown,
  { errorCode, isFor }: Refusal,
): Promise<Answer<unknown>> {
  const answer = (await api.handle(context, request)) as MetadataResponse
  const topics = answer.topics.map((topic) =>
    isFor(topic) ? { ...topic, errorCode, partitions: [] } : topic,
  )
  return { ...answer, topics }
}

function entriesOf(apiKey: number): RefusedEntries | undefined {
  return refusedEntries.find((entries) => entries.apiKey === apiKey)
}

type WholeAnswer = (request: unknown, errorCode: number, apiVersion: number) => object

/** Answers that have neither one error for all nor one list of entries in every version. */
const wholeAnswers: Readonly<Record<number, WholeAnswer>> = {
  9: (request, errorCode, apiVersion): Partial<OffsetFetchResponse> => {
    const { groups, topics } = request as OffsetFetchRequest
    if (apiVersion < 2) return { topics: (topics ?? []).map((topic) => refusedOffsets(topic, errorCode)) }
    if (apiVersion < 8) return { errorCode }
    return { groups: groups.map(({ groupId }) => ({ groupId, errorCode, topics: [] })) }
  },
  10: (request, errorCode, apiVersion): Partial<FindCoordinatorResponse> => {
    const nowhere = { nodeId: -1, host: '', port: -1, errorCode, errorMessage: null }
    if (apiVersion < 4) return nowhere
    const { coordinatorKeys } = request as FindCoordinatorRequest
    return { coordinators: coordinatorKeys.map((key) => ({ key, ...nowhere })) }
  },
  20: (request, errorCode, apiVersion): Partial<DeleteTopicsResponse> => {
    const { topics, topicNames } = request as DeleteTopicsRequest
    const asked = apiVersion < 6 ? topicNames.map((name) => ({ name, topicId: zeroUuid })) : topics
    return {
      responses: asked.map(({ name, topicId }) => ({ name, topicId, errorCode, errorMessage: null })),
    }
  },
  24: (request, errorCode, apiVersion): Partial<AddPartitionsToTxnResponse> => {
    if (apiVersion >= 4) return { errorCode }
    const { v3AndBelowTopics } = request as AddPartitionsToTxnRequest
    return {
      resultsByTopicV3AndBelow: v3AndBelowTopics.map(({ name, partitions }) => ({
        name,
        resultsByPartition: partitions.map((partitionIndex) => ({
          partitionIndex,
          partitionErrorCode: errorCode,
        })),
      })),
    }
  },
}

function refusedOffsets(
  { name, partitionIndexes }: OffsetFetchRequestTopic,
  errorCode: number,
): OffsetFetchResponseTopic {
  const noOffset = { committedOffset: -1n, committedLeaderEpoch: -1, metadata: '' }
  return {
    name,
    partitions: partitionIndexes.map((partitionIndex) => ({ partitionIndex, ...noOffset, errorCode })),
  }
}
