// ListPartitionReassignments (key 46), version 0: partitions on their way to other brokers, all of them or those
// asked for. A partition that is unknown or stays where it is is left out.

import { errors } from '../../base/errors.ts'
import type { MetadataImage } from '../../metadata/metadata-image.ts'
import { isReassigning, type PartitionImage } from '../../metadata/partition-image.ts'
import {
  type ListPartitionReassignmentsRequest,
  type ListPartitionReassignmentsTopics,
  listPartitionReassignmentsRequest,
} from '../../protocol/generated/list-partition-reassignments-request.ts'
import {
  type ListPartitionReassignmentsResponse,
  listPartitionReassignmentsResponse,
  type OngoingPartitionReassignment,
  type OngoingTopicReassignment,
} from '../../protocol/generated/list-partition-reassignments-response.ts'
import type { Api } from '../api.ts'
import type { BrokerModules } from '../broker-modules.ts'

export function listPartitionReassignmentsApi(
  modules: BrokerModules,
): Api<ListPartitionReassignmentsRequest, ListPartitionReassignmentsResponse> {
  return {
    request: listPartitionReassignmentsRequest,
    response: listPartitionReassignmentsResponse,
    versions: [0, 0],
    handle: (_, request) => ({
      throttleTimeMs: 0,
      errorCode: errors.NONE,
      errorMessage: null,
      topics: reassigningTopics(modules.image(), request.topics),
    }),
  }
}

function reassigningTopics(
  { topics }: MetadataImage,
  asked: readonly ListPartitionReassignmentsTopics[] | null,
): OngoingTopicReassignment[] {
  const wanted =
    asked ??
    [...topics.all()].map(({ name, partitions }) => ({ name, partitionIndexes: [...partitions.keys()] }))
  return wanted
    .map(({ name, partitionIndexes }) => ({
      name,
      partitions: partitionIndexes.flatMap((partitionIndex) =>
        ongoing(partitionIndex, topics.byName(name)?.partitions[partitionIndex]),
      ),
    }))
    .filter(({ partitions }) => partitions.length > 0)
}

function ongoing(
  partitionIndex: number,
  partition: PartitionImage | undefined,
): OngoingPartitionReassignment[] {
  if (partition === undefined || !isReassigning(partition)) return []
  return [
    {
      partitionIndex,
      replicas: [...partition.replicas],
      addingReplicas: [...partition.addingReplicas],
      removingReplicas: [...partition.removingReplicas],
    },
  ]
}
