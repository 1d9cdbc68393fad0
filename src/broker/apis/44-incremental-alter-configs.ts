// IncrementalAlterConfigs (key 44), versions 0 and 1: sets, removes, appends to and subtracts from single configs.
// The rules are the controller's; the answer comes when the configs have taken effect on this broker.

import {
  type IncrementalAlterConfigsRequest,
  incrementalAlterConfigsRequest,
} from '../../protocol/generated/incremental-alter-configs-request.ts'
import {
  type IncrementalAlterConfigsResponse,
  incrementalAlterConfigsResponse,
} from '../../protocol/generated/incremental-alter-configs-response.ts'
import { preprocessResources } from '../altered-resources.ts'
import type { Api } from '../api.ts'
import type { BrokerModules } from '../broker-modules.ts'

export function incrementalAlterConfigsApi(
  modules: BrokerModules,
): Api<IncrementalAlterConfigsRequest, IncrementalAlterConfigsResponse> {
  return {
    request: incrementalAlterConfigsRequest,
    response: incrementalAlterConfigsResponse,
    versions: [0, 1],
    async handle(_, request) {
      const { remaining, refused } = preprocessResources(modules.nodeId, request.resources)
      const response = await modules.controller.incrementalAlterConfigs({ ...request, resources: remaining })
      await modules.metadataApplied()
      return { ...response, responses: [...refused, ...response.responses] }
    },
  }
}
