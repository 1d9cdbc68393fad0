// Who leads a partition and who is in sync after brokers came or went (`PartitionChangeBuilder`). The leader
// stays while it can; else the first valid replica in order of preference leads. Without a valid one the
// partition has no leader, unless unclean election is allowed or, with eligible leader replicas (KIP-966),
// the last known leader is back and nobody else could hold more.

import {
  leaderRecoveryState,
  noLeader,
  noLeaderChange,
  type PartitionImage,
  sameIds,
} from '../metadata/partition-image.ts'
import {
  defaultsPartitionChangeRecord,
  type PartitionChangeRecord,
} from '../protocol/generated/partition-change-record.ts'

export interface PartitionRules {
  /** Whether the replica may lead now. */
  readonly canLead: (brokerId: number) => boolean
  readonly minIsr: number
  readonly keepsElr: boolean
  /**
   * `online`: the leader stays while it can. `preferred`: the first replica leads if it can. `unclean`: as
   * `online`, and rather than no leader any replica that may have lost records.
   */
  readonly election: 'online' | 'preferred' | 'unclean'
}

export interface LeavingReplicas {
  /** Leaves the ISR; still eligible later, for it went in order or was fenced. */
  readonly removed?: number | undefined
  /** Leaves ISR and eligible replicas: what it had acknowledged may be lost. */
  readonly unclean?: number | undefined
}

interface Election {
  readonly leader: number
  readonly unclean: boolean
}

/** The change record that follows for the partition, undefined when nothing changes. */
export function partitionChange(
  topicId: string,
  partitionId: number,
  partition: PartitionImage,
  { removed, unclean }: LeavingReplicas,
  rules: PartitionRules,
): PartitionChangeRecord | undefined {
  let isr: readonly number[] = partition.isr.filter((id) => id !== removed && id !== unclean)
  let elr = eligibleReplicas(partition, isr, unclean, rules)
  const election = electLeader(partition, isr, elr, rules)
  const record = { ...defaultsPartitionChangeRecord(), topicId, partitionId }
  if (election.leader !== partition.leader) {
    record.leader = election.leader
    if (elr.includes(election.leader)) {
      isr = [election.leader]
      elr = elr.filter((id) => id !== election.leader)
    }
    if (election.unclean) {
      isr = [election.leader]
      elr = []
      if (partition.leaderRecoveryState !== leaderRecoveryState.recovering) {
        record.leaderRecoveryState = leaderRecoveryState.recovering
      }
    }
  }
  // Without eligible replicas the last ISR stays on record: it says who must come back.
  if (!sameIds(isr, partition.isr) && (isr.length > 0 || rules.keepsElr)) record.isr = [...isr]
  if (!sameIds(elr, partition.elr)) record.eligibleLeaderReplicas = [...elr]
  if (rules.keepsElr) record.lastKnownElr = lastKnownLeader(partition, record.leader)
  return isNoChange(record) ? undefined : record
}

/** Replicas outside the ISR that hold everything committed: those that left it while it was below its minimum. */
function eligibleReplicas(
  partition: PartitionImage,
  isr: readonly number[],
  unclean: number | undefined,
  rules: PartitionRules,
): readonly number[] {
  if (!rules.keepsElr || isr.length >= rules.minIsr) return []
  const candidates = new Set([...partition.elr, ...partition.isr])
  return [...candidates].filter((id) => !isr.includes(id) && id !== unclean)
}

function electLeader(
  partition: PartitionImage,
  isr: readonly number[],
  elr: readonly number[],
  rules: PartitionRules,
): Election {
  const isValid = (id: number): boolean =>
    (isr.includes(id) || (isr.length === 0 && elr.includes(id))) && rules.canLead(id)
  const preferred = rules.election === 'preferred' ? partition.replicas.slice(0, 1) : []
  const inSync = [...preferred, partition.leader, ...partition.replicas].find(isValid)
  if (inSync !== undefined) return { leader: inSync, unclean: false }
  const [lastKnown, ...others] = partition.lastKnownElr
  const nobodyKnowsMore = rules.keepsElr && isr.length === 0 && elr.length === 0 && others.length === 0
  if (nobodyKnowsMore && lastKnown !== undefined && rules.canLead(lastKnown)) {
    return { leader: lastKnown, unclean: true }
  }
  const any = rules.election === 'unclean' ? partition.replicas.find(rules.canLead) : undefined
  return any === undefined ? { leader: noLeader, unclean: false } : { leader: any, unclean: true }
}

/** Remembers the leader that a partition loses until it has one again; null leaves the memory as it is. */
function lastKnownLeader(partition: PartitionImage, leader: number): number[] | null {
  if (leader === noLeader && partition.lastKnownElr.length === 0) return [partition.leader]
  return leader >= 0 && partition.lastKnownElr.length > 0 ? [] : null
}

export function isNoChange(record: PartitionChangeRecord): boolean {
  return (
    record.isr === null &&
    record.replicas === null &&
    record.addingReplicas === null &&
    record.removingReplicas === null &&
    record.leader === noLeaderChange &&
    record.leaderRecoveryState === leaderRecoveryState.noChange &&
    record.eligibleLeaderReplicas === null &&
    record.lastKnownElr === null
  )
}
