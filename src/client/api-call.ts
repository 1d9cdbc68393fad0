// The requests that the client makes: each a pair of codecs, so that the type of the answer follows from the call.
// The version is the highest that both sides know; `versionMax` keeps it lower where a later one changes how
// topics are named (ids instead of names), which costs a look-up and gains a reader of names nothing.

import { alterClientQuotasRequest } from '../protocol/generated/alter-client-quotas-request.ts'
import { alterClientQuotasResponse } from '../protocol/generated/alter-client-quotas-response.ts'
import { alterUserScramCredentialsRequest } from '../protocol/generated/alter-user-scram-credentials-request.ts'
import { alterUserScramCredentialsResponse } from '../protocol/generated/alter-user-scram-credentials-response.ts'
import { apiVersionsRequest } from '../protocol/generated/api-versions-request.ts'
import { apiVersionsResponse } from '../protocol/generated/api-versions-response.ts'
import { consumerGroupDescribeRequest } from '../protocol/generated/consumer-group-describe-request.ts'
import { consumerGroupDescribeResponse } from '../protocol/generated/consumer-group-describe-response.ts'
import { createPartitionsRequest } from '../protocol/generated/create-partitions-request.ts'
import { createPartitionsResponse } from '../protocol/generated/create-partitions-response.ts'
import { createTopicsRequest } from '../protocol/generated/create-topics-request.ts'
import { createTopicsResponse } from '../protocol/generated/create-topics-response.ts'
import { deleteGroupsRequest } from '../protocol/generated/delete-groups-request.ts'
import { deleteGroupsResponse } from '../protocol/generated/delete-groups-response.ts'
import { deleteRecordsRequest } from '../protocol/generated/delete-records-request.ts'
import { deleteRecordsResponse } from '../protocol/generated/delete-records-response.ts'
import { deleteTopicsRequest } from '../protocol/generated/delete-topics-request.ts'
import { deleteTopicsResponse } from '../protocol/generated/delete-topics-response.ts'
import { describeClientQuotasRequest } from '../protocol/generated/describe-client-quotas-request.ts'
import { describeClientQuotasResponse } from '../protocol/generated/describe-client-quotas-response.ts'
import { describeClusterRequest } from '../protocol/generated/describe-cluster-request.ts'
import { describeClusterResponse } from '../protocol/generated/describe-cluster-response.ts'
import { describeConfigsRequest } from '../protocol/generated/describe-configs-request.ts'
import { describeConfigsResponse } from '../protocol/generated/describe-configs-response.ts'
import { describeGroupsRequest } from '../protocol/generated/describe-groups-request.ts'
import { describeGroupsResponse } from '../protocol/generated/describe-groups-response.ts'
import { describeLogDirsRequest } from '../protocol/generated/describe-log-dirs-request.ts'
import { describeLogDirsResponse } from '../protocol/generated/describe-log-dirs-response.ts'
import { describeQuorumRequest } from '../protocol/generated/describe-quorum-request.ts'
import { describeQuorumResponse } from '../protocol/generated/describe-quorum-response.ts'
import { describeTopicPartitionsRequest } from '../protocol/generated/describe-topic-partitions-request.ts'
import { describeTopicPartitionsResponse } from '../protocol/generated/describe-topic-partitions-response.ts'
import { describeUserScramCredentialsRequest } from '../protocol/generated/describe-user-scram-credentials-request.ts'
import { describeUserScramCredentialsResponse } from '../protocol/generated/describe-user-scram-credentials-response.ts'
import { fetchRequest } from '../protocol/generated/fetch-request.ts'
import { fetchResponse } from '../protocol/generated/fetch-response.ts'
import { findCoordinatorRequest } from '../protocol/generated/find-coordinator-request.ts'
import { findCoordinatorResponse } from '../protocol/generated/find-coordinator-response.ts'
import { heartbeatRequest } from '../protocol/generated/heartbeat-request.ts'
import { heartbeatResponse } from '../protocol/generated/heartbeat-response.ts'
import { incrementalAlterConfigsRequest } from '../protocol/generated/incremental-alter-configs-request.ts'
import { incrementalAlterConfigsResponse } from '../protocol/generated/incremental-alter-configs-response.ts'
import { initProducerIdRequest } from '../protocol/generated/init-producer-id-request.ts'
import { initProducerIdResponse } from '../protocol/generated/init-producer-id-response.ts'
import { joinGroupRequest } from '../protocol/generated/join-group-request.ts'
import { joinGroupResponse } from '../protocol/generated/join-group-response.ts'
import { leaveGroupRequest } from '../protocol/generated/leave-group-request.ts'
import { leaveGroupResponse } from '../protocol/generated/leave-group-response.ts'
import { listConfigResourcesRequest } from '../protocol/generated/list-config-resources-request.ts'
import { listConfigResourcesResponse } from '../protocol/generated/list-config-resources-response.ts'
import { listGroupsRequest } from '../protocol/generated/list-groups-request.ts'
import { listGroupsResponse } from '../protocol/generated/list-groups-response.ts'
import { listOffsetsRequest } from '../protocol/generated/list-offsets-request.ts'
import { listOffsetsResponse } from '../protocol/generated/list-offsets-response.ts'
import { metadataRequest } from '../protocol/generated/metadata-request.ts'
import { metadataResponse } from '../protocol/generated/metadata-response.ts'
import { offsetCommitRequest } from '../protocol/generated/offset-commit-request.ts'
import { offsetCommitResponse } from '../protocol/generated/offset-commit-response.ts'
import { offsetDeleteRequest } from '../protocol/generated/offset-delete-request.ts'
import { offsetDeleteResponse } from '../protocol/generated/offset-delete-response.ts'
import { offsetFetchRequest } from '../protocol/generated/offset-fetch-request.ts'
import { offsetFetchResponse } from '../protocol/generated/offset-fetch-response.ts'
import { produceRequest } from '../protocol/generated/produce-request.ts'
import { produceResponse } from '../protocol/generated/produce-response.ts'
import { syncGroupRequest } from '../protocol/generated/sync-group-request.ts'
import { syncGroupResponse } from '../protocol/generated/sync-group-response.ts'
import { unregisterBrokerRequest } from '../protocol/generated/unregister-broker-request.ts'
import { unregisterBrokerResponse } from '../protocol/generated/unregister-broker-response.ts'
import { updateFeaturesRequest } from '../protocol/generated/update-features-request.ts'
import { updateFeaturesResponse } from '../protocol/generated/update-features-response.ts'
import type { MessageCodec } from '../protocol/message.ts'

