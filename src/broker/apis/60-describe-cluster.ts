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

const brokerEndpoints = 1

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
  if (request.endpointType !== brokerEndpoints)
    return {
      ...response,
      errorCode: context.apiVersion === 0 ? errors.INVALID_REQUEST : errors.MISMATCHED_ENDPOINT_TYPE,
      errorMessage: `endpoint type ${request.endpointType} was asked for, this one is of type ${brokerEndpoints}`,
    }
  const brokers = brokerAddresses(modules.image(), context.listenerName, request.includeFencedBrokers)
  const live = brokers.filter(({ isFenced }) => !isFenced)
  return {
    ...response,
    endpointType: brokerEndpoints,
    clusterId: modules.clusterId,
    controllerId: live[Math.floor(modules.random.next() * live.length)]?.nodeId ?? -1,
    brokers: brokers.map(({ nodeId, ...address }) => ({ brokerId: nodeId, ...address })),
    clusterAuthorizedOperations: request.includeClusterAuthorizedOperations
      ? clusterOperations
      : noOperations,
  }
}
