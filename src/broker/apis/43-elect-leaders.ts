// ElectLeaders (key 43), versions 0 to 2: gives partitions back to their preferred leader, or from version 1 on a
// leader at any price to those without one. The rules are the controller's.

import {
  type ElectLeadersRequest,
  electLeadersRequest,
} from '../../protocol/generated/elect-leaders-request.ts'
import {
  type ElectLeadersResponse,
  electLeadersResponse,
} from '../../protocol/generated/elect-leaders-response.ts'
import type { Api } from '../api.ts'
import type { BrokerModules } from '../broker-modules.ts'

export function electLeadersApi(modules: BrokerModules): Api<ElectLeadersRequest, ElectLeadersResponse> {
  return {
    request: electLeadersRequest,
    response: electLeadersResponse,
    versions: [0, 2],
    async handle(_, request) {
      const response = await modules.controller.electLeaders(request)
      await modules.metadataApplied()
      return response
    },
  }
}
