// DescribeGroups (key 15), versions 0 to 6. The rules are the group coordinator's. Version 3 may ask for the
// operations the caller is allowed; 6 answers GROUP_ID_NOT_FOUND for a group that does not exist.

import { errors } from '../../base/errors.ts'
import {
  type DescribeGroupsRequest,
  describeGroupsRequest,
} from '../../protocol/generated/describe-groups-request.ts'
import {
  type DescribeGroupsResponse,
  describeGroupsResponse,
} from '../../protocol/generated/describe-groups-response.ts'
import type { Api } from '../api.ts'
import { groupOperations } from '../authorized-operations.ts'
import type { BrokerModules } from '../broker-modules.ts'

export function describeGroupsApi({
  groups,
}: BrokerModules): Api<DescribeGroupsRequest, DescribeGroupsResponse> {
  return {
    request: describeGroupsRequest,
    response: describeGroupsResponse,
    versions: [0, 6],
    async handle(context, request) {
      const response = await groups.describeGroups(context, request)
      if (request.includeAuthorizedOperations)
        for (const group of response.groups)
          if (group.errorCode === errors.NONE) group.authorizedOperations = groupOperations
      return response
    },
  }
}
