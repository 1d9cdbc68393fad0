// DescribeClientQuotas (key 48), versions 0 and 1: quotas of the entities that a filter matches. Each part of the
// filter is met by a name, by the default of its type, or by any; a strict filter allows no other parts.

import { errors } from '../../base/errors.ts'
import type { ClientQuotaImage } from '../../metadata/metadata-image.ts'
import {
  type ComponentData,
  type DescribeClientQuotasRequest,
  describeClientQuotasRequest,
} from '../../protocol/generated/describe-client-quotas-request.ts'
import {
  type DescribeClientQuotasResponse,
  describeClientQuotasResponse,
} from '../../protocol/generated/describe-client-quotas-response.ts'
import type { Api } from '../api.ts'
import type { BrokerModules } from '../broker-modules.ts'

const matchType = { exact: 0, default: 1, specified: 2 } as const
const entityTypes: readonly string[] = ['user', 'client-id', 'ip']

export function describeClientQuotasApi(
  modules: BrokerModules,
): Api<DescribeClientQuotasRequest, DescribeClientQuotasResponse> {
  return {
    request: describeClientQuotasRequest,
    response: describeClientQuotasResponse,
    versions: [0, 1],
    handle: (_, request) => describeQuotas(modules, request),
  }
}

function describeQuotas(
  { image }: BrokerModules,
  { components, strict }: DescribeClientQuotasRequest,
): DescribeClientQuotasResponse {
  const problem = filterProblem(components)
  if (problem !== undefined) return { throttleTimeMs: 0, ...problem, entries: null }
  const entries = [...image().clientQuotas]
    .map(([, quota]) => quota)
    .filter(({ entity }) => !strict || entity.length === components.length)
    .filter((quota) => components.every((component) => isMet(component, quota)))
    .map(({ entity, values }) => ({
      entity: entity.map((part) => ({ ...part })),
      values: [...values].map(([key, value]) => ({ key, value })),
    }))
  return { ...describeClientQuotasResponse.defaults(), entries }
}

function isMet(component: ComponentData, { entity }: ClientQuotaImage): boolean {
  const part = entity.find(({ entityType }) => entityType === component.entityType)
  if (part === undefined) return false
  return component.matchType === matchType.specified || part.entityName === component.match
}

function filterProblem(
  components: readonly ComponentData[],
): { errorCode: number; errorMessage: string } | undefined {
  const invalid = (errorMessage: string) => ({ errorCode: errors.INVALID_REQUEST, errorMessage })
  const types = components.map(({ entityType }) => entityType)
  for (const [index, component] of components.entries()) {
    const { entityType, match } = component
    if (entityType === '') return invalid('A part of the filter has an empty entity type.')
    if (types.indexOf(entityType) !== index) return invalid(`The filter names ${entityType} more than once.`)
    if (!entityTypes.includes(entityType))
      return {
        errorCode: errors.UNSUPPORTED_VERSION,
        errorMessage: `Quotas of '${entityType}' are not known.`,
      }
    const isKnown = Object.values<number>(matchType).includes(component.matchType)
    if (!isKnown) return invalid(`Match type ${component.matchType} is not known.`)
    if ((component.matchType === matchType.exact) !== (match !== null))
      return invalid(`A match is given with match type 0 and no other, for ${entityType} it is ${match}.`)
  }
  if (types.includes('ip') && types.length > 1)
    return invalid('A filter of ip cannot name user or client-id as well.')
  return undefined
}
