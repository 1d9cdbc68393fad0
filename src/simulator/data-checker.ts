// What the broker of a run says about records, seen where its APIs answer: batches as they lie in the log, watermarks,
// sequences. Knows batches by the topic's id, so that a topic made again under its name is another one.
// Holds S2 (the watermark does not go back), S3 (the order of a log's offsets), S10 (a batch never changes), S11
// (offsets are dense, epochs do not go back), S19 (sequences without gaps, each once) and S20 (a retry is answered with
// the first offset).

import { crc32c } from '../base/crc32c.ts'
import { errors } from '../base/errors.ts'
import type { PartitionData } from '../protocol/generated/fetch-response.ts'
import {
  type BatchHeader,
  batchHeaders,
  crcIsValid,
  readBatchHeader,
} from '../protocol/records/record-batch.ts'
import type { Sometimes } from './sometimes.ts'
import { isCompacted } from './topics.ts'

export interface ProducedBatch {
  readonly producerId: number
  readonly key: string
}

interface Told {
  highWatermark: number
  /** Moves forward within one life of the broker; a crash may forget the last move. */
  logStartOffset: number
}

interface KnownPartition extends Told {
  readonly batches: Map<number, KnownBatch>
}

interface KnownBatch {
  readonly header: BatchHeader
  /** Of the whole batch. */
  readonly checksum: number
}

const sequencesCount = 2 ** 31

export class DataChecker {
  readonly #sometimes: Sometimes
  readonly #partitions = new Map<string, KnownPartition>()
  /** First offsets that were answered, by producer, epoch, sequence and partition. */
  readonly #produced = new Map<string, { baseOffset: number; life: number }>()
  #life = 0
  /** A log is seen to start further on than before; the partition is named as elsewhere here. */
  onLogStart: (partition: string, logStartOffset: number) => void = () => {}

  constructor(modules: { sometimes: Sometimes }) {
    this.#sometimes = modules.sometimes
  }

  /** The broker is gone; with `isLossy` anything that it said may be untrue from now on. */
  onCrash(isLossy: boolean): void {
    this.#life++
    for (const known of this.#partitions.values()) known.logStartOffset = 0
    if (!isLossy) return
    this.#partitions.clear()
    this.#produced.clear()
  }

  /** What has been told by now of each partition: no answer to a later question may be below. */
  told(): (partition: string) => Told {
    const told = new Map(
      [...this.#partitions].map(([partition, { highWatermark, logStartOffset }]) => [
        partition,
        { highWatermark, logStartOffset },
      ]),
    )
    return (partition) => told.get(partition) ?? { highWatermark: 0, logStartOffset: 0 }
  }

  onFetched(partition: string, before: Told, data: PartitionData): void {
    if (data.errorCode === errors.OFFSET_OUT_OF_RANGE) this.#sometimes.note('fetch refused for its offset')
    if (data.errorCode !== errors.NONE) return
    const { highWatermark, lastStableOffset, logStartOffset, records } = data
    const known = this.#known(partition)
    demand(
      logStartOffset <= highWatermark && lastStableOffset <= highWatermark,
      `S3: ${partition}: log start ${logStartOffset}, stable ${lastStableOffset}, watermark ${highWatermark}`,
    )
    demand(
      highWatermark >= before.highWatermark,
      `S2: ${partition}: the watermark was ${before.highWatermark} and is ${highWatermark}`,
    )
    demand(
      logStartOffset >= before.logStartOffset,
      `S3: ${partition}: the log start was ${before.logStartOffset} and is ${logStartOffset}`,
    )
    known.highWatermark = Math.max(known.highWatermark, highWatermark)
    if (logStartOffset > known.logStartOffset) this.onLogStart(partition, logStartOffset)
    known.logStartOffset = Math.max(known.logStartOffset, logStartOffset)
    if (records !== null) this.#onBatches(partition, known, records, highWatermark)
  }

