// A group coordinator over a log in memory and virtual time, with the requests of tests in short form.
// Defaults are Kafka's; one partition holds all groups, so that a test can look at one log.

import { Logger } from '../../base/logger.ts'
import { zeroUuid } from '../../base/uuid.ts'
import type { Random } from '../../env/env.ts'
import type { DescribedGroup } from '../../protocol/generated/describe-groups-response.ts'
import type { HeartbeatRequest } from '../../protocol/generated/heartbeat-request.ts'
import type { JoinGroupRequest } from '../../protocol/generated/join-group-request.ts'
import type { JoinGroupResponse } from '../../protocol/generated/join-group-response.ts'
import type { MemberIdentity } from '../../protocol/generated/leave-group-request.ts'
import type { LeaveGroupResponse } from '../../protocol/generated/leave-group-response.ts'
import type { OffsetCommitRequest } from '../../protocol/generated/offset-commit-request.ts'
import type { OffsetCommitResponse } from '../../protocol/generated/offset-commit-response.ts'
import type { OffsetFetchResponseGroup } from '../../protocol/generated/offset-fetch-response.ts'
import type { SyncGroupRequest } from '../../protocol/generated/sync-group-request.ts'
import type { SyncGroupResponse } from '../../protocol/generated/sync-group-response.ts'
import { GroupCoordinator } from '../group/group-coordinator.ts'
import type { GroupCoordinatorOptions } from '../group/group-options.ts'
import { groupRecordSerde } from '../group/group-record-serde.ts'
import { MemoryLog } from './memory-log.ts'
import { VirtualTime } from './virtual-time.ts'

export const defaultGroupOptions: GroupCoordinatorOptions = {
  sessionTimeoutMsMin: 6_000,
  sessionTimeoutMsMax: 1_800_000,
  initialRebalanceDelayMs: 3_000,
  groupSizeMax: 2_147_483_647,
  offsetsRetentionMs: 7 * 24 * 3_600_000,
  offsetsRetentionCheckIntervalMs: 600_000,
  offsetMetadataLengthMax: 4_096,
  partitionCount: 1,
}

/** What became of a request: undefined while it waits. */
export interface Pending<T> {
  response: T | undefined
}

export function isWaiting(pending: Pending<unknown>): boolean {
  return pending.response === undefined
}

export interface JoinFields extends Partial<JoinGroupRequest> {
  apiVersion?: number
  clientId?: string
}

const topics = new Map([
  ['orders', 'T3JkZXJzT3JkZXJzT3JkZQ'],
  ['bills', 'QmlsbHNCaWxsc0JpbGxzQg'],
])

export class GroupWorld {
  readonly time = new VirtualTime()
  readonly log: MemoryLog
  readonly coordinator: GroupCoordinator
  readonly topics = new Map(topics)

  constructor(options: Partial<GroupCoordinatorOptions> = {}, log = new MemoryLog()) {
    this.log = log
    const { time } = this
    this.coordinator = new GroupCoordinator(
      { ...defaultGroupOptions, ...options },
      {
        clock: time,
        timers: time,
        random: countingRandom(),
        writer: log,
        reader: log,
        batches: log,
        serde: groupRecordSerde,
        logger: new Logger('kafka.coordinator.group', { write: () => {} }),
        metadata: () => ({
          topicId: (name) => this.topics.get(name),
          topicName: (id) => [...this.topics].find(([, topicId]) => topicId === id)?.[0],
          hasPartition: (topic, partition) => this.topics.has(topic) && partition < 4,
          partitionCount: () => undefined,
        }),
      },
    )
  }

  static async start(
    options: Partial<GroupCoordinatorOptions> = {},
    log = new MemoryLog(),
  ): Promise<GroupWorld> {
    const world = new GroupWorld(options, log)
    await world.coordinator.onElection(0, 1)
    return world
  }

  /** Starts a request and lets the turn end. */
  async send<T>(request: Promise<T>): Promise<Pending<T>> {
    const pending: Pending<T> = { response: undefined }
    void request.then((response) => {
      pending.response = response
    })
    await this.time.settle()
    return pending
  }

  join(fields: JoinFields = {}): Promise<Pending<JoinGroupResponse>> {
    const { apiVersion = 9, clientId = 'client', ...request } = fields
    const context = { apiVersion, clientId, clientHost: '/127.0.0.1' }
    return this.send(
      this.coordinator.joinGroup(context, {
        groupId: 'g',
        sessionTimeoutMs: 10_000,
        rebalanceTimeoutMs: 60_000,
        memberId: '',
        groupInstanceId: null,
        protocolType: 'consumer',
        protocols: [{ name: 'range', metadata: subscription('orders') }],
        reason: null,
        ...request,
      }),
    )
  }

  /** A dynamic member's two joins: for its id, then with it. */
  async joinWithId(fields: JoinFields = {}): Promise<Pending<JoinGroupResponse> & { memberId: string }> {
    const first = await this.join(fields)
    const memberId = first.response!.memberId
    return Object.assign(await this.join({ ...fields, memberId }), { memberId })
  }

