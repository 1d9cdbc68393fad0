// What was told about compacted partitions, and whether it is true: whoever reads one from its beginning finds for each
// key its newest acknowledged record or a newer one, and nothing when that is a tombstone that was due. Records may
// be missing, but those that are there are what they were, in their places.
// Holds S10 (a record never changes), S11 (order) and S37 (compaction keeps the last value per key).

import type { ReadRecord } from './history.ts'

/** The value of a tombstone is ''. */
export interface KeyedRecord extends ReadRecord {
  readonly key: string
}

/** A partition as somebody read it from its beginning to where it ended. */
export interface TableRead {
  /** What was acknowledged when the reading began, by key. */
  readonly newest: ReadonlyMap<string, KeyedRecord>
  readonly records: readonly KeyedRecord[]
  /** Records that were sent before this may be gone for their age. */
  readonly expiredBeforeMs: number
  /** The same of tombstones. */
  readonly tombstonesBeforeMs: number
}

export class TableHistory {
  /** Whether acknowledged records may be lost: power was lost without syncing. */
  readonly #mayLose: boolean
  readonly #newest = new Map<string, Map<string, KeyedRecord>>()
  readonly #texts = new Map<string, Map<number, string>>()
  /** Tombstones that are sent and not acknowledged, by key: they may be in the log, and gone again. */
  readonly #pendingTombstones = new Map<string, Map<string, number>>()

  constructor(options: { mayLose: boolean }) {
    this.#mayLose = options.mayLose
  }

  onSent(partition: string, { key, value }: Pick<KeyedRecord, 'key' | 'value'>): void {
    if (value === '') this.#countPending(partition, key, 1)
  }

  onAcknowledged(partition: string, record: KeyedRecord): void {
    if (record.value === '') this.#countPending(partition, record.key, -1)
    // Written, but nobody was told where.
    if (record.offset === -1) return
    this.#onSeen(partition, record)
    const newest = innerMap(this.#newest, partition)
    if (record.offset > (newest.get(record.key)?.offset ?? -1)) newest.set(record.key, record)
  }

  /** By key, as of now. */
  newest(partition: string): ReadonlyMap<string, KeyedRecord> {
    return new Map(this.#newest.get(partition))
  }

  /** What was read while faults went on and records were written. */
  onRead(partition: string, read: TableRead): void {
    if (this.#mayLose) return
    checkOrder(partition, read.records)
    for (const record of read.records) this.#onSeen(partition, record)
    const last = lastOfEachKey(read.records)
    for (const [key, told] of read.newest) {
      if ((last.get(key)?.offset ?? -1) >= told.offset || mayBeGone(told, read)) continue
      if (this.#mayBeReplaced(partition, told)) continue
      throw new Error(
        `S37: ${partition}: ${place(told)} was acknowledged, a reader ends with ${place(last.get(key))}`,
      )
    }
  }

  /**
   * What was read in the end, when nothing is written any more and the cleaner has had time: below `cleanBelow` each
   * key is there once. Answers how many acknowledged tombstones are gone.
   */
  onFinalRead(partition: string, read: TableRead, cleanBelow: number): number {
    this.onRead(partition, read)
    checkOrder(partition, read.records)
    checkClean(partition, read.records, cleanBelow)
    if (this.#mayLose) return 0
    const last = lastOfEachKey(read.records)
    let goneCount = 0
    for (const [key, told] of read.newest) {
      const found = last.get(key)
      if (found === undefined && told.value === '') goneCount++
      // What a record replaced went before it.
      if (found !== undefined && found.offset < told.offset)
        throw new Error(`S37: ${partition}: ${place(found)} has come back, ${place(told)} was newer`)
    }
    return goneCount
  }

  /** By what was sent while somebody read. */
  #mayBeReplaced(partition: string, { key, offset }: KeyedRecord): boolean {
    const newest = this.#newest.get(partition)?.get(key)?.offset ?? -1
    return newest > offset || (this.#pendingTombstones.get(partition)?.get(key) ?? 0) > 0
  }

  #countPending(partition: string, key: string, change: number): void {
    const pending = innerMap(this.#pendingTombstones, partition)
    pending.set(key, (pending.get(key) ?? 0) + change)
  }

  #onSeen(partition: string, { offset, key, value }: KeyedRecord): void {
    if (this.#mayLose) return
    const texts = innerMap(this.#texts, partition)
    const text = `${key}=${value}`
    const before = texts.get(offset)
    if (before !== undefined && before !== text)
      throw new Error(`S10: ${partition}: offset ${offset} was '${short(before)}' and is '${short(text)}'`)
    texts.set(offset, text)
  }
}

function checkOrder(partition: string, records: readonly KeyedRecord[]): void {
  for (const [index, { offset }] of records.entries())
    if (index > 0 && offset <= records[index - 1]!.offset)
      throw new Error(`S11: ${partition}: offset ${offset} follows ${records[index - 1]!.offset}`)
}

function checkClean(partition: string, records: readonly KeyedRecord[], cleanBelow: number): void {
  const seen = lastOfEachKey([])
  for (const record of records) {
    if (record.offset >= cleanBelow) return
    const before = seen.get(record.key)
    if (before !== undefined)
      throw new Error(
        `S37: ${partition}: ${place(before)} was never compacted away, ${place(record)} follows`,
      )
    seen.set(record.key, record)
  }
}

function mayBeGone({ value, timestamp }: KeyedRecord, read: TableRead): boolean {
  return timestamp < read.expiredBeforeMs || (value === '' && timestamp < read.tombstonesBeforeMs)
}

function lastOfEachKey(records: readonly KeyedRecord[]): Map<string, KeyedRecord> {
  return new Map(records.map((record) => [record.key, record]))
}

function place(record: KeyedRecord | undefined): string {
  return record === undefined ? 'nothing' : `'${short(`${record.key}=${record.value}`)}' at ${record.offset}`
}

function short(text: string): string {
  return text.slice(0, 20)
}

function innerMap<K, V>(map: Map<string, Map<K, V>>, key: string): Map<K, V> {
  const found = map.get(key)
  if (found !== undefined) return found
  const made = new Map<K, V>()
  map.set(key, made)
  return made
}
