// The group coordinator's edge: request and response bodies in, one promise each. Checks what needs no
// state, finds the shard, turns failures of the runtime into the error of the API and version, and applies
// what differs between versions. Topics without authorization are the caller's business.
// Source: GroupCoordinatorService and the group handlers of KafkaApis.

import { errors } from '../../base/errors.ts'
import type { Logger } from '../../base/logger.ts'
import type { Clock, Outcome, Random, Timers } from '../../env/env.ts'
import type { DeleteGroupsRequest } from '../../protocol/generated/delete-groups-request.ts'
import type { DeleteGroupsResponse } from '../../protocol/generated/delete-groups-response.ts'
import type { DescribeGroupsRequest } from '../../protocol/generated/describe-groups-request.ts'
import type { DescribeGroupsResponse } from '../../protocol/generated/describe-groups-response.ts'
import type { HeartbeatRequest } from '../../protocol/generated/heartbeat-request.ts'
import type { HeartbeatResponse } from '../../protocol/generated/heartbeat-response.ts'
import type { JoinGroupRequest } from '../../protocol/generated/join-group-request.ts'
import type { JoinGroupResponse } from '../../protocol/generated/join-group-response.ts'
import type { LeaveGroupRequest } from '../../protocol/generated/leave-group-request.ts'
import type { LeaveGroupResponse } from '../../protocol/generated/leave-group-response.ts'
import type { ListGroupsRequest } from '../../protocol/generated/list-groups-request.ts'
import type { ListGroupsResponse } from '../../protocol/generated/list-groups-response.ts'
import type { OffsetCommitRequest } from '../../protocol/generated/offset-commit-request.ts'
import type { OffsetCommitResponse } from '../../protocol/generated/offset-commit-response.ts'
import type { OffsetDeleteRequest } from '../../protocol/generated/offset-delete-request.ts'
import type { OffsetDeleteResponse } from '../../protocol/generated/offset-delete-response.ts'
import type {
  OffsetFetchRequest,
  OffsetFetchRequestGroup,
} from '../../protocol/generated/offset-fetch-request.ts'
import type {
  OffsetFetchResponse,
  OffsetFetchResponseGroup,
} from '../../protocol/generated/offset-fetch-response.ts'
import type { SyncGroupRequest } from '../../protocol/generated/sync-group-request.ts'
import type { SyncGroupResponse } from '../../protocol/generated/sync-group-response.ts'
import type { BatchCodec, RecordSerde } from '../runtime/batch-codec.ts'
import { CoordinatorRuntime } from '../runtime/coordinator-runtime.ts'
import type { PartitionShardState } from '../runtime/partition-shard.ts'
import type { PartitionReader, PartitionWriter } from '../runtime/partition-writer.ts'
import type { WriteResult } from '../runtime/shard.ts'
import type { DeletedTopic } from './group-expiry.ts'
import { describeGroup, listGroups } from './group-listing.ts'
import type { GroupCoordinatorOptions } from './group-options.ts'
import type { GroupRecord } from './group-records.ts'
import * as responses from './group-responses.ts'
import { GroupShard } from './group-shard.ts'
import { coordinatorPartition } from './java-string-hash.ts'
import {
  commitRequestOfKnownTopics,
  deleteRequestOfKnownTopics,
  mergeCommitResponses,
  mergeDeleteResponses,
  type TopicView,
  topicsOfFetch,
} from './known-topics.ts'
import { fetchOffsets } from './offset-fetch.ts'
import type { RequestContext } from './request-context.ts'

export interface GroupCoordinatorModules {
  readonly clock: Clock
  readonly timers: Timers
  readonly random: Random
  readonly writer: PartitionWriter
  readonly reader: PartitionReader
  readonly serde: RecordSerde<GroupRecord>
  readonly batches: BatchCodec
  /** The topics as this broker knows them now. */
  readonly metadata: () => TopicView
  readonly logger: Logger
}

export const groupMetadataTopic = '__consumer_offsets'
const mandatoryProtocolVersionMin = 5
const topicIdVersionMin = 10

export class GroupCoordinator {
  readonly #options: GroupCoordinatorOptions
  readonly #modules: GroupCoordinatorModules
  readonly #runtime: CoordinatorRuntime<GroupShard, GroupRecord>
  #partitionCount: number | undefined

