// Which brokers get a new partition: chosen by hand and checked, or placed. Placement stripes over racks and
// over the brokers of a rack (`StripedReplicaPlacer`), so that leaders spread evenly, replicas of one partition
// stand in different racks while racks last, and a fenced broker never comes first.

import { errors } from '../base/errors.ts'
import type { Random } from '../env/env.ts'
import type { BrokerImage } from '../metadata/broker-image.ts'
import type { MetadataImage } from '../metadata/metadata-image.ts'
import { directoryId, type PartitionImage } from '../metadata/partition-image.ts'
import { type Checked, checked, refused } from './decision.ts'

/** A new partition on `replicas`, led by the first that is active; the caller made sure that one is. */
export function newPartition(image: MetadataImage, replicas: readonly number[]): PartitionImage {
  const isr = replicas.filter((id) => isActive(image, id))
  return {
    replicas,
    directories: replicas.map((id) => defaultDirectory(image.brokers.get(id))),
    isr,
    removingReplicas: [],
    addingReplicas: [],
    leader: isr[0]!,
    leaderRecoveryState: 0,
    leaderEpoch: 0,
    partitionEpoch: 0,
    elr: [],
    lastKnownElr: [],
  }
}

/** Whether the broker can lead: registered, not fenced, not shutting down. */
export function isActive(image: MetadataImage, brokerId: number): boolean {
  const broker = image.brokers.get(brokerId)
  return broker !== undefined && !broker.fenced && !broker.inControlledShutdown
}

/** Where a broker puts a new replica, as far as the records can say. */
export function defaultDirectory(broker: BrokerImage | undefined): string {
  if (broker === undefined || broker.logDirs.length === 0) return directoryId.migrating
  return broker.logDirs.length === 1 ? broker.logDirs[0]! : directoryId.unassigned
}

function hasUncordonedDirectory(broker: BrokerImage): boolean {
  return broker.logDirs.length === 0 || broker.logDirs.some((id) => !broker.cordonedLogDirs.includes(id))
}

/** Checks one partition's hand-made assignment; `replicationFactor` is that of the partitions before it. */
export function manualAssignment(
  image: MetadataImage,
  partition: number,
  replicas: readonly number[],
  replicationFactor: number | undefined,
): Checked<PartitionImage> {
  const problem = manualAssignmentProblem(image, partition, replicas, replicationFactor)
  if (problem !== undefined) return refused(errors.INVALID_REPLICA_ASSIGNMENT, problem)
  return checked(newPartition(image, replicas))
}

function manualAssignmentProblem(
  image: MetadataImage,
  partition: number,
  replicas: readonly number[],
  replicationFactor: number | undefined,
): string | undefined {
  const problem = replicasProblem(image, partition, replicas)
  if (problem !== undefined) return problem
  if (replicationFactor !== undefined && replicas.length !== replicationFactor) {
    return `The assignment of partition ${partition} names ${replicas.length} broker(s), others ${replicationFactor}.`
  }
  if (!replicas.some((id) => isActive(image, id))) {
    return `All brokers in the assignment of partition ${partition} are fenced or shutting down.`
  }
  return undefined
}

/** Why `replicas` cannot hold a partition, whether or not any of them is there now. */
export function replicasProblem(
  image: MetadataImage,
  partition: number,
  replicas: readonly number[],
): string | undefined {
  if (replicas.length === 0) return `The assignment of partition ${partition} names no broker.`
  for (const [index, id] of replicas.entries()) {
    const broker = image.brokers.get(id)
    if (broker === undefined) {
      return `The assignment of partition ${partition} names broker ${id}, which is not registered.`
    }
    if (!hasUncordonedDirectory(broker)) {
      return `The assignment of partition ${partition} names broker ${id}, whose log directories are all cordoned.`
    }
    if (replicas.indexOf(id) !== index) {
      return `The assignment of partition ${partition} names broker ${id} more than once.`
    }
  }
  return undefined
}

/** Places `count` partitions of `replicationFactor` replicas. */
export function placePartitions(
  image: MetadataImage,
  count: number,
  replicationFactor: number,
  random: Random,
): Checked<PartitionImage[]> {
  const usable = [...image.brokers.values()].filter(
    (broker) => !broker.inControlledShutdown && hasUncordonedDirectory(broker),
  )
  const reason = placementProblem(usable, replicationFactor)
  if (reason !== undefined) {
    return refused(
      errors.INVALID_REPLICATION_FACTOR,
      `Unable to replicate the partition ${replicationFactor} time(s): ${reason}`,
    )
  }
  const racks = new RackStripes(usable, random)
  return checked(Array.from({ length: count }, () => newPartition(image, racks.place(replicationFactor))))
}

