// UnregisterBroker (key 64), version 0: removes the registration of a broker that is gone for good. Kafka removes a
// broker that runs as well, which then serves nobody until it is started again; this broker keeps itself.

import { errors } from '../../base/errors.ts'
import {
  type UnregisterBrokerRequest,
  unregisterBrokerRequest,
} from '../../protocol/generated/unregister-broker-request.ts'
import {
  type UnregisterBrokerResponse,
  unregisterBrokerResponse,
} from '../../protocol/generated/unregister-broker-response.ts'
import type { Api } from '../api.ts'
import type { BrokerModules } from '../broker-modules.ts'

export function unregisterBrokerApi(
  modules: BrokerModules,
): Api<UnregisterBrokerRequest, UnregisterBrokerResponse> {
  return {
    request: unregisterBrokerRequest,
    response: unregisterBrokerResponse,
    versions: [0, 0],
    async handle(_, request) {
      const { brokerId } = request
      if (brokerId === modules.nodeId)
        return {
          throttleTimeMs: 0,
          errorCode: errors.INVALID_REQUEST,
          errorMessage: `Broker ${brokerId} answers this request: stop it before it is unregistered.`,
        }
      const response = await modules.controller.unregisterBroker(request)
      await modules.metadataApplied()
      return response
    },
  }
}
