// DeleteAcls (key 31), versions 1 to 3, as a broker without an authorizer answers it: each filter is refused.

import { type DeleteAclsRequest, deleteAclsRequest } from '../../protocol/generated/delete-acls-request.ts'
import { type DeleteAclsResponse, deleteAclsResponse } from '../../protocol/generated/delete-acls-response.ts'
import type { Api } from '../api.ts'
import { noAuthorizer } from '../security-disabled.ts'

export function deleteAclsApi(): Api<DeleteAclsRequest, DeleteAclsResponse> {
  return {
    request: deleteAclsRequest,
    response: deleteAclsResponse,
    versions: [1, 3],
    handle: (_, { filters }) => ({
      throttleTimeMs: 0,
      filterResults: filters.map(() => ({ ...noAuthorizer, matchingAcls: [] })),
    }),
  }
}
