// AlterConfigs (key 33), versions 0 to 2: replaces all configs of a resource by those given. The rules are the
// controller's; the answer comes when the configs have taken effect on this broker.

import {
  type AlterConfigsRequest,
  alterConfigsRequest,
} from '../../protocol/generated/alter-configs-request.ts'
import {
  type AlterConfigsResponse,
  alterConfigsResponse,
} from '../../protocol/generated/alter-configs-response.ts'
import { preprocessResources } from '../altered-resources.ts'
import type { Api } from '../api.ts'
import type { BrokerModules } from '../broker-modules.ts'

export function alterConfigsApi(modules: BrokerModules): Api<AlterConfigsRequest, AlterConfigsResponse> {
  return {
    request: alterConfigsRequest,
    response: alterConfigsResponse,
    versions: [0, 2],
    async handle(_, request) {
      const { remaining, refused } = preprocessResources(modules.nodeId, request.resources)
      const response = await modules.controller.alterConfigs({ ...request, resources: remaining })
      await modules.metadataApplied()
      return { ...response, responses: [...refused, ...response.responses] }
    },
  }
}
