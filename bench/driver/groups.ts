// Members of groups: many that join one group, and many groups with one member each that commit.

import { delay } from '../../conformance/brokers.ts'
import { calls } from '../../src/client/api-call.ts'
import { offsetCommitTopics } from '../../src/client/committed-offsets.ts'
import { Consumer, consumerDefaults } from '../../src/client/consumer.ts'
import { encodeSubscription } from '../../src/client/consumer-protocol.ts'
import type { KafkaConnection } from '../../src/client/kafka-connection.ts'
import { cpuSecondsOf } from '../process-usage.ts'
import { checkCode, newClient, openConnections, send } from './connections.ts'
import type { Target } from './drive.ts'
import { applyLoad, type LoadFigures, type Pace } from './load.ts'

export interface JoinOptions {
  readonly topic: string
  /** As many as the topic has partitions. */
  readonly members: number
}

const sessionTimeoutMs = 300_000
const pollMsMax = 100

/** Until every member has its one partition; each is a consumer with connections of its own. */
export async function joinGroup(
  target: Target,
  { topic, members }: JoinOptions,
): Promise<{ seconds: number; cpuSeconds: number }> {
  const consumers = Array.from({ length: members }, () => {
    const consumer = new Consumer(
      { ...consumerDefaults, groupId: `group of ${topic}` },
      newClient(target.server),
    )
    consumer.subscribe([topic])
    return consumer
  })
  const cpuBefore = cpuSecondsOf(target.pid)
  const startedMs = performance.now()
  const isDone = () => consumers.every(({ assignment }) => assignment.length === 1)
  await Promise.all(
    consumers.map(async (consumer) => {
      while (!isDone()) await consumer.poll(pollMsMax)
    }),
  )
  return {
    seconds: (performance.now() - startedMs) / 1000,
    cpuSeconds: cpuSecondsOf(target.pid) - cpuBefore,
  }
}

export interface CommitOptions extends Pace {
  readonly topic: string
  readonly groups: number
  readonly connections: number
}

export interface Member {
  readonly groupId: string
  readonly memberId: string
  readonly generation: number
}

/** Commits and heartbeats in turn, of one group after the other. Groups are joined before the load begins. */
export async function commitInGroups(target: Target, options: CommitOptions): Promise<LoadFigures> {
  const connections = await openConnections(target.server, options.connections)
  const prefix = `group-${performance.now()}`
  await untilCoordinated(connections[0]!, `${prefix}-0`)
  const members: Member[] = []
  await Promise.all(
    connections.map(async (connection, first) => {
      for (let index = first; index < options.groups; index += connections.length)
        members[index] = await joinAlone(connection, `${prefix}-${index}`, options.topic)
    }),
  )
  const topics = offsetCommitTopics([{ topic: options.topic, partition: 0, offset: 1 }])
  return applyLoad(target, connections.length, options, async (_, count) => {
    const { groupId, memberId, generation } = members[(count >> 1) % members.length]!
    const connection = connections[(count >> 1) % connections.length]!
    if (count % 2 === 0) {
      const generationIdOrMemberEpoch = generation
      const body = { groupId, memberId, generationIdOrMemberEpoch, topics }
      const answer = await send(connection, calls.offsetCommit, body)
      checkCode(answer.topics[0]!.partitions[0]!.errorCode, 'OffsetCommit')
    } else {
      const answer = await send(connection, calls.heartbeat, { groupId, memberId, generationId: generation })
      checkCode(answer.errorCode, 'Heartbeat')
    }
  })
}

/** The first look-up of a group makes the topic of offsets, which takes a moment. */
export async function untilCoordinated(connection: KafkaConnection, groupId: string): Promise<void> {
  for (;;) {
    const answer = await send(connection, calls.findCoordinator, { keyType: 0, coordinatorKeys: [groupId] })
    const fetched = await send(connection, calls.offsetFetch, {
      groups: [{ groupId, memberId: null, memberEpoch: -1, topics: null }],
    })
    if (answer.coordinators[0]?.errorCode === 0 && fetched.groups[0]?.errorCode === 0) return
    await delay(pollMsMax)
  }
}

export async function joinAlone(
  connection: KafkaConnection,
  groupId: string,
  topic: string,
): Promise<Member> {
  const protocols = [{ name: 'range', metadata: encodeSubscription([topic]) }]
  const fields = {
    groupId,
    sessionTimeoutMs,
    rebalanceTimeoutMs: sessionTimeoutMs,
    protocolType: 'consumer',
    protocols,
  }
  const { memberId } = await send(connection, calls.joinGroup, fields)
  const joined = await send(connection, calls.joinGroup, { ...fields, memberId })
  checkCode(joined.errorCode, 'JoinGroup')
  const { generationId, protocolName } = joined
  const assignments = [{ memberId, assignment: new Uint8Array(0) }]
  const synced = await send(connection, calls.syncGroup, {
    ...{ groupId, memberId, generationId, assignments },
    ...{ protocolType: 'consumer', protocolName },
  })
  checkCode(synced.errorCode, 'SyncGroup')
  return { groupId, memberId, generation: generationId }
}
