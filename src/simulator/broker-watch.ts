// Stands between the connections and the APIs of a run's broker and gives every request and answer to the checkers.
// Also counts what is in work: each request is answered once, and nothing may pile up (S39, S40).

import { errors } from '../base/errors.ts'
import { zeroUuid } from '../base/uuid.ts'
import type { AnyApi, ApiTable, RequestContext } from '../broker/api.ts'
import type { MetadataImage } from '../metadata/metadata-image.ts'
import type { FetchResponse } from '../protocol/generated/fetch-response.ts'
import type { InitProducerIdResponse } from '../protocol/generated/init-producer-id-response.ts'
import type { JoinGroupRequest } from '../protocol/generated/join-group-request.ts'
import type { JoinGroupResponse } from '../protocol/generated/join-group-response.ts'
import type { ListOffsetsRequest } from '../protocol/generated/list-offsets-request.ts'
import type { ListOffsetsResponse } from '../protocol/generated/list-offsets-response.ts'
import type { OffsetCommitRequest } from '../protocol/generated/offset-commit-request.ts'
import type { OffsetCommitResponse } from '../protocol/generated/offset-commit-response.ts'
import type { OffsetFetchResponse } from '../protocol/generated/offset-fetch-response.ts'
import type { ProduceRequest } from '../protocol/generated/produce-request.ts'
import type { ProduceResponse } from '../protocol/generated/produce-response.ts'
import type { SyncGroupRequest } from '../protocol/generated/sync-group-request.ts'
import type { SyncGroupResponse } from '../protocol/generated/sync-group-response.ts'
import { DataChecker, demand } from './data-checker.ts'
import { GroupChecker } from './group-checker.ts'
import type { Sometimes } from './sometimes.ts'

/** Takes the answer of a request that it saw begin. */
type OnAnswer<R> = (response: R) => void
// biome-ignore lint/suspicious/noExplicitAny: requests and responses of all APIs pass; each watcher names its own.
type Watcher = (request: any, image: MetadataImage) => OnAnswer<any>

const latestTimestamp = -1
const replacedRequests: readonly string[] = ['JoinGroupRequest', 'SyncGroupRequest']
/** Of one connection: its Produce requests overlap, all others go one after another. */
const requestsOfConnectionMax = 16

export class BrokerWatch {
  readonly data: DataChecker
  readonly groups: GroupChecker
  readonly #sometimes: Sometimes
  readonly #producerIds = new Set<number>()
  readonly #inWork = new Map<string, number>()
  readonly #unanswered = new Set<unknown>()
  readonly #onViolation: (error: unknown) => void
  readonly #watchers: ReadonlyMap<string, Watcher> = new Map<string, Watcher>([
    ['ProduceRequest', (request: ProduceRequest, image) => this.#onProduce(request, image)],
    ['FetchRequest', (_, image) => this.#onFetch(image)],
    ['ListOffsetsRequest', (request, image) => this.#onListOffsets(request, image)],
    ['InitProducerIdRequest', () => (response) => this.#onProducerId(response)],
    ['JoinGroupRequest', (request) => this.#onJoin(request)],
    ['SyncGroupRequest', (request) => this.#onSync(request)],
    ['OffsetCommitRequest', (request) => this.#onCommit(request)],
    ['OffsetFetchRequest', () => this.#onOffsetFetch()],
  ])

  constructor(modules: { sometimes: Sometimes; onViolation: (error: unknown) => void }) {
    this.#sometimes = modules.sometimes
    this.#onViolation = modules.onViolation
    this.data = new DataChecker(modules)
    this.groups = new GroupChecker(modules)
  }

  /**
   * Requests that wait for their answer, but for those that their sender may have replaced by another one: of two joins
   * of one member the first is dropped, as by Kafka.
   */
  get unansweredCount(): number {
    return this.#unanswered.size
  }

  /** Requests that are not answered. */
  get requestsInWork(): number {
    return [...this.#inWork.values()].reduce((sum, count) => sum + count, 0)
  }

  /** The broker is gone with what was in work; with `isLossy` anything it said may be untrue from now on. */
  onCrash(isLossy: boolean): void {
    if (this.requestsInWork > 0) this.#sometimes.note('crash with requests in work')
    this.#inWork.clear()
    this.#unanswered.clear()
    this.data.onCrash(isLossy)
    this.groups.onCrash(isLossy)
    if (isLossy) this.#producerIds.clear()
  }

  /** For `StartOptions.decorateApis`; `isAlive` says whether the broker that asked for it is the one that runs. */
  decorate(apis: ApiTable, image: () => MetadataImage, isAlive: () => boolean): ApiTable {
    const watched = (api: AnyApi): AnyApi => ({
      ...api,
      handle: (context, request) => this.#handle(api, context, request, image(), isAlive),
    })
    return new Map([...apis].map(([key, api]) => [key, watched(api)]))
  }

  async #handle(
    api: AnyApi,
    context: RequestContext,
    request: unknown,
    image: MetadataImage,
    isAlive: () => boolean,
  ): Promise<unknown> {
    const { peer } = context
    this.#inWork.set(peer, (this.#inWork.get(peer) ?? 0) + 1)
    if (!replacedRequests.includes(api.request.name)) this.#unanswered.add(request)
    const onAnswer = this.#watchers.get(api.request.name)?.(request, image)
    const answer = await api.handle(context, request)
    // What a broker does after its crash was never seen by anybody.
    if (!isAlive()) return answer
    this.#unanswered.delete(request)
    this.#guard(() => {
      const inWork = this.#inWork.get(peer) ?? 0
      demand(inWork > 0, `S40: ${peer} is answered more often than it asked`)
      demand(inWork <= requestsOfConnectionMax, `S39: ${peer} has ${inWork} requests in work`)
      if (inWork === 1) this.#inWork.delete(peer)
      else this.#inWork.set(peer, inWork - 1)
      if (typeof answer === 'object' && answer !== null) onAnswer?.(answer)
    })
    return answer
  }

  #guard(work: () => void): void {
    try {
      work()
    } catch (error) {
      this.#onViolation(error)
    }
  }

  #onProduce(request: ProduceRequest, image: MetadataImage): OnAnswer<ProduceResponse> {
    const batches = new Map(
      request.topicData.flatMap(({ name, topicId, partitionData }) =>
        partitionData.flatMap(({ index, records }) => {
          const partition = topicPartitionKey(image, name, topicId, index)
          const batch = this.data.batchToProduce(partition, records)
          return batch === undefined ? [] : [[partition, batch] as const]
        }),
      ),
    )
    return ({ responses }) => {
      for (const { name, topicId, partitionResponses } of responses)
        for (const { index, errorCode, baseOffset } of partitionResponses) {
          const batch = batches.get(topicPartitionKey(image, name, topicId, index))
          if (batch !== undefined && errorCode === errors.NONE) this.data.onProduced(batch, baseOffset)
        }
    }
  }

  #onFetch(image: MetadataImage): OnAnswer<FetchResponse> {
    const before = this.data.told()
    return ({ responses }) => {
      for (const { topic, topicId, partitions } of responses)
        for (const data of partitions) {
          const partition = topicPartitionKey(image, topic, topicId, data.partitionIndex)
          this.data.onFetched(partition, before(partition), data)
        }
    }
  }

  #onListOffsets(request: ListOffsetsRequest, image: MetadataImage): OnAnswer<ListOffsetsResponse> {
    const before = this.data.told()
    const latest = new Set(
      request.topics.flatMap(({ name, partitions }) =>
        partitions
          .filter(({ timestamp }) => timestamp === latestTimestamp)
          .map(({ partitionIndex }) => `${name}-${partitionIndex}`),
      ),
    )
    return ({ topics }) => {
      for (const { name, partitions } of topics)
        for (const { partitionIndex, errorCode, offset } of partitions) {
          if (errorCode !== errors.NONE || !latest.has(`${name}-${partitionIndex}`)) continue
          const partition = topicPartitionKey(image, name, zeroUuid, partitionIndex)
          this.data.onListedLatest(partition, before(partition), offset)
        }
    }
  }

