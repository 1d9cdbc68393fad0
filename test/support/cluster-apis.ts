// The rest of the admin APIs as RawConnection takes them, and parts of their requests.

import { alterClientQuotasRequest } from '../../src/protocol/generated/alter-client-quotas-request.ts'
import { alterClientQuotasResponse } from '../../src/protocol/generated/alter-client-quotas-response.ts'
import { alterConfigsRequest } from '../../src/protocol/generated/alter-configs-request.ts'
import { alterConfigsResponse } from '../../src/protocol/generated/alter-configs-response.ts'
import {
  type AlterPartitionReassignmentsRequest,
  alterPartitionReassignmentsRequest,
} from '../../src/protocol/generated/alter-partition-reassignments-request.ts'
import {
  type AlterPartitionReassignmentsResponse,
  alterPartitionReassignmentsResponse,
} from '../../src/protocol/generated/alter-partition-reassignments-response.ts'
import { alterReplicaLogDirsRequest } from '../../src/protocol/generated/alter-replica-log-dirs-request.ts'
import { alterReplicaLogDirsResponse } from '../../src/protocol/generated/alter-replica-log-dirs-response.ts'
import {
  type AlterUserScramCredentialsRequest,
  alterUserScramCredentialsRequest,
} from '../../src/protocol/generated/alter-user-scram-credentials-request.ts'
import {
  type AlterUserScramCredentialsResponse,
  alterUserScramCredentialsResponse,
} from '../../src/protocol/generated/alter-user-scram-credentials-response.ts'
import { createAclsRequest } from '../../src/protocol/generated/create-acls-request.ts'
import { createAclsResponse } from '../../src/protocol/generated/create-acls-response.ts'
import { createDelegationTokenRequest } from '../../src/protocol/generated/create-delegation-token-request.ts'
import { createDelegationTokenResponse } from '../../src/protocol/generated/create-delegation-token-response.ts'
import { deleteAclsRequest } from '../../src/protocol/generated/delete-acls-request.ts'
import { deleteAclsResponse } from '../../src/protocol/generated/delete-acls-response.ts'
import { deleteRecordsRequest } from '../../src/protocol/generated/delete-records-request.ts'
import { deleteRecordsResponse } from '../../src/protocol/generated/delete-records-response.ts'
import { describeAclsRequest } from '../../src/protocol/generated/describe-acls-request.ts'
import { describeAclsResponse } from '../../src/protocol/generated/describe-acls-response.ts'
import { describeClientQuotasRequest } from '../../src/protocol/generated/describe-client-quotas-request.ts'
import { describeClientQuotasResponse } from '../../src/protocol/generated/describe-client-quotas-response.ts'
import { describeDelegationTokenRequest } from '../../src/protocol/generated/describe-delegation-token-request.ts'
import { describeDelegationTokenResponse } from '../../src/protocol/generated/describe-delegation-token-response.ts'
import { describeLogDirsRequest } from '../../src/protocol/generated/describe-log-dirs-request.ts'
import { describeLogDirsResponse } from '../../src/protocol/generated/describe-log-dirs-response.ts'
import { describeProducersRequest } from '../../src/protocol/generated/describe-producers-request.ts'
import { describeProducersResponse } from '../../src/protocol/generated/describe-producers-response.ts'
import { describeQuorumRequest } from '../../src/protocol/generated/describe-quorum-request.ts'
import { describeQuorumResponse } from '../../src/protocol/generated/describe-quorum-response.ts'
import { describeTopicPartitionsRequest } from '../../src/protocol/generated/describe-topic-partitions-request.ts'
import { describeTopicPartitionsResponse } from '../../src/protocol/generated/describe-topic-partitions-response.ts'
import {
  type DescribeUserScramCredentialsRequest,
  describeUserScramCredentialsRequest,
} from '../../src/protocol/generated/describe-user-scram-credentials-request.ts'
import {
  type DescribeUserScramCredentialsResponse,
  describeUserScramCredentialsResponse,
} from '../../src/protocol/generated/describe-user-scram-credentials-response.ts'
import { electLeadersRequest } from '../../src/protocol/generated/elect-leaders-request.ts'
import { electLeadersResponse } from '../../src/protocol/generated/elect-leaders-response.ts'
import { expireDelegationTokenRequest } from '../../src/protocol/generated/expire-delegation-token-request.ts'
import { expireDelegationTokenResponse } from '../../src/protocol/generated/expire-delegation-token-response.ts'
import { incrementalAlterConfigsRequest } from '../../src/protocol/generated/incremental-alter-configs-request.ts'
import { incrementalAlterConfigsResponse } from '../../src/protocol/generated/incremental-alter-configs-response.ts'
import { listConfigResourcesRequest } from '../../src/protocol/generated/list-config-resources-request.ts'
import { listConfigResourcesResponse } from '../../src/protocol/generated/list-config-resources-response.ts'
import {
  type ListPartitionReassignmentsRequest,
  listPartitionReassignmentsRequest,
} from '../../src/protocol/generated/list-partition-reassignments-request.ts'
import {
  type ListPartitionReassignmentsResponse,
  listPartitionReassignmentsResponse,
} from '../../src/protocol/generated/list-partition-reassignments-response.ts'
import { renewDelegationTokenRequest } from '../../src/protocol/generated/renew-delegation-token-request.ts'
import { renewDelegationTokenResponse } from '../../src/protocol/generated/renew-delegation-token-response.ts'
import { unregisterBrokerRequest } from '../../src/protocol/generated/unregister-broker-request.ts'
import { unregisterBrokerResponse } from '../../src/protocol/generated/unregister-broker-response.ts'
import { updateFeaturesRequest } from '../../src/protocol/generated/update-features-request.ts'
import { updateFeaturesResponse } from '../../src/protocol/generated/update-features-response.ts'
import type { ApiCodecs } from './raw-connection.ts'

