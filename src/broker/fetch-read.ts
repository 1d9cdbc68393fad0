// One pass over the partitions of a Fetch: bounds, then records within the limits. The first batch of the
// answer is given whole even when it is larger than every limit, so that no consumer hangs on it; partitions
// are served in the order of the request. Source: ReplicaManager.readFromLog, UnifiedLog.read.

import { errors } from '../base/errors.ts'
import type { AbortedTransaction, PartitionData } from '../protocol/generated/fetch-response.ts'
import { batchLastOffset, batchSizeBytes } from '../protocol/records/record-batch.ts'
import type { FetchPosition, Partition } from '../replication/partition.ts'
import type { RequestContext } from './api.ts'
import type { BrokerModules } from './broker-modules.ts'
import type { SessionPartition } from './fetch-sessions.ts'

export interface FetchLimits {
  readonly bytesMax: number
  readonly isolation: FetchPosition['isolation']
  /** 0 and above: a follower fetches. */
  readonly replicaId: number
}

export interface FetchPass {
  /** In the order of the partitions asked for. */
  readonly results: PartitionData[]
  readonly bytes: number
  /** An error or a divergence: the answer must not wait. */
  readonly isUrgent: boolean
  /** The partitions that were read: what a waiting fetch watches. */
  readonly reads: readonly PartitionRead[]
}

export interface PartitionRead {
  readonly partition: Partition
  readonly fetchOffset: number
  /** Where this reader had to stop when the read began. */
  readonly endOffset: number
  readonly data: PartitionData
}

const topicIdVersionMin = 13
const currentLeaderVersionMin = 16
const storageErrorVersionMin = 6
const emptyRecords = new Uint8Array(0)

export async function fetchPass(
  modules: BrokerModules,
  context: RequestContext,
  asked: readonly SessionPartition[],
  limits: FetchLimits,
): Promise<FetchPass> {
  const results: PartitionData[] = []
  const reads: PartitionRead[] = []
  let bytes = 0
  let isUrgent = false
  for (const each of asked) {
    const found = findPartition(modules, context, each)
    if (typeof found === 'number') {
      isUrgent = true
      results.push({ ...errorData(each.request.partition, found), abortedTransactions: [] })
      continue
    }
    const endOffset = found.endOffset(limits.isolation)
    const data = await readPartition(found, each, limits, bytes)
    bytes += data.records?.length ?? 0
    isUrgent ||= data.errorCode !== errors.NONE || data.divergingEpoch.epoch >= 0
    if (context.apiVersion >= currentLeaderVersionMin && isLeaderError(data.errorCode))
      data.currentLeader = found.leader
    data.errorCode = errorOfVersion(data.errorCode, context.apiVersion)
    results.push(data)
    reads.push({ partition: found, fetchOffset: each.request.fetchOffset, endOffset, data })
  }
  return { results, bytes, isUrgent, reads }
}

/** Whether records were left behind that did not fit, or lie in the next segment: waiting brings no more of them. */
export function isCut({ bytes, reads }: FetchPass): boolean {
  return bytes > 0 && reads.some((read) => nextOffset(read) < read.endOffset)
}

function nextOffset({ data, fetchOffset }: PartitionRead): number {
  const records = data.records ?? emptyRecords
  let next = fetchOffset
  for (let at = 0; at < records.length; at += batchSizeBytes(records, at))
    next = batchLastOffset(records, at) + 1
  return next
}

function findPartition(
  modules: BrokerModules,
  context: RequestContext,
  { topic, topicId, request }: SessionPartition,
): Partition | number {
  const isById = context.apiVersion >= topicIdVersionMin
  const name = isById ? modules.image().topics.byId(topicId)?.name : topic
  if (name === undefined) return errors.UNKNOWN_TOPIC_ID
  const partition = modules.partitions.get(name, request.partition)
  if (partition === undefined) return errors.UNKNOWN_TOPIC_OR_PARTITION
  // The table follows the metadata with a delay: the name may still stand for a deleted topic.
  return isById && partition.topicId !== topicId ? errors.INCONSISTENT_TOPIC_ID : partition
}

async function readPartition(
  partition: Partition,
  { request }: SessionPartition,
  limits: FetchLimits,
  bytesBefore: number,
): Promise<PartitionData> {
  const { isolation, replicaId } = limits
  const bounds = partition.fetchBounds({ ...request, isolation, replicaId })
  if (bounds.ok === false) return errorData(request.partition, bounds.error)
  const data = positionData(partition, request.partition, limits)
  if (bounds.ok === 'diverging') {
    data.divergingEpoch = { epoch: bounds.epoch, endOffset: bounds.endOffset }
    data.abortedTransactions = null
    return data
  }
  const bytesLeft = limits.bytesMax - bytesBefore
  const bytesMax = Math.min(request.partitionMaxBytes, bytesLeft)
  const mayExceed = bytesBefore === 0
  if (request.fetchOffset >= bounds.endOffset || (bytesMax <= 0 && !mayExceed)) return data
  const read = await partition.log.read({
    offset: request.fetchOffset,
    endOffset: bounds.endOffset,
    bytesMax,
    minOneMessage: mayExceed,
  })
  if (!read.ok) return errorData(request.partition, read.error)
  data.records = read.records
  if (limits.isolation === 'read-committed')
    data.abortedTransactions = await abortedTransactions(partition, request.fetchOffset, bounds.endOffset)
  return data
}

async function abortedTransactions(
  partition: Partition,
  fromOffset: number,
  toOffset: number,
): Promise<AbortedTransaction[]> {
  const aborted = await partition.log.abortedTransactions(fromOffset, toOffset)
  return aborted.map(({ producerId, firstOffset }) => ({ producerId, firstOffset }))
}

function positionData(partition: Partition, index: number, limits: FetchLimits): PartitionData {
  const data = errorData(index, errors.NONE)
  data.highWatermark = partition.highWatermark
  data.lastStableOffset = partition.lastStableOffset
  data.logStartOffset = partition.log.logStartOffset
  data.abortedTransactions = limits.isolation === 'read-committed' ? [] : null
  return data
}

function errorData(partitionIndex: number, errorCode: number): PartitionData {
  return {
    partitionIndex,
    errorCode,
    highWatermark: -1,
    lastStableOffset: -1,
    logStartOffset: -1,
    divergingEpoch: { epoch: -1, endOffset: -1 },
    currentLeader: { leaderId: -1, leaderEpoch: -1 },
    snapshotId: { endOffset: -1, epoch: -1 },
    abortedTransactions: null,
    preferredReadReplica: -1,
    records: emptyRecords,
  }
}

function isLeaderError(error: number): boolean {
  return error === errors.NOT_LEADER_OR_FOLLOWER || error === errors.FENCED_LEADER_EPOCH
}

function errorOfVersion(error: number, apiVersion: number): number {
  if (error === errors.KAFKA_STORAGE_ERROR && apiVersion < storageErrorVersionMin)
    return errors.NOT_LEADER_OR_FOLLOWER
  return error
}
