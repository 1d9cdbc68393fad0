// Every API this broker serves, by key. What is not here is not advertised; docs/not-done.md lists it.

import type { AnyApi } from '../api.ts'
import type { BrokerModules } from '../broker-modules.ts'
import { produceApi } from './00-produce.ts'
import { fetchApi } from './01-fetch.ts'
import { listOffsetsApi } from './02-list-offsets.ts'
import { metadataApi } from './03-metadata.ts'
import { offsetCommitApi } from './08-offset-commit.ts'
import { offsetFetchApi } from './09-offset-fetch.ts'
import { findCoordinatorApi } from './10-find-coordinator.ts'
import { joinGroupApi } from './11-join-group.ts'
import { heartbeatApi } from './12-heartbeat.ts'
import { leaveGroupApi } from './13-leave-group.ts'
import { syncGroupApi } from './14-sync-group.ts'
import { describeGroupsApi } from './15-describe-groups.ts'
import { listGroupsApi } from './16-list-groups.ts'
import { apiVersionsApi } from './18-api-versions.ts'
import { createTopicsApi } from './19-create-topics.ts'
import { deleteTopicsApi } from './20-delete-topics.ts'
import { initProducerIdApi } from './22-init-producer-id.ts'
import { offsetForLeaderEpochApi } from './23-offset-for-leader-epoch.ts'
import { describeConfigsApi } from './32-describe-configs.ts'
import { createPartitionsApi } from './37-create-partitions.ts'
import { deleteGroupsApi } from './42-delete-groups.ts'
import { offsetDeleteApi } from './47-offset-delete.ts'
import { describeClusterApi } from './60-describe-cluster.ts'

const apis: readonly ((modules: BrokerModules) => AnyApi)[] = [
  produceApi,
  fetchApi,
  listOffsetsApi,
  metadataApi,
  offsetCommitApi,
  offsetFetchApi,
  findCoordinatorApi,
  joinGroupApi,
  heartbeatApi,
  leaveGroupApi,
  syncGroupApi,
  describeGroupsApi,
  listGroupsApi,
  apiVersionsApi,
  createTopicsApi,
  deleteTopicsApi,
  initProducerIdApi,
  offsetForLeaderEpochApi,
  describeConfigsApi,
  createPartitionsApi,
  deleteGroupsApi,
  offsetDeleteApi,
  describeClusterApi,
]

export function apiTable(modules: BrokerModules): ReadonlyMap<number, AnyApi> {
  const table = new Map<number, AnyApi>()
  for (const make of apis) {
    const api = make(modules)
    table.set(api.request.apiKey, api)
  }
  return table
}
