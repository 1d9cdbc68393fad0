// A broker that serves one topic `orders` and one group of one member to tests of the consumer: partitions are
// counts of records, and errors to answer with are queued by the test.

import { errors } from '../../base/errors.ts'
import type { JoinGroupResponseMember } from '../../protocol/generated/join-group-response.ts'
import { encodeBatch } from '../../protocol/records/record-batch.ts'
import { calls } from '../api-call.ts'
import { encodeAssignment } from '../consumer-protocol.ts'
import type { Assignment } from '../range-assignor.ts'
import { ClientWorld } from './client-world.ts'

const topic = 'orders'

export class ConsumerWorld extends ClientWorld {
  readonly fetchErrors: number[] = []
  readonly heartbeatErrors: number[] = []
  /** Of OffsetFetch. */
  readonly committedErrors: number[] = []
  readonly committed = new Map<string, bigint>()
  /** With members the member under test is the leader and its own assignment is what it gets. */
  readonly group: { members: JoinGroupResponseMember[]; assignment: Assignment | undefined } = {
    members: [],
    assignment: undefined,
  }
  #counts: readonly number[]

  constructor(counts: readonly number[]) {
    super()
    this.#counts = counts
    this.grow(counts)
    this.#serveLog()
    this.#serveMembership()
    this.#serveOffsets()
  }

  /** Sets how many records the partitions have. */
  grow(counts: readonly number[]): void {
    this.#counts = counts
    this.broker.onMetadata([this.broker], counts.length === 0 ? {} : { [topic]: counts.map(() => 1) })
  }

  #serveLog(): void {
    this.broker.on(calls.listOffsets, (request) => ({
      ...calls.listOffsets.response.defaults(),
      topics: request.topics.map(({ name, partitions }) => ({
        name,
        partitions: partitions.map(({ partitionIndex, timestamp }) => ({
          partitionIndex,
          errorCode: 0,
          timestamp: -1,
          offset: timestamp === -2 ? 0 : this.#counts[partitionIndex]!,
          leaderEpoch: 0,
        })),
      })),
    }))
    this.broker.on(calls.fetch, async (request) => {
      const error = this.fetchErrors.shift() ?? errors.NONE
      const answers = request.topics[0]!.partitions.map(({ partition, fetchOffset }) =>
        this.#partitionData(partition, fetchOffset, error),
      )
      const isEmpty = answers.every(({ errorCode, records }) => errorCode === 0 && records?.length === 0)
      if (isEmpty) await new Promise<void>((resolve) => this.time.after(request.maxWaitMs, resolve))
      const responses = [{ topic, topicId: request.topics[0]!.topicId, partitions: answers }]
      return { ...calls.fetch.response.defaults(), responses }
    })
  }

  #partitionData(partitionIndex: number, fetchOffset: number, error: number) {
    const count = this.#counts[partitionIndex]!
    const values = Array.from({ length: Math.max(0, count - fetchOffset) }, (_, at) => `${fetchOffset + at}`)
    const none = { leaderId: -1, leaderEpoch: -1 }
    return {
      partitionIndex,
      errorCode: error || (fetchOffset > count ? errors.OFFSET_OUT_OF_RANGE : errors.NONE),
      highWatermark: count,
      lastStableOffset: count,
      logStartOffset: 0,
      divergingEpoch: { epoch: -1, endOffset: -1 },
      currentLeader: none,
      snapshotId: { endOffset: -1, epoch: -1 },
      abortedTransactions: null,
      preferredReadReplica: -1,
      records: error !== 0 || values.length === 0 ? new Uint8Array(0) : batchOf(fetchOffset, values),
    }
  }

  #serveMembership(): void {
    const found = {
      key: 'g',
      nodeId: 1,
      host: 'fake',
      port: this.broker.port,
      errorCode: 0,
      errorMessage: null,
    }
    this.broker
      .on(calls.findCoordinator, () => ({
        ...calls.findCoordinator.response.defaults(),
        coordinators: [found],
      }))
      .on(calls.joinGroup, ({ memberId, protocols }) => ({
        ...calls.joinGroup.response.defaults(),
        errorCode: memberId === '' ? errors.MEMBER_ID_REQUIRED : errors.NONE,
        generationId: 1,
        memberId: 'm-1',
        leader: this.group.members.length > 0 ? 'm-1' : 'other',
        protocolType: 'consumer',
        protocolName: protocols[0]!.name,
        members: this.group.members,
      }))
      .on(calls.syncGroup, ({ assignments }) => {
        const everything: Assignment = new Map([[topic, this.#counts.map((_, partition) => partition)]])
        return {
          ...calls.syncGroup.response.defaults(),
          assignment: assignments[0]?.assignment ?? encodeAssignment(this.group.assignment ?? everything),
        }
      })
      .on(calls.heartbeat, () => ({
        ...calls.heartbeat.response.defaults(),
        errorCode: this.heartbeatErrors.shift() ?? errors.NONE,
      }))
      .on(calls.leaveGroup, () => calls.leaveGroup.response.defaults())
  }

  #serveOffsets(): void {
    this.broker.on(calls.offsetFetch, ({ groups }) => {
      const errorCode = this.committedErrors.shift() ?? errors.NONE
      const topics = groups[0]!.topics!.map(({ name, topicId, partitionIndexes }) => ({
        name,
        topicId,
        partitions: partitionIndexes.map((partitionIndex) => ({
          partitionIndex,
          committedOffset: this.committed.get(`${name}-${partitionIndex}`) ?? -1n,
          committedLeaderEpoch: -1,
          metadata: '',
          errorCode: 0,
        })),
      }))
      return { ...calls.offsetFetch.response.defaults(), groups: [{ groupId: 'g', topics, errorCode }] }
    })
    this.broker.on(calls.offsetCommit, ({ topics }) => {
      for (const { name, partitions } of topics) {
        for (const { partitionIndex, committedOffset } of partitions) {
          this.committed.set(`${name}-${partitionIndex}`, committedOffset)
        }
      }
      return {
        ...calls.offsetCommit.response.defaults(),
        topics: topics.map(({ name, topicId, partitions }) => ({
          name,
          topicId,
          partitions: partitions.map(({ partitionIndex }) => ({ partitionIndex, errorCode: 0 })),
        })),
      }
    })
  }
}

function batchOf(baseOffset: number, values: readonly string[]): Uint8Array {
  return encodeBatch({
    baseOffset,
    partitionLeaderEpoch: 0,
    records: values.map((value) => ({ timestamp: 0, key: null, value: Buffer.from(value) })),
  })
}
