// A node whose group coordinator can be used at once, and the shortest way into a group.

import { errors } from '../../src/base/errors.ts'
import { createTopics, findCoordinator, newTopic } from '../support/admin-apis.ts'
import { bytes, describeGroups, joinGroup, joining, rangeProtocol, syncGroup } from '../support/group-apis.ts'
import type { RawConnection } from '../support/raw-connection.ts'
import { NodeUnderTest } from './node-under-test.ts'

export interface Member {
  readonly groupId: string
  readonly memberId: string
  readonly generationId: number
}

/** A node with topic `a` of two partitions and a coordinator that has loaded every partition. */
export async function groupNode(
  ...[t, overrides]: Parameters<typeof NodeUnderTest.start>
): Promise<NodeUnderTest> {
  const node = await NodeUnderTest.start(t, overrides)
  const topics = [newTopic('a', { numPartitions: 2 })]
  await node.call(createTopics, 7, { topics, timeoutMs: 5000 })
  await coordinatorReady(node)
  return node
}

/** Waits until the coordinator answers for both partitions of `__consumer_offsets`. */
export async function coordinatorReady(node: NodeUnderTest): Promise<void> {
  const isReady = async () => {
    const { coordinators } = await node.call(findCoordinator, 6, { coordinatorKeys: ['g'] })
    // These two lie in different partitions, of any even number of them.
    const { groups } = await node.call(describeGroups, 5, { groups: ['a', 'b'] })
    return [...coordinators, ...groups].every(({ errorCode }) => errorCode === errors.NONE)
  }
  while (!(await isReady()));
}

/** The only member of a new group, which is stable afterwards; its assignment is `mine`. */
export async function soleMember(
  by: Pick<RawConnection, 'call'>,
  groupId: string,
  topic = 'a',
): Promise<Member> {
  const { memberId, generationId } = await by.call(joinGroup, 3, joining(groupId, topic))
  const member = { groupId, memberId, generationId }
  const assignments = [{ memberId, assignment: bytes('mine') }]
  const { errorCode } = await by.call(syncGroup, 5, { ...member, ...rangeProtocol, assignments })
  if (errorCode !== errors.NONE) throw new Error(`group ${groupId} is not stable: ${errorCode}`)
  return member
}
