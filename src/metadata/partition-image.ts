// One partition as the metadata log describes it, and the two records that make it: PartitionRecord creates
// it whole, PartitionChangeRecord changes named fields. Every change raises the partition epoch by one, and
// one that names a leader (even the same one) the leader epoch too.

import { assert } from '../base/assert.ts'
import type { PartitionChangeRecord } from '../protocol/generated/partition-change-record.ts'
import type { PartitionRecord } from '../protocol/generated/partition-record.ts'

/** `leader` of a partition without one. */
export const noLeader = -1
/** `leader` of a PartitionChangeRecord that leaves leader and leader epoch alone. */
export const noLeaderChange = -2

/** Whether the leader was elected uncleanly and has yet to say that it recovered (`LeaderRecoveryState`). */
export const leaderRecoveryState = { noChange: -1, recovered: 0, recovering: 1 } as const

/** Directory ids that name no directory (`DirectoryId`). */
export const directoryId = {
  /** The partition's directory is unknown because its records predate directory ids. */
  migrating: 'AAAAAAAAAAAAAAAAAAAAAA',
  /** The broker has several directories and has not chosen one. */
  unassigned: 'AAAAAAAAAAAAAAAAAAAAAQ',
  /** The directory that held the replica is gone. */
  lost: 'AAAAAAAAAAAAAAAAAAAAAg',
} as const

export interface PartitionImage {
  /** In order of preference: the first is the preferred leader. */
  readonly replicas: readonly number[]
  /** The directory id of each replica, in the order of `replicas`. */
  readonly directories: readonly string[]
  readonly isr: readonly number[]
  readonly removingReplicas: readonly number[]
  readonly addingReplicas: readonly number[]
  readonly leader: number
  readonly leaderRecoveryState: number
  readonly leaderEpoch: number
  readonly partitionEpoch: number
  /** Replicas outside the ISR that hold everything committed (KIP-966). */
  readonly elr: readonly number[]
  readonly lastKnownElr: readonly number[]
}

export function partitionFromRecord(record: PartitionRecord): PartitionImage {
  return {
    replicas: record.replicas,
    directories: directoriesOf(record.directories, record.replicas.length),
    isr: isrOf(record.isr, record.replicas),
    removingReplicas: shared(record.removingReplicas),
    addingReplicas: shared(record.addingReplicas),
    leader: record.leader,
    leaderRecoveryState: record.leaderRecoveryState,
    leaderEpoch: record.leaderEpoch,
    partitionEpoch: record.partitionEpoch,
    elr: shared(record.eligibleLeaderReplicas ?? none),
    lastKnownElr: shared(record.lastKnownElr ?? none),
  }
}

function isrOf(isr: readonly number[], replicas: readonly number[]): readonly number[] {
  return sameIds(isr, replicas) ? replicas : shared(isr)
}

const none: readonly number[] = []

/** Most lists of most partitions are empty or equal: one array for all of them is much memory saved. */
function shared(ids: readonly number[]): readonly number[] {
  return ids.length === 0 ? none : ids
}

/** Whether the partition is on its way to other brokers. */
export function isReassigning({ addingReplicas, removingReplicas }: PartitionImage): boolean {
  return addingReplicas.length > 0 || removingReplicas.length > 0
}

/** Equal members in equal order. */
export function sameIds(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((id, index) => id === b[index])
}

export function partitionWithChange(
  partition: PartitionImage,
  change: PartitionChangeRecord,
): PartitionImage {
  const replicas = change.replicas ?? partition.replicas
  const leads = change.leader !== noLeaderChange
  const recovery = change.leaderRecoveryState
  return {
    replicas,
    directories: directoriesOf(change.directories ?? partition.directories, replicas.length),
    isr: change.isr === null ? partition.isr : isrOf(change.isr, replicas),
    removingReplicas: change.removingReplicas ?? partition.removingReplicas,
    addingReplicas: change.addingReplicas ?? partition.addingReplicas,
    leader: leads ? change.leader : partition.leader,
    leaderRecoveryState: recovery === leaderRecoveryState.noChange ? partition.leaderRecoveryState : recovery,
    leaderEpoch: leads ? partition.leaderEpoch + 1 : partition.leaderEpoch,
    partitionEpoch: partition.partitionEpoch + 1,
    elr: shared(change.eligibleLeaderReplicas ?? partition.elr),
    lastKnownElr: shared(change.lastKnownElr ?? partition.lastKnownElr),
  }
}

/** The record that creates `partition` as it is: at creation and in snapshots (`PartitionRegistration.toRecord`). */
export function partitionToRecord(
  topicId: string,
  partitionId: number,
  partition: PartitionImage,
): PartitionRecord {
  return {
    partitionId,
    topicId,
    replicas: [...partition.replicas],
    isr: [...partition.isr],
    removingReplicas: [...partition.removingReplicas],
    addingReplicas: [...partition.addingReplicas],
    leader: partition.leader,
    leaderRecoveryState: partition.leaderRecoveryState,
    leaderEpoch: partition.leaderEpoch,
    partitionEpoch: partition.partitionEpoch,
    directories: [...partition.directories],
    eligibleLeaderReplicas: partition.elr.length > 0 ? [...partition.elr] : null,
    lastKnownElr: partition.lastKnownElr.length > 0 ? [...partition.lastKnownElr] : null,
  }
}

function directoriesOf(directories: readonly string[], replicaCount: number): readonly string[] {
  if (directories.length === 0) return new Array<string>(replicaCount).fill(directoryId.migrating)
  assert(
    directories.length === replicaCount,
    `a partition has one directory for each of its ${replicaCount} replicas, not ${directories.length}`,
  )
  return directories
}
