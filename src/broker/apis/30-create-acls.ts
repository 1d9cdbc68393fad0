// CreateAcls (key 30), versions 1 to 3, as a broker without an authorizer answers it: each of them is refused.

import { type CreateAclsRequest, createAclsRequest } from '../../protocol/generated/create-acls-request.ts'
import { type CreateAclsResponse, createAclsResponse } from '../../protocol/generated/create-acls-response.ts'
import type { Api } from '../api.ts'
import { noAuthorizer } from '../security-disabled.ts'

export function createAclsApi(): Api<CreateAclsRequest, CreateAclsResponse> {
  return {
    request: createAclsRequest,
    response: createAclsResponse,
    versions: [1, 3],
    handle: (_, { creations }) => ({
      throttleTimeMs: 0,
      results: creations.map(() => ({ ...noAuthorizer })),
    }),
  }
}