  constructor(options: GroupCoordinatorOptions, modules: GroupCoordinatorModules) {
    this.#options = options
    this.#modules = modules
    this.#runtime = new CoordinatorRuntime<GroupShard, GroupRecord>(
      { topic: groupMetadataTopic },
      {
        ...modules,
        createShard: (_, timers) =>
          new GroupShard(options, { timers, random: modules.random, logger: modules.logger }),
      },
    )
  }

  /**
   * The partition of `__consumer_offsets` that holds a group. The count that the topic has when it is first seen
   * stays: partitions that are added later would move groups away from their offsets.
   */
  partitionFor(groupId: string): number {
    this.#partitionCount ??= this.#modules.metadata().partitionCount(groupMetadataTopic)
    return coordinatorPartition(groupId, this.#partitionCount ?? this.#options.partitionCount)
  }

  /** Resolves when the partition is loaded, or cannot be. */
  onElection(partition: number, leaderEpoch: number): Promise<void> {
    return this.#runtime.onElection(partition, leaderEpoch)
  }

  /** With a leader epoch: ignored if this broker was elected in it or later. */
  onResignation(partition: number, leaderEpoch?: number): void {
    this.#runtime.onResignation(partition, leaderEpoch)
  }

  stateOf(partition: number): PartitionShardState | undefined {
    return this.#runtime.stateOf(partition)
  }

  shutdown(): void {
    this.#runtime.close()
  }

  joinGroup(context: RequestContext, request: JoinGroupRequest): Promise<JoinGroupResponse> {
    const { memberId, sessionTimeoutMs, groupId } = request
    const fail = (errorCode: number) => Promise.resolve(this.#joinError(context, memberId, errorCode))
    if (groupId === '') return fail(errors.INVALID_GROUP_ID)
    const { sessionTimeoutMsMin, sessionTimeoutMsMax } = this.#options
    if (sessionTimeoutMs < sessionTimeoutMsMin || sessionTimeoutMs > sessionTimeoutMsMax)
      return fail(errors.INVALID_SESSION_TIMEOUT)
    // Version 0 has no rebalance timeout of its own.
    const rebalanceTimeoutMs = context.apiVersion === 0 ? sessionTimeoutMs : request.rebalanceTimeoutMs
    return new Promise((resolve) => {
      const answer = (response: JoinGroupResponse) =>
        resolve(responses.joinGroupResponseOfVersion(response, context.apiVersion))
      const written = this.#write('classic-group-join', groupId, (shard, nowMs) =>
        shard.join.join({ context, request: { ...request, rebalanceTimeoutMs }, answer, nowMs }),
      )
      void written.then((outcome) => {
        if (!outcome.ok) answer(this.#joinError(context, '', outcome.error))
      })
    })
  }

  syncGroup(context: RequestContext, request: SyncGroupRequest): Promise<SyncGroupResponse> {
    const { groupId, protocolName, protocolType } = request
    const fail = (errorCode: number) => Promise.resolve(responses.syncGroupResponse({ errorCode }))
    const isIncomplete = protocolName === null || protocolType === null
    if (context.apiVersion >= mandatoryProtocolVersionMin && isIncomplete)
      return fail(errors.INCONSISTENT_GROUP_PROTOCOL)
    if (groupId === '') return fail(errors.INVALID_GROUP_ID)
    return new Promise((resolve) => {
      const written = this.#write('classic-group-sync', groupId, (shard, nowMs) =>
        shard.membership.sync({ request, answer: resolve, nowMs }),
      )
      void written.then((outcome) => {
        if (!outcome.ok) resolve(responses.syncGroupResponse({ errorCode: outcome.error }))
      })
    })
  }

  async heartbeat(_context: RequestContext, request: HeartbeatRequest): Promise<HeartbeatResponse> {
    if (request.groupId === '') return { throttleTimeMs: 0, errorCode: errors.INVALID_GROUP_ID }
    const outcome = await this.#write('classic-group-heartbeat', request.groupId, (shard) => ({
      records: [],
      response: shard.membership.heartbeat(request),
    }))
    const errorCode = outcome.ok ? outcome.value : outcome.error
    // While loading nobody can be judged: the member is told all is well rather than sent looking.
    const isLoading = errorCode === errors.COORDINATOR_LOAD_IN_PROGRESS
    return { throttleTimeMs: 0, errorCode: isLoading ? errors.NONE : errorCode }
  }

  async leaveGroup(context: RequestContext, request: LeaveGroupRequest): Promise<LeaveGroupResponse> {
    if (request.groupId === '') return responses.leaveGroupResponse({ errorCode: errors.INVALID_GROUP_ID })
    const normalized = responses.leaveGroupRequestOfVersion(request, context.apiVersion)
    const outcome = await this.#write('classic-group-leave', request.groupId, (shard, nowMs) =>
      shard.membership.leave(normalized, nowMs),
    )
    if (!outcome.ok) return responses.leaveGroupResponse({ errorCode: outcome.error })
    return responses.leaveGroupResponseOfVersion(outcome.value, context.apiVersion)
  }

  async offsetCommit(context: RequestContext, request: OffsetCommitRequest): Promise<OffsetCommitResponse> {
    const useTopicIds = context.apiVersion >= topicIdVersionMin
    const { known, refused } = commitRequestOfKnownTopics(request, this.#modules.metadata(), useTopicIds)
    if (known.topics.length === 0) return refused
    const outcome = await this.#write('commit-offset', request.groupId, (shard, nowMs) =>
      shard.commit.commit(known, context.apiVersion, nowMs),
    )
    const response = outcome.ok ? outcome.value : responses.offsetCommitError(known, outcome.error)
    return mergeCommitResponses(refused, response, useTopicIds)
  }

  async offsetFetch(context: RequestContext, request: OffsetFetchRequest): Promise<OffsetFetchResponse> {
    const { apiVersion } = context
    const groups = responses.offsetFetchGroups(request, apiVersion)
    const answers = await Promise.all(
      groups.map((group) => this.#fetchGroup(group, request.requireStable, apiVersion)),
    )
    return responses.offsetFetchResponse(answers, apiVersion)
  }

  async listGroups(_context: RequestContext, request: ListGroupsRequest): Promise<ListGroupsResponse> {
    const outcomes = await this.#runtime.scheduleReadAllOperation('list-groups', (shard) =>
      listGroups(shard.groups, request),
    )
    const response: ListGroupsResponse = { throttleTimeMs: 0, errorCode: errors.NONE, groups: [] }
    for (const outcome of outcomes) {
      if (outcome.ok) response.groups.push(...outcome.value)
      // A partition that moved away is listed by its new leader.
      else if (outcome.error !== errors.NOT_COORDINATOR)
        return { ...response, errorCode: outcome.error, groups: [] }
    }
    return response
  }

  async describeGroups(
    context: RequestContext,
    request: DescribeGroupsRequest,
  ): Promise<DescribeGroupsResponse> {
    const groups = await Promise.all(
      request.groups.map(async (groupId) => {
        const outcome = await this.#runtime.scheduleReadOperation(
          'describe-groups',
          this.partitionFor(groupId),
          (shard) => describeGroup(shard.groups, groupId, context.apiVersion),
        )
        return outcome.ok ? outcome.value : responses.describedGroup({ groupId, errorCode: outcome.error })
      }),
    )
    return { throttleTimeMs: 0, groups }
  }

  async deleteGroups(_context: RequestContext, request: DeleteGroupsRequest): Promise<DeleteGroupsResponse> {
    const results = await Promise.all(
      [...new Set(request.groupsNames)].map(async (groupId) => {
        const outcome = await this.#write('delete-groups', groupId, (shard) => {
          const { records, results } = shard.expiry.deleteGroups([groupId])
          return { records, response: results[0]!.errorCode }
        })
        return { groupId, errorCode: outcome.ok ? outcome.value : outcome.error }
      }),
    )
    return { throttleTimeMs: 0, results }
  }

  async offsetDelete(_context: RequestContext, request: OffsetDeleteRequest): Promise<OffsetDeleteResponse> {
    const fail = (errorCode: number) => ({ errorCode, throttleTimeMs: 0, topics: [] })
    if (request.groupId === '') return fail(errors.INVALID_GROUP_ID)
    const { known, refused } = deleteRequestOfKnownTopics(request, this.#modules.metadata())
    const outcome = await this.#write('delete-offsets', request.groupId, (shard) =>
      shard.commit.delete(known),
    )
    return outcome.ok ? mergeDeleteResponses(refused, outcome.value) : fail(outcome.error)
  }

  /** Removes the offsets of topics that are gone; resolves when all loaded partitions have. */
  async onTopicsDeleted(topics: readonly DeletedTopic[]): Promise<void> {
    await this.#runtime.scheduleWriteAllOperation('on-partition-deleted', (shard) => ({
      records: shard.expiry.ofDeletedTopics(topics),
      response: undefined,
    }))
  }

  #write<T>(
    name: string,
    groupId: string,
    operation: (shard: GroupShard, nowMs: number) => WriteResult<GroupRecord, T>,
  ): Promise<Outcome<T, number>> {
    return this.#runtime.scheduleWriteOperation(name, this.partitionFor(groupId), operation)
  }

  async #fetchGroup(
    group: OffsetFetchRequestGroup,
    requireStable: boolean,
    apiVersion: number,
  ): Promise<OffsetFetchResponseGroup> {
    const useTopicIds = apiVersion >= topicIdVersionMin
    const topics = topicsOfFetch(group, this.#modules.metadata(), useTopicIds)
    const outcome = await this.#runtime.scheduleReadOperation(
      'fetch-offsets',
      this.partitionFor(group.groupId),
      (shard) => fetchOffsets(shard.offsets, { ...group, topics: topics.known }, requireStable),
    )
    if (!outcome.ok) return responses.offsetFetchGroupError(group, outcome.error, apiVersion)
    return topics.answer(outcome.value)
  }

  #joinError(context: RequestContext, memberId: string, errorCode: number): JoinGroupResponse {
    const response = responses.joinGroupResponse({ memberId, errorCode })
    return responses.joinGroupResponseOfVersion(response, context.apiVersion)
  }
}
