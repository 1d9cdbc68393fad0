// All topics by name and by id. Two maps that always hold the same topics, and a third that finds topics whose
// names would share a metric name (`.` and `_` are the same there).

import type { PartitionImage } from './partition-image.ts'
import { PersistentMap } from './persistent-map.ts'

export interface TopicImage {
  readonly name: string
  /** Kafka's base64url form, 22 characters. */
  readonly id: string
  /** Index = partition id; partition ids are 0…n-1 without gaps. */
  readonly partitions: readonly PartitionImage[]
}

export class TopicsImage {
  readonly #byName: PersistentMap<TopicImage>
  readonly #byId: PersistentMap<TopicImage>
  /** Names that hold `.` or `_`, by the name with every `.` made `_`. */
  readonly #colliding: PersistentMap<readonly string[]>

  private constructor(
    byName: PersistentMap<TopicImage>,
    byId: PersistentMap<TopicImage>,
    colliding: PersistentMap<readonly string[]>,
  ) {
    this.#byName = byName
    this.#byId = byId
    this.#colliding = colliding
  }

  static empty(): TopicsImage {
    return new TopicsImage(PersistentMap.empty(), PersistentMap.empty(), PersistentMap.empty())
  }

  get size(): number {
    return this.#byName.size
  }

  byName(name: string): TopicImage | undefined {
    return this.#byName.get(name)
  }

  byId(id: string): TopicImage | undefined {
    return this.#byId.get(id)
  }

  /** Every topic, in no order that means anything. */
  all(): IterableIterator<TopicImage> {
    return this.#byName.values()
  }

  /** Another topic whose name differs from `name` only by `.` against `_`. */
  collidingName(name: string): string | undefined {
    if (!hasCollisionChars(name)) return undefined
    return this.#colliding.get(unifyCollisionChars(name))?.find((other) => other !== name)
  }

  with(topic: TopicImage): TopicsImage {
    const isNew = !this.#byName.has(topic.name)
    let colliding = this.#colliding
    if (isNew && hasCollisionChars(topic.name)) {
      const key = unifyCollisionChars(topic.name)
      colliding = colliding.set(key, [...(colliding.get(key) ?? []), topic.name])
    }
    return new TopicsImage(this.#byName.set(topic.name, topic), this.#byId.set(topic.id, topic), colliding)
  }

  without(topic: TopicImage): TopicsImage {
    let colliding = this.#colliding
    if (hasCollisionChars(topic.name)) {
      const key = unifyCollisionChars(topic.name)
      const left = (colliding.get(key) ?? []).filter((name) => name !== topic.name)
      colliding = left.length > 0 ? colliding.set(key, left) : colliding.delete(key)
    }
    return new TopicsImage(this.#byName.delete(topic.name), this.#byId.delete(topic.id), colliding)
  }
}

/** Whether the name holds characters that metric names cannot tell apart (`Topic.hasCollisionChars`). */
function hasCollisionChars(name: string): boolean {
  return name.includes('.') || name.includes('_')
}

function unifyCollisionChars(name: string): string {
  return name.replaceAll('.', '_')
}
