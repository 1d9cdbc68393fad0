// AlterPartitionReassignments (key 45), versions 0 and 1: puts partitions on other brokers, or gives that up where
// no replicas are named. The rules are the controller's. Version 1 may forbid another number of replicas.

import {
  type AlterPartitionReassignmentsRequest,
  alterPartitionReassignmentsRequest,
} from '../../protocol/generated/alter-partition-reassignments-request.ts'
import {
  type AlterPartitionReassignmentsResponse,
  alterPartitionReassignmentsResponse,
} from '../../protocol/generated/alter-partition-reassignments-response.ts'
import type { Api } from '../api.ts'
import type { BrokerModules } from '../broker-modules.ts'

export function alterPartitionReassignmentsApi(
  modules: BrokerModules,
): Api<AlterPartitionReassignmentsRequest, AlterPartitionReassignmentsResponse> {
  return {
    request: alterPartitionReassignmentsRequest,
    response: alterPartitionReassignmentsResponse,
    versions: [0, 1],
    async handle(_, request) {
      const response = await modules.controller.alterPartitionReassignments(request)
      await modules.metadataApplied()
      return response
    },
  }
}
