// `.log` and `.checkpoint` files batch by batch: the header of each, on demand its records. Stops at the first bytes
// that are no batch and says how many are left.

import { DecodeError } from '../../protocol/decode-error.ts'
import { type LegacyBatch, legacyBatches } from '../../protocol/records/legacy-message-set.ts'
import { addToSequence, type Record } from '../../protocol/records/record.ts'
import {
  type BatchHeader,
  batchMagic,
  batchSizeBytes,
  crcIsValid,
  readBatchHeader,
  records,
} from '../../protocol/records/record-batch.ts'
import { controlText } from './control-text.ts'
import { type DumpLine, fileNameOf, line, offsetOfFileName, problem } from './dump-line.ts'
import type { RecordDecoder } from './record-decoders.ts'

export interface SegmentOptions {
  /** Show the records, too. */
  readonly isDeep: boolean
  /** Show keys and values. */
  readonly decode: RecordDecoder | undefined
  readonly skipRecordMetadata: boolean
  readonly bytesMax: number
}

interface Shape {
  readonly sizeBytes: number
  /** The line without the position, which stands between the two. */
  readonly front: string
  readonly back: string
  readonly json: object
  readonly lines: () => Generator<DumpLine, number>
}

const magicAt = 16

export function* dumpSegment(path: string, file: Uint8Array, options: SegmentOptions): Generator<DumpLine> {
  yield title(path)
  const bytes = file.subarray(0, Math.min(file.length, options.bytesMax))
  let at = 0
  let lastOffset: number | undefined
  while (at < bytes.length) {
    const shape = readShape(bytes, at, lastOffset, options)
    if (shape === undefined) break
    if (typeof shape === 'string') {
      yield problem(`The batch at position ${at} of ${fileNameOf(path)} is damaged: ${shape}`)
      break
    }
    yield line(`${shape.front} position: ${at} ${shape.back}`, { position: at, ...shape.json })
    if (options.isDeep) {
      try {
        lastOffset = yield* shape.lines()
      } catch (error) {
        if (!isDamage(error)) throw error
        yield problem(
          `The records of the batch at position ${at} of ${fileNameOf(path)} are damaged: ${error.message}`,
        )
      }
    }
    at += shape.sizeBytes
  }
  const rest = bytes.length - at
  if (rest > 0 && bytes.length === file.length) {
    const text = `Found ${rest} invalid bytes at the end of ${fileNameOf(path)}`
    yield line(text, { invalidBytes: rest })
  }
}

function title(path: string): DumpLine {
  const name = fileNameOf(path)
  const snapshot = /^(\d+)-(\d+)\.checkpoint/.exec(name)
  if (snapshot !== null) {
    const [endOffset, epoch] = [Number(snapshot[1]), Number(snapshot[2])]
    return line(`Snapshot end offset: ${endOffset}, epoch: ${epoch}`, { snapshotEndOffset: endOffset, epoch })
  }
  if (name.endsWith('.checkpoint')) return line('KRaft bootstrap snapshot', { snapshot: 'bootstrap' })
  const offset = offsetOfFileName(path) ?? 0
  return line(`Log starting offset: ${offset}`, { logStartingOffset: offset })
}

/** Undefined: the file ends within the batch. A text: what is wrong with it. */
function readShape(
  bytes: Uint8Array,
  at: number,
  lastOffset: number | undefined,
  options: SegmentOptions,
): Shape | string | undefined {
  if (at + magicAt >= bytes.length) return undefined
  const sizeBytes = batchSizeBytes(bytes, at)
  if (sizeBytes <= magicAt || at + sizeBytes > bytes.length) return undefined
  try {
    if (batchMagic(bytes, at) >= 2) return modernShape(bytes, at, lastOffset, options)
    const [batch] = legacyBatches(bytes.subarray(at, at + sizeBytes))
    return batch === undefined ? undefined : legacyShape(batch, options)
  } catch (error) {
    if (isDamage(error)) return error.message
    throw error
  }
}

function modernShape(
  bytes: Uint8Array,
  at: number,
  lastOffset: number | undefined,
  options: SegmentOptions,
): Shape {
  const header = readBatchHeader(bytes, at)
  const isValid = crcIsValid(bytes, at)
  const lastSequence =
    header.baseSequence < 0 ? -1 : addToSequence(header.baseSequence, header.lastOffsetDelta)
  const horizon = header.hasDeleteHorizon ? `OptionalLong[${header.baseTimestamp}]` : 'OptionalLong.empty'
  const fields = {
    baseOffset: header.baseOffset,
    lastOffset: header.lastOffset,
    count: header.count,
    baseSequence: header.baseSequence,
    lastSequence,
    producerId: header.producerId,
    producerEpoch: header.producerEpoch,
    partitionLeaderEpoch: header.partitionLeaderEpoch,
    isTransactional: header.isTransactional,
    isControl: header.isControl,
  }
  const front = Object.entries({ ...fields, deleteHorizonMs: horizon })
  const json = {
    ...fields,
    deleteHorizonMs: header.hasDeleteHorizon ? header.baseTimestamp : null,
    ...commonJson(header, isValid),
  }
  return {
    sizeBytes: header.sizeBytes,
    front: front.map(([name, value]) => `${name}: ${value}`).join(' '),
    back: commonText(header, isValid),
    json,
    lines: () => modernRecords(bytes, at, header, lastOffset, options),
  }
}

