// Fields of the records in the cluster's own topics that not every record carries: those that some versions lack,
// and tagged ones, which are not written with their default. Kafka's JSON leaves them out where they are not; the
// codecs fill them in. The schemas say the same, a test compares the two.

/** Where a field is: its path through nested structures, without the indexes of arrays. */
export interface SparseField {
  readonly path: string
  readonly from: number
  readonly to: number
  /** Of tagged fields the default as JSON; undefined: not tagged. */
  readonly tagDefault: string | undefined
}

const newest = Number.POSITIVE_INFINITY
const noId = '"AAAAAAAAAAAAAAAAAAAAAA"'

function since(from: number, path: string, to = newest): SparseField {
  return { path, from, to, tagDefault: undefined }
}

function tagged(path: string, tagDefault: string, from = 0): SparseField {
  return { path, from, to: newest, tagDefault }
}

/** By the name of the schema. */
export const sparseFields: Readonly<Record<string, readonly SparseField[]>> = {
  LeaderChangeMessage: [since(1, 'voters.voterDirectoryId'), since(1, 'grantingVoters.voterDirectoryId')],
  RegisterBrokerRecord: [
    since(2, 'isMigratingZkBroker'),
    since(1, 'inControlledShutdown'),
    tagged('logDirs', '[]', 3),
    tagged('cordonedLogDirs', 'null', 4),
  ],
  PartitionRecord: [
    tagged('leaderRecoveryState', '0'),
    since(1, 'directories'),
    tagged('eligibleLeaderReplicas', 'null', 2),
    tagged('lastKnownElr', 'null', 2),
  ],
  PartitionChangeRecord: [
    tagged('isr', 'null'),
    tagged('leader', '-2'),
    tagged('replicas', 'null'),
    tagged('removingReplicas', 'null'),
    tagged('addingReplicas', 'null'),
    tagged('leaderRecoveryState', '-1'),
    tagged('directories', 'null', 1),
    tagged('eligibleLeaderReplicas', 'null', 2),
    tagged('lastKnownElr', 'null', 2),
  ],
  BrokerRegistrationChangeRecord: [
    tagged('fenced', '0'),
    tagged('inControlledShutdown', '0', 1),
    tagged('logDirs', '[]', 2),
    tagged('cordonedLogDirs', 'null', 3),
  ],
  BeginTransactionRecord: [tagged('name', 'null')],
  AbortTransactionRecord: [tagged('reason', 'null')],
  OffsetCommitValue: [since(3, 'leaderEpoch'), since(1, 'expireTimestamp', 1), tagged('topicId', noId, 4)],
  GroupMetadataValue: [
    since(2, 'currentStateTimestamp'),
    since(3, 'members.groupInstanceId'),
    since(1, 'members.rebalanceTimeout'),
  ],
  ConsumerGroupMetadataValue: [tagged('metadataHash', '0')],
  ConsumerGroupMemberMetadataValue: [tagged('classicMemberMetadata', 'null')],
  ConsumerGroupTargetAssignmentMetadataValue: [tagged('assignmentTimestamp', '0')],
  ConsumerGroupCurrentMemberAssignmentValue: [
    tagged('assignedPartitions.assignmentEpochs', 'null'),
    tagged('partitionsPendingRevocation.assignmentEpochs', 'null'),
  ],
  ShareGroupTargetAssignmentMetadataValue: [tagged('assignmentTimestamp', '0')],
  StreamsGroupMetadataValue: [
    tagged('validatedTopologyEpoch', '-1'),
    tagged('lastAssignmentConfigs', 'null'),
  ],
  StreamsGroupTargetAssignmentMetadataValue: [tagged('assignmentTimestamp', '0')],
  StreamsGroupCurrentMemberAssignmentValue: [
    tagged('activeTasks.assignmentEpochs', 'null'),
    tagged('standbyTasks.assignmentEpochs', 'null'),
    tagged('warmupTasks.assignmentEpochs', 'null'),
    tagged('activeTasksPendingRevocation.assignmentEpochs', 'null'),
    tagged('standbyTasksPendingRevocation.assignmentEpochs', 'null'),
    tagged('warmupTasksPendingRevocation.assignmentEpochs', 'null'),
  ],
  ShareSnapshotValue: [tagged('deliveryCompleteCount', '-1')],
  ShareUpdateValue: [tagged('deliveryCompleteCount', '-1')],
  TransactionLogValue: [
    tagged('previousProducerId', '-1', 1),
    tagged('nextProducerId', '-1', 1),
    tagged('nextProducerEpoch', '-1', 1),
    tagged('clientTransactionVersion', '0', 1),
  ],
}
