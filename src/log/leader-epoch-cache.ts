// At which offset each leader epoch began (KIP-101): the truth that followers truncate by.
// Epochs and start offsets both grow along the list. An entry that would break that drops the entries it
// contradicts: they described records that a newer leader replaced (LeaderEpochFileCache).

import type { BatchHeader } from '../protocol/records/record-batch.ts'
import type { EpochEntry } from './checkpoint-file.ts'

export class LeaderEpochCache {
  #entries: EpochEntry[]
  /** Set by every change; whoever stores the entries clears it. */
  hasChanged = false

  constructor(entries: readonly EpochEntry[] = []) {
    this.#entries = [...entries]
  }

  get entries(): readonly EpochEntry[] {
    return this.#entries
  }

  /** The epoch of the newest entry, or undefined while no leader has written. */
  get latestEpoch(): number | undefined {
    return this.#entries.at(-1)?.epoch
  }

  /** Notes that `epoch` begins at `startOffset`, or before. Records without an epoch (-1) change nothing. */
  assign(epoch: number, startOffset: number): void {
    if (epoch < 0) return
    const latest = this.#entries.at(-1)
    if (latest !== undefined && latest.epoch === epoch && startOffset >= latest.startOffset) return
    while (this.#entries.length > 0) {
      const last = this.#entries.at(-1)!
      if (last.epoch < epoch && last.startOffset < startOffset) break
      this.#entries.pop()
    }
    this.#entries.push({ epoch, startOffset })
    this.hasChanged = true
  }

  /** Notes the epoch of a batch that is found in the log. */
  note({ partitionLeaderEpoch, baseOffset }: BatchHeader): void {
    if (partitionLeaderEpoch > (this.latestEpoch ?? -1)) this.assign(partitionLeaderEpoch, baseOffset)
  }

  /**
   * The largest epoch not above `epoch` and the offset at which it ends (the start of the next one, or
   * `logEndOffset` for the newest). Epoch and offset -1 when that is not known.
   */
  endOffsetFor(epoch: number, logEndOffset: number): { epoch: number; endOffset: number } {
    if (epoch === this.latestEpoch) return { epoch, endOffset: logEndOffset }
    const higher = this.#entries.findIndex((entry) => entry.epoch > epoch)
    if (epoch === -1 || higher === -1) return { epoch: -1, endOffset: -1 }
    const floor = this.#entries[higher - 1]
    return { epoch: floor?.epoch ?? epoch, endOffset: this.#entries[higher]!.startOffset }
  }

  /** The epoch that wrote `offset`, or undefined when the offset is older than the list. */
  epochForOffset(offset: number): number | undefined {
    return this.#entries.findLast((entry) => entry.startOffset <= offset)?.epoch
  }

  /** Forgets epochs that begin at or after the new end of the log. */
  truncateFromEnd(endOffset: number): void {
    while (this.#entries.length > 0 && this.#entries.at(-1)!.startOffset >= endOffset) {
      this.#entries.pop()
      this.hasChanged = true
    }
  }

  /** Forgets epochs that ended before the new start of the log; the first one left begins there. */
  truncateFromStart(startOffset: number): void {
    const kept = this.#entries.findLastIndex((entry) => entry.startOffset <= startOffset)
    const first = this.#entries[kept]
    if (first === undefined || (kept === 0 && first.startOffset === startOffset)) return
    this.#entries.splice(0, kept + 1, { epoch: first.epoch, startOffset })
    this.hasChanged = true
  }

  clear(): void {
    this.#entries = []
    this.hasChanged = true
  }
}
