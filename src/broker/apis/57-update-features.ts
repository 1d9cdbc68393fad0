// UpdateFeatures (key 57), versions 0 to 2: finalized feature levels of the cluster. The rules are the controller's,
// but for one: a feature that this broker does not act on yet can be lowered, not raised.
// Versions: 1 knows kinds of downgrade; 2 answers for the whole request only.

import { errors } from '../../base/errors.ts'
import {
  type FeatureUpdateKey,
  type UpdateFeaturesRequest,
  updateFeaturesRequest,
} from '../../protocol/generated/update-features-request.ts'
import {
  type UpdateFeaturesResponse,
  updateFeaturesResponse,
} from '../../protocol/generated/update-features-response.ts'
import type { Api } from '../api.ts'
import type { BrokerModules } from '../broker-modules.ts'
import { isServedFeature } from '../served-features.ts'

export function updateFeaturesApi(
  modules: BrokerModules,
): Api<UpdateFeaturesRequest, UpdateFeaturesResponse> {
  return {
    request: updateFeaturesRequest,
    response: updateFeaturesResponse,
    versions: [0, 2],
    async handle(_, request) {
      const errorMessage = unservedProblem(modules, request.featureUpdates)
      if (errorMessage !== undefined)
        return {
          ...updateFeaturesResponse.defaults(),
          errorCode: errors.INVALID_UPDATE_VERSION,
          errorMessage,
        }
      const response = await modules.controller.updateFeatures(request)
      await modules.metadataApplied()
      return response
    },
  }
}

function unservedProblem({ image }: BrokerModules, updates: readonly FeatureUpdateKey[]): string | undefined {
  const { finalized } = image().features
  const raised = updates.find(
    ({ feature, maxVersionLevel }) =>
      !isServedFeature(feature) && maxVersionLevel > (finalized.get(feature) ?? 0),
  )
  if (raised === undefined) return undefined
  return `Feature ${raised.feature} cannot be raised to level ${raised.maxVersionLevel}: it is not served here yet.`
}
