// DeleteTopics (API 20): topics by name or by id, in one atomic batch. Configs of a topic go with it.

import { errors } from '../base/errors.ts'
import { zeroUuid } from '../base/uuid.ts'
import type { MetadataImage } from '../metadata/metadata-image.ts'
import type { TopicImage } from '../metadata/topics-image.ts'
import type { DeleteTopicsRequest } from '../protocol/generated/delete-topics-request.ts'
import type {
  DeletableTopicResult,
  DeleteTopicsResponse,
} from '../protocol/generated/delete-topics-response.ts'
import type { MetadataRecord } from '../protocol/metadata-records.ts'
import { type ApiError, type Checked, checked, type Decision, noError, refused } from './decision.ts'

interface TopicReference {
  readonly name: string | null
  readonly topicId: string
}

export function decideDeleteTopics(
  image: MetadataImage,
  request: DeleteTopicsRequest,
  deleteTopicEnable: boolean,
): Decision<DeleteTopicsResponse> {
  // Versions up to 5 give names in a list of their own.
  const references: TopicReference[] = [
    ...request.topics,
    ...request.topicNames.map((name) => ({ name, topicId: zeroUuid })),
  ]
  const records: MetadataRecord[] = []
  const found = references.map((reference) => findTopic(image, reference))
  const ids = found.map((topic) => (topic.ok ? topic.value.id : undefined))
  const responses = references.map((reference, index): DeletableTopicResult => {
    const topic = found[index]!
    if (!deleteTopicEnable) return answer(reference, undefined, deletionDisabled)
    if (!topic.ok) return answer(reference, undefined, topic.error)
    if (ids.indexOf(topic.value.id) !== ids.lastIndexOf(topic.value.id)) {
      return answer(reference, topic.value, {
        errorCode: errors.INVALID_REQUEST,
        errorMessage: `Topic '${topic.value.name}' is in the request more than once.`,
      })
    }
    records.push({ name: 'RemoveTopicRecord', value: { topicId: topic.value.id } })
    return answer(reference, topic.value, noError)
  })
  return { records, response: { throttleTimeMs: 0, responses }, atomic: true }
}

const deletionDisabled: ApiError = {
  errorCode: errors.TOPIC_DELETION_DISABLED,
  errorMessage: 'Topics cannot be deleted while delete.topic.enable is false.',
}

function findTopic(image: MetadataImage, { name, topicId }: TopicReference): Checked<TopicImage> {
  if (name === null && topicId === zeroUuid) {
    return refused(errors.INVALID_REQUEST, 'A topic to delete has neither a name nor an id.')
  }
  if (name !== null && topicId !== zeroUuid) {
    return refused(errors.INVALID_REQUEST, `Topic '${name}' to delete has both a name and the id ${topicId}.`)
  }
  const topic = name === null ? image.topics.byId(topicId) : image.topics.byName(name)
  if (topic !== undefined) return checked(topic)
  return name === null
    ? refused(errors.UNKNOWN_TOPIC_ID, `No topic has the id ${topicId}.`)
    : refused(errors.UNKNOWN_TOPIC_OR_PARTITION, `Topic '${name}' does not exist.`)
}

function answer(
  reference: TopicReference,
  topic: TopicImage | undefined,
  error: ApiError,
): DeletableTopicResult {
  return {
    name: topic?.name ?? reference.name,
    topicId: topic?.id ?? reference.topicId,
    ...error,
  }
}
