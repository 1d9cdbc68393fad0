// DeleteGroups (key 42), versions 0 to 2. The rules are the group coordinator's: only empty groups go.

import {
  type DeleteGroupsRequest,
  deleteGroupsRequest,
} from '../../protocol/generated/delete-groups-request.ts'
import {
  type DeleteGroupsResponse,
  deleteGroupsResponse,
} from '../../protocol/generated/delete-groups-response.ts'
import type { Api } from '../api.ts'
import type { BrokerModules } from '../broker-modules.ts'

export function deleteGroupsApi({ groups }: BrokerModules): Api<DeleteGroupsRequest, DeleteGroupsResponse> {
  return {
    request: deleteGroupsRequest,
    response: deleteGroupsResponse,
    versions: [0, 2],
    handle: (context, request) => groups.deleteGroups(context, request),
  }
}
