// The answer of a broker that controls no access (AclApis without an authorizer).

import { errors } from '../base/errors.ts'

export const noAuthorizer = {
  errorCode: errors.SECURITY_DISABLED,
  errorMessage: 'No authorizer is configured on this broker.',
} as const
