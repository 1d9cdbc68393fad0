// What is fuzzed: a reader of bytes from outside, with inputs that are right to start from. A reader may refuse an
// input in its own way (a decode error, a failed outcome, undefined); it may not throw anything else, hang, or take
// memory out of all proportion.

import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { decodeAssignmentMessage, decodeSubscription } from '../src/client/consumer-protocol.ts'
import { parseProperties } from '../src/config/parse-properties.ts'
import { parseEpochCheckpoint, parseOffsetCheckpoint } from '../src/log/checkpoint-file.ts'
import { validOffsetIndex } from '../src/log/offset-index.ts'
import { decodeProducerSnapshot } from '../src/log/producer-snapshot.ts'
import { validTimeIndex } from '../src/log/time-index.ts'
import { groupRecords, transactionRecords } from '../src/protocol/coordinator-records.ts'
import { decodeRequestHeader } from '../src/protocol/frame.ts'
import { FrameDecoder } from '../src/protocol/frame-decoder.ts'
import { decodeMetadataRecord } from '../src/protocol/metadata-records.ts'
import { Reader } from '../src/protocol/reader.ts'
import { legacyBatches } from '../src/protocol/records/legacy-message-set.ts'
import { batchHeaders, crcIsValid, records, updateCrc } from '../src/protocol/records/record-batch.ts'
import { type RecordRules, validateRecords } from '../src/protocol/records/validate-records.ts'
import { decodeSnapshot } from '../src/raft/snapshot-file.ts'
import { loadCodecs } from '../test/support/codecs.ts'

export interface FuzzTarget {
  readonly name: string
  readonly seeds: readonly Uint8Array[]
  read(bytes: Uint8Array): void
}

interface GoldenLine {
  readonly message: string
  readonly version: number
  readonly hex: string
}

const golden = join(import.meta.dirname, '../test/golden')
const framesMax = 1024 * 1024
/** A batch may inflate; this much is allowed. */
const inflatedBytesMax = 1024 * 1024

const rules: RecordRules = {
  keysRequired: true,
  timestampType: 'create',
  timestampMinMs: 0,
  timestampMaxMs: Number.MAX_SAFE_INTEGER,
  decompressedBytesMax: inflatedBytesMax,
}

export async function fuzzTargets(): Promise<FuzzTarget[]> {
  const batches = hexOf('record-batches.jsonl')
  return [
    ...(await messageTargets()),
    { name: 'record batch', seeds: batches, read: readBatch },
    { name: 'legacy message set', seeds: hexOf('legacy-message-sets.jsonl'), read: readLegacy },
    {
      name: 'metadata record',
      seeds: hexOf('metadata-records.jsonl'),
      read: (bytes) => decodeMetadataRecord(bytes),
    },
    {
      name: 'group record',
      seeds: hexOf('coordinator-records.jsonl'),
      read: (bytes) => groupRecords.decode(bytes, bytes),
    },
    {
      name: 'transaction record',
      seeds: hexOf('coordinator-records.jsonl'),
      read: (bytes) => transactionRecords.decode(bytes, bytes),
    },
    { name: 'frame stream', seeds: batches, read: readFrames },
    { name: 'request header', seeds: batches, read: (bytes) => decodeRequestHeader(new Reader(bytes)) },
    { name: 'consumer subscription', seeds: batches, read: (bytes) => decodeSubscription(bytes) },
    { name: 'consumer assignment', seeds: batches, read: (bytes) => decodeAssignmentMessage(bytes) },
    { name: 'offset index', seeds: logFiles('.index'), read: (bytes) => validOffsetIndex(bytes) },
    { name: 'time index', seeds: logFiles('.timeindex'), read: (bytes) => validTimeIndex(bytes) },
    {
      name: 'producer snapshot',
      seeds: logFiles('.snapshot'),
      read: (bytes) => decodeProducerSnapshot(bytes),
    },
    { name: 'metadata snapshot', seeds: logFiles('.checkpoint'), read: (bytes) => decodeSnapshot(bytes) },
    {
      name: 'offset checkpoint',
      seeds: logFiles('offset-checkpoint'),
      read: (bytes) => parseOffsetCheckpoint(text(bytes)),
    },
    {
      name: 'epoch checkpoint',
      seeds: logFiles('epoch-checkpoint'),
      read: (bytes) => parseEpochCheckpoint(text(bytes)),
    },
    { name: 'properties', seeds: logFiles('meta.properties'), read: (bytes) => parseProperties(text(bytes)) },
  ]
}

/** One target for every message in every version that golden data has. */
async function messageTargets(): Promise<FuzzTarget[]> {
  const codecs = await loadCodecs()
  const lines = gunzipSync(readFileSync(join(golden, 'rpc-messages.jsonl.gz')))
    .toString()
    .trim()
    .split('\n')
  const seeds = Map.groupBy(
    lines.map((line) => JSON.parse(line) as GoldenLine),
    ({ message, version }) => `${message} ${version}`,
  )
  return [...seeds].flatMap(([name, ofVersion]) => {
    const { message, version } = ofVersion[0]!
    const known = codecs.get(message)
    if (known === undefined) return []
    const read = (bytes: Uint8Array) => void known.codec.decode(new Reader(bytes), version)
    return [{ name, seeds: ofVersion.map(({ hex }) => Buffer.from(hex, 'hex')), read }]
  })
}

/** As a broker does, and once more with a CRC that fits, which a damaged batch hardly ever has by itself. */
function readBatch(bytes: Uint8Array): void {
  const copy = new Uint8Array(bytes)
  for (const { at } of batchHeaders(copy)) {
    if (!crcIsValid(copy, at)) updateCrc(copy, at)
    validateRecords(copy, at, rules)
    for (const _ of records(copy, at, inflatedBytesMax));
  }
}

function readLegacy(bytes: Uint8Array): void {
  for (const _ of legacyBatches(bytes, inflatedBytesMax));
}

function readFrames(bytes: Uint8Array): void {
  const decoder = new FrameDecoder({ frameBytesMax: framesMax }, { onFrame: () => {} })
  for (let at = 0; at < bytes.length; at += 7) decoder.push(bytes.subarray(at, at + 7))
}

function hexOf(file: string): Uint8Array[] {
  const lines = readFileSync(join(golden, file), 'utf8').trim().split('\n')
  return lines.flatMap((line) => {
    const { hex, keyHex, valueHex } = JSON.parse(line) as Record<string, string | undefined>
    return [hex, keyHex, valueHex].flatMap((each) =>
      each === undefined || each === null ? [] : [Buffer.from(each, 'hex')],
    )
  })
}

function logFiles(suffix: string): Uint8Array[] {
  return readdirSync(join(golden, 'logdir'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(suffix))
    .map((entry) => readFileSync(join(entry.parentPath, entry.name)))
    .filter((bytes) => bytes.length > 0 && bytes.length < 1024 * 1024)
}

function text(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString()
}
