// AlterUserScramCredentials (key 51), version 0: sets and removes credentials of users. The rules are the
// controller's. Credentials are kept and shown; nobody logs in with them yet.

import {
  type AlterUserScramCredentialsRequest,
  alterUserScramCredentialsRequest,
} from '../../protocol/generated/alter-user-scram-credentials-request.ts'
import {
  type AlterUserScramCredentialsResponse,
  alterUserScramCredentialsResponse,
} from '../../protocol/generated/alter-user-scram-credentials-response.ts'
import type { Api } from '../api.ts'
import type { BrokerModules } from '../broker-modules.ts'

export function alterUserScramCredentialsApi(
  modules: BrokerModules,
): Api<AlterUserScramCredentialsRequest, AlterUserScramCredentialsResponse> {
  return {
    request: alterUserScramCredentialsRequest,
    response: alterUserScramCredentialsResponse,
    versions: [0, 0],
    async handle(_, request) {
      const response = await modules.controller.alterUserScramCredentials(request)
      await modules.metadataApplied()
      return response
    },
  }
}
