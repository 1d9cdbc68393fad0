// DescribeProducers (key 61), version 0: the producers that write to partitions this broker leads, with the
// start of the transaction that each has open, if any (KIP-664).

import { errors } from '../../base/errors.ts'
import { topicNameProblem } from '../../controller/topic-names.ts'
import {
  type DescribeProducersRequest,
  describeProducersRequest,
} from '../../protocol/generated/describe-producers-request.ts'
import {
  type DescribeProducersResponse,
  describeProducersResponse,
  type PartitionResponse,
} from '../../protocol/generated/describe-producers-response.ts'
import type { Api } from '../api.ts'
import type { BrokerModules } from '../broker-modules.ts'
import { missingPartitionError } from '../missing-partition.ts'

export function describeProducersApi(
  modules: BrokerModules,
): Api<DescribeProducersRequest, DescribeProducersResponse> {
  return {
    request: describeProducersRequest,
    response: describeProducersResponse,
    versions: [0, 0],
    handle: (_, request) => ({
      throttleTimeMs: 0,
      topics: request.topics.map(({ name, partitionIndexes }) => ({
        name,
        partitions: partitionIndexes.map((index) => producersOf(modules, name, index)),
      })),
    }),
  }
}

function producersOf(
  { image, partitions }: BrokerModules,
  topic: string,
  partitionIndex: number,
): PartitionResponse {
  const failed = (errorCode: number, errorMessage: string | null = null) => ({
    partitionIndex,
    errorCode,
    errorMessage,
    activeProducers: [],
  })
  const problem = topicNameProblem(topic)
  if (problem !== undefined) return failed(errors.INVALID_TOPIC_EXCEPTION, problem)
  const partition = partitions.get(topic, partitionIndex)
  if (partition === undefined) return failed(missingPartitionError(image(), topic, partitionIndex))
  const errorCode = partition.leaderError(-1)
  if (errorCode !== errors.NONE) return failed(errorCode)
  const activeProducers = partition.log.activeProducers().map(({ currentTxnFirstOffset, ...producer }) => ({
    ...producer,
    currentTxnStartOffset: currentTxnFirstOffset,
  }))
  return { partitionIndex, errorCode, errorMessage: null, activeProducers }
}
