// `node conformance/differential-rebalances.ts HOST:PORT HOST:PORT`: groups of several members, whose requests wait for
// each other. Start both with `group.initial.rebalance.delay.ms=0` and the same `offsets.topic.num.partitions`.

import { zeroUuid } from '../src/base/uuid.ts'
import type { JoinGroupRequest } from '../src/protocol/generated/join-group-request.ts'
import { createTopics, findCoordinator, newTopic } from '../test/support/admin-apis.ts'
import {
  bytes,
  deleteGroups,
  describeGroups,
  heartbeat,
  joinGroup,
  joining,
  leaveGroup,
  offsetCommit,
  offsetDelete,
  offsetFetch,
  rangeProtocol,
  subscription,
  syncGroup,
} from '../test/support/group-apis.ts'
import { commitOf, committed } from '../test/support/offset-requests.ts'
import type { RawConnection } from '../test/support/raw-connection.ts'
import { compare, type Recorder } from './differential.ts'

const topic = 'rebalanced'

interface Member {
  readonly connection: RawConnection
  readonly groupId: string
  readonly memberId: string
  readonly groupInstanceId: string | null
}

class Group {
  readonly #broker: Recorder
  readonly #id: string
  readonly #version: number
  readonly #connections: RawConnection[] = []

  constructor(broker: Recorder, id: string, version: number) {
    this.#broker = broker
    this.#id = `${id}-${version}`
    this.#version = version
  }

