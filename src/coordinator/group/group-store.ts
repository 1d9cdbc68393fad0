// The groups of one shard by id. Replay of GroupMetadata records is the only way a group enters, changes or
// leaves at load; live, a classic group's members are changed by the operations and the records follow.

import type { GroupMetadataValue } from '../../protocol/generated/group-metadata-value.ts'
import { ClassicGroup } from './classic-group.ts'

export class GroupStore {
  readonly #groups = new Map<string, ClassicGroup>()

  get(groupId: string): ClassicGroup | undefined {
    return this.#groups.get(groupId)
  }

  getOrCreate(groupId: string, nowMs: number): ClassicGroup {
    const existing = this.#groups.get(groupId)
    if (existing !== undefined) return existing
    const group = new ClassicGroup(groupId, nowMs)
    this.#groups.set(groupId, group)
    return group
  }

  /** Removes exactly this group object, not a later one of the same id. */
  remove(group: ClassicGroup): void {
    if (this.#groups.get(group.groupId) === group) this.#groups.delete(group.groupId)
  }

  all(): IterableIterator<ClassicGroup> {
    return this.#groups.values()
  }

  /** Applies a GroupMetadata record; the returned function takes it back. */
  replay(groupId: string, value: GroupMetadataValue | null): () => void {
    const before = this.#groups.get(groupId)
    if (value === null) this.#groups.delete(groupId)
    else this.#groups.set(groupId, ClassicGroup.fromRecord(groupId, value))
    return () => {
      if (before === undefined) this.#groups.delete(groupId)
      else this.#groups.set(groupId, before)
    }
  }
}
