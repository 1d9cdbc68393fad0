// What the clients of a run were told, and whether it is true: what was acknowledged is there, once, where it was
// said to be, and in order; what was read stays what it was; a committed offset does not go back.

export interface ReadRecord {
  readonly offset: number
  readonly value: string
}

interface Acknowledgement {
  /** -1: written, but the place was not told. */
  readonly offset: number
  readonly value: string
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

  onAcknowledged(partition: string, offset: number, value: string): void {
    this.acknowledgedCount++
    listOf(this.#acknowledged, partition).push({ offset, value })
    const next = this.onNextAcknowledgement
    this.onNextAcknowledgement = undefined
    next?.()
  }

  /** A consumer may read an offset twice, never with two values, and never a gap. */
  onRead(partition: string, { offset, value }: ReadRecord): void {
    this.readCount++
    const read = this.#read.get(partition) ?? new Map<number, string>()
    this.#read.set(partition, read)
    const before = read.get(offset)
    if (before !== undefined && before !== value && !this.#mayLose)
      throw new Error(
        `${partition}: offset ${offset} was read as '${short(before)}', then as '${short(value)}'`,
      )
    read.set(offset, value)
  }

  onCommitted(partition: string, offset: number): void {
    this.#committed.set(partition, Math.max(offset, this.#committed.get(partition) ?? -1))
  }

  /** Compares all that was told with what a partition holds in the end. */
  check(partition: string, records: readonly ReadRecord[], committedOffset: number | undefined): void {
    checkDense(partition, records)
    checkOrderOfProducers(partition, records)
    if (this.#mayLose) return
    this.#checkAcknowledged(partition, records)
    for (const [offset, value] of this.#read.get(partition) ?? [])
      if (records[offset]?.value !== value)
        throw new Error(
          `${partition}: offset ${offset} was read as '${short(value)}' and is '${short(records[offset]?.value)}'`,
        )
    const committed = this.#committed.get(partition)
    if (committed !== undefined && (committedOffset ?? -1) < committed)
      throw new Error(`${partition}: offset ${committed} was committed, the group is at ${committedOffset}`)
  }

  #checkAcknowledged(partition: string, records: readonly ReadRecord[]): void {
    const values = new Set(records.map(({ value }) => value))
    for (const { offset, value } of this.#acknowledged.get(partition) ?? []) {
      const isThere = offset === -1 ? values.has(value) : records[offset]?.value === value
      if (!isThere)
        throw new Error(
          `${partition}: '${short(value)}' was acknowledged at ${offset}, there is '${short(records[offset]?.value)}'`,
        )
    }
  }
}

function checkDense(partition: string, records: readonly ReadRecord[]): void {
  for (const [index, { offset }] of records.entries())
    if (offset !== index) throw new Error(`${partition}: offset ${index} is missing, ${offset} follows`)
}

/** Values are `producer:number`; numbers of one producer grow within a partition, so none comes twice. */
function checkOrderOfProducers(partition: string, records: readonly ReadRecord[]): void {
  const last = new Map<string, number>()
  for (const { offset, value } of records) {
    const [producer, number] = value.split(':') as [string, string]
    if (Number(number) <= (last.get(producer) ?? -1))
      throw new Error(
        `${partition}: offset ${offset} holds '${short(value)}' after number ${last.get(producer)}`,
      )
    last.set(producer, Number(number))
  }
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
