// Responses with Kafka's defaults in every field, and what some versions of them look like on the wire.

import { errors } from '../../base/errors.ts'
import { zeroUuid } from '../../base/uuid.ts'
import {
  type DescribedGroup,
  defaultsDescribedGroup,
} from '../../protocol/generated/describe-groups-response.ts'
import {
  defaultsJoinGroupResponse,
  type JoinGroupResponse,
} from '../../protocol/generated/join-group-response.ts'
import type { LeaveGroupRequest } from '../../protocol/generated/leave-group-request.ts'
import {
  defaultsLeaveGroupResponse,
  type LeaveGroupResponse,
} from '../../protocol/generated/leave-group-response.ts'
import type { OffsetCommitRequest } from '../../protocol/generated/offset-commit-request.ts'
import type { OffsetCommitResponse } from '../../protocol/generated/offset-commit-response.ts'
import type {
  OffsetFetchRequest,
  OffsetFetchRequestGroup,
} from '../../protocol/generated/offset-fetch-request.ts'
import type {
  OffsetFetchResponse,
  OffsetFetchResponseGroup,
  OffsetFetchResponsePartitions,
} from '../../protocol/generated/offset-fetch-response.ts'
import {
  defaultsSyncGroupResponse,
  type SyncGroupResponse,
} from '../../protocol/generated/sync-group-response.ts'

export function joinGroupResponse(fields: Partial<JoinGroupResponse>): JoinGroupResponse {
  return { ...defaultsJoinGroupResponse(), protocolName: null, ...fields }
}

/** The protocol name became nullable in version 7; before that none is the empty string. */
export function joinGroupResponseOfVersion(
  response: JoinGroupResponse,
  apiVersion: number,
): JoinGroupResponse {
  const name = response.protocolName
  if (apiVersion < 7) return name === null ? { ...response, protocolName: '' } : response
  return name === '' ? { ...response, protocolName: null } : response
}

export function syncGroupResponse(fields: Partial<SyncGroupResponse>): SyncGroupResponse {
  return { ...defaultsSyncGroupResponse(), ...fields }
}

export function leaveGroupResponse(fields: Partial<LeaveGroupResponse>): LeaveGroupResponse {
  return { ...defaultsLeaveGroupResponse(), ...fields }
}

/** Before version 3 one member leaves per request and its error is the response's. */
export function leaveGroupResponseOfVersion(
  response: LeaveGroupResponse,
  apiVersion: number,
): LeaveGroupResponse {
  if (apiVersion >= 3) return response
  const memberError = response.members[0]?.errorCode ?? errors.NONE
  return leaveGroupResponse({
    errorCode: response.errorCode === errors.NONE ? memberError : response.errorCode,
  })
}

export function leaveGroupRequestOfVersion(
  request: LeaveGroupRequest,
  apiVersion: number,
): LeaveGroupRequest {
  if (apiVersion >= 3) return request
  return { ...request, members: [{ memberId: request.memberId, groupInstanceId: null, reason: null }] }
}

/** Without operations: the request handler fills in those it may show. */
export function describedGroup(fields: Partial<DescribedGroup> & { groupId: string }): DescribedGroup {
  return { ...defaultsDescribedGroup(), ...fields }
}

export function offsetCommitError(request: OffsetCommitRequest, errorCode: number): OffsetCommitResponse {
  return {
    throttleTimeMs: 0,
    topics: request.topics.map(({ name, topicId, partitions }) => ({
      name,
      topicId,
      partitions: partitions.map(({ partitionIndex }) => ({ partitionIndex, errorCode })),
    })),
  }
}

/** The answer for a partition without a committed offset, or with an error. */
export function noCommittedOffset(partitionIndex: number, errorCode: number): OffsetFetchResponsePartitions {
  return { partitionIndex, committedOffset: -1n, committedLeaderEpoch: -1, metadata: '', errorCode }
}

/** The groups of a request of any version. */
export function offsetFetchGroups(
  request: OffsetFetchRequest,
  apiVersion: number,
): readonly OffsetFetchRequestGroup[] {
  if (apiVersion >= 8) return request.groups
  const topics = request.topics?.map((topic) => ({ ...topic, topicId: zeroUuid })) ?? null
  return [{ groupId: request.groupId, memberId: null, memberEpoch: -1, topics }]
}

/** Version 1 has no error of the group: every partition carries it. */
export function offsetFetchGroupError(
  group: OffsetFetchRequestGroup,
  errorCode: number,
  apiVersion: number,
): OffsetFetchResponseGroup {
  if (apiVersion >= 2) return { groupId: group.groupId, topics: [], errorCode }
  const topics = (group.topics ?? []).map(({ name, topicId, partitionIndexes }) => ({
    name,
    topicId,
    partitions: partitionIndexes.map((partitionIndex) => noCommittedOffset(partitionIndex, errorCode)),
  }))
  return { groupId: group.groupId, topics, errorCode: errors.NONE }
}

export function offsetFetchResponse(
  groups: readonly OffsetFetchResponseGroup[],
  apiVersion: number,
): OffsetFetchResponse {
  if (apiVersion >= 8) return { throttleTimeMs: 0, topics: [], errorCode: errors.NONE, groups: [...groups] }
  const group = groups[0]
  const topics = group?.topics.map(({ name, partitions }) => ({ name, partitions })) ?? []
  return { throttleTimeMs: 0, topics, errorCode: group?.errorCode ?? errors.NONE, groups: [] }
}
