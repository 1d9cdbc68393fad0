// ExpireDelegationToken (key 40), versions 1 and 2. Nobody may have tokens over a connection that anybody may open,
// and there are no others yet.

import {
  type ExpireDelegationTokenRequest,
  expireDelegationTokenRequest,
} from '../../protocol/generated/expire-delegation-token-request.ts'
import {
  type ExpireDelegationTokenResponse,
  expireDelegationTokenResponse,
} from '../../protocol/generated/expire-delegation-token-response.ts'
import type { Api } from '../api.ts'
import { tokensNotAllowed } from '../security-disabled.ts'

export function expireDelegationTokenApi(): Api<ExpireDelegationTokenRequest, ExpireDelegationTokenResponse> {
  return {
    request: expireDelegationTokenRequest,
    response: expireDelegationTokenResponse,
    versions: [1, 2],
    handle: () => ({
      ...expireDelegationTokenResponse.defaults(),
      ...tokensNotAllowed,
      expiryTimestampMs: -1,
    }),
  }
}
