// SyncGroup (key 14), versions 0 to 5. The rules are the group coordinator's; followers are answered when the
// leader has brought the assignment. Version 5 must repeat protocol type and name.

import { type SyncGroupRequest, syncGroupRequest } from '../../protocol/generated/sync-group-request.ts'
import { type SyncGroupResponse, syncGroupResponse } from '../../protocol/generated/sync-group-response.ts'
import type { Api } from '../api.ts'
import type { BrokerModules } from '../broker-modules.ts'

export function syncGroupApi({ groups }: BrokerModules): Api<SyncGroupRequest, SyncGroupResponse> {
  return {
    request: syncGroupRequest,
    response: syncGroupResponse,
    versions: [0, 5],
    handle: (context, request) => groups.syncGroup(context, request),
  }
}
