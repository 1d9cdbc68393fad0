// ListGroups and DescribeGroups: what a shard says of its groups.

import { errors } from '../../base/errors.ts'
import type { DescribedGroup } from '../../protocol/generated/describe-groups-response.ts'
import type { ListGroupsRequest } from '../../protocol/generated/list-groups-request.ts'
import type { ListedGroup } from '../../protocol/generated/list-groups-response.ts'
import type { ClassicGroup } from './classic-group.ts'
import { describedGroup } from './group-responses.ts'
import type { GroupStore } from './group-store.ts'

const groupIdNotFoundVersionMin = 6

/** Filters compare without regard to case; an empty filter lets everything pass. */
export function listGroups(groups: GroupStore, request: ListGroupsRequest): ListedGroup[] {
  const states = request.statesFilter.map((state) => state.trim().toLowerCase())
  const types = request.typesFilter.map((type) => type.trim().toLowerCase())
  if (types.length > 0 && !types.includes('classic')) return []
  return [...groups.all()]
    .filter(({ state }) => states.length === 0 || states.includes(state.toLowerCase()))
    .map((group) => ({
      groupId: group.groupId,
      protocolType: group.protocolType ?? '',
      groupState: group.state,
      groupType: 'classic',
    }))
}

export function describeGroup(groups: GroupStore, groupId: string, apiVersion: number): DescribedGroup {
  const group = groups.get(groupId)
  if (group !== undefined) return describeClassic(group)
  if (apiVersion < groupIdNotFoundVersionMin) return describedGroup({ groupId, groupState: 'Dead' })
  return describedGroup({
    groupId,
    groupState: 'Dead',
    errorCode: errors.GROUP_ID_NOT_FOUND,
    errorMessage: `Group ${groupId} not found.`,
  })
}

/** Metadata and protocol mean something in a stable group only. */
function describeClassic(group: ClassicGroup): DescribedGroup {
  const protocolName = group.state === 'Stable' ? group.protocolName : null
  return describedGroup({
    groupId: group.groupId,
    groupState: group.state,
    protocolType: group.protocolType ?? '',
    protocolData: protocolName ?? '',
    members: [...group.members.values()].map((member) => ({
      memberId: member.memberId,
      groupInstanceId: member.groupInstanceId,
      clientId: member.clientId,
      clientHost: member.clientHost,
      memberMetadata: protocolName === null ? new Uint8Array(0) : member.metadata(protocolName),
      memberAssignment: member.assignment,
    })),
  })
}
