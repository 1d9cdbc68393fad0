// ListOffsets (key 2), versions 1 to 11.
// A timestamp of 0 or later finds the first record at or after it; negative ones have names: latest,
// earliest, the record of the largest timestamp, and three about tiered storage. "Latest" for a consumer is
// the high watermark, or the last stable offset with read_committed. A result at or beyond that end is "none".
// Versions: 4 checks and tells leader epochs; 7, 8, 9 and 11 bring the special timestamps -3, -4, -5 and -6.
// Left out: waiting for tiered storage (there is none: -5 and -6 have no answer).

import { errors } from '../../base/errors.ts'
import type { TimestampAndOffset } from '../../log/log-reader.ts'
import {
  type ListOffsetsPartition,
  type ListOffsetsRequest,
  listOffsetsRequest,
} from '../../protocol/generated/list-offsets-request.ts'
import {
  type ListOffsetsPartitionResponse,
  type ListOffsetsResponse,
  listOffsetsResponse,
} from '../../protocol/generated/list-offsets-response.ts'
import type { FetchPosition, Partition } from '../../replication/partition.ts'
import type { Api, RequestContext } from '../api.ts'
import type { BrokerModules } from '../broker-modules.ts'
import { isolationOf } from '../isolation-level.ts'

const leaderEpochVersionMin = 4
const timestamps = {
  latest: -1,
  earliest: -2,
  maxTimestamp: -3,
  earliestLocal: -4,
  latestTiered: -5,
  earliestPendingUpload: -6,
} as const
/** The version that brought each special timestamp. */
const versionMinOf = new Map<number, number>([
  [timestamps.maxTimestamp, 7],
  [timestamps.earliestLocal, 8],
  [timestamps.latestTiered, 9],
  [timestamps.earliestPendingUpload, 11],
])
const nothing: TimestampAndOffset = { timestamp: -1, offset: -1, leaderEpoch: -1 }

export function listOffsetsApi(modules: BrokerModules): Api<ListOffsetsRequest, ListOffsetsResponse> {
  return {
    request: listOffsetsRequest,
    response: listOffsetsResponse,
    versions: [1, 11],
    handle: (context, request) => listOffsets(modules, context, request),
  }
}

async function listOffsets(
  modules: BrokerModules,
  context: RequestContext,
  request: ListOffsetsRequest,
): Promise<ListOffsetsResponse> {
  const isolation = isolationOf(request.isolationLevel)
  const topics: ListOffsetsResponse['topics'] = []
  for (const [name, asked] of askedPartitions(request)) {
    const partitions: ListOffsetsPartitionResponse[] = []
    for (const [index, asks] of asked)
      partitions.push(
        asks.length > 1
          ? failed(asks[0]!, errors.INVALID_REQUEST)
          : await listPartition(modules.partitions.get(name, index), asks[0]!, context.apiVersion, isolation),
      )
    topics.push({ name, partitions })
  }
  return { throttleTimeMs: 0, topics }
}

/** What is asked by topic and partition: a partition that is asked about twice gets one answer, an error. */
function askedPartitions(request: ListOffsetsRequest): Map<string, Map<number, ListOffsetsPartition[]>> {
  const topics = new Map<string, Map<number, ListOffsetsPartition[]>>()
  for (const { name, partitions } of request.topics) {
    if (partitions.length === 0) continue
    const asked = topics.get(name) ?? new Map<number, ListOffsetsPartition[]>()
    topics.set(name, asked)
    for (const each of partitions) {
      const asks = asked.get(each.partitionIndex)
      if (asks === undefined) asked.set(each.partitionIndex, [each])
      else asks.push(each)
    }
  }
  return topics
}

async function listPartition(
  partition: Partition | undefined,
  asked: ListOffsetsPartition,
  apiVersion: number,
  isolation: FetchPosition['isolation'],
): Promise<ListOffsetsPartitionResponse> {
  const isUnknownTimestamp = asked.timestamp < timestamps.earliestPendingUpload
  if (isUnknownTimestamp || (versionMinOf.get(asked.timestamp) ?? 0) > apiVersion)
    return failed(asked, errors.UNSUPPORTED_VERSION)
  if (partition === undefined) return failed(asked, errors.UNKNOWN_TOPIC_OR_PARTITION)
  const error = partition.leaderError(asked.currentLeaderEpoch)
  if (error !== errors.NONE) return failed(asked, error)
  const found = await lookUp(partition, asked.timestamp, partition.endOffset(isolation))
  const leaderEpoch = apiVersion >= leaderEpochVersionMin ? found.leaderEpoch : -1
  return { partitionIndex: asked.partitionIndex, errorCode: errors.NONE, ...found, leaderEpoch }
}

async function lookUp(
  partition: Partition,
  timestamp: number,
  endOffset: number,
): Promise<TimestampAndOffset> {
  const { log } = partition
  if (timestamp === timestamps.latest)
    return { timestamp: -1, offset: endOffset, leaderEpoch: partition.leader.leaderEpoch }
  if (timestamp === timestamps.latestTiered || timestamp === timestamps.earliestPendingUpload) return nothing
  if (timestamp === timestamps.maxTimestamp) return visible(await log.maxTimestamp(), endOffset)
  if (timestamp >= 0) return visible(await log.offsetForTimestamp(timestamp), endOffset)
  return partition.earliest()
}

function visible(found: TimestampAndOffset | undefined, endOffset: number): TimestampAndOffset {
  return found === undefined || found.offset >= endOffset ? nothing : found
}

function failed({ partitionIndex }: ListOffsetsPartition, errorCode: number): ListOffsetsPartitionResponse {
  return { partitionIndex, errorCode, ...nothing }
}
