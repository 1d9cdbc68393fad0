// AlterClientQuotas (key 49), versions 0 and 1: sets and removes quotas of users, client ids and addresses. The
// rules are the controller's. Quotas are kept and shown; clients are not throttled yet.

import {
  type AlterClientQuotasRequest,
  alterClientQuotasRequest,
} from '../../protocol/generated/alter-client-quotas-request.ts'
import {
  type AlterClientQuotasResponse,
  alterClientQuotasResponse,
} from '../../protocol/generated/alter-client-quotas-response.ts'
import type { Api } from '../api.ts'
import type { BrokerModules } from '../broker-modules.ts'

export function alterClientQuotasApi(
  modules: BrokerModules,
): Api<AlterClientQuotasRequest, AlterClientQuotasResponse> {
  return {
    request: alterClientQuotasRequest,
    response: alterClientQuotasResponse,
    versions: [0, 1],
    async handle(_, request) {
      const response = await modules.controller.alterClientQuotas(request)
      await modules.metadataApplied()
      return response
    },
  }
}
