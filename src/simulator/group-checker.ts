// What the group coordinator of a run says, seen where its APIs answer.
// Holds S27 (generations grow, one leader and one owner of a partition in each, no commit of an old one) and S29 (a
// committed offset changes by accepted commits only, also over crashes).

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
  /** Undefined: nothing was ever accepted. */
  accepted: number | undefined
  /** Begun and not answered yet; what a crash leaves here may be there or not. */
  readonly possible: Set<number>
}

export class GroupChecker {
  readonly #sometimes: Sometimes
  readonly #groups = new Map<string, KnownGroup>()
  readonly #committed = new Map<string, CommittedOffset>()
  #hasCrashed = false

  constructor(modules: { sometimes: Sometimes }) {
    this.#sometimes = modules.sometimes
  }

  /** With `isLossy` anything that the broker said may be untrue from now on. */
  onCrash(isLossy: boolean): void {
    this.#hasCrashed = true
    if (isLossy) {
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
    this.#offset(key).possible.add(offset)
  }

  /** `generationBefore` is the newest one that was known when the commit came. */
  onCommitAnswered(
    key: string,
    offset: number,
    isAccepted: boolean,
    generations: { own: number; before: number },
  ) {
    const committed = this.#offset(key)
    committed.possible.delete(offset)
    if (!isAccepted) return
    demand(
      generations.own < 0 || generations.own >= generations.before,
      `S27: a commit of generation ${generations.own} is accepted in generation ${generations.before}`,
    )
    committed.accepted = offset
  }

  /** What a fetch of offsets that begins now may answer, by key. */
  allPossibleOffsets(): Map<string, Set<number>> {
    return new Map([...this.#committed.keys()].map((key) => [key, this.#possibleOffsets(key)]))
  }

  #possibleOffsets(key: string): Set<number> {
    const { accepted = -1, possible } = this.#offset(key)
    return new Set([accepted, ...possible])
  }

  onOffsetFetched(key: string, possibleBefore: ReadonlySet<number>, offset: number): void {
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
    const offset: CommittedOffset = { accepted: undefined, possible: new Set() }
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
