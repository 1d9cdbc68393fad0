// Kafka's range assignor: topic by topic, the partitions in order are dealt out in equal runs to the members that
// subscribe to it, the first ones getting one more where it does not divide. Members are ordered by their instance
// id where they have one, else by member id, so that static members keep their partitions.

export interface GroupMember {
  readonly memberId: string
  readonly instanceId: string | null
  readonly topics: readonly string[]
}

/** Partitions by topic. */
export type Assignment = ReadonlyMap<string, readonly number[]>

/** Every member gets an entry; topics without partitions are left out. */
export function assignRanges(
  members: readonly GroupMember[],
  partitionCounts: ReadonlyMap<string, number>,
): Map<string, Assignment> {
  const ordered = members.toSorted(compareMembers)
  const assignments = new Map(members.map(({ memberId }) => [memberId, new Map<string, number[]>()]))
  for (const topic of new Set(members.flatMap(({ topics }) => topics))) {
    const consumers = ordered.filter(({ topics }) => topics.includes(topic))
    const count = partitionCounts.get(topic) ?? 0
    let next = 0
    for (const [index, { memberId }] of consumers.entries()) {
      const share = Math.floor(count / consumers.length) + (index < count % consumers.length ? 1 : 0)
      const first = next
      const partitions = Array.from({ length: share }, (_, at) => first + at)
      if (share > 0) assignments.get(memberId)!.set(topic, partitions)
      next += share
    }
  }
  return assignments
}

function compareMembers(left: GroupMember, right: GroupMember): number {
  if (left.instanceId !== null && right.instanceId !== null) return compare(left.instanceId, right.instanceId)
  if (left.instanceId !== null) return -1
  if (right.instanceId !== null) return 1
  return compare(left.memberId, right.memberId)
}

function compare(left: string, right: string): number {
  if (left === right) return 0
  return left < right ? -1 : 1
}
