// ListGroups (key 16), versions 0 to 5: the groups whose coordinator this broker is.
// Versions: 4 filters by state, 5 by type.

import { type ListGroupsRequest, listGroupsRequest } from '../../protocol/generated/list-groups-request.ts'
import { type ListGroupsResponse, listGroupsResponse } from '../../protocol/generated/list-groups-response.ts'
import type { Api } from '../api.ts'
import type { BrokerModules } from '../broker-modules.ts'

export function listGroupsApi({ groups }: BrokerModules): Api<ListGroupsRequest, ListGroupsResponse> {
  return {
    request: listGroupsRequest,
    response: listGroupsResponse,
    versions: [0, 5],
    handle: (context, request) => groups.listGroups(context, request),
  }
}
