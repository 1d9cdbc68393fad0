// CreateTopics (key 19), versions 2 to 7. The rules are the controller's; the answer comes when the topics can be
// written to on this broker, so that a client that creates and produces at once is not refused.
// Versions: 4 allows the broker's defaults (-1); 5 tells counts and effective configs; 7 the topic's id.

import {
  type CreateTopicsRequest,
  createTopicsRequest,
} from '../../protocol/generated/create-topics-request.ts'
import {
  type CreateTopicsResponse,
  createTopicsResponse,
} from '../../protocol/generated/create-topics-response.ts'
import type { Api } from '../api.ts'
import type { BrokerModules } from '../broker-modules.ts'

export function createTopicsApi(modules: BrokerModules): Api<CreateTopicsRequest, CreateTopicsResponse> {
  return {
    request: createTopicsRequest,
    response: createTopicsResponse,
    versions: [2, 7],
    async handle(_, request) {
      const response = await modules.controller.createTopics(request)
      await modules.metadataApplied()
      return response
    },
  }
}
