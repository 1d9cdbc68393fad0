// What the clients of a run were told, and whether it is true: what was acknowledged is there, once, where it was
// said to be, and in order; what was read stays what it was; a committed offset does not go back.
// Holds E1 (nothing acknowledged is lost), S10 (reads repeat), S11 (order), S19 (no duplicates), S29 and S38.

export interface ReadRecord {
  readonly offset: number
  readonly timestamp: number
  readonly value: string
}

/** A partition as it is in the end, read from its log start on. */
export interface FinalPartition {
  readonly logStartOffset: number
  readonly records: readonly ReadRecord[]
  readonly committedOffset: number | undefined
}

/** Why records may be gone: all below `deletedTo`, and those that were written before `expiredBeforeMs`. */
export interface Removals {
  readonly deletedTo: number
  readonly expiredBeforeMs: number
}

interface Acknowledgement {
  /** -1: written, but the place was not told. */
  readonly offset: number
  readonly value: string
  readonly timestamp: number
}

const shownLengthMax = 20

export class History {
  readonly #acknowledged = new Map<string, Acknowledgement[]>()
  readonly #read = new Map<string, Map<number, string>>()
  readonly #committed = new Map<string, number>()
  /** Whether acknowledged records may be lost: power was lost without syncing. */
  readonly #mayLose: boolean
  /** Called once, with the next acknowledgement: a good moment for a crash, which what it was for must survive. */
  onNextAcknowledgement: (() => void) | undefined
  acknowledgedCount = 0
  readCount = 0

  constructor(options: { mayLose: boolean }) {
    this.#mayLose = options.mayLose
  }

  onAcknowledged(partition: string, acknowledgement: Acknowledgement): void {
    listOf(this.#acknowledged, partition).push(acknowledgement)
    this.countAcknowledgement()
  }

  /** Of a record that is kept elsewhere, too. */
  countAcknowledgement(): void {
    this.acknowledgedCount++
    const next = this.onNextAcknowledgement
    this.onNextAcknowledgement = undefined
    next?.()
  }

  /** A consumer may read an offset twice, never with two values. */
  onRead(partition: string, { offset, value }: ReadRecord): void {
    this.readCount++
    const read = this.#read.get(partition) ?? new Map<number, string>()
    this.#read.set(partition, read)
    const before = read.get(offset)
    if (before !== undefined && before !== value && !this.#mayLose)
      throw new Error(
        `S10: ${partition}: offset ${offset} was read as '${short(before)}', then as '${short(value)}'`,
      )
    read.set(offset, value)
  }

  onCommitted(partition: string, offset: number): void {
    this.#committed.set(partition, Math.max(offset, this.#committed.get(partition) ?? -1))
  }

  /** Whether the group has read and committed all that was acknowledged in these partitions. */
  hasCaughtUp(partitions: readonly string[]): boolean {
    return partitions.every((partition) => {
      const committed = this.#committed.get(partition) ?? 0
      return (this.#acknowledged.get(partition) ?? []).every(({ offset }) => offset < committed)
    })
  }

  /** An acknowledged offset, to ask for what is below it to be deleted. */
  lastAcknowledged(partition: string): number | undefined {
    return this.#acknowledged.get(partition)?.at(-1)?.offset
  }

  /** Compares all that was told with what a partition holds in the end. */
  check(partition: string, final: FinalPartition, removals: Removals): void {
    checkDense(partition, final)
    checkOrderOfProducers(partition, final.records)
    if (this.#mayLose) return
    this.checkRemoved(partition, final.logStartOffset, removals)
    this.#checkAcknowledged(partition, final)
    const valueAt = valuesOf(final)
    for (const [offset, value] of this.#read.get(partition) ?? [])
      if (offset >= final.logStartOffset && valueAt(offset) !== value)
        throw new Error(
          `S10: ${partition}: offset ${offset} was read as '${short(value)}' and is '${short(valueAt(offset))}'`,
        )
    const committed = this.#committed.get(partition)
    if (committed !== undefined && (final.committedOffset ?? -1) < committed)
      throw new Error(
        `S29: ${partition}: offset ${committed} was committed, the group is at ${final.committedOffset}`,
      )
  }

  /** What lies below the log start had to go for one of the two reasons. */
  checkRemoved(partition: string, logStartOffset: number, removals: Removals): void {
    for (const { offset, value, timestamp } of this.#acknowledged.get(partition) ?? []) {
      if (offset === -1 || offset >= logStartOffset) continue
      if (offset < removals.deletedTo || timestamp < removals.expiredBeforeMs) continue
      throw new Error(
        `S38: ${partition}: '${short(value)}' at ${offset} is gone, the log starts at ${logStartOffset}` +
          ` and nobody asked for that`,
      )
    }
  }

  #checkAcknowledged(partition: string, final: FinalPartition): void {
    const values = new Set(final.records.map(({ value }) => value))
    const valueAt = valuesOf(final)
    for (const { offset, value } of this.#acknowledged.get(partition) ?? []) {
      if (offset !== -1 && offset < final.logStartOffset) continue
      const isThere =
        offset === -1 ? values.has(value) || final.logStartOffset > 0 : valueAt(offset) === value
      if (!isThere)
        throw new Error(
          `E1: ${partition}: '${short(value)}' was acknowledged at ${offset},` +
            ` there is '${short(valueAt(offset))}'`,
        )
    }
  }
}

function checkDense(partition: string, { logStartOffset, records }: FinalPartition): void {
  for (const [index, { offset }] of records.entries())
    if (offset !== logStartOffset + index)
      throw new Error(`S11: ${partition}: offset ${logStartOffset + index} is missing, ${offset} follows`)
}

/** Values are `producer:number`; numbers of one producer grow within a partition, so none comes twice. */
function checkOrderOfProducers(partition: string, records: readonly ReadRecord[]): void {
  const last = new Map<string, number>()
  for (const { offset, value } of records) {
    const [producer, number] = value.split(':') as [string, string]
    if (Number(number) <= (last.get(producer) ?? -1))
      throw new Error(
        `S19: ${partition}: offset ${offset} holds '${short(value)}' after number ${last.get(producer)}`,
      )
    last.set(producer, Number(number))
  }
}

function valuesOf({ logStartOffset, records }: FinalPartition): (offset: number) => string | undefined {
  return (offset) => records[offset - logStartOffset]?.value
}

/** A value without most of its padding. */
function short(value: string | undefined): string {
  return value === undefined ? 'nothing' : value.slice(0, shownLengthMax)
}

function listOf<T>(map: Map<string, T[]>, key: string): T[] {
  const list = map.get(key) ?? []
  map.set(key, list)
  return list
}
