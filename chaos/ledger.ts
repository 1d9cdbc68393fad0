// What a broker has promised and what was seen of it: every acknowledged record is there exactly once, records of one
// producer keep their order, and what a reader saw at an offset stays there.

export class Ledger {
  readonly findings: string[] = []
  /** Values by partition; they are numbers that rise within a partition. */
  readonly #acknowledged = new Map<number, Set<number>>()
  readonly #seen = new Map<number, Map<number, number>>()
  acknowledgedCount = 0

  acknowledge(partition: number, value: number): void {
    const values = this.#acknowledged.get(partition) ?? new Set()
    this.#acknowledged.set(partition, values.add(value))
    this.acknowledgedCount++
  }

  /** A reader's view; called for each record in the order in which it reads. */
  see(reader: string, partition: number, offset: number, value: number): void {
    const seen = this.#seen.get(partition) ?? new Map<number, number>()
    this.#seen.set(partition, seen)
    const before = seen.get(offset)
    if (before !== undefined && before !== value)
      this.find(`${reader}: ${partition}@${offset} is ${value}, but was read as ${before}`)
    seen.set(offset, value)
  }

  /** `values` is all of the partition, in the order of its log, from offset 0. */
  settle(partition: number, values: readonly number[]): void {
    for (const [offset, value] of values.entries()) this.see('the last reading', partition, offset, value)
    if (this.#seen.get(partition)?.size !== undefined && this.#seen.get(partition)!.size > values.length)
      this.find(`partition ${partition} ends at ${values.length}; more had been read`)
    const stored = new Set(values)
    if (stored.size !== values.length)
      this.find(`partition ${partition} has ${values.length - stored.size} records twice`)
    if (values.some((value, index) => index > 0 && value < values[index - 1]!))
      this.find(`partition ${partition} is out of order`)
    const lost = [...(this.#acknowledged.get(partition) ?? [])].filter((value) => !stored.has(value))
    if (lost.length > 0)
      this.find(`partition ${partition} lost ${lost.length} acknowledged records, first ${lost[0]}`)
  }

  find(finding: string): void {
    if (!this.findings.includes(finding)) this.findings.push(finding)
  }
}
