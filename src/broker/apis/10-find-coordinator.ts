// FindCoordinator (key 10), versions 0 to 6, for groups.
// The coordinator of a group is the leader of its partition of `__consumer_offsets`. The topic is created on
// first use; until it has a leader the answer is COORDINATOR_NOT_AVAILABLE and the client asks again.
// Versions: 4 asks for many keys at once; 6 adds share groups.
// Left out: transactional ids and share groups (no such coordinator is built yet: COORDINATOR_NOT_AVAILABLE).

import { errors } from '../../base/errors.ts'
import { groupMetadataTopic } from '../../coordinator/group/group-coordinator.ts'
import {
  type FindCoordinatorRequest,
  findCoordinatorRequest,
} from '../../protocol/generated/find-coordinator-request.ts'
import {
  type Coordinator,
  type FindCoordinatorResponse,
  findCoordinatorResponse,
} from '../../protocol/generated/find-coordinator-response.ts'
import type { Api, RequestContext } from '../api.ts'
import type { BrokerModules } from '../broker-modules.ts'
import { brokerAddress } from '../brokers.ts'
import { topicOnFirstUse } from '../internal-topics.ts'

const keyTypes = { group: 0, transaction: 1, share: 2 } as const
const batchVersionMin = 4
const shareVersionMin = 6

export function findCoordinatorApi(
  modules: BrokerModules,
): Api<FindCoordinatorRequest, FindCoordinatorResponse> {
  return {
    request: findCoordinatorRequest,
    response: findCoordinatorResponse,
    versions: [0, 6],
    handle: (context, request) => findCoordinators(modules, context, request),
  }
}

function findCoordinators(
  modules: BrokerModules,
  context: RequestContext,
  request: FindCoordinatorRequest,
): FindCoordinatorResponse {
  if (context.apiVersion >= batchVersionMin) {
    const coordinators = request.coordinatorKeys.map((key) => find(modules, context, request.keyType, key))
    return { ...findCoordinatorResponse.defaults(), coordinators }
  }
  const { key: _, ...single } = find(modules, context, request.keyType, request.key)
  return { ...findCoordinatorResponse.defaults(), ...single }
}

function find(modules: BrokerModules, context: RequestContext, keyType: number, key: string): Coordinator {
  const isKnownType = keyType === keyTypes.group || keyType === keyTypes.transaction
  if (!isKnownType && !(keyType === keyTypes.share && context.apiVersion >= shareVersionMin))
    return failed(key, errors.INVALID_REQUEST, `key type ${keyType} is not known in this version`)
  if (keyType !== keyTypes.group)
    return failed(key, errors.COORDINATOR_NOT_AVAILABLE, 'this broker coordinates groups only')
  const image = modules.image()
  const topic = image.topics.byName(groupMetadataTopic)
  if (topic === undefined) {
    modules.topicAutoCreation.create([topicOnFirstUse(groupMetadataTopic, modules.config, image)])
    return failed(key, errors.COORDINATOR_NOT_AVAILABLE, `${groupMetadataTopic} is being created`)
  }
  const leader = topic.partitions[modules.groups.partitionFor(key)]?.leader ?? -1
  const address = brokerAddress(image, leader, context.listenerName)
  if (address === undefined) return failed(key, errors.COORDINATOR_NOT_AVAILABLE, null)
  const { nodeId, host, port } = address
  // Kafka's words for success.
  const errorMessage = context.apiVersion >= batchVersionMin ? '' : 'NONE'
  return { key, nodeId, host, port, errorCode: errors.NONE, errorMessage }
}

function failed(key: string, errorCode: number, errorMessage: string | null): Coordinator {
  return { key, nodeId: -1, host: '', port: -1, errorCode, errorMessage }
}
