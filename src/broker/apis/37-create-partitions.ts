// CreatePartitions (key 37), versions 0 to 3. The rules are the controller's; one result per topic.

import {
  type CreatePartitionsRequest,
  createPartitionsRequest,
} from '../../protocol/generated/create-partitions-request.ts'
import {
  type CreatePartitionsResponse,
  createPartitionsResponse,
} from '../../protocol/generated/create-partitions-response.ts'
import type { Api } from '../api.ts'
import type { BrokerModules } from '../broker-modules.ts'

export function createPartitionsApi(
  modules: BrokerModules,
): Api<CreatePartitionsRequest, CreatePartitionsResponse> {
  return {
    request: createPartitionsRequest,
    response: createPartitionsResponse,
    versions: [0, 3],
    async handle(_, request) {
      const response = await modules.controller.createPartitions(request)
      await modules.metadataApplied()
      return response
    },
  }
}
