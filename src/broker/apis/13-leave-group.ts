// LeaveGroup (key 13), versions 0 to 5. The rules are the group coordinator's. From version 3 on several members
// leave at once, each with a code of its own.

import { type LeaveGroupRequest, leaveGroupRequest } from '../../protocol/generated/leave-group-request.ts'
import { type LeaveGroupResponse, leaveGroupResponse } from '../../protocol/generated/leave-group-response.ts'
import type { Api } from '../api.ts'
import type { BrokerModules } from '../broker-modules.ts'

export function leaveGroupApi({ groups }: BrokerModules): Api<LeaveGroupRequest, LeaveGroupResponse> {
  return {
    request: leaveGroupRequest,
    response: leaveGroupResponse,
    versions: [0, 5],
    handle: (context, request) => groups.leaveGroup(context, request),
  }
}