interface Common {
  readonly timestampType: LegacyBatch['timestampType']
  readonly maxTimestamp: number
  readonly sizeBytes: number
  readonly magic: number
  readonly compression: string
  readonly crc: number
}

const timestampTypes = { none: 'NoTimestampType', create: 'CreateTime', append: 'LogAppendTime' } as const

function commonText(batch: Common, isValid: boolean): string {
  const { timestampType, maxTimestamp, sizeBytes, magic, compression, crc } = batch
  const time = `${timestampTypes[timestampType]}: ${maxTimestamp}`
  return `${time} size: ${sizeBytes} magic: ${magic} compresscodec: ${compression} crc: ${crc} isvalid: ${isValid}`
}

function commonJson(batch: Common, isValid: boolean): object {
  const { timestampType, maxTimestamp, sizeBytes: size, magic, compression: compressCodec, crc } = batch
  return {
    timestampType: timestampTypes[timestampType],
    maxTimestamp,
    size,
    magic,
    compressCodec,
    crc,
    isValid,
  }
}

/** Answers the offset of the last record, for the next batch to be compared with. */
function* modernRecords(
  bytes: Uint8Array,
  at: number,
  header: BatchHeader,
  lastOffsetBefore: number | undefined,
  options: SegmentOptions,
): Generator<DumpLine, number> {
  let lastOffset = lastOffsetBefore
  for (const record of records(bytes, at)) {
    if (lastOffset !== undefined && record.offset !== lastOffset + 1) {
      yield problem(`Non-consecutive offsets: ${lastOffset} is followed by ${record.offset}`)
    }
    lastOffset = record.offset
    yield recordLine(record, header, options)
  }
  return lastOffset ?? header.lastOffset
}

function recordLine(record: Record, header: BatchHeader, options: SegmentOptions): DumpLine {
  const { offset, timestamp, sequence, headers, key, value } = record
  const sizes = { keySize: key?.length ?? -1, valueSize: value?.length ?? -1 }
  const headerKeys = headers.map((each) => each.key)
  const time = timestampTypes[header.timestampType]
  const metadata =
    `offset: ${offset} ${time}: ${timestamp} keySize: ${sizes.keySize} valueSize: ${sizes.valueSize}` +
    ` sequence: ${sequence} headerKeys: [${headerKeys.join(',')}]`
  const control = header.isControl ? controlText(record) : undefined
  const shown = header.isControl ? undefined : options.decode?.(record)
  const parts = [
    ...(options.skipRecordMetadata ? [] : [metadata, control]),
    shown?.key === undefined ? undefined : `key: ${shown.key}`,
    shown?.payload === undefined ? undefined : `payload: ${shown.payload}`,
  ]
  const json = { offset, timestamp, ...sizes, sequence, headerKeys, ...(control && { control }), ...shown }
  return line(`| ${parts.filter((part) => part !== undefined).join(' ')}`, json)
}

function legacyShape(batch: LegacyBatch, options: SegmentOptions): Shape {
  // Reading it has checked its checksum.
  const isValid = true
  return {
    sizeBytes: batch.sizeBytes,
    front: `offset: ${batch.lastOffset}`,
    back: commonText(batch, isValid),
    json: { offset: batch.lastOffset, ...commonJson(batch, isValid) },
    lines: () => legacyRecords(batch, options),
  }
}

function* legacyRecords(batch: LegacyBatch, options: SegmentOptions): Generator<DumpLine, number> {
  for (const record of batch.records) {
    const { offset, timestamp, key, value } = record
    const sizes = { keySize: key?.length ?? -1, valueSize: value?.length ?? -1 }
    const time = timestampTypes[batch.timestampType]
    const shown = options.decode?.(record)
    const parts = [
      `offset: ${offset} ${time}: ${timestamp} keySize: ${sizes.keySize} valueSize: ${sizes.valueSize}`,
      shown?.key === undefined ? undefined : `key: ${shown.key}`,
      shown?.payload === undefined ? undefined : `payload: ${shown.payload}`,
    ]
    yield line(`| ${parts.filter((part) => part !== undefined).join(' ')}`, {
      offset,
      timestamp,
      ...sizes,
      ...shown,
    })
  }
  return batch.lastOffset
}

function isDamage(error: unknown): error is Error {
  return error instanceof DecodeError
}