  #onBatches(partition: string, known: KnownPartition, records: Uint8Array, highWatermark: number): void {
    let previous: BatchHeader | undefined
    for (const { at, header } of batchHeaders(records)) {
      const { baseOffset, lastOffset, partitionLeaderEpoch } = header
      demand(crcIsValid(records, at), `S10: ${partition}: the batch at ${baseOffset} has a wrong checksum`)
      demand(
        lastOffset < highWatermark,
        `S3: ${partition}: the batch at ${baseOffset} is served above the watermark ${highWatermark}`,
      )
      demand(
        previous === undefined || baseOffset > previous.lastOffset,
        `S11: ${partition}: offset ${baseOffset} follows ${previous?.lastOffset}`,
      )
      demand(
        previous === undefined || previous.lastOffset + 1 === baseOffset || isCompacted(partition),
        `S11: ${partition}: offset ${baseOffset} follows ${previous?.lastOffset}`,
      )
      demand(
        previous === undefined || previous.partitionLeaderEpoch <= partitionLeaderEpoch,
        `S11: ${partition}: epoch ${partitionLeaderEpoch} follows ${previous?.partitionLeaderEpoch}`,
      )
      previous = header
      const checksum = crc32c(records, at, at + header.sizeBytes)
      const before = known.batches.get(baseOffset)
      demand(
        before === undefined || before.checksum === checksum || isCompacted(partition),
        `S10: ${partition}: the batch at ${baseOffset} is another one than before`,
      )
      known.batches.set(baseOffset, { header, checksum })
    }
  }

  onListedLatest(partition: string, before: Told, offset: number): void {
    demand(
      offset >= before.highWatermark,
      `S2: ${partition}: the latest offset is ${offset}, ${before.highWatermark} was told before`,
    )
  }

  /** Before the broker has the batch, which it may change. */
  batchToProduce(partition: string, records: Uint8Array | null): ProducedBatch | undefined {
    if (records === null || records.length < 61) return undefined
    const { producerId, producerEpoch, baseSequence } = readBatchHeader(records, 0)
    if (producerId < 0) return undefined
    return { producerId, key: `${partition} ${producerId} ${producerEpoch} ${baseSequence}` }
  }

  onProduced({ key }: ProducedBatch, baseOffset: number): void {
    const before = this.#produced.get(key)
    if (before === undefined) {
      this.#produced.set(key, { baseOffset, life: this.#life })
      return
    }
    demand(
      before.baseOffset === baseOffset,
      `S20: the batch ${key} was acknowledged at ${before.baseOffset}, then at ${baseOffset}`,
    )
    this.#sometimes.note('duplicate batch answered')
    if (before.life !== this.#life) this.#sometimes.note('record acknowledged again after a crash')
  }

  /** At the end, when everything has been read once more. */
  checkSequences(): void {
    for (const [partition, { batches }] of this.#partitions) {
      const inOrder = [...batches.values()].sort((a, b) => a.header.baseOffset - b.header.baseOffset)
      let nextOffset = -1
      const next = new Map<string, number>()
      for (const { header } of inOrder) {
        // What was removed meanwhile leaves a gap; behind it sequences begin anew.
        if (header.baseOffset !== nextOffset) next.clear()
        nextOffset = header.lastOffset + 1
        this.#checkSequence(partition, next, header)
      }
    }
  }

  #checkSequence(partition: string, next: Map<string, number>, header: BatchHeader): void {
    const { producerId, producerEpoch, baseSequence, lastOffsetDelta, baseOffset } = header
    if (producerId < 0 || header.isControl) return
    const producer = `${producerId} ${producerEpoch}`
    const expected = next.get(producer)
    demand(
      expected === undefined || expected === baseSequence,
      `S19: ${partition}: producer ${producer} has sequence ${baseSequence} at ${baseOffset}, not ${expected}`,
    )
    next.set(producer, (baseSequence + lastOffsetDelta + 1) % sequencesCount)
  }

  #known(partition: string): KnownPartition {
    const found = this.#partitions.get(partition)
    if (found !== undefined) return found
    const known = { highWatermark: 0, logStartOffset: 0, batches: new Map<number, KnownBatch>() }
    this.#partitions.set(partition, known)
    return known
  }
}

/** Throws what is not as it has to be; the first words name the invariant. */
export function demand(condition: boolean, message: string): void {
  if (!condition) throw new Error(message)
}
