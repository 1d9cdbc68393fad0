// DescribeDelegationToken (key 41), versions 1 to 3. Nobody may have tokens over a connection that anybody may open,
// and there are no others yet.

import {
  type DescribeDelegationTokenRequest,
  describeDelegationTokenRequest,
} from '../../protocol/generated/describe-delegation-token-request.ts'
import {
  type DescribeDelegationTokenResponse,
  describeDelegationTokenResponse,
} from '../../protocol/generated/describe-delegation-token-response.ts'
import type { Api } from '../api.ts'
import { tokensNotAllowed } from '../security-disabled.ts'

export function describeDelegationTokenApi(): Api<
  DescribeDelegationTokenRequest,
  DescribeDelegationTokenResponse
> {
  return {
    request: describeDelegationTokenRequest,
    response: describeDelegationTokenResponse,
    versions: [1, 3],
    handle: () => ({ ...describeDelegationTokenResponse.defaults(), ...tokensNotAllowed }),
  }
}
