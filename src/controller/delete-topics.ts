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
import {
  type ApiError,
  apiError,
  type Checked,
  checked,
  type Decision,
  noError,
  refused,
} from './decision.ts'

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
  const found = references.map((reference) => ({ reference, topic: findTopic(image, reference) }))
  const groups = Map.groupBy(found, ({ reference, topic }) =>
    topic.ok ? topic.value.id : `${reference.name} ${reference.topicId}`,
  )
  const responses = [...groups.values()].map((given): DeletableTopicResult => {
    const { reference, topic } = given[0]!
    if (!deleteTopicEnable) return answer(reference, undefined, deletionDisabled)
    if (given.length > 1) {
      const message = `Topic ${reference.name ?? reference.topicId} is in the request ${given.length} times.`
      return answer(together(given), undefined, apiError(errors.INVALID_REQUEST, message))
    }
    if (!topic.ok) return answer(reference, undefined, topic.error)
    records.push({ name: 'RemoveTopicRecord', value: { topicId: topic.value.id } })
    return answer(reference, topic.value, noError)
  })
  return { records, response: { throttleTimeMs: 0, responses }, atomic: true }
}

const deletionDisabled = apiError(
  errors.TOPIC_DELETION_DISABLED,
  'Topics cannot be deleted while delete.topic.enable is false.',
)

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

/** A topic once by name and once by id is answered once, with both. */
function together(given: readonly { readonly reference: TopicReference }[]): TopicReference {
  const references = given.map(({ reference }) => reference)
  return {
    name: references.find(({ name }) => name !== null)?.name ?? null,
    topicId: references.find(({ topicId }) => topicId !== zeroUuid)?.topicId ?? zeroUuid,
  }
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
