// AlterPartitionReassignments (API 45): puts a partition on other brokers. While those that are added catch up, the
// partition stands on the old and the new ones; when all that are added are in sync, the old ones go. A null
// target gives the move up. Source: ReplicationControlManager, PartitionReassignmentReplicas.

import { errors } from '../base/errors.ts'
import type { MetadataImage } from '../metadata/metadata-image.ts'
import { isReassigning, noLeaderChange, type PartitionImage, sameIds } from '../metadata/partition-image.ts'
import type { TopicImage } from '../metadata/topics-image.ts'
import type {
  AlterPartitionReassignmentsRequest,
  ReassignablePartition,
} from '../protocol/generated/alter-partition-reassignments-request.ts'
import {
  type AlterPartitionReassignmentsResponse,
  alterPartitionReassignmentsResponse,
  type ReassignableTopicResponse,
} from '../protocol/generated/alter-partition-reassignments-response.ts'
import {
  defaultsPartitionChangeRecord,
  type PartitionChangeRecord,
} from '../protocol/generated/partition-change-record.ts'
import type { MetadataRecord } from '../protocol/metadata-records.ts'
import { defaultDirectory, replicasProblem } from './assignment.ts'
import type { StaticConfig } from './config-rules.ts'
import { type Checked, checked, type Decision, noError, refused } from './decision.ts'
import { isNoChange, partitionChange } from './partition-change.ts'
import { partitionRules, topicRules } from './partition-rules.ts'

export type { AlterPartitionReassignmentsRequest, AlterPartitionReassignmentsResponse }

export function decideAlterPartitionReassignments(
  image: MetadataImage,
  staticConfig: StaticConfig,
  request: AlterPartitionReassignmentsRequest,
): Decision<AlterPartitionReassignmentsResponse> {
  const records: MetadataRecord[] = []
  const { allowReplicationFactorChange } = request
  const responses = request.topics.map(
    ({ name, partitions }): ReassignableTopicResponse => ({
      name,
      partitions: partitions.map((asked) => {
        const moved = movePartition(image, staticConfig, name, asked, allowReplicationFactorChange)
        if (moved.ok) records.push(...moved.value)
        return { partitionIndex: asked.partitionIndex, ...(moved.ok ? noError : moved.error) }
      }),
    }),
  )
  // Kafka does not look at a request for nothing: all of its answer is at the defaults.
  const response =
    responses.length === 0
      ? alterPartitionReassignmentsResponse.defaults()
      : { throttleTimeMs: 0, allowReplicationFactorChange, ...noError, responses }
  return { records, response, atomic: true }
}

/** Where the replicas of a partition are to be. */
interface Move {
  readonly replicas: readonly number[]
  readonly isr: readonly number[]
  readonly addingReplicas: readonly number[]
  readonly removingReplicas: readonly number[]
}

function movePartition(
  image: MetadataImage,
  staticConfig: StaticConfig,
  topicName: string,
  { partitionIndex, replicas }: ReassignablePartition,
  mayChangeCount: boolean,
): Checked<MetadataRecord[]> {
  const name = `${topicName}-${partitionIndex}`
  const topic = image.topics.byName(topicName)
  const partition = topic?.partitions[partitionIndex]
  if (topic === undefined || partition === undefined) {
    return refused(errors.UNKNOWN_TOPIC_OR_PARTITION, `Partition ${name} does not exist.`)
  }
  if (replicas === null) {
    if (!isReassigning(partition)) {
      return refused(errors.NO_REASSIGNMENT_IN_PROGRESS, `Partition ${name} is not being reassigned.`)
    }
    const move = backMove(partition)
    if (move.isr.length > 0) return checked(changeRecords(image, staticConfig, topic, partitionIndex, move))
    const reason = `None of the replicas that ${name} would go back to is in sync.`
    return refused(errors.INVALID_REPLICA_ASSIGNMENT, reason)
  }
  const problem = replicasProblem(image, partitionIndex, replicas)
  if (problem !== undefined) return refused(errors.INVALID_REPLICA_ASSIGNMENT, problem)
  const count = originalReplicas(partition).length
  if (!mayChangeCount && replicas.length !== count) {
    const message = `Partition ${name} has ${count} replica(s), the assignment names ${replicas.length}.`
    return refused(errors.INVALID_REPLICATION_FACTOR, message)
  }
  return checked(changeRecords(image, staticConfig, topic, partitionIndex, moveTo(partition, replicas)))
}

/** The replicas without those that a move under way is adding. */
function originalReplicas({ replicas, addingReplicas }: PartitionImage): number[] {
  return replicas.filter((id) => !addingReplicas.includes(id))
}

function backMove(partition: PartitionImage): Move {
  const replicas = originalReplicas(partition)
  const isr = partition.isr.filter((id) => replicas.includes(id))
  return { replicas, isr, addingReplicas: [], removingReplicas: [] }
}

function moveTo({ replicas: current, isr }: PartitionImage, target: readonly number[]): Move {
  const ascending = (a: number, b: number) => a - b
  const addingReplicas = target.filter((id) => !current.includes(id)).toSorted(ascending)
  const removingReplicas = current.filter((id) => !target.includes(id)).toSorted(ascending)
  const staying = isr.filter((id) => target.includes(id))
  // With fewer replicas than before, the ISR must not shrink below what they could be.
  const isShrinking = addingReplicas.length < removingReplicas.length
  const needed = isShrinking ? target : addingReplicas
  if (staying.length > 0 && needed.every((id) => staying.includes(id))) {
    return { replicas: target, isr: staying, addingReplicas: [], removingReplicas: [] }
  }
  return { replicas: [...target, ...removingReplicas], isr, addingReplicas, removingReplicas }
}

function changeRecords(
  image: MetadataImage,
  staticConfig: StaticConfig,
  topic: TopicImage,
  partitionId: number,
  move: Move,
): MetadataRecord[] {
  const partition = topic.partitions[partitionId]!
  const directories = move.replicas.map((id) => directoryOf(image, partition, id))
  const moved = { ...partition, ...move, directories }
  const rules = partitionRules(image, topicRules(image, staticConfig, topic), moved)
  const change: PartitionChangeRecord = partitionChange(topic.id, partitionId, moved, {}, rules) ?? {
    ...defaultsPartitionChangeRecord(),
    topicId: topic.id,
    partitionId,
  }
  if (!sameIds(move.replicas, partition.replicas)) {
    change.replicas = [...move.replicas]
    change.directories = directories
  }
  if (!sameIds(move.isr, partition.isr)) change.isr ??= [...move.isr]
  if (!sameIds(move.addingReplicas, partition.addingReplicas))
    change.addingReplicas = [...move.addingReplicas]
  if (!sameIds(move.removingReplicas, partition.removingReplicas))
    change.removingReplicas = [...move.removingReplicas]
  const isReplicaLost = partition.replicas.some((id) => !move.replicas.includes(id))
  // A new epoch tells the leader's followers that one of them is gone.
  if (isReplicaLost && change.leader === noLeaderChange) change.leader = partition.leader
  return isNoChange(change) ? [] : [{ name: 'PartitionChangeRecord', value: change }]
}

function directoryOf(image: MetadataImage, partition: PartitionImage, brokerId: number): string {
  const index = partition.replicas.indexOf(brokerId)
  return index >= 0 ? partition.directories[index]! : defaultDirectory(image.brokers.get(brokerId))
}
