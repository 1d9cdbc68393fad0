// The committed offsets of one shard, by group, topic and partition, and the offsets of open transactions,
// which count only once their marker says so. Replay is the only mutator (S29). Among a transactional and a
// plain commit of the same partition the one with the larger record offset wins, whichever becomes visible first.

import type { OffsetCommitValue } from '../../protocol/generated/offset-commit-value.ts'

export interface CommittedOffset extends OffsetCommitValue {
  /** Offset of the record that says so. */
  readonly recordOffset: number
}

type GroupOffsets = Map<string, Map<number, CommittedOffset>>

export interface OffsetEntry {
  readonly topic: string
  readonly partition: number
  readonly committed: CommittedOffset
}

interface PendingOffset extends OffsetEntry {
  readonly group: string
}

export class OffsetStore {
  readonly #groups = new Map<string, GroupOffsets>()
  readonly #pending = new Map<number, PendingOffset[]>()

  get(group: string, topic: string, partition: number): CommittedOffset | undefined {
    return this.#groups.get(group)?.get(topic)?.get(partition)
  }

  /** All committed offsets of a group in the order of their first commit. */
  offsetsOf(group: string): OffsetEntry[] {
    const entries: OffsetEntry[] = []
    for (const [topic, partitions] of this.#groups.get(group) ?? [])
      for (const [partition, committed] of partitions) entries.push({ topic, partition, committed })
    return entries
  }

  groupIds(): IterableIterator<string> {
    return this.#groups.keys()
  }

  /** The partitions of a group that an open transaction has committed offsets for. */
  pendingOf(group: string): { readonly topic: string; readonly partition: number }[] {
    return [...this.#pending.values()].flat().filter((pending) => pending.group === group)
  }

  hasPending(group: string, topic: string, partition: number): boolean {
    return this.pendingOf(group).some((pending) => pending.topic === topic && pending.partition === partition)
  }

  /** Applies an OffsetCommit record; the returned function takes it back. */
  replay(
    key: { readonly group: string; readonly topic: string; readonly partition: number },
    value: OffsetCommitValue | null,
    context: { readonly offset: number; readonly producerId: number },
  ): () => void {
    const { group, topic, partition } = key
    if (value !== null && context.producerId >= 0) {
      const pending = { group, topic, partition, committed: { ...value, recordOffset: context.offset } }
      const list = this.#pending.get(context.producerId) ?? []
      this.#pending.set(context.producerId, [...list, pending])
      return () => this.#pending.set(context.producerId, list)
    }
    const before = this.get(group, topic, partition)
    if (value === null) {
      this.#set(group, topic, partition, undefined)
      this.#dropPending(group, topic, partition)
    } else {
      this.#set(group, topic, partition, { ...value, recordOffset: context.offset })
    }
    return () => this.#set(group, topic, partition, before)
  }

  /** The end of a transaction: its offsets become visible, or never were. */
  replayEndTransactionMarker(producerId: number, committed: boolean): void {
    const pending = this.#pending.get(producerId) ?? []
    this.#pending.delete(producerId)
    if (!committed) return
    for (const { group, topic, partition, committed: offset } of pending) {
      const current = this.get(group, topic, partition)
      if (current === undefined || offset.recordOffset > current.recordOffset)
        this.#set(group, topic, partition, offset)
    }
  }

  #set(group: string, topic: string, partition: number, committed: CommittedOffset | undefined): void {
    const topics = this.#groups.get(group) ?? new Map<string, Map<number, CommittedOffset>>()
    const partitions = topics.get(topic) ?? new Map<number, CommittedOffset>()
    if (committed !== undefined) {
      partitions.set(partition, committed)
      topics.set(topic, partitions)
      this.#groups.set(group, topics)
      return
    }
    partitions.delete(partition)
    if (partitions.size === 0) topics.delete(topic)
    if (topics.size === 0) this.#groups.delete(group)
  }

  #dropPending(group: string, topic: string, partition: number): void {
    for (const [producerId, list] of this.#pending) {
      const isOther = (pending: PendingOffset) =>
        pending.group !== group || pending.topic !== topic || pending.partition !== partition
      this.#pending.set(producerId, list.filter(isOther))
    }
  }
}
