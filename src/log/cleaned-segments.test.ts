import { deepEqual, equal } from 'node:assert/strict'
import { test } from 'node:test'
import { readBatchHeader } from '../protocol/records/record-batch.ts'
import { CleanedSegments } from './cleaned-segments.ts'
import { loadSegment } from './load-segments.ts'
import { Segment } from './segment.ts'
import { SegmentFiles } from './segment-files.ts'
import { batchOfKeys } from './testing/compaction-world.ts'
import { directory, LogWorld, nowMs } from './testing/log-world.ts'

test('[CLEAN7] what no longer fits into one segment goes on in another, that begins with its batch', async () => {
  const { modules, disk } = new LogWorld()
  await disk.makeDirectory(directory)
  const files = new SegmentFiles(directory, modules)
  const source = new Segment(10, nowMs)
  const options = { directory, sources: [source], indexIntervalBytes: 100, segmentBytesMax: 160 }
  const cleaned = new CleanedSegments(options, modules)
  for (const baseOffset of [12, 20, 35, 50]) {
    const batch = batchOfKeys([['k', 'v']], { baseOffset })
    cleaned.append(readBatchHeader(batch, 0), batch, [])
    if (baseOffset === 20) await cleaned.write()
  }
  await cleaned.seal()
  await cleaned.swapIn(files)
  deepEqual(
    cleaned.segments.map(({ baseOffset, sizeBytes }) => [baseOffset, sizeBytes]),
    [
      [10, 140],
      [35, 140],
    ],
  )
  for (const { baseOffset } of cleaned.segments) {
    const found = { baseOffset, extensions: new Set(['log', 'index', 'timeindex']) }
    const loaded = await loadSegment(found, files, modules, nowMs)
    equal(loaded?.segment.sizeBytes, 140)
  }
})