export const deleteRecords = { request: deleteRecordsRequest, response: deleteRecordsResponse }
export const describeAcls = { request: describeAclsRequest, response: describeAclsResponse }
export const createAcls = { request: createAclsRequest, response: createAclsResponse }
export const deleteAcls = { request: deleteAclsRequest, response: deleteAclsResponse }
export const alterConfigs = { request: alterConfigsRequest, response: alterConfigsResponse }
export const alterReplicaLogDirs = {
  request: alterReplicaLogDirsRequest,
  response: alterReplicaLogDirsResponse,
}
export const describeLogDirs = { request: describeLogDirsRequest, response: describeLogDirsResponse }
export const createDelegationToken = {
  request: createDelegationTokenRequest,
  response: createDelegationTokenResponse,
}
export const renewDelegationToken = {
  request: renewDelegationTokenRequest,
  response: renewDelegationTokenResponse,
}
export const expireDelegationToken = {
  request: expireDelegationTokenRequest,
  response: expireDelegationTokenResponse,
}
export const describeDelegationToken = {
  request: describeDelegationTokenRequest,
  response: describeDelegationTokenResponse,
}
export const electLeaders = { request: electLeadersRequest, response: electLeadersResponse }
export const incrementalAlterConfigs = {
  request: incrementalAlterConfigsRequest,
  response: incrementalAlterConfigsResponse,
}
export const alterPartitionReassignments: ApiCodecs<
  AlterPartitionReassignmentsRequest,
  AlterPartitionReassignmentsResponse
> = { request: alterPartitionReassignmentsRequest, response: alterPartitionReassignmentsResponse }
export const listPartitionReassignments: ApiCodecs<
  ListPartitionReassignmentsRequest,
  ListPartitionReassignmentsResponse
> = { request: listPartitionReassignmentsRequest, response: listPartitionReassignmentsResponse }
export const describeClientQuotas = {
  request: describeClientQuotasRequest,
  response: describeClientQuotasResponse,
}
export const alterClientQuotas = { request: alterClientQuotasRequest, response: alterClientQuotasResponse }
export const describeUserScramCredentials: ApiCodecs<
  DescribeUserScramCredentialsRequest,
  DescribeUserScramCredentialsResponse
> = { request: describeUserScramCredentialsRequest, response: describeUserScramCredentialsResponse }
export const alterUserScramCredentials: ApiCodecs<
  AlterUserScramCredentialsRequest,
  AlterUserScramCredentialsResponse
> = { request: alterUserScramCredentialsRequest, response: alterUserScramCredentialsResponse }
export const describeQuorum = { request: describeQuorumRequest, response: describeQuorumResponse }
export const updateFeatures = { request: updateFeaturesRequest, response: updateFeaturesResponse }
export const describeProducers = { request: describeProducersRequest, response: describeProducersResponse }
export const unregisterBroker = { request: unregisterBrokerRequest, response: unregisterBrokerResponse }
export const listConfigResources = {
  request: listConfigResourcesRequest,
  response: listConfigResourcesResponse,
}
export const describeTopicPartitions = {
  request: describeTopicPartitionsRequest,
  response: describeTopicPartitionsResponse,
}

export const resourceType = { topic: 2, broker: 4, brokerLogger: 8, clientMetrics: 16, group: 32 } as const
export const operation = { set: 0, delete: 1, append: 2, subtract: 3 } as const

interface Change {
  name: string
  value: string | null
  configOperation: number
}

export function set(name: string, value: string | null): Change {
  return { name, value, configOperation: operation.set }
}

export function unset(name: string): Change {
  return { name, value: null, configOperation: operation.delete }
}

/** The resource that an alteration of `configs` names. */
export function altered(type: keyof typeof resourceType, resourceName: string, ...configs: Change[]) {
  return { resourceType: resourceType[type] as number, resourceName, configs }
}