  #onProducerId({ errorCode, producerId, producerEpoch }: InitProducerIdResponse): void {
    if (errorCode !== errors.NONE || producerEpoch > 0) return
    demand(!this.#producerIds.has(producerId), `S19: producer id ${producerId} is given twice`)
    this.#producerIds.add(producerId)
  }

  #onJoin({ groupId }: JoinGroupRequest): OnAnswer<JoinGroupResponse> {
    const before = this.groups.generation(groupId)
    return (joined) => {
      if (joined.errorCode === errors.NONE) this.groups.onJoined(groupId, before, joined)
    }
  }

  #onSync({ groupId, generationId, memberId }: SyncGroupRequest): OnAnswer<SyncGroupResponse> {
    return ({ errorCode, assignment }) => {
      if (errorCode === errors.NONE) this.groups.onSynced(groupId, generationId, memberId, assignment)
    }
  }

  #onCommit(request: OffsetCommitRequest): OnAnswer<OffsetCommitResponse> {
    const { groupId, generationIdOrMemberEpoch: own, topics } = request
    const before = this.groups.generation(groupId)
    const offsets = new Map(
      topics.flatMap(({ name, partitions }) =>
        partitions.map(
          ({ partitionIndex, committedOffset }) =>
            [`${groupId} ${name}-${partitionIndex}` as string, Number(committedOffset)] as const,
        ),
      ),
    )
    for (const [key, offset] of offsets) this.groups.onCommitBegun(key, offset)
    return (response) => {
      for (const { name, partitions } of response.topics)
        for (const { partitionIndex, errorCode } of partitions) {
          const key = `${groupId} ${name}-${partitionIndex}`
          this.groups.onCommitAnswered(key, offsets.get(key)!, errorCode, { own, before })
        }
    }
  }

  #onOffsetFetch(): OnAnswer<OffsetFetchResponse> {
    const before = this.groups.allPossibleOffsets()
    return ({ groups }) => {
      for (const { groupId, errorCode, topics } of groups) {
        if (errorCode !== errors.NONE) continue
        for (const { name, partitions } of topics)
          for (const { partitionIndex, errorCode: partitionError, committedOffset } of partitions) {
            const key = `${groupId} ${name}-${partitionIndex}`
            if (partitionError === errors.NONE)
              this.groups.onOffsetFetched(key, before.get(key) ?? new Set([-1]), Number(committedOffset))
          }
      }
    }
  }
}

/** Names the partition by the topic's id, so that a topic made again is another one. */
function topicPartitionKey(image: MetadataImage, name: string, topicId: string, partition: number): string {
  const id = topicId === zeroUuid || topicId === undefined ? (image.topics.byName(name)?.id ?? name) : topicId
  return `${image.topics.byId(id)?.name ?? name}/${id}-${partition}`
}