  sync(fields: Partial<SyncGroupRequest> & { apiVersion?: number }): Promise<Pending<SyncGroupResponse>> {
    const { apiVersion = 5, ...request } = fields
    return this.send(
      this.coordinator.syncGroup(this.context(apiVersion), {
        groupId: 'g',
        generationId: 1,
        memberId: '',
        groupInstanceId: null,
        protocolType: 'consumer',
        protocolName: 'range',
        assignments: [],
        ...request,
      }),
    )
  }

  async heartbeat(fields: Partial<HeartbeatRequest>): Promise<number | undefined> {
    const request = { groupId: 'g', generationId: 1, memberId: '', groupInstanceId: null, ...fields }
    const pending = await this.send(this.coordinator.heartbeat(this.context(4), request))
    return pending.response?.errorCode
  }

  async leave(
    members: readonly Partial<MemberIdentity>[],
    apiVersion = 5,
    groupId = 'g',
  ): Promise<LeaveGroupResponse> {
    const all = members.map((member) => ({ memberId: '', groupInstanceId: null, reason: null, ...member }))
    const request = { groupId, memberId: all[0]?.memberId ?? '', members: apiVersion >= 3 ? all : [] }
    return (await this.send(this.coordinator.leaveGroup(this.context(apiVersion), request))).response!
  }

  commit(
    fields: Partial<OffsetCommitRequest> & { apiVersion?: number },
    offset = 5n,
    committedMetadata: string | null = null,
  ): Promise<Pending<OffsetCommitResponse>> {
    const { apiVersion = 9, ...request } = fields
    const partition = {
      partitionIndex: 0,
      committedOffset: offset,
      committedLeaderEpoch: -1,
      committedMetadata,
    }
    return this.send(
      this.coordinator.offsetCommit(this.context(apiVersion), {
        groupId: 'g',
        generationIdOrMemberEpoch: -1,
        memberId: '',
        groupInstanceId: null,
        retentionTimeMs: -1,
        topics: [{ name: 'orders', topicId: zeroUuid, partitions: [partition] }],
        ...request,
      }),
    )
  }

  /** The error of the only partition of a commit. */
  async commitError(
    fields: Parameters<GroupWorld['commit']>[0],
    metadata: string | null = null,
  ): Promise<number> {
    return (await this.commit(fields, 5n, metadata)).response!.topics[0]!.partitions[0]!.errorCode
  }

  async fetch(
    topicNames: readonly string[] | null,
    options: { groupId?: string; requireStable?: boolean } = {},
  ): Promise<OffsetFetchResponseGroup> {
    const asked = topicNames?.map((name) => ({ name, topicId: zeroUuid, partitionIndexes: [0] })) ?? null
    const group = { groupId: options.groupId ?? 'g', memberId: null, memberEpoch: -1, topics: asked }
    const request = {
      groupId: '',
      topics: [],
      groups: [group],
      requireStable: options.requireStable ?? false,
    }
    const pending = await this.send(this.coordinator.offsetFetch(this.context(9), request))
    return pending.response!.groups[0]!
  }

  async describe(groupId = 'g', apiVersion = 6): Promise<DescribedGroup> {
    const request = { groups: [groupId], includeAuthorizedOperations: false }
    const pending = await this.send(this.coordinator.describeGroups(this.context(apiVersion), request))
    return pending.response!.groups[0]!
  }

  async state(groupId = 'g'): Promise<string> {
    return (await this.describe(groupId)).groupState
  }

  /** A stable group of one dynamic member; returns its id. */
  async stableMember(fields: JoinFields = {}): Promise<string> {
    const joined = await this.joinWithId(fields)
    await this.time.advance(3_000)
    const { memberId, generationId } = joined.response!
    const assignments = [{ memberId, assignment: bytes('all') }]
    const groupId = fields.groupId ?? 'g'
    await this.sync({
      groupId,
      memberId,
      generationId,
      assignments,
      groupInstanceId: fields.groupInstanceId ?? null,
    })
    return memberId
  }

  context(apiVersion: number) {
    return { apiVersion, clientId: 'client', clientHost: '/127.0.0.1' }
  }
}

export function bytes(text: string): Uint8Array {
  return new TextEncoder().encode(text)
}

/** A consumer subscription of version 0 to one topic. */
export function subscription(topic: string): Uint8Array {
  const name = bytes(topic)
  return new Uint8Array([0, 0, 0, 0, 0, 1, 0, name.length, ...name, 0xff, 0xff, 0xff, 0xff])
}

/** Member ids that differ and repeat in every run. */
function countingRandom(): Random {
  let count = 0
  return {
    next: () => 0.5,
    bytes: (length) => {
      const drawn = new Uint8Array(length)
      drawn[length - 1] = ++count
      return drawn
    },
  }
}
