// `kafka.groups`.

import {
  committedOffsets,
  deleteGroup,
  describeGroup,
  evictMembers,
  listGroups,
  partitionsBehind,
  setOffsets,
} from './group-calls.ts'
import { OttlaError } from './ottla-error.ts'
import { lookUntil, type Machine } from './patience.ts'
import type { TestControl } from './test-control.ts'
import type { Group, GroupOffset, Groups, TopicPartitionOffset } from './types.ts'

export interface KitGroupsModules {
  readonly control: TestControl
  readonly machine: Machine
  /** Runs a call of the test while the broker is there. */
  readonly whileUp: <T>(what: string, work: () => Promise<T>) => Promise<T>
}

const waitMsMaxDefault = 5000

export class KitGroups implements Groups {
  readonly #modules: KitGroupsModules

  constructor(modules: KitGroupsModules) {
    this.#modules = modules
  }

  list(): Promise<string[]> {
    return this.#call('list', listGroups)
  }

  describe(groupId: string): Promise<Group | undefined> {
    return this.#call('describe', (control) => describeGroup(control, groupId))
  }

  settled(
    groupId: string,
    members: number,
    { waitMsMax = waitMsMaxDefault }: { readonly waitMsMax?: number } = {},
  ): Promise<Group> {
    const state = members === 0 ? 'Empty' : 'Stable'
    return this.#call('settled', async (control) => {
      const group = await lookUntil(
        this.#modules.machine,
        waitMsMax,
        () => describeGroup(control, groupId),
        (seen) => seen?.state === state && seen.members.length === members,
      )
      if (group?.state === state && group.members.length === members) return group
      const is = group === undefined ? 'does not exist' : `is ${group.state} with ${group.members.length}`
      throw new OttlaError(
        `group ${groupId} is not ${state} with ${members} members after ${waitMsMax} ms: it ${is}`,
      )
    })
  }

  caughtUp(
    groupId: string,
    topic: string,
    { waitMsMax = waitMsMaxDefault }: { readonly waitMsMax?: number } = {},
  ): Promise<void> {
    return this.#call('caughtUp', async (control) => {
      const behind = await lookUntil(
        this.#modules.machine,
        waitMsMax,
        () => partitionsBehind(control, groupId, topic),
        ({ length }) => length === 0,
      )
      if (behind.length === 0) return
      throw new OttlaError(
        `group ${groupId} has not committed the end of topic ${topic} after ${waitMsMax} ms: ${behind.join(', ')}`,
      )
    })
  }

  offsets(groupId: string): Promise<GroupOffset[]> {
    return this.#call('offsets', (control) => committedOffsets(control, groupId))
  }

  setOffsets(groupId: string, offsets: readonly TopicPartitionOffset[]): Promise<void> {
    return this.#call('setOffsets', (control) => setOffsets(control, groupId, offsets))
  }

  evict(groupId: string): Promise<void> {
    return this.#call('evict', (control) => evictMembers(control, groupId))
  }

  delete(groupId: string): Promise<void> {
    return this.#call('delete', (control) => deleteGroup(control, groupId))
  }

  #call<T>(what: string, work: (control: TestControl) => Promise<T>): Promise<T> {
    return this.#modules.whileUp(`groups.${what}`, () => work(this.#modules.control))
  }
}