  /** A new member on a connection of its own; it has an id and waits. */
  async enter(label: string, fields: Partial<JoinGroupRequest> = {}) {
    const connection = await this.#broker.connect(label)
    this.#connections.push(connection)
    const request = joining(this.#id, topic, fields)
    const groupInstanceId = fields.groupInstanceId ?? null
    let memberId = fields.memberId ?? ''
    if (this.#version >= 4 && groupInstanceId === null && memberId === '')
      memberId = (await connection.call(joinGroup, this.#version, request)).memberId
    const joined = this.#broker.ask(
      `${label} joins`,
      joinGroup,
      this.#version,
      { ...request, memberId },
      connection,
    )
    const member = joined.then((response) => ({
      connection,
      groupId: this.#id,
      memberId: response!.memberId,
      groupInstanceId,
      generationId: response!.generationId,
    }))
    return { connection, joined, member }
  }

  async rejoin(label: string, member: Member, fields: Partial<JoinGroupRequest> = {}) {
    const { memberId, groupInstanceId } = member
    const request = joining(this.#id, topic, { memberId, groupInstanceId, ...fields })
    return this.#broker.ask(`${label} joins again`, joinGroup, this.#version, request, member.connection)
  }

  sync(label: string, { connection, ...member }: Member & { generationId: number }, ...assignedTo: string[]) {
    const assignments = assignedTo.map((memberId, index) => ({
      memberId,
      assignment: bytes(`part ${index}`),
    }))
    const version = Math.min(this.#version, 5)
    return this.#broker.ask(
      `${label} syncs`,
      syncGroup,
      version,
      { ...member, ...rangeProtocol, assignments },
      connection,
    )
  }

  /** What everybody sees of the group, and what a member's heartbeat and commit are answered. */
  async look(label: string, member?: Member & { generationId: number }): Promise<void> {
    await this.#broker.ask(`after ${label}`, describeGroups, [0, 6], { groups: [this.#id] })
    if (member === undefined) return
    const { connection: _, ...identity } = member
    await this.#broker.ask(`after ${label}`, heartbeat, [0, 4], identity)
    const commit = commitOf(9, this.#id, { name: topic, topicId: zeroUuid }, [committed(0, 4n)])
    const { memberId, groupInstanceId, generationId } = member
    const as = { ...commit, memberId, groupInstanceId, generationIdOrMemberEpoch: generationId }
    await this.#broker.ask(`after ${label}`, offsetCommit, 9, as)
  }

  /** Waits until a join phase has begun. */
  async untilPreparing(): Promise<void> {
    await this.#broker.until(
      describeGroups,
      5,
      { groups: [this.#id] },
      ({ groups }) => groups[0]!.groupState === 'PreparingRebalance',
    )
  }

  leave(label: string, ...members: Partial<Member>[]) {
    const leaving = members.map(({ memberId = '', groupInstanceId = null }) => ({
      memberId,
      groupInstanceId,
      reason: null,
    }))
    return this.#broker.ask(`${label} leaves`, leaveGroup, 5, { groupId: this.#id, members: leaving })
  }

  close(): void {
    for (const connection of this.#connections) connection.close()
  }
}

async function twoMembers(broker: Recorder, version: number): Promise<void> {
  const group = new Group(broker, 'two', version)
  const one = await (await group.enter('one')).member
  await group.look('one joined', one)
  await group.sync('one', one, one.memberId)
  await group.look('one synced', one)
  const second = await group.enter('two')
  await group.untilPreparing()
  await group.look('two joins', one)
  await group.sync('one, too early', one)
  const again = await group.rejoin('one', one)
  const two = await second.member
  const leader = { ...one, generationId: again!.generationId }
  await group.look('both joined', leader)
  const following = group.sync('two', two)
  await group.sync('one', leader, leader.memberId, two.memberId)
  await following
  await group.look('both synced', two)
  await group.rejoin('two, unchanged,', two)
  await group.sync('two again', two)
  const changed = group.rejoin('two, changed,', two, {
    protocols: [
      { name: 'sticky', metadata: subscription(topic) },
      { name: 'range', metadata: subscription(topic) },
    ],
  })
  await group.untilPreparing()
  await group.rejoin('one', leader)
  await changed
  await group.look('two changed', leader)
  await group.leave('two', two)
  await group.look('two left', leader)
  const alone = await group.rejoin('one alone', leader)
  await group.sync('one alone', { ...leader, generationId: alone!.generationId }, leader.memberId)
  await group.leave('one', leader)
  await group.look('one left')
  group.close()
}

async function staticMembers(broker: Recorder, version: number): Promise<void> {
  const group = new Group(broker, 'instances', version)
  const one = await (await group.enter('one', { groupInstanceId: 'a' })).member
  await group.sync('one', one, one.memberId)
  const second = await group.enter('two', { groupInstanceId: 'b' })
  await group.untilPreparing()
  const again = await group.rejoin('one', one)
  const two = await second.member
  const leader = { ...one, generationId: again!.generationId }
  const following = group.sync('two', two)
  await group.sync('one', leader, leader.memberId, two.memberId)
  await following
  await group.look('both synced', two)
  const backTwo = await (await group.enter('two, back,', { groupInstanceId: 'b' })).member
  await group.look('two came back', backTwo)
  await group.sync('two, back,', backTwo)
  const backOne = await (await group.enter('one, back,', { groupInstanceId: 'a' })).member
  await group.look('one came back', backOne)
  await group.sync('one, back,', backOne)
  await group.look('the former one', leader)
  await group.rejoin('the former two', two)
  await group.leave('the former two', two)
  await group.leave('an instance of nobody', { memberId: '', groupInstanceId: 'c' })
  await group.leave('one with the instance of two', { memberId: backOne.memberId, groupInstanceId: 'b' })
  const metadata = subscription('other')
  const third = await group.enter('two, changed,', {
    groupInstanceId: 'b',
    protocols: [{ name: 'range', metadata }],
  })
  await third.joined
  await group.look('two came back changed', backOne)
  await group.leave('both', { groupInstanceId: 'a' }, { groupInstanceId: 'b' })
  await group.look('both left')
  group.close()
}

async function otherProtocols(broker: Recorder, version: number): Promise<void> {
  const group = new Group(broker, 'connect', version)
  const one = await (
    await group.enter('worker', {
      protocolType: 'connect',
      protocols: [
        { name: 'range', metadata: bytes('x') },
        { name: 'sticky', metadata: bytes('y') },
      ],
    })
  ).member
  await group.look('worker joined', one)
  const groupId = `connect-${version}`
  const topics = [{ name: topic, partitions: [{ partitionIndex: 0 }] }]
  await broker.ask('offsets of connect', offsetDelete, 0, { groupId, topics })
  await broker.ask('connect', deleteGroups, [0, 2], { groupsNames: [groupId] })
  await broker.ask('consumers', syncGroup, 5, {
    groupId,
    memberId: one.memberId,
    generationId: 1,
    ...rangeProtocol,
  })
  await group.leave('worker', one)
  await broker.ask('offsets of connect, left', offsetDelete, 0, { groupId, topics })
  await group.look('worker left')
  await broker.ask('connect, left', deleteGroups, 2, { groupsNames: [groupId] })
  await group.look('connect was deleted')
  group.close()
}

await compare(async (broker) => {
  await broker.ask('before there are groups', joinGroup, [0, 9], joining('g', topic))
  await broker.ask('before there are groups', syncGroup, [0, 5], { groupId: 'g', ...rangeProtocol })
  await broker.ask('before there are groups', heartbeat, [0, 4], { groupId: 'g' })
  await broker.ask('before there are groups', describeGroups, [0, 6], { groups: ['g'] })
  await broker.ask('before there are groups', deleteGroups, [0, 2], { groupsNames: ['g'] })
  await broker.ask('before there are groups', offsetFetch, [1, 7], {
    groupId: 'g',
    topics: [{ name: topic, partitionIndexes: [0] }],
  })
  await broker.until(findCoordinator, 3, { key: 'g' }, ({ errorCode }) => errorCode === 0)
  await broker.ask('topic', createTopics, 7, {
    topics: [newTopic(topic, { numPartitions: 3 })],
    timeoutMs: 5000,
  })
  await new Promise((resolve) => setTimeout(resolve, 2000))
  for (let version = 0; version <= 9; version++) {
    await twoMembers(broker, version)
    await otherProtocols(broker, version)
    if (version >= 5) await staticMembers(broker, version)
  }
})
