// JoinGroup (key 11), versions 0 to 9. The rules are the group coordinator's; the answer comes when the rebalance
// is over. Versions: 1 has a rebalance timeout; 4 makes a new member come back with its id; 5 knows static
// members; 9 may tell the leader to skip the assignment.

import { type JoinGroupRequest, joinGroupRequest } from '../../protocol/generated/join-group-request.ts'
import { type JoinGroupResponse, joinGroupResponse } from '../../protocol/generated/join-group-response.ts'
import type { Api } from '../api.ts'
import type { BrokerModules } from '../broker-modules.ts'

export function joinGroupApi({ groups }: BrokerModules): Api<JoinGroupRequest, JoinGroupResponse> {
  return {
    request: joinGroupRequest,
    response: joinGroupResponse,
    versions: [0, 9],
    handle: (context, request) => groups.joinGroup(context, request),
  }
}
