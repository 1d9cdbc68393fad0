// ApiVersions (key 18), versions 0 to 4.
// Tells exactly what this broker serves. A version it does not know is answered with a body of version 0 that
// holds error 35 and the range of ApiVersions itself (KIP-511); the response header is version 0 always.
// Versions: 3 carries the client's name and version and brings features; up to 3 a feature whose minimum is 0
// is left out, because clients of that time refuse it.
// Features: only those the broker acts on are told; others in the metadata log are kept but not served yet.

import { errors } from '../../base/errors.ts'
import { type ApiVersionsRequest, apiVersionsRequest } from '../../protocol/generated/api-versions-request.ts'
import {
  type ApiVersion,
  type ApiVersionsResponse,
  apiVersionsResponse,
} from '../../protocol/generated/api-versions-response.ts'
import type { Api, RequestContext } from '../api.ts'
import type { BrokerModules } from '../broker-modules.ts'
import { servedFeatures } from '../served-features.ts'

const apiVersionsKey = 18
const clientNameVersionMin = 3
const zeroMinimumVersionMin = 4
const clientNamePattern = /^[a-zA-Z0-9](?:[a-zA-Z0-9\-.]*[a-zA-Z0-9])?$/

export function apiVersionsApi(modules: BrokerModules): Api<ApiVersionsRequest, ApiVersionsResponse> {
  return {
    request: apiVersionsRequest,
    response: apiVersionsResponse,
    versions: [0, 4],
    handle: (context, request) => apiVersions(modules, context, request),
  }
}

function apiVersions(
  modules: BrokerModules,
  context: RequestContext,
  request: ApiVersionsRequest,
): ApiVersionsResponse {
  const response = apiVersionsResponse.defaults()
  const { clientSoftwareName, clientSoftwareVersion } = request
  const isNamed = clientNamePattern.test(clientSoftwareName) && clientNamePattern.test(clientSoftwareVersion)
  if (context.apiVersion >= clientNameVersionMin && !isNamed) {
    response.errorCode = errors.INVALID_REQUEST
    return response
  }
  response.apiKeys = servedVersions(modules)
  response.supportedFeatures = servedFeatures.filter(
    ({ minVersion }) => minVersion > 0 || context.apiVersion >= zeroMinimumVersionMin,
  )
  const image = modules.image()
  response.finalizedFeaturesEpoch = image.offset
  response.finalizedFeatures = finalizedFeatures(modules)
  return response
}

function servedVersions(modules: BrokerModules): ApiVersion[] {
  return [...modules.apis()]
    .sort(([a], [b]) => a - b)
    .map(([apiKey, api]) => ({
      apiKey,
      minVersion: api.advertisedVersionMin ?? api.versions[0],
      maxVersion: api.versions[1],
    }))
}

function finalizedFeatures(modules: BrokerModules): ApiVersionsResponse['finalizedFeatures'] {
  const { metadataVersion, finalized } = modules.image().features
  const levels = new Map([
    ...finalized,
    ['metadata.version', metadataVersion],
    ['kraft.version', modules.quorum().kraftVersion],
  ])
  return servedFeatures.flatMap(({ name }) => {
    const level = levels.get(name) ?? 0
    return level === 0 ? [] : [{ name, maxVersionLevel: level, minVersionLevel: level }]
  })
}

/** The body, of version 0, that answers a version of ApiVersions that is not served. */
export function unsupportedApiVersionsAnswer(served: readonly [number, number]): ApiVersionsResponse {
  return {
    ...apiVersionsResponse.defaults(),
    errorCode: errors.UNSUPPORTED_VERSION,
    apiKeys: [{ apiKey: apiVersionsKey, minVersion: served[0], maxVersion: served[1] }],
  }
}
