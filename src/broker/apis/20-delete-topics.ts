// DeleteTopics (key 20), versions 1 to 6. The rules are the controller's. Versions up to 5 name topics in one
// list, 6 by name or id; an error of the version before TOPIC_DELETION_DISABLED was known is INVALID_REQUEST.

import { errors } from '../../base/errors.ts'
import { zeroUuid } from '../../base/uuid.ts'
import {
  type DeleteTopicsRequest,
  deleteTopicsRequest,
} from '../../protocol/generated/delete-topics-request.ts'
import {
  type DeleteTopicsResponse,
  deleteTopicsResponse,
} from '../../protocol/generated/delete-topics-response.ts'
import type { Api } from '../api.ts'
import type { BrokerModules } from '../broker-modules.ts'

const topicStateVersionMin = 6
const deletionDisabledVersionMin = 3

export function deleteTopicsApi(modules: BrokerModules): Api<DeleteTopicsRequest, DeleteTopicsResponse> {
  return {
    request: deleteTopicsRequest,
    response: deleteTopicsResponse,
    versions: [1, 6],
    async handle({ apiVersion }, request) {
      const topics =
        apiVersion >= topicStateVersionMin
          ? request.topics
          : request.topicNames.map((name) => ({ name, topicId: zeroUuid }))
      const response = await modules.controller.deleteTopics({ ...request, topics, topicNames: [] })
      await modules.metadataApplied()
      if (apiVersion < deletionDisabledVersionMin)
        for (const each of response.responses)
          if (each.errorCode === errors.TOPIC_DELETION_DISABLED) each.errorCode = errors.INVALID_REQUEST
      return response
    },
  }
}
