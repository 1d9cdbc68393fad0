// Kafka's names of its APIs, as people write them in faults and read them in recorded requests.

import { apiKeys } from '../protocol/api-keys.ts'

// biome-ignore format: one list, a line of it is as good as another.
export type ApiName =
  | 'Produce' | 'Fetch' | 'ListOffsets' | 'Metadata' | 'OffsetCommit' | 'OffsetFetch' | 'FindCoordinator'
  | 'JoinGroup' | 'Heartbeat' | 'LeaveGroup' | 'SyncGroup' | 'DescribeGroups' | 'ListGroups' | 'SaslHandshake'
  | 'ApiVersions' | 'CreateTopics' | 'DeleteTopics' | 'DeleteRecords' | 'InitProducerId'
  | 'OffsetForLeaderEpoch' | 'AddPartitionsToTxn' | 'AddOffsetsToTxn' | 'EndTxn' | 'WriteTxnMarkers'
  | 'TxnOffsetCommit' | 'DescribeAcls' | 'CreateAcls' | 'DeleteAcls' | 'DescribeConfigs' | 'AlterConfigs'
  | 'AlterReplicaLogDirs' | 'DescribeLogDirs' | 'SaslAuthenticate' | 'CreatePartitions'
  | 'CreateDelegationToken' | 'RenewDelegationToken' | 'ExpireDelegationToken' | 'DescribeDelegationToken'
  | 'DeleteGroups' | 'ElectLeaders' | 'IncrementalAlterConfigs' | 'AlterPartitionReassignments'
  | 'ListPartitionReassignments' | 'OffsetDelete' | 'DescribeClientQuotas' | 'AlterClientQuotas'
  | 'DescribeUserScramCredentials' | 'AlterUserScramCredentials' | 'Vote' | 'BeginQuorumEpoch'
  | 'EndQuorumEpoch' | 'DescribeQuorum' | 'AlterPartition' | 'UpdateFeatures' | 'Envelope' | 'FetchSnapshot'
  | 'DescribeCluster' | 'DescribeProducers' | 'BrokerRegistration' | 'BrokerHeartbeat' | 'UnregisterBroker'
  | 'DescribeTransactions' | 'ListTransactions' | 'AllocateProducerIds' | 'ConsumerGroupHeartbeat'
  | 'ConsumerGroupDescribe' | 'ControllerRegistration' | 'GetTelemetrySubscriptions' | 'PushTelemetry'
  | 'AssignReplicasToDirs' | 'ListConfigResources' | 'DescribeTopicPartitions' | 'ShareGroupHeartbeat'
  | 'ShareGroupDescribe' | 'ShareFetch' | 'ShareAcknowledge' | 'AddRaftVoter' | 'RemoveRaftVoter'
  | 'UpdateRaftVoter' | 'InitializeShareGroupState' | 'ReadShareGroupState' | 'WriteShareGroupState'
  | 'DeleteShareGroupState' | 'ReadShareGroupStateSummary' | 'StreamsGroupHeartbeat' | 'StreamsGroupDescribe'
  | 'DescribeShareGroupOffsets' | 'AlterShareGroupOffsets' | 'DeleteShareGroupOffsets'

/** Every name, in the order of the keys. */
export function apiNames(): ApiName[] {
  return [...apiKeys.values()].map(({ name }) => name as ApiName)
}

/** The API of a name or a key. */
export function findApi(nameOrKey: unknown): { readonly key: number; readonly name: ApiName } | undefined {
  for (const { key, name } of apiKeys.values())
    if (name === nameOrKey || key === nameOrKey) return { key, name: name as ApiName }
  return undefined
}

/** Of an API that a broker serves. */
export function apiNameOf(apiKey: number): ApiName {
  return apiKeys.get(apiKey)!.name as ApiName
}
