// The answers of faults, for every API in every version, to the requests of the golden file.

import { deepEqual, ok } from 'node:assert/strict'
import { test } from 'node:test'
import { errors } from '../../src/base/errors.ts'
import { type AnyApi, CloseConnection, type RequestContext } from '../../src/broker/api.ts'
import { answerWithError, canAnswerError } from '../../src/kit/answer-with-error.ts'
import { apiKeys } from '../../src/protocol/api-keys.ts'
import type { MetadataRequestTopic } from '../../src/protocol/generated/metadata-request.ts'
import {
  defaultsMetadataResponseTopic,
  type MetadataResponseTopic,
} from '../../src/protocol/generated/metadata-response.ts'
import { encodeMessage } from '../../src/protocol/message.ts'
import { Reader } from '../../src/protocol/reader.ts'
import { fromHex, goldenLines } from '../support/golden-values.ts'

interface GoldenRequest {
  readonly message: string
  readonly version: number
  readonly hex: string
}

const metadataKey = 3
const errorCode = errors.NOT_COORDINATOR
const requests = goldenLines<GoldenRequest>('rpc-messages.jsonl.gz')

/** Versions whose answers have no place for an error: Kafka's own answer to an error there is an empty one. */
const withoutPlace: readonly string[] = ['DescribeLogDirsRequest 1', 'DescribeLogDirsRequest 2']

/** A broker that knows every topic it is asked for, and nothing about it. */
function apiOf(key: number): AnyApi {
  const { request, response } = apiKeys.get(key)!
  const handle: AnyApi['handle'] = (_, { topics }) => {
    const answer = structuredClone(response.defaults()) as object
    return key === metadataKey ? { ...answer, topics: topics?.map(describedTopic) ?? [] } : answer
  }
  return { request, response, versions: request.versions, handle }
}

function describedTopic({ name, topicId }: MetadataRequestTopic): MetadataResponseTopic {
  return { ...defaultsMetadataResponseTopic(), name: name ?? 'orders', topicId }
}

function context(apiVersion: number): RequestContext {
  return {
    apiVersion,
    clientId: '',
    clientHost: '/127.0.0.1',
    peer: '',
    listenerName: '',
    nowMs: 0,
    isConnected: () => true,
  }
}

test('[KIT17] the answer of a fault can be sent in every version, and says the error for everything that was asked for', async () => {
  const problems: string[] = []
  for (const { message, version, hex } of requests) {
    const definition = [...apiKeys.values()].find(({ request }) => request.name === message)
    if (definition === undefined || !canAnswerError(definition.key)) continue
    const request = definition.request.decode(new Reader(fromHex(hex)), version)
    const refusal = { errorCode, isFor: () => true }
    const answer = await answerWithError(
      apiOf(definition.key),
      context(version),
      request as Record<string, unknown>,
      refusal,
    )
    if (answer instanceof CloseConnection) continue
    const bytes = encodeMessage(definition.response, answer, version)
    const told = definition.response.decode(new Reader(bytes), version)
    const hasEntries = JSON.stringify(request, bigints).includes('[{') || hex.length > 200
    if (hasEntries && !saysError(told)) problems.push(`${message} ${version}`)
  }
  deepEqual(problems, withoutPlace)
})

test('[KIT18] a fault of one topic refuses that topic, and the handler answers for the others', async () => {
  const topics = ['orders', 'other'].map((name) => ({
    name,
    topicId: '',
    partitionData: [{ index: 0, records: null }],
  }))
  const asked: unknown[] = []
  const api: AnyApi = {
    ...apiOf(0),
    handle: (_, { topicData }) => {
      asked.push(...topicData)
      return { responses: [{ name: 'other', topicId: '', partitionResponses: [] }], throttleTimeMs: 0 }
    },
  }
  const isFor = (topic: unknown) => (topic as { name: string }).name === 'orders'
  const answer = await answerWithError(api, context(9), { acks: -1, topicData: topics }, { errorCode, isFor })
  deepEqual(asked, [topics[1]])
  const { responses } = answer as {
    responses: { name: string; partitionResponses: { errorCode: number }[] }[]
  }
  deepEqual(
    responses.map(({ name, partitionResponses }) => [
      name,
      ...partitionResponses.map((each) => each.errorCode),
    ]),
    [['other'], ['orders', errorCode]],
  )
})

test('[KIT19] a Produce request that waits for no answer is refused by closing the connection', async () => {
  const answer = await answerWithError(
    apiOf(0),
    context(9),
    { acks: 0, topicData: [] },
    { errorCode, isFor: () => true },
  )
  ok(answer instanceof CloseConnection)
})

function saysError(value: unknown): boolean {
  return JSON.stringify(value, bigints).includes(`rrorCode":${errorCode}`)
}

function bigints(_: string, value: unknown): unknown {
  return typeof value === 'bigint' ? Number(value) : value
}
