// ElectLeaders (API 43): gives partitions back to their preferred leader, or a leader at the price of records to
// partitions that have none.

import { errors } from '../base/errors.ts'
import type { MetadataImage } from '../metadata/metadata-image.ts'
import type { ElectLeadersRequest, TopicPartitions } from '../protocol/generated/elect-leaders-request.ts'
import type {
  ElectLeadersResponse,
  PartitionResult,
  ReplicaElectionResult,
} from '../protocol/generated/elect-leaders-response.ts'
import type { PartitionChangeRecord } from '../protocol/generated/partition-change-record.ts'
import type { MetadataRecord } from '../protocol/metadata-records.ts'
import type { StaticConfig } from './config-rules.ts'
import { apiError, type Checked, checked, type Decision, noError, refused } from './decision.ts'
import { partitionChange } from './partition-change.ts'
import { partitionRules, topicRules } from './partition-rules.ts'

/** By `electionType` of a request (`ElectionType`). */
const elections = ['preferred', 'unclean'] as const

type Election = (typeof elections)[number]

export function decideElectLeaders(
  image: MetadataImage,
  staticConfig: StaticConfig,
  request: ElectLeadersRequest,
): Decision<ElectLeadersResponse> {
  const election = elections[request.electionType]
  const isForNothing = request.topicPartitions?.length === 0
  if (election === undefined && !isForNothing)
    return { records: [], response: unknownElection(request), atomic: false }
  const isForAll = request.topicPartitions === null
  const records: MetadataRecord[] = []
  const results: ReplicaElectionResult[] = []
  for (const { topic, partitions } of request.topicPartitions ?? everyPartition(image)) {
    const partitionResult: PartitionResult[] = []
    for (const partitionId of partitions) {
      const elected = electLeader(image, staticConfig, topic, partitionId, election!)
      if (elected.ok) records.push({ name: 'PartitionChangeRecord', value: elected.value })
      const error = elected.ok ? noError : elected.error
      // Asked for all, those that need nothing are not worth an answer.
      if (isForAll && error.errorCode === errors.ELECTION_NOT_NEEDED) continue
      partitionResult.push({ partitionId, ...error })
    }
    results.push({ topic, partitionResult })
  }
  const response = { throttleTimeMs: 0, errorCode: errors.NONE, replicaElectionResults: results }
  return { records, response, atomic: false }
}

function unknownElection({ electionType, topicPartitions }: ElectLeadersRequest): ElectLeadersResponse {
  const error = apiError(errors.INVALID_REQUEST, `Election type ${electionType} is not known.`)
  const replicaElectionResults = (topicPartitions ?? []).map(({ topic, partitions }) => ({
    topic,
    partitionResult: partitions.map((partitionId) => ({ partitionId, ...error })),
  }))
  return { throttleTimeMs: 0, errorCode: error.errorCode, replicaElectionResults }
}

function electLeader(
  image: MetadataImage,
  staticConfig: StaticConfig,
  topicName: string,
  partitionId: number,
  election: Election,
): Checked<PartitionChangeRecord> {
  const topic = image.topics.byName(topicName)
  const partition = topic?.partitions[partitionId]
  if (topic === undefined || partition === undefined) {
    const message = `Partition ${topicName}-${partitionId} does not exist.`
    return refused(errors.UNKNOWN_TOPIC_OR_PARTITION, message)
  }
  const isLed = election === 'preferred' ? partition.leader === partition.replicas[0] : partition.leader >= 0
  if (isLed)
    return refused(errors.ELECTION_NOT_NEEDED, `Partition ${topicName}-${partitionId} is led as wanted.`)
  const rules = partitionRules(image, { ...topicRules(image, staticConfig, topic), election }, partition)
  const change = partitionChange(topic.id, partitionId, partition, {}, rules)
  if (change !== undefined) return checked(change)
  return election === 'preferred'
    ? refused(
        errors.PREFERRED_LEADER_NOT_AVAILABLE,
        `Broker ${partition.replicas[0]} cannot lead ${topicName}-${partitionId} now.`,
      )
    : refused(
        errors.ELIGIBLE_LEADERS_NOT_AVAILABLE,
        `No replica of ${topicName}-${partitionId} can lead now.`,
      )
}

function everyPartition({ topics }: MetadataImage): TopicPartitions[] {
  return [...topics.all()].map(({ name, partitions }) => ({
    topic: name,
    partitions: [...partitions.keys()],
  }))
}
