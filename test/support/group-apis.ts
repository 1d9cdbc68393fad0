// The APIs of classic groups and their offsets as RawConnection takes them, and parts of their requests.

import { deleteGroupsRequest } from '../../src/protocol/generated/delete-groups-request.ts'
import { deleteGroupsResponse } from '../../src/protocol/generated/delete-groups-response.ts'
import { describeGroupsRequest } from '../../src/protocol/generated/describe-groups-request.ts'
import { describeGroupsResponse } from '../../src/protocol/generated/describe-groups-response.ts'
import { heartbeatRequest } from '../../src/protocol/generated/heartbeat-request.ts'
import { heartbeatResponse } from '../../src/protocol/generated/heartbeat-response.ts'
import { type JoinGroupRequest, joinGroupRequest } from '../../src/protocol/generated/join-group-request.ts'
import { joinGroupResponse } from '../../src/protocol/generated/join-group-response.ts'
import { leaveGroupRequest } from '../../src/protocol/generated/leave-group-request.ts'
import { leaveGroupResponse } from '../../src/protocol/generated/leave-group-response.ts'
import { listGroupsRequest } from '../../src/protocol/generated/list-groups-request.ts'
import { listGroupsResponse } from '../../src/protocol/generated/list-groups-response.ts'
import { offsetCommitRequest } from '../../src/protocol/generated/offset-commit-request.ts'
import { offsetCommitResponse } from '../../src/protocol/generated/offset-commit-response.ts'
import { offsetDeleteRequest } from '../../src/protocol/generated/offset-delete-request.ts'
import { offsetDeleteResponse } from '../../src/protocol/generated/offset-delete-response.ts'
import { offsetFetchRequest } from '../../src/protocol/generated/offset-fetch-request.ts'
import { offsetFetchResponse } from '../../src/protocol/generated/offset-fetch-response.ts'
import { syncGroupRequest } from '../../src/protocol/generated/sync-group-request.ts'
import { syncGroupResponse } from '../../src/protocol/generated/sync-group-response.ts'

export const deleteGroups = { request: deleteGroupsRequest, response: deleteGroupsResponse }
export const describeGroups = { request: describeGroupsRequest, response: describeGroupsResponse }
export const heartbeat = { request: heartbeatRequest, response: heartbeatResponse }
export const joinGroup = { request: joinGroupRequest, response: joinGroupResponse }
export const leaveGroup = { request: leaveGroupRequest, response: leaveGroupResponse }
export const listGroups = { request: listGroupsRequest, response: listGroupsResponse }
export const offsetCommit = { request: offsetCommitRequest, response: offsetCommitResponse }
export const offsetDelete = { request: offsetDeleteRequest, response: offsetDeleteResponse }
export const offsetFetch = { request: offsetFetchRequest, response: offsetFetchResponse }
export const syncGroup = { request: syncGroupRequest, response: syncGroupResponse }

export function bytes(text: string): Uint8Array {
  return new TextEncoder().encode(text)
}

/** A consumer's subscription of version 0. */
export function subscription(topic: string): Uint8Array {
  return new Uint8Array([0, 0, 0, 0, 0, 1, 0, topic.length, ...bytes(topic), 255, 255, 255, 255])
}

/** A consumer of `topic` that joins. */
export function joining(
  groupId: string,
  topic: string,
  fields: Partial<JoinGroupRequest> = {},
): Partial<JoinGroupRequest> {
  return {
    groupId,
    sessionTimeoutMs: 30_000,
    rebalanceTimeoutMs: 30_000,
    protocolType: 'consumer',
    protocols: [{ name: 'range', metadata: subscription(topic) }],
    ...fields,
  }
}

/** What SyncGroup says of the protocol that a sole consumer leads to. */
export const rangeProtocol = { protocolType: 'consumer', protocolName: 'range' } as const
