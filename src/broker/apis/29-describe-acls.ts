// DescribeAcls (key 29), versions 1 to 3, as a broker without an authorizer answers it.

import {
  type DescribeAclsRequest,
  describeAclsRequest,
} from '../../protocol/generated/describe-acls-request.ts'
import {
  type DescribeAclsResponse,
  describeAclsResponse,
} from '../../protocol/generated/describe-acls-response.ts'
import type { Api } from '../api.ts'
import { noAuthorizer } from '../security-disabled.ts'

export function describeAclsApi(): Api<DescribeAclsRequest, DescribeAclsResponse> {
  return {
    request: describeAclsRequest,
    response: describeAclsResponse,
    versions: [1, 3],
    handle: () => ({ ...describeAclsResponse.defaults(), ...noAuthorizer }),
  }
}
