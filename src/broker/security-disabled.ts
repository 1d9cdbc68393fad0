// The answers of a broker without security: it controls no access, and its connections prove nobody's identity.
// Source: AclApis without an authorizer, KafkaApis.allowTokenRequests.

import { errors } from '../base/errors.ts'

export const noAuthorizer = {
  errorCode: errors.SECURITY_DISABLED,
  errorMessage: 'No authorizer is configured on this broker.',
} as const

export const tokensNotAllowed = { errorCode: errors.DELEGATION_TOKEN_REQUEST_NOT_ALLOWED } as const
