// UpdateFeatures (key 57), versions 0 to 2: finalized feature levels of the cluster. The rules are the controller's.

import {
  type UpdateFeaturesRequest,
  updateFeaturesRequest,
} from '../../protocol/generated/update-features-request.ts'
import {
  type UpdateFeaturesResponse,
  updateFeaturesResponse,
} from '../../protocol/generated/update-features-response.ts'
import type { Api } from '../api.ts'
import type { BrokerModules } from '../broker-modules.ts'

export function updateFeaturesApi(
  modules: BrokerModules,
): Api<UpdateFeaturesRequest, UpdateFeaturesResponse> {
  return {
    request: updateFeaturesRequest,
    response: updateFeaturesResponse,
    versions: [0, 2],
    async handle(_, request) {
      const response = await modules.controller.updateFeatures(request)
      await modules.metadataApplied()
      return response
    },
  }
}
