import { deepEqual, equal, match } from 'node:assert/strict'
import { test } from 'node:test'
import { goldenFile } from '../../test/golden-metadata-log.ts'
import { imageToRecords } from '../metadata/image-records.ts'
import { readBatchHeader } from '../protocol/records/record-batch.ts'
import { staticQuorum } from './control-records.ts'
import { snapshotBatches } from './snapshot-file.ts'
import { config, World, write } from './testing/raft-world.ts'

test('[RAFT5] a snapshot stands in for the log before it', async () => {
  const world = new World()
  world.settings = { ...world.settings, 'metadata.log.max.record.bytes.between.snapshots': '2000' }
  let raft = await world.opened()
  let image = await write(raft, raft.loaded.image, {
    name: 'FeatureLevelRecord',
    value: { name: 'metadata.version', featureLevel: 30 },
  })
  await world.put('00000000000000000001-0000000001.checkpoint.part', new Uint8Array(9))
  for (let n = 0; n < 40; n++) image = await write(raft, image, config(`name-${n % 4}`, 'x'.repeat(100) + n))
  await raft.close()
  const snapshots = (await world.names()).filter((name) => name.endsWith('.checkpoint'))
  equal(snapshots.length, 1)
  equal(
    (await world.names()).some((name) => name.endsWith('.part')),
    false,
  )
  const logs = (await world.names()).filter((name) => name.endsWith('.log'))
  equal(logs.includes('00000000000000000000.log'), false)
  raft = await world.opened()
  deepEqual(imageToRecords(raft.loaded.image), imageToRecords(image))
  equal(raft.epoch, 2)
})

test('[RAFT5] an old snapshot is renewed when the next record comes', async () => {
  const world = new World()
  world.settings = { ...world.settings, 'metadata.log.max.snapshot.interval.ms': '60000' }
  const raft = await world.opened()
  const image = await write(raft, raft.loaded.image, config('a', '1'))
  await world.time.advance(60_000)
  equal(
    (await world.names()).some((name) => name.endsWith('.checkpoint')),
    false,
  )
  await write(raft, image, config('a', '2'))
  await raft.close()
  equal((await world.names()).includes('00000000000000000003-0000000001.checkpoint'), true)
})

test('[RAFT5] a lost log begins again at the end of the snapshot', async () => {
  const world = new World()
  const name = '00000000000000000078-0000000001.checkpoint'
  await world.put(name, goldenFile(name))
  const raft = await world.opened()
  equal(raft.endOffset, 79)
  equal(raft.epoch, 2)
  equal(raft.loaded.image.topics.byName('gone') === undefined, false)
})

test('[RAFT8] a damaged or unfinished snapshot is refused', async () => {
  const world = new World()
  const name = '00000000000000000078-0000000001.checkpoint'
  const bytes = goldenFile(name)
  for (const damaged of [bytes.with(500, bytes[500]! ^ 1), bytes.subarray(0, -70), new Uint8Array(0)]) {
    await world.put(name, damaged)
    const refused = await world.open()
    match(refused.ok ? '' : refused.error, /snapshot .*78-0000000001.checkpoint cannot be read/)
  }
})

test('[RAFT8] a large snapshot is split into batches of bounded size', () => {
  const values = Array.from({ length: 400 }, (_, index) => new Uint8Array(index === 7 ? 100_000 : 1000))
  const snapshot = { epoch: 1, quorum: staticQuorum, values, lastContainedLogTimestampMs: 0, timestampMs: 0 }
  const batches = [...snapshotBatches(snapshot)].map((batch) => readBatchHeader(batch, 0))
  const large = batches.filter(({ sizeBytes }) => sizeBytes > 64 * 1024 + 61)
  deepEqual(
    large.map(({ count }) => count),
    [1],
  )
  equal(batches.at(-1)!.lastOffset, 401)
})
