// UnregisterBroker (key 64), version 0: removes the registration of a broker that is gone for good. The rules are
// the controller's.

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
      const response = await modules.controller.unregisterBroker(request)
      await modules.metadataApplied()
      return response
    },
  }
}
