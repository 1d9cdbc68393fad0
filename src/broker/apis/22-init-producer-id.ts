// InitProducerId (key 22), versions 0 to 5, for idempotent producers: a new id with epoch 0.
// Versions: 3 lets a producer name the id and epoch it has. Without a transactional id Kafka gives a new one
// all the same, so that a producer that lost its state starts clean.
// Left out: transactional ids (no transaction coordinator yet: COORDINATOR_NOT_AVAILABLE).

import { errors } from '../../base/errors.ts'
import {
  type InitProducerIdRequest,
  initProducerIdRequest,
} from '../../protocol/generated/init-producer-id-request.ts'
import {
  type InitProducerIdResponse,
  initProducerIdResponse,
} from '../../protocol/generated/init-producer-id-response.ts'
import type { Api } from '../api.ts'
import type { BrokerModules } from '../broker-modules.ts'

const none = -1

export function initProducerIdApi(
  modules: BrokerModules,
): Api<InitProducerIdRequest, InitProducerIdResponse> {
  return {
    request: initProducerIdRequest,
    response: initProducerIdResponse,
    versions: [0, 5],
    handle: (_, request) => initProducerId(modules, request),
  }
}

async function initProducerId(
  modules: BrokerModules,
  request: InitProducerIdRequest,
): Promise<InitProducerIdResponse> {
  const { transactionalId, producerId, producerEpoch } = request
  // An id without an epoch, or the reverse, is half of a producer.
  if ((producerId === none) !== (producerEpoch === none)) return failed(errors.INVALID_REQUEST)
  if (transactionalId === '') return failed(errors.INVALID_REQUEST)
  if (transactionalId !== null) return failed(errors.COORDINATOR_NOT_AVAILABLE)
  return {
    ...initProducerIdResponse.defaults(),
    producerId: await modules.producerIds.next(),
    producerEpoch: 0,
  }
}

function failed(errorCode: number): InitProducerIdResponse {
  return { ...initProducerIdResponse.defaults(), errorCode, producerId: none, producerEpoch: none }
}
