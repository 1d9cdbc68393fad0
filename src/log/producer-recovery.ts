// The producer state of a log from its files: the newest usable snapshot, then the batches behind it.

import type { Disk } from '../env/env.ts'
import { scanBatches } from './batch-scan.ts'
import { endTransactionMarkerOf } from './end-transaction-marker.ts'
import { parseSegmentFileName, readWholeFile, segmentFileName } from './files.ts'
import { ProducerState } from './producer-state.ts'
import type { Segment } from './segment.ts'
import type { SegmentFiles } from './segment-files.ts'

export interface ProducerSource {
  readonly disk: Disk
  readonly files: SegmentFiles
  /** By base offset; their bytes are all written. */
  readonly segments: readonly Segment[]
}

/** The state as of `endOffset`, from one of the snapshots at `snapshotOffsets` if one is sound. */
export async function rebuildProducers(
  source: ProducerSource,
  endOffset: number,
  snapshotOffsets: readonly number[],
): Promise<ProducerState> {
  const { files, segments } = source
  const firstOffset = Math.min(segments[0]?.baseOffset ?? endOffset, endOffset)
  const usable = snapshotOffsets.filter((offset) => offset <= endOffset)
  const state = (await newestSnapshot(source, usable)) ?? new ProducerState(firstOffset)
  for (const [index, segment] of segments.entries()) {
    const next = segments[index + 1]
    const isCovered = state.endOffset >= (next?.baseOffset ?? endOffset)
    if (segment.baseOffset >= endOffset || isCovered) continue
    const start = await files.floorPosition(segment, state.endOffset)
    const read = (from: number, to: number) => files.read(segment, from, to)
    await scanBatches(read, start, segment.sizeBytes, (header, bytes, at) => {
      if (header.baseOffset >= endOffset) return false
      if (header.lastOffset >= state.endOffset) state.apply(header, endTransactionMarkerOf(header, bytes, at))
      return true
    })
  }
  state.endOffset = endOffset
  return state
}

async function newestSnapshot(
  { disk, files }: ProducerSource,
  offsets: readonly number[],
): Promise<ProducerState | undefined> {
  for (const offset of [...offsets].sort((a, b) => b - a)) {
    const bytes = await readWholeFile(disk, `${files.directory}/${segmentFileName(offset, 'snapshot')}`)
    const state = bytes === undefined ? undefined : ProducerState.fromSnapshot(bytes, offset)
    if (state !== undefined) return state
  }
  return undefined
}

/** The offsets of the snapshot files of a log. */
export async function findSnapshots({ disk, files }: ProducerSource): Promise<number[]> {
  const names = (await disk.list(files.directory)).map((entry) => parseSegmentFileName(entry.name))
  return names.filter((name) => name?.extension === 'snapshot').map((name) => name!.offset)
}

/** Removes the snapshots that no recovery will begin with: those behind the end, and those of no segment. */
export async function removeStraySnapshots(
  source: ProducerSource,
  logEndOffset: number,
  snapshotOffsets: readonly number[],
): Promise<void> {
  const useful = new Set([logEndOffset, ...source.segments.map((segment) => segment.baseOffset)])
  for (const offset of snapshotOffsets) {
    if (offset <= logEndOffset && useful.has(offset)) continue
    await source.disk.remove(`${source.files.directory}/${segmentFileName(offset, 'snapshot')}`)
  }
}
