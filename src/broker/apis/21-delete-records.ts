// DeleteRecords (key 21), versions 0 to 2: moves the log start of partitions up to an offset; -1 stands for the
// high watermark. Topics that only compact keep their records, and internal topics are nobody's to cut. A partition
// that is named twice is cut and answered once, by the last offset.
// Left out: waiting for followers (a single node has none).

import { errors } from '../../base/errors.ts'
import {
  type DeleteRecordsRequest,
  deleteRecordsRequest,
} from '../../protocol/generated/delete-records-request.ts'
import {
  type DeleteRecordsResponse,
  deleteRecordsResponse,
} from '../../protocol/generated/delete-records-response.ts'
import type { Api } from '../api.ts'
import type { BrokerModules } from '../broker-modules.ts'
import { isInternalTopic } from '../internal-topics.ts'
import { missingPartitionError } from '../missing-partition.ts'

const noLowWatermark = -1

export function deleteRecordsApi(modules: BrokerModules): Api<DeleteRecordsRequest, DeleteRecordsResponse> {
  return {
    request: deleteRecordsRequest,
    response: deleteRecordsResponse,
    versions: [0, 2],
    handle: (_, request) => ({
      throttleTimeMs: 0,
      topics: [...offsetsByTopic(request)].map(([name, offsets]) => ({
        name,
        partitions: [...offsets].map(([partitionIndex, offset]) => ({
          partitionIndex,
          ...deleteBefore(modules, name, partitionIndex, offset),
        })),
      })),
    }),
  }
}

function offsetsByTopic(request: DeleteRecordsRequest): Map<string, Map<number, number>> {
  const topics = new Map<string, Map<number, number>>()
  for (const { name, partitions } of request.topics)
    for (const { partitionIndex, offset } of partitions) {
      const offsets = topics.get(name) ?? new Map<number, number>()
      topics.set(name, offsets.set(partitionIndex, offset))
    }
  return topics
}

function deleteBefore(
  { image, partitions }: BrokerModules,
  topic: string,
  partitionIndex: number,
  offset: number,
): { lowWatermark: number; errorCode: number } {
  const refuse = (errorCode: number) => ({ lowWatermark: noLowWatermark, errorCode })
  const partition = partitions.get(topic, partitionIndex)
  if (partition === undefined) return refuse(missingPartitionError(image(), topic, partitionIndex))
  if (isInternalTopic(topic)) return refuse(errors.INVALID_TOPIC_EXCEPTION)
  const errorCode = partition.deleteRecords(offset)
  if (errorCode !== errors.NONE) return refuse(errorCode)
  return { lowWatermark: partition.log.logStartOffset, errorCode }
}
