// RenewDelegationToken (key 39), versions 1 and 2. Nobody may have tokens over a connection that anybody may open,
// and there are no others yet.

import {
  type RenewDelegationTokenRequest,
  renewDelegationTokenRequest,
} from '../../protocol/generated/renew-delegation-token-request.ts'
import {
  type RenewDelegationTokenResponse,
  renewDelegationTokenResponse,
} from '../../protocol/generated/renew-delegation-token-response.ts'
import type { Api } from '../api.ts'
import { tokensNotAllowed } from '../security-disabled.ts'

export function renewDelegationTokenApi(): Api<RenewDelegationTokenRequest, RenewDelegationTokenResponse> {
  return {
    request: renewDelegationTokenRequest,
    response: renewDelegationTokenResponse,
    versions: [1, 2],
    handle: () => ({
      ...renewDelegationTokenResponse.defaults(),
      ...tokensNotAllowed,
      expiryTimestampMs: -1,
    }),
  }
}
