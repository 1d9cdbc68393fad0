// DescribeCluster (key 60), versions 0 to 2, as a broker answers it.
// Versions: 1 says which kind of endpoints is meant; a broker knows brokers only. 2 can list fenced brokers.

import { errors } from '../../base/errors.ts'
import {
  type DescribeClusterRequest,
  describeClusterRequest,
} from '../../protocol/generated/describe-cluster-request.ts'
import {
  type DescribeClusterResponse,
  describeClusterResponse,
} from '../../protocol/generated/describe-cluster-response.ts'
import type { Api, RequestContext } from '../api.ts'
import { clusterOperations, noOperations } from '../authorized-operations.ts'
import type { BrokerModules } from '../broker-modules.ts'
import { brokerAddresses } from '../brokers.ts'

/** KIP-919; 0 is no type. */
const endpointType = { brokers: 1, controllers: 2 } as const

export function describeClusterApi(
  modules: BrokerModules,
): Api<DescribeClusterRequest, DescribeClusterResponse> {
  return {
    request: describeClusterRequest,
    response: describeClusterResponse,
    versions: [0, 2],
    handle: (context, request) => describeCluster(modules, context, request),
  }
}

function describeCluster(
  modules: BrokerModules,
  context: RequestContext,
  request: DescribeClusterRequest,
): DescribeClusterResponse {
  const response = describeClusterResponse.defaults()
  if (request.endpointType !== endpointType.brokers) {
    const isKnown = request.endpointType === endpointType.controllers
    const errorCode = isKnown ? errors.MISMATCHED_ENDPOINT_TYPE : errors.UNSUPPORTED_ENDPOINT_TYPE
    return {
      ...response,
      errorCode: context.apiVersion === 0 ? errors.INVALID_REQUEST : errorCode,
      errorMessage: `endpoint type ${request.endpointType} was asked for, this endpoint is of type 1, brokers`,
    }
  }
  const brokers = brokerAddresses(modules.image(), context.listenerName, request.includeFencedBrokers)
  const live = brokers.filter(({ isFenced }) => !isFenced)
  return {
    ...response,
    endpointType: endpointType.brokers,
    clusterId: modules.clusterId,
    controllerId: live[Math.floor(modules.random.next() * live.length)]?.nodeId ?? -1,
    brokers: brokers.map(({ nodeId, ...address }) => ({ brokerId: nodeId, ...address })),
    clusterAuthorizedOperations: request.includeClusterAuthorizedOperations
      ? clusterOperations
      : noOperations,
  }
}
