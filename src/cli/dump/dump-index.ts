// The files beside a segment: `.index`, `.timeindex`, `.txnindex`, `.snapshot`, entry by entry.

import { decodeProducerSnapshot } from '../../log/producer-snapshot.ts'
import { Reader } from '../../protocol/reader.ts'
import { batchHeaderBytes, batchLastOffset } from '../../protocol/records/record-batch.ts'
import { type DumpLine, line, offsetOfFileName, problem } from './dump-line.ts'

const indexEntryBytes = 8
const timeIndexEntryBytes = 12
const transactionEntryBytes = 34

/** `log`: the segment, to compare with; undefined when it cannot be read. */
export function* dumpOffsetIndex(
  path: string,
  bytes: Uint8Array,
  log: Uint8Array | undefined,
  isQuiet: boolean,
): Generator<DumpLine> {
  const baseOffset = offsetOfFileName(path) ?? 0
  const count = Math.floor(bytes.length / indexEntryBytes)
  if (count === 0) yield line(`${path} is empty.`, { empty: true })
  const reader = new Reader(bytes)
  for (let index = 0; index < count; index++) {
    const offset = baseOffset + reader.int32()
    const position = reader.int32()
    // Preallocated entries behind the last one, left by a crash.
    if (offset === baseOffset && index > 0) return
    const found = lastOffsetAt(log, position)
    if (log !== undefined && found !== offset) {
      yield problem(`Mismatch in ${path}: index offset: ${offset}, log offset: ${found ?? 'none'}`)
    }
    if (!isQuiet) yield line(`offset: ${offset} position: ${position}`, { offset, position })
  }
}

function lastOffsetAt(log: Uint8Array | undefined, position: number): number | undefined {
  if (log === undefined || position < 0 || position + batchHeaderBytes > log.length) return undefined
  return batchLastOffset(log, position)
}

export function* dumpTimeIndex(path: string, bytes: Uint8Array, isQuiet: boolean): Generator<DumpLine> {
  const baseOffset = offsetOfFileName(path) ?? 0
  const count = Math.floor(bytes.length / timeIndexEntryBytes)
  const reader = new Reader(bytes)
  let before = -1
  for (let index = 0; index < count; index++) {
    const timestamp = reader.int64()
    const offset = baseOffset + reader.int32()
    if (offset === baseOffset && index > 0) return
    if (timestamp <= before) {
      yield problem(`Out of order timestamp in ${path}: ${timestamp} follows ${before}, at offset ${offset}`)
    }
    if (!isQuiet) yield line(`timestamp: ${timestamp} offset: ${offset}`, { timestamp, offset })
    before = timestamp
  }
}

export function* dumpTransactionIndex(bytes: Uint8Array): Generator<DumpLine> {
  const reader = new Reader(bytes)
  while (reader.remaining >= transactionEntryBytes) {
    const entry = {
      version: reader.int16(),
      producerId: reader.int64(),
      firstOffset: reader.int64(),
      lastOffset: reader.int64(),
      lastStableOffset: reader.int64(),
    }
    yield line(textOf(entry), entry)
  }
}

export function* dumpProducerSnapshot(path: string, bytes: Uint8Array): Generator<DumpLine> {
  const entries = decodeProducerSnapshot(bytes)
  if (entries === undefined) {
    yield problem(`Snapshot ${path} is damaged or of an unknown version.`)
    return
  }
  for (const entry of entries) {
    const { currentTxnFirstOffset, lastSequence, lastOffset, offsetDelta, timestamp } = entry
    const hasTransaction = currentTxnFirstOffset >= 0
    const front = {
      producerId: entry.producerId,
      producerEpoch: entry.epoch,
      coordinatorEpoch: entry.coordinatorEpoch,
    }
    const firstSequence = lastSequence < 0 ? -1 : lastSequence - offsetDelta
    const batch = lastOffset < 0 ? {} : { firstSequence, lastSequence, lastOffset, offsetDelta, timestamp }
    const transaction = hasTransaction ? `OptionalLong[${currentTxnFirstOffset}]` : 'OptionalLong.empty'
    yield line(textOf({ ...front, currentTxnFirstOffset: transaction, lastTimestamp: timestamp, ...batch }), {
      ...front,
      currentTxnFirstOffset: hasTransaction ? currentTxnFirstOffset : null,
      lastTimestamp: timestamp,
      ...batch,
    })
  }
}

function textOf(fields: object): string {
  return Object.entries(fields)
    .map(([name, value]) => `${name}: ${value}`)
    .join(' ')
}
