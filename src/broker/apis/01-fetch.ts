// Fetch (key 1), versions 4 to 18, for consumers.
// A pass reads what is there. With fewer than MinBytes and no error the request is parked on its partitions
// until enough is committed or MaxWaitMs is over, and one more pass makes the answer.
// Versions: 7 brings sessions, 9 leader epochs, 12 divergence, 13 topic ids, 16 the current leader.
// Left out: followers (a single node has none: replica ids are refused), preferred replicas, throttling.

import { errors } from '../../base/errors.ts'
import { type FetchRequest, fetchRequest } from '../../protocol/generated/fetch-request.ts'
import {
  type FetchableTopicResponse,
  type FetchResponse,
  fetchResponse,
  type PartitionData,
} from '../../protocol/generated/fetch-response.ts'
import type { Api, RequestContext } from '../api.ts'
import type { BrokerModules } from '../broker-modules.ts'
import { leaderEndpoints } from '../brokers.ts'
import { type FetchLimits, type FetchPass, fetchPass, isCut } from '../fetch-read.ts'
import { type FetchContext, type SessionPartition, serveLast } from '../fetch-sessions.ts'
import { isolationOf } from '../isolation-level.ts'

/** Then a parked fetch looks whether its client is still there: MaxWaitMs may be days. */
const waitMsMax = 10_000

export function fetchApi(modules: BrokerModules): Api<FetchRequest, FetchResponse> {
  // A static config: looked up once, not for every request.
  const fetchBytesMax = modules.config.int('fetch.max.bytes')
  return {
    request: fetchRequest,
    response: fetchResponse,
    versions: [4, 18],
    handle: (context, request) => fetch(modules, fetchBytesMax, context, request),
  }
}

async function fetch(
  modules: BrokerModules,
  fetchBytesMax: number,
  context: RequestContext,
  request: FetchRequest,
): Promise<FetchResponse> {
  const opened = modules.fetchSessions.open(request, context.apiVersion, modules.clock.monotonicMs())
  if (opened.kind === 'error') return responseOf(opened.error, 0, [])
  const limits: FetchLimits = {
    bytesMax: Math.min(request.maxBytes, fetchBytesMax),
    isolation: isolationOf(request.isolationLevel),
    replicaId: Math.max(request.replicaId, request.replicaState.replicaId),
  }
  const minBytes = Math.min(request.minBytes, limits.bytesMax)
  const deadlineMs = modules.clock.monotonicMs() + request.maxWaitMs
  let pass = await fetchPass(modules, context, opened.partitions, limits)
  while (mustWait(pass, minBytes) && context.isConnected()) {
    const waitMs = deadlineMs - modules.clock.monotonicMs()
    if (waitMs <= 0) break
    await bytesAdded(modules, pass, limits.isolation, minBytes, Math.min(waitMs, waitMsMax))
    pass = await fetchPass(modules, context, opened.partitions, limits)
  }
  const response = answer(opened, pass)
  if (limits.replicaId < 0) {
    const leaders = pass.results.map(({ currentLeader }) => currentLeader)
    response.nodeEndpoints = leaderEndpoints(modules.image(), context.listenerName, leaders)
  }
  return response
}

function mustWait(pass: FetchPass, minBytes: number): boolean {
  return !pass.isUrgent && pass.reads.length > 0 && pass.bytes < minBytes && !isCut(pass)
}

/** Resolves when the partitions gained what is missing to `minBytes`, when one failed, or after `waitMs`. */
function bytesAdded(
  modules: BrokerModules,
  { bytes, reads }: FetchPass,
  isolation: FetchLimits['isolation'],
  minBytes: number,
  waitMs: number,
): Promise<void> {
  return new Promise((resolve) => {
    let missingBytes = minBytes - bytes
    const unwatch: (() => void)[] = []
    const done = () => {
      timer.cancel()
      for (const stop of unwatch) stop()
      resolve()
    }
    const timer = modules.timers.after(waitMs, done)
    const watcher = {
      onHighWatermark: (_offset: number, added: number) => {
        missingBytes -= added
        if (missingBytes <= 0) done()
      },
      onFailed: done,
    }
    for (const { partition } of reads) unwatch.push(partition.watch(watcher))
    // What was committed while the pass read other partitions woke nobody.
    if (reads.some(({ partition, endOffset }) => partition.endOffset(isolation) > endOffset)) done()
  })
}

function answer(opened: Exclude<FetchContext, { kind: 'error' }>, pass: FetchPass): FetchResponse {
  if (opened.kind === 'sessionless')
    return responseOf(errors.NONE, 0, grouped(opened.partitions, pass.results))
  const { session } = opened
  const told: SessionPartition[] = []
  const results: PartitionData[] = []
  const served: SessionPartition[] = []
  for (const [index, result] of pass.results.entries()) {
    const partition = opened.partitions[index]!
    const isNews = remember(partition, result)
    if (opened.kind === 'incremental' && !isNews) continue
    told.push(partition)
    results.push(result)
    if ((result.records?.length ?? 0) > 0) served.push(partition)
  }
  serveLast(session, served)
  return responseOf(errors.NONE, session.id, grouped(told, results))
}

/** Notes what the fetcher is told, and says whether it is news. After an error all is told anew. */
function remember(partition: SessionPartition, result: PartitionData): boolean {
  const isNews =
    (result.records?.length ?? 0) > 0 ||
    result.errorCode !== errors.NONE ||
    result.divergingEpoch.epoch >= 0 ||
    partition.highWatermark !== result.highWatermark ||
    partition.logStartOffset !== result.logStartOffset
  const isError = result.errorCode !== errors.NONE
  partition.highWatermark = isError ? -1 : result.highWatermark
  partition.logStartOffset = isError ? -1 : result.logStartOffset
  return isNews
}

/** Partitions of one topic under one entry, in the order of their first appearance. */
function grouped(
  asked: readonly SessionPartition[],
  results: readonly PartitionData[],
): FetchableTopicResponse[] {
  const topics = new Map<string, FetchableTopicResponse>()
  for (const [index, result] of results.entries()) {
    const { topic, topicId } = asked[index]!
    const key = `${topicId} ${topic}`
    let entry = topics.get(key)
    if (entry === undefined) {
      entry = { topic, topicId, partitions: [] }
      topics.set(key, entry)
    }
    entry.partitions.push(result)
  }
  return [...topics.values()]
}

function responseOf(
  errorCode: number,
  sessionId: number,
  responses: FetchableTopicResponse[],
): FetchResponse {
  return { throttleTimeMs: 0, errorCode, sessionId, responses, nodeEndpoints: [] }
}
