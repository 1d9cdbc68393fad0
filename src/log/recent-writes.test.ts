import { deepEqual, equal } from 'node:assert/strict'
import { test } from 'node:test'
import { RecentWrites } from './recent-writes.ts'
import { Segment } from './segment.ts'
import { append, LogWorld, nowMs, valuesFrom } from './testing/log-world.ts'

function chunk(sizeBytes: number): Uint8Array {
  return new Uint8Array(sizeBytes)
}

function written(recent: RecentWrites, segment: Segment, ...chunks: Uint8Array[]): void {
  for (const bytes of chunks) {
    segment.inMemory.push({ position: segment.sizeBytes, bytes })
    segment.sizeBytes += bytes.length
    segment.writtenBytes = segment.sizeBytes
  }
  recent.add(segment, chunks)
}

test('[LOG49] the latest written chunks of all logs stay in memory within a limit, the oldest go first', () => {
  const recent = new RecentWrites({ bytesMax: 100, chunksMax: 4 })
  const first = new Segment(0, nowMs)
  const second = new Segment(0, nowMs)
  written(recent, first, chunk(40))
  written(recent, second, chunk(40))
  written(recent, first, chunk(40))
  deepEqual([first.memoryStart, second.memoryStart], [40, 0])
  written(recent, second, chunk(1), chunk(1), chunk(1))
  deepEqual([first.memoryStart, second.memoryStart], [40, 40])
  // A view counts with the buffer that it keeps alive.
  written(recent, second, chunk(95).subarray(0, 1))
  deepEqual([first.memoryStart, second.inMemory.length], [80, 4])
})

test('[LOG49] reads get the same bytes from memory, from the disk and from both', async () => {
  const world = new LogWorld()
  const recentWrites = new RecentWrites({ bytesMax: 400, chunksMax: 100 })
  const kept = new LogWorld(world.disk, { recentWrites })
  const log = await kept.create()
  for (let i = 0; i < 10; i++) {
    append(log, [`value ${i}`])
    if (i === 8) await log.flush()
  }
  const values = Array.from({ length: 10 }, (_, i) => `${i}:value ${i}`)
  for (const offset of [0, 3, 6, 8, 9]) {
    for (const bytesMax of [1, 100, 250, 10_000]) {
      deepEqual(await valuesFrom(log, offset, bytesMax), values.slice(offset), `${offset} ${bytesMax}`)
    }
  }
  await log.flush()
  equal((await valuesFrom(log, 0)).length, 10)
})
