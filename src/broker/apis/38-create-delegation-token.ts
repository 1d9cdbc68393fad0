// CreateDelegationToken (key 38), versions 1 to 3. Nobody may have tokens over a connection that anybody may open,
// and there are no others yet.
// Version 3 names the requester beside the owner; without authentication both are User:ANONYMOUS.

import {
  type CreateDelegationTokenRequest,
  createDelegationTokenRequest,
} from '../../protocol/generated/create-delegation-token-request.ts'
import {
  type CreateDelegationTokenResponse,
  createDelegationTokenResponse,
} from '../../protocol/generated/create-delegation-token-response.ts'
import type { Api } from '../api.ts'
import { tokensNotAllowed } from '../security-disabled.ts'

const requesterVersionMin = 3
const noTimes = { issueTimestampMs: -1, expiryTimestampMs: -1, maxTimestampMs: -1 } as const
const anonymous = { type: 'User', name: 'ANONYMOUS' } as const

export function createDelegationTokenApi(): Api<CreateDelegationTokenRequest, CreateDelegationTokenResponse> {
  return {
    request: createDelegationTokenRequest,
    response: createDelegationTokenResponse,
    versions: [1, 3],
    handle: ({ apiVersion }, { ownerPrincipalType, ownerPrincipalName }) => {
      const response = { ...createDelegationTokenResponse.defaults(), ...tokensNotAllowed, ...noTimes }
      const isForAnother = ownerPrincipalName !== null && ownerPrincipalName !== ''
      response.principalType = isForAnother ? (ownerPrincipalType ?? '') : anonymous.type
      response.principalName = isForAnother ? ownerPrincipalName : anonymous.name
      if (apiVersion < requesterVersionMin) return response
      response.tokenRequesterPrincipalType = anonymous.type
      response.tokenRequesterPrincipalName = anonymous.name
      return response
    },
  }
}