export interface ApiCall<Q, R> {
  readonly request: MessageCodec<Q>
  readonly response: MessageCodec<R>
  /** Default: the last stable version. */
  readonly versionMax?: number
}

function call<Q, R>(request: MessageCodec<Q>, response: MessageCodec<R>, versionMax?: number): ApiCall<Q, R> {
  return versionMax === undefined ? { request, response } : { request, response, versionMax }
}

export const calls = {
  produce: call(produceRequest, produceResponse, 12),
  fetch: call(fetchRequest, fetchResponse, 12),
  listOffsets: call(listOffsetsRequest, listOffsetsResponse),
  metadata: call(metadataRequest, metadataResponse),
  offsetCommit: call(offsetCommitRequest, offsetCommitResponse, 9),
  offsetFetch: call(offsetFetchRequest, offsetFetchResponse, 9),
  findCoordinator: call(findCoordinatorRequest, findCoordinatorResponse),
  joinGroup: call(joinGroupRequest, joinGroupResponse),
  heartbeat: call(heartbeatRequest, heartbeatResponse),
  leaveGroup: call(leaveGroupRequest, leaveGroupResponse),
  syncGroup: call(syncGroupRequest, syncGroupResponse),
  describeGroups: call(describeGroupsRequest, describeGroupsResponse),
  listGroups: call(listGroupsRequest, listGroupsResponse),
  apiVersions: call(apiVersionsRequest, apiVersionsResponse),
  createTopics: call(createTopicsRequest, createTopicsResponse),
  deleteTopics: call(deleteTopicsRequest, deleteTopicsResponse),
  initProducerId: call(initProducerIdRequest, initProducerIdResponse),
  describeConfigs: call(describeConfigsRequest, describeConfigsResponse),
  createPartitions: call(createPartitionsRequest, createPartitionsResponse),
  deleteGroups: call(deleteGroupsRequest, deleteGroupsResponse),
  offsetDelete: call(offsetDeleteRequest, offsetDeleteResponse),
  consumerGroupDescribe: call(consumerGroupDescribeRequest, consumerGroupDescribeResponse),
  describeTopicPartitions: call(describeTopicPartitionsRequest, describeTopicPartitionsResponse),
  deleteRecords: call(deleteRecordsRequest, deleteRecordsResponse),
  describeCluster: call(describeClusterRequest, describeClusterResponse),
  describeLogDirs: call(describeLogDirsRequest, describeLogDirsResponse),
  describeQuorum: call(describeQuorumRequest, describeQuorumResponse),
  incrementalAlterConfigs: call(incrementalAlterConfigsRequest, incrementalAlterConfigsResponse),
  listConfigResources: call(listConfigResourcesRequest, listConfigResourcesResponse),
  unregisterBroker: call(unregisterBrokerRequest, unregisterBrokerResponse),
  updateFeatures: call(updateFeaturesRequest, updateFeaturesResponse),
  describeUserScramCredentials: call(
    describeUserScramCredentialsRequest,
    describeUserScramCredentialsResponse,
  ),
  describeClientQuotas: call(describeClientQuotasRequest, describeClientQuotasResponse),
  alterUserScramCredentials: call(alterUserScramCredentialsRequest, alterUserScramCredentialsResponse),
  alterClientQuotas: call(alterClientQuotasRequest, alterClientQuotasResponse),
} as const
