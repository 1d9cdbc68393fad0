// Reading the metadata back at start: the newest snapshot, then the log behind it. All that a single voter holds
// is committed, for it was durable before it was believed; a torn end was cut when the log was opened.

import type { Disk, Outcome } from '../env/env.ts'
import { readWholeFile } from '../log/files.ts'
import type { PartitionLog } from '../log/partition-log.ts'
import { emptyImage, type MetadataImage } from '../metadata/metadata-image.ts'
import { MetadataReplay } from '../metadata/metadata-replay.ts'
import { DecodeError } from '../protocol/decode-error.ts'
import { batchHeaders } from '../protocol/records/record-batch.ts'
import { type QuorumRecords, readControlBatch, staticQuorum } from './control-records.ts'
import { metadataRecordsOf } from './metadata-batches.ts'
import {
  bootstrapSnapshotId,
  decodeSnapshot,
  parseSnapshotFileName,
  type SnapshotId,
  snapshotFileName,
} from './snapshot-file.ts'

/** Read at a time: large enough to be quick, small enough to keep the rest of the start going. */
const readBytesMax = 4 * 1024 * 1024

export interface LoadedSnapshot {
  readonly id: SnapshotId
  readonly image: MetadataImage
  readonly quorum: QuorumRecords
}

export interface LoadedLog {
  readonly image: MetadataImage
  readonly inTransaction: boolean
  readonly quorum: QuorumRecords
}

/** The newest snapshot in the directory; an empty image at offset 0 when there is none. */
export async function loadSnapshot(disk: Disk, directory: string): Promise<Outcome<LoadedSnapshot, string>> {
  const names = (await disk.list(directory)).map(({ name }) => name)
  const ids = names.flatMap((name) => parseSnapshotFileName(name) ?? [])
  const newest = ids.toSorted((a, b) => b.endOffset - a.endOffset || b.epoch - a.epoch)[0]
  if (newest === undefined) {
    return { ok: true, value: { id: bootstrapSnapshotId, image: emptyImage, quorum: staticQuorum } }
  }
  const path = `${directory}/${snapshotFileName(newest)}`
  const snapshot = decodeSnapshot((await readWholeFile(disk, path))!)
  if (!snapshot.ok)
    return { ok: false, error: `The metadata snapshot ${path} cannot be read: ${snapshot.error}` }
  const replay = new MetadataReplay(emptyImage)
  for (const record of snapshot.value.records) replay.replay(record)
  replay.advance(newest.endOffset - 1, newest.epoch)
  return { ok: true, value: { id: newest, image: replay.result().image, quorum: snapshot.value.quorum } }
}

/** The snapshot's image with everything that the log holds behind it. */
export async function replayLog(
  log: PartitionLog,
  { id, image, quorum }: LoadedSnapshot,
): Promise<Outcome<LoadedLog, string>> {
  const replay = new MetadataReplay(image)
  let current = quorum
  let offset = id.endOffset
  while (offset < log.logEndOffset) {
    const request = { offset, endOffset: log.logEndOffset, bytesMax: readBytesMax, minOneMessage: true }
    const read = await log.read(request)
    if (!read.ok) return { ok: false, error: `${log.directory} cannot be read at offset ${offset}.` }
    try {
      for (const { at, header } of batchHeaders(read.records)) {
        if (header.isControl) current = readControlBatch(read.records, at, current).quorum
        else for (const record of metadataRecordsOf(read.records, at)) replay.replay(record)
        replay.advance(header.lastOffset, header.partitionLeaderEpoch)
        offset = header.lastOffset + 1
      }
    } catch (error) {
      if (!(error instanceof DecodeError)) throw error
      return { ok: false, error: `${log.directory} cannot be read at offset ${offset}: ${error.message}` }
    }
  }
  return { ok: true, value: { ...replay.result(), quorum: current } }
}