function placementProblem(usable: readonly BrokerImage[], replicationFactor: number): string | undefined {
  if (!usable.some((broker) => !broker.fenced)) {
    return 'all brokers are fenced or shutting down, or their log directories are cordoned.'
  }
  if (replicationFactor > usable.length) {
    return `only ${usable.length} usable broker(s) are registered.`
  }
  return undefined
}

/** A ring of broker ids that starts one place further in every round, so that leadership rotates. */
class BrokerRing {
  readonly #ids: number[]
  #start: number
  #taken = 0
  #round = 0

  constructor(ids: readonly number[], random: Random) {
    this.#ids = ids.toSorted((a, b) => a - b)
    this.#start = drawIndex(random, ids.length)
  }

  /** The next broker of this round; undefined when all were taken. */
  next(round: number): number | undefined {
    if (this.#ids.length === 0) return undefined
    if (round !== this.#round) {
      this.#round = round
      this.#taken = 0
      this.#start = (this.#start + 1) % this.#ids.length
    }
    if (this.#taken === this.#ids.length) return undefined
    return this.#ids[(this.#start + this.#taken++) % this.#ids.length]
  }

  shuffle(random: Random): void {
    shuffle(this.#ids, random)
  }
}

interface Rack {
  readonly unfenced: BrokerRing
  readonly fenced: BrokerRing
}

class RackStripes {
  readonly #racks: Rack[]
  readonly #unfencedCount: number
  readonly #random: Random
  #round = 0
  #start: number

  constructor(brokers: readonly BrokerImage[], random: Random) {
    const byRack = Map.groupBy(brokers, (broker) => broker.rack ?? '')
    const names = [...byRack.keys()].toSorted()
    this.#racks = names.map((name) => {
      const [fenced, unfenced] = [true, false].map((wanted) =>
        byRack.get(name)!.flatMap((broker) => (broker.fenced === wanted ? [broker.id] : [])),
      )
      return { unfenced: new BrokerRing(unfenced!, random), fenced: new BrokerRing(fenced!, random) }
    })
    this.#unfencedCount = brokers.filter((broker) => !broker.fenced).length
    this.#random = random
    this.#start = drawIndex(random, this.#racks.length)
  }

  place(replicationFactor: number): number[] {
    // As many rounds as unfenced brokers give every one of them the lead once; then the rings are shuffled,
    // or the same assignments would come again. A single broker has nothing to shuffle.
    const ledByAll = this.#round > 0 && this.#round % this.#unfencedCount === 0
    if (ledByAll && this.#unfencedCount > 1) this.#shuffle()
    const racks = this.#racks.length
    this.#start %= racks
    let leaderRack = this.#start
    let leader = this.#racks[leaderRack]!.unfenced.next(this.#round)
    while (leader === undefined) {
      leaderRack = (leaderRack + 1) % racks
      leader = this.#racks[leaderRack]!.unfenced.next(this.#round)
    }
    const replicas = [leader]
    let skipLeaderRack = true
    for (let i = this.#start; replicas.length < replicationFactor; i = (i + 1) % racks) {
      if (i === leaderRack && skipLeaderRack) {
        skipLeaderRack = false
        continue
      }
      const rack = this.#racks[i]!
      const follower = rack.unfenced.next(this.#round) ?? rack.fenced.next(this.#round)
      if (follower !== undefined) replicas.push(follower)
    }
    this.#round++
    this.#start++
    return replicas
  }

  #shuffle(): void {
    shuffle(this.#racks, this.#random)
    for (const rack of this.#racks) {
      rack.unfenced.shuffle(this.#random)
      rack.fenced.shuffle(this.#random)
    }
  }
}

function drawIndex(random: Random, length: number): number {
  return Math.floor(random.next() * length)
}

function shuffle<T>(items: T[], random: Random): void {
  for (let i = items.length - 1; i > 0; i--) {
    const j = drawIndex(random, i + 1)
    ;[items[i], items[j]] = [items[j]!, items[i]!]
  }
}
