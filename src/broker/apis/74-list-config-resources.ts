// ListConfigResources (key 74), versions 0 and 1: the resources that have configs, by type. Version 0 knows
// client metrics only; from version 1 on no type at all asks for every type.

import { errors } from '../../base/errors.ts'
import { configResourceTypes } from '../../metadata/configs-image.ts'
import {
  type ListConfigResourcesRequest,
  listConfigResourcesRequest,
} from '../../protocol/generated/list-config-resources-request.ts'
import {
  type ListConfigResourcesResponse,
  listConfigResourcesResponse,
} from '../../protocol/generated/list-config-resources-response.ts'
import type { Api } from '../api.ts'
import type { BrokerModules } from '../broker-modules.ts'
import { brokerAddresses } from '../brokers.ts'

const types = { ...configResourceTypes, 'broker-logger': 8 } as const

type ResourceType = keyof typeof types

/** In the order of Kafka's answer. */
const servedTypes: readonly ResourceType[] = ['group', 'client-metrics', 'broker-logger', 'broker', 'topic']

export function listConfigResourcesApi(
  modules: BrokerModules,
): Api<ListConfigResourcesRequest, ListConfigResourcesResponse> {
  return {
    request: listConfigResourcesRequest,
    response: listConfigResourcesResponse,
    versions: [0, 1],
    handle({ apiVersion, listenerName }, request) {
      const response = listConfigResourcesResponse.defaults()
      const served = apiVersion === 0 ? (['client-metrics'] as const) : servedTypes
      const asked = request.resourceTypes
      const isServed = (code: number) => served.some((type) => types[type] === code)
      if (!asked.every(isServed)) return { ...response, errorCode: errors.UNSUPPORTED_VERSION }
      const wanted = served.filter((type) => asked.length === 0 || asked.includes(types[type]))
      response.configResources = wanted.flatMap((type) =>
        namesOf(modules, type, listenerName).map((resourceName) => ({
          resourceName,
          resourceType: types[type],
        })),
      )
      return response
    },
  }
}

function namesOf({ image }: BrokerModules, type: ResourceType, listenerName: string): string[] {
  const { topics, configs } = image()
  switch (type) {
    case 'topic':
      return [...topics.all()].map(({ name }) => name)
    case 'broker':
    case 'broker-logger':
      return brokerAddresses(image(), listenerName).map(({ nodeId }) => String(nodeId))
    default:
      return [...configs.all()].filter((resource) => resource.type === type).map(({ name }) => name)
  }
}
