// DescribeDelegationToken (key 41), versions 1 to 3. Kafka lets nobody ask over a connection that anybody may open.

import { errors } from '../../base/errors.ts'
import {
  type DescribeDelegationTokenRequest,
  describeDelegationTokenRequest,
} from '../../protocol/generated/describe-delegation-token-request.ts'
import {
  type DescribeDelegationTokenResponse,
  describeDelegationTokenResponse,
} from '../../protocol/generated/describe-delegation-token-response.ts'
import type { Api } from '../api.ts'

export function describeDelegationTokenApi(): Api<
  DescribeDelegationTokenRequest,
  DescribeDelegationTokenResponse
> {
  return {
    request: describeDelegationTokenRequest,
    response: describeDelegationTokenResponse,
    versions: [1, 3],
    handle: () => ({
      ...describeDelegationTokenResponse.defaults(),
      errorCode: errors.DELEGATION_TOKEN_REQUEST_NOT_ALLOWED,
    }),
  }
}
