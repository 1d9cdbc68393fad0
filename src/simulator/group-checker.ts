// What the group coordinator of a run says, seen where its APIs answer.
// Holds S27 (generations grow, one leader and one owner of a partition in each, no commit of an old one) and S29 (a
// committed offset changes by accepted commits only, also over crashes).

import { errors } from '../base/errors.ts'
import { decodeAssignment } from '../client/consumer-protocol.ts'
import { demand } from './data-checker.ts'
import type { Sometimes } from './sometimes.ts'

interface Generation {
  leader: string | undefined
  /** Partition → member. */
  readonly owners: Map<string, string>
}

interface KnownGroup {
  /** The newest generation of which a member knows. */
  generation: number
  /** The newest one with assignments: it is written down, so a crash does not take it back. */
  assigned: number
  readonly generations: Map<number, Generation>
}

interface CommittedOffset {
  accepted: number | 'nothing' | 'unknown'
  /** Begun and not answered yet; what a crash leaves here may be there or not. */
  readonly possible: number[]
}

/** What is answered where nothing is committed. */
const noOffset = -1
/** A commit that is answered with one of these was not written. */
const refusals: readonly number[] = [
  errors.ILLEGAL_GENERATION,
  errors.UNKNOWN_MEMBER_ID,
  errors.REBALANCE_IN_PROGRESS,
  errors.COORDINATOR_LOAD_IN_PROGRESS,
]

export class GroupChecker {
  readonly #sometimes: Sometimes
  readonly #groups = new Map<string, KnownGroup>()
  readonly #committed = new Map<string, CommittedOffset>()
  #hasCrashed = false
  /** Of offsets that were not seen since, anything may have survived. */
  #hasLost = false

  constructor(modules: { sometimes: Sometimes }) {
    this.#sometimes = modules.sometimes
  }

  /** With `isLossy` anything that the broker said may be untrue from now on. */
  onCrash(isLossy: boolean): void {
    this.#hasCrashed = true
    if (isLossy) {
      this.#hasLost = true
      this.#groups.clear()
      this.#committed.clear()
    }
    // What had joined without an assignment was written nowhere.
    for (const group of this.#groups.values()) {
      group.generation = group.assigned
      for (const id of [...group.generations.keys()]) if (id > group.assigned) group.generations.delete(id)
    }
  }

  /** The newest generation that a member was told of; -1: none. */
  generation(groupId: string): number {
    return this.#groups.get(groupId)?.generation ?? -1
  }

  onJoined(
    groupId: string,
    generationBefore: number,
    joined: { generationId: number; leader: string },
  ): void {
    const { generationId, leader } = joined
    demand(
      generationId >= generationBefore,
      `S27: group ${groupId} is in generation ${generationId} after ${generationBefore}`,
    )
    const group = this.#group(groupId)
    group.generation = Math.max(group.generation, generationId)
    const generation = generationOf(group, generationId)
    demand(
      generation.leader === undefined || generation.leader === leader,
      `S27: generation ${generationId} of ${groupId} is led by ${generation.leader} and by ${leader}`,
    )
    generation.leader = leader
  }

  onSynced(groupId: string, generationId: number, memberId: string, assignment: Uint8Array): void {
    const group = this.#group(groupId)
    group.assigned = Math.max(group.assigned, generationId)
    const { owners } = generationOf(group, generationId)
    for (const [topic, partitions] of decodeAssignment(assignment))
      for (const partition of partitions) {
        const name = `${topic}-${partition}`
        const owner = owners.get(name)
        demand(
          owner === undefined || owner === memberId,
          `S27: ${name} belongs to ${owner} and to ${memberId} in generation ${generationId} of ${groupId}`,
        )
        owners.set(name, memberId)
      }
  }

  onCommitBegun(key: string, offset: number): void {
    this.#offset(key).possible.push(offset)
  }

  /** `before` is the newest generation that was known when the commit came. */
  onCommitAnswered(
    key: string,
    offset: number,
    errorCode: number,
    { own, before }: { own: number; before: number },
  ): void {
    const committed = this.#offset(key)
    if (refusals.includes(errorCode)) this.#sometimes.note('commit of offsets refused')
    // After any other error it may have been written all the same.
    if (errorCode === errors.NONE || refusals.includes(errorCode)) removeLast(committed.possible, offset)
    if (errorCode !== errors.NONE) return
    demand(own < 0 || own >= before, `S27: a commit of generation ${own} is accepted in ${before}`)
    committed.accepted = offset
  }

  /** What a fetch of offsets that begins now may answer, by key. */
  allPossibleOffsets(): Map<string, Set<number>> {
    return new Map([...this.#committed.keys()].map((key) => [key, this.#possibleOffsets(key)]))
  }

  #possibleOffsets(key: string): Set<number> {
    const { accepted, possible } = this.#offset(key)
    return new Set([typeof accepted === 'number' ? accepted : noOffset, ...possible])
  }

  onOffsetFetched(key: string, possibleBefore: ReadonlySet<number>, offset: number): void {
    const committed = this.#offset(key)
    if (committed.accepted === 'unknown') committed.accepted = offset
    const possible = this.#possibleOffsets(key)
    demand(
      possible.has(offset) || possibleBefore.has(offset),
      `S29: ${key} is committed at ${offset}, possible are ${[...possible, ...possibleBefore].join(', ')}`,
    )
    if (this.#hasCrashed && offset >= 0) this.#sometimes.note('committed offset read back after a crash')
  }

  #group(groupId: string): KnownGroup {
    const found = this.#groups.get(groupId)
    if (found !== undefined) return found
    const group = { generation: -1, assigned: -1, generations: new Map<number, Generation>() }
    this.#groups.set(groupId, group)
    return group
  }

  #offset(key: string): CommittedOffset {
    const found = this.#committed.get(key)
    if (found !== undefined) return found
    const offset: CommittedOffset = { accepted: this.#hasLost ? 'unknown' : 'nothing', possible: [] }
    this.#committed.set(key, offset)
    return offset
  }
}

function generationOf(group: KnownGroup, id: number): Generation {
  const found = group.generations.get(id)
  if (found !== undefined) return found
  const generation = { leader: undefined, owners: new Map<string, string>() }
  group.generations.set(id, generation)
  return generation
}

/** What a crash left of the same value comes before. */
function removeLast(values: number[], value: number): void {
  const index = values.lastIndexOf(value)
  if (index >= 0) values.splice(index, 1)
}
