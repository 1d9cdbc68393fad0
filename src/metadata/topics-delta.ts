// Topic changes between two images. A changed topic is drafted once, so that a thousand changed partitions of
// one topic copy its partition list once.

import { assert } from '../base/assert.ts'
import type { PartitionChangeRecord } from '../protocol/generated/partition-change-record.ts'
import type { PartitionRecord } from '../protocol/generated/partition-record.ts'
import { type PartitionImage, partitionFromRecord, partitionWithChange } from './partition-image.ts'
import type { TopicImage, TopicsImage } from './topics-image.ts'

interface TopicDraft {
  readonly name: string
  readonly id: string
  readonly partitions: PartitionImage[]
}

export class TopicsDelta {
  readonly #base: TopicsImage
  readonly #drafts = new Map<string, TopicDraft>()
  readonly #draftIds = new Map<string, string>()
  readonly #deleted = new Map<string, TopicImage>()

  constructor(base: TopicsImage) {
    this.#base = base
  }

  /** Ids of topics that are new or have new or changed partitions. */
  get changed(): ReadonlySet<string> {
    return new Set(this.#drafts.keys())
  }

  /** Topics of the base image that are gone, by id. */
  get deleted(): ReadonlyMap<string, TopicImage> {
    return this.#deleted
  }

  create(name: string, id: string): void {
    assert(this.#idOf(name) === undefined, `topic '${name}' does not exist when it is created`)
    this.#put({ name, id, partitions: [] })
  }

  createPartition(record: PartitionRecord): void {
    const { partitions, name } = this.#draft(record.topicId)
    assert(
      record.partitionId <= partitions.length,
      `partitions of topic '${name}' have no gap before ${record.partitionId}`,
    )
    partitions[record.partitionId] = partitionFromRecord(record)
  }

  changePartition(record: PartitionChangeRecord): void {
    const { partitions, name } = this.#draft(record.topicId)
    const partition = partitions[record.partitionId]
    assert(partition !== undefined, `partition ${name}-${record.partitionId} exists when it changes`)
    partitions[record.partitionId] = partitionWithChange(partition, record)
  }

  /** Returns the removed topic's name. */
  remove(id: string): string {
    const draft = this.#drafts.get(id)
    const topic = this.#base.byId(id)
    const name = draft?.name ?? topic?.name
    assert(name !== undefined && !this.#deleted.has(id), `the topic with id ${id} exists when it is removed`)
    this.#drafts.delete(id)
    this.#draftIds.delete(name)
    if (topic !== undefined) this.#deleted.set(id, topic)
    return name
  }

  /** Forgets the eligible leader replicas of one topic, or of all when `name` is empty (ClearElrRecord). */
  clearElr(name: string): void {
    const ids = name === '' ? this.#ids() : [this.#idOf(name)]
    for (const id of ids) {
      assert(id !== undefined, `topic '${name}' exists when its eligible leader replicas are cleared`)
      this.#clearElrOf(id)
    }
  }

  apply(): TopicsImage {
    let topics = this.#base
    for (const topic of this.#deleted.values()) topics = topics.without(topic)
    for (const draft of this.#drafts.values()) topics = topics.with({ ...draft })
    return topics
  }

  #clearElrOf(id: string): void {
    const { partitions } = this.#drafts.get(id) ?? this.#base.byId(id)!
    for (const [index, partition] of partitions.entries()) {
      if (partition.elr.length === 0 && partition.lastKnownElr.length === 0) continue
      const partitionEpoch = partition.partitionEpoch + 1
      this.#draft(id).partitions[index] = { ...partition, partitionEpoch, elr: [], lastKnownElr: [] }
    }
  }

  #draft(id: string): TopicDraft {
    const draft = this.#drafts.get(id)
    if (draft !== undefined) return draft
    const topic = this.#deleted.has(id) ? undefined : this.#base.byId(id)
    assert(topic !== undefined, `the topic with id ${id} exists when its partitions change`)
    return this.#put({ name: topic.name, id, partitions: [...topic.partitions] })
  }

  #put(draft: TopicDraft): TopicDraft {
    this.#drafts.set(draft.id, draft)
    this.#draftIds.set(draft.name, draft.id)
    return draft
  }

  #idOf(name: string): string | undefined {
    const drafted = this.#draftIds.get(name)
    if (drafted !== undefined) return drafted
    const id = this.#base.byName(name)?.id
    return id === undefined || this.#deleted.has(id) ? undefined : id
  }

  #ids(): string[] {
    const ids = new Set(this.#drafts.keys())
    for (const topic of this.#base.all()) if (!this.#deleted.has(topic.id)) ids.add(topic.id)
    return [...ids]
  }
}
