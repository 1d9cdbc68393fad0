import { deepEqual, equal, match, rejects } from 'node:assert/strict'
import { test } from 'node:test'
import { goldenFile } from '../../test/golden-metadata-log.ts'
import { Logger } from '../base/logger.ts'
import { newController, register } from '../controller/testing/controller-world.ts'
import { VirtualTime } from '../coordinator/testing/virtual-time.ts'
import { type Disk, DiskError } from '../env/env.ts'
import { readTextFile, readWholeFile, writeFile } from '../log/files.ts'
import { brokerConfig, turnTimers } from '../log/testing/log-world.ts'
import { imageToRecords } from '../metadata/image-records.ts'
import { MetadataDelta } from '../metadata/metadata-delta.ts'
import type { MetadataImage } from '../metadata/metadata-image.ts'
import { MemoryDisk } from '../platform/memory-disk.ts'
import type { MetadataRecord } from '../protocol/metadata-records.ts'
import { batchHeaders, encodeBatch, records } from '../protocol/records/record-batch.ts'
import { staticQuorum } from './control-records.ts'
import { RaftLog } from './quorum-of-one.ts'
import { encodeSnapshot } from './snapshot-file.ts'

const directory = '/data/__cluster_metadata-0'
const goldenFiles = [
  '00000000000000000000-0000000000.checkpoint',
  '00000000000000000000.log',
  '00000000000000000078-0000000001.checkpoint',
  'quorum-state',
  'leader-epoch-checkpoint',
  'partition.metadata',
]

class World {
  readonly disk: Disk
  readonly time = new VirtualTime()
  settings: Record<string, string> = {}

  constructor(disk: Disk = new MemoryDisk()) {
    this.disk = disk
  }

  async open(nodeId = 1) {
    const modules = {
      disk: this.disk,
      clock: this.time,
      timers: turnTimers,
      logger: new Logger('raft', { write: () => {} }),
    }
    return RaftLog.open({ directory: '/data', nodeId, brokerConfig: brokerConfig(this.settings) }, modules)
  }

  async opened(): Promise<RaftLog> {
    const result = await this.open()
    if (!result.ok) throw new Error(result.error)
    return result.value
  }

  async put(name: string, bytes: Uint8Array): Promise<void> {
    await this.disk.makeDirectory(directory)
    await writeFile(this.disk, `${directory}/${name}`, bytes, false)
  }

  async names(): Promise<string[]> {
    return (await this.disk.list(directory)).map(({ name }) => name)
  }

  async log(): Promise<Uint8Array> {
    const name = (await this.names()).find((each) => each.endsWith('.log'))
    return (await readWholeFile(this.disk, `${directory}/${name}`))!
  }
}

function config(name: string, value: string | null): MetadataRecord {
  return { name: 'ConfigRecord', value: { resourceType: 4, resourceName: '', name, value } }
}

const configsOf = (raft: RaftLog) => Object.fromEntries(raft.loaded.image.configs.for('broker', ''))

/** Appends and publishes as the controller does. */
async function write(
  raft: RaftLog,
  image: MetadataImage,
  ...changes: MetadataRecord[]
): Promise<MetadataImage> {
  const delta = new MetadataDelta(image)
  for (const record of changes) delta.replay(record)
  const next = delta.apply(await raft.append(changes, true), raft.epoch)
  raft.published(next)
  return next
}

test('[RAFT1] every start leads a new epoch and says so first', async () => {
  const world = new World()
  for (const epoch of [1, 2, 3]) {
    const raft = await world.opened()
    equal(raft.epoch, epoch)
    const state = JSON.parse((await readTextFile(world.disk, `${directory}/quorum-state`))!)
    deepEqual([state.leaderId, state.leaderEpoch, state.data_version], [1, epoch, 0])
    await raft.close()
  }
  const batches = [...batchHeaders(await world.log())]
  deepEqual(
    batches.map(({ header }) => [header.partitionLeaderEpoch, header.baseOffset, header.isControl]),
    [
      [1, 0, true],
      [2, 1, true],
      [3, 2, true],
    ],
  )
})

test('[RAFT1] an epoch that was written down is not led again, whatever the log says', async () => {
  const world = new World()
  await world.put(
    'quorum-state',
    new TextEncoder().encode('{"leaderId":1,"leaderEpoch":41,"data_version":1}'),
  )
  equal((await world.opened()).epoch, 42)
  await world.put('quorum-state', new TextEncoder().encode('not json'))
  const refused = await world.open()
  match(refused.ok ? '' : refused.error, /quorum-state does not hold a quorum state/)
})

test('[RAFT2] the first batch of a dynamic quorum is the one that Kafka writes', async () => {
  const world = new World()
  await world.put(goldenFiles[0]!, goldenFile(goldenFiles[0]!))
  await (await world.opened()).close()
  await (await world.opened()).close()
  const batches = (bytes: Uint8Array) =>
    [...batchHeaders(bytes)].map(({ at, header }) => ({
      control: header.isControl,
      records: [...records(bytes, at)].map(({ offset, key, value }) => ({ offset, key, value })),
    }))
  const written = batches(await world.log())
  deepEqual(written[0], batches(goldenFile('00000000000000000000.log'))[0])
  deepEqual(
    written.map((batch) => batch.records.length),
    [3, 1],
  )
  const state = await readTextFile(world.disk, `${directory}/quorum-state`)
  equal(
    state,
    new TextDecoder().decode(goldenFile('quorum-state')).replace('"leaderEpoch":1', '"leaderEpoch":2'),
  )
})

test('[RAFT3] committed records are there after a stop and after a crash', async () => {
  const world = new World()
  const first = await world.opened()
  equal(await first.append([config('a', '1'), config('b', '2')], true), 2)
  await first.close()
  const second = await world.opened()
  deepEqual(configsOf(second), { a: '1', b: '2' })
  await second.append([config('a', null)], true)
  const third = await world.opened()
  deepEqual(configsOf(third), { b: '2' })
  equal(third.endOffset, 6)
  equal(
    await readTextFile(world.disk, `${directory}/partition.metadata`),
    'version: 0\ntopic_id: AAAAAAAAAAAAAAAAAAAAAQ',
  )
})

test('[RAFT3] at whatever byte the log is torn, what was whole before stays and the rest is gone', async () => {
  const first = new World()
  const raft = await first.opened()
  await raft.append([config('a', '1'), config('b', '1')], true)
  await raft.append([config('a', '2'), config('b', '2')], true)
  await raft.close()
  const bytes = await first.log()
  const ends = [...batchHeaders(bytes)].map(({ at, header }) => at + header.sizeBytes)
  for (let length = 0; length <= bytes.length; length++) {
    const world = new World()
    await world.put('00000000000000000000.log', bytes.subarray(0, length))
    const whole = ends.filter((end) => end <= length).length
    const expected = [{}, {}, { a: '1', b: '1' }, { a: '2', b: '2' }][whole]
    const torn = await world.opened()
    deepEqual([configsOf(torn), torn.endOffset], [expected, [1, 2, 4, 6][whole]])
  }
})

test('[RAFT4] commits come in order and after the data is durable', async () => {
  const disk = new SlowDisk()
  const world = new World(disk)
  const raft = await world.opened()
  const committed: number[] = []
  disk.hold()
  const appends = [1, 2, 3].map((n) =>
    raft.append([config('a', String(n))], true).then((offset) => committed.push(offset)),
  )
  equal(raft.endOffset, 4)
  await world.time.settle()
  deepEqual(committed, [])
  disk.release()
  await Promise.all(appends)
  deepEqual(committed, [1, 2, 3])
})

test('[RAFT5] a snapshot stands in for the log before it', async () => {
  const world = new World()
  world.settings = { 'metadata.log.max.record.bytes.between.snapshots': '2000' }
  let raft = await world.opened()
  let image = await write(raft, raft.loaded.image, {
    name: 'FeatureLevelRecord',
    value: { name: 'metadata.version', featureLevel: 30 },
  })
  for (let n = 0; n < 40; n++) image = await write(raft, image, config(`name-${n % 4}`, 'x'.repeat(100) + n))
  await raft.close()
  const snapshots = (await world.names()).filter((name) => name.endsWith('.checkpoint'))
  equal(snapshots.length, 1)
  const logs = (await world.names()).filter((name) => name.endsWith('.log'))
  equal(logs.includes('00000000000000000000.log'), false)
  raft = await world.opened()
  deepEqual(imageToRecords(raft.loaded.image), imageToRecords(image))
  equal(raft.epoch, 2)
})

test('[RAFT5] an old snapshot is renewed when the next record comes', async () => {
  const world = new World()
  world.settings = { 'metadata.log.max.snapshot.interval.ms': '60000' }
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

test('[RAFT6] the directory of a real node is read whole', async () => {
  const world = new World()
  for (const name of goldenFiles) await world.put(name, goldenFile(name))
  const raft = await world.opened()
  equal(raft.epoch, 2)
  equal(raft.endOffset, 114)
  const { image, inTransaction } = raft.loaded
  equal(inTransaction, false)
  equal(image.offset, 112)
  equal(image.features.metadataVersion, 30)
  equal(image.topics.byName('gone'), undefined)
  equal(image.topics.byName('appendtime')!.partitions.length, 2)
  equal(image.configs.for('topic', 'codecs').get('max.message.bytes'), '1000000')
  await raft.close()
  const state = await readTextFile(world.disk, `${directory}/quorum-state`)
  match(state!, /"leaderEpoch":2,"votedId":-1,"votedDirectoryId":"A{22}","data_version":1/)
})

test('[RAFT6] a stopped Kafka node goes on here: its broker registers, and every partition is led again', async () => {
  const world = new World()
  for (const name of goldenFiles) await world.put(name, goldenFile(name))
  const raft = await world.opened()
  const controller = newController(raft, {})
  await controller.start()
  const { epoch: previousBrokerEpoch, logDirs } = controller.image.brokers.get(1)!
  const registration = { previousBrokerEpoch, logDirs: [...logDirs] }
  equal((await register(controller, 1, 'AAAAAAAAAAAAAAAAAAAAAg', registration)).brokerEpoch, 114)
  await controller.unfence(1)
  await controller.close()
  await raft.close()
  const { image } = (await world.opened()).loaded
  deepEqual(imageToRecords(image), imageToRecords(controller.image))
  for (const { partitions } of image.topics.all()) {
    for (const { leader, leaderEpoch, isr, elr, leaderRecoveryState } of partitions) {
      const state = { leader, leaderEpoch, isr, elr, leaderRecoveryState }
      deepEqual(state, { leader: 1, leaderEpoch: 2, isr: [1], elr: [], leaderRecoveryState: 0 })
    }
  }
})

test('[RAFT7] a transaction without an end does not count', async () => {
  const world = new World()
  const begin: MetadataRecord = { name: 'BeginTransactionRecord', value: { name: 'test' } }
  const first = await world.opened()
  await first.append([config('a', '1'), begin, config('a', '2')], false)
  await first.close()
  const second = await world.opened()
  deepEqual([configsOf(second), second.loaded.inTransaction], [{ a: '1' }, true])
  await second.append([{ name: 'AbortTransactionRecord', value: { reason: null } }, config('b', '3')], false)
  await second.append([begin, config('c', '4'), { name: 'EndTransactionRecord', value: {} }], false)
  await second.close()
  const third = await world.opened()
  deepEqual([configsOf(third), third.loaded.inTransaction], [{ a: '1', b: '3', c: '4' }, false])
})

test('[RAFT8] records behind a gap are not believed', async () => {
  const world = new World()
  const value = new Uint8Array([1, 20, 0, 0])
  const batch = { baseOffset: 100, partitionLeaderEpoch: 1, records: [{ timestamp: 0, key: null, value }] }
  await world.put('00000000000000000100.log', encodeBatch({ ...plainBatch, ...batch }))
  const refused = await world.open()
  match(refused.ok ? '' : refused.error, /lacks the records from offset 0 to 100/)
})

test('[RAFT8] a record of a newer release is refused with its place', async () => {
  const world = new World()
  const value = new Uint8Array([1, 99, 0, 0])
  const batch = { baseOffset: 0, partitionLeaderEpoch: 1, records: [{ timestamp: 0, key: null, value }] }
  await world.put('00000000000000000000.log', encodeBatch({ ...plainBatch, ...batch }))
  const refused = await world.open()
  match(refused.ok ? '' : refused.error, /offset 0 has type 99 and version 0, known to a newer release/)
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
  const values = Array.from({ length: 40 }, () => new Uint8Array(512 * 1024))
  const snapshot = { epoch: 1, quorum: staticQuorum, values, lastContainedLogTimestampMs: 0, timestampMs: 0 }
  const sizes = encodeSnapshot(snapshot).map((chunk) => chunk.length)
  equal(sizes.length, 5)
  equal(Math.max(...sizes) <= 8 * 1024 * 1024 + 61, true)
})

test('[RAFT10] a log that others vote on is not led alone', async () => {
  const world = new World()
  for (const name of goldenFiles) await world.put(name, goldenFile(name))
  const refused = await world.open(2)
  match(refused.ok ? '' : refused.error, /the voters 1, so node 2 cannot lead it alone/)
})

test('[RAFT10] a log of a newer metadata.version is not opened', async () => {
  const world = new World()
  const raft = await world.opened()
  const value = { name: 'metadata.version', featureLevel: 31 }
  await raft.append([{ name: 'FeatureLevelRecord', value }], true)
  await raft.close()
  const refused = await world.open()
  match(refused.ok ? '' : refused.error, /metadata.version is 31, supported are 7 to 30/)
})

test('[RAFT9] a disk that refuses ends the log', async () => {
  const disk = new SlowDisk()
  const raft = await new World(disk).opened()
  const failures: string[] = []
  raft.onFailed = (message) => failures.push(message)
  disk.refuse()
  await rejects(raft.append([config('a', '1')], true), /no space/)
  await rejects(raft.append([config('a', '2')], true), /no space/)
  equal(failures.length, 1)
})

const plainBatch = {
  compression: 'none',
  timestampType: 'create',
  producerId: -1,
  producerEpoch: -1,
  baseSequence: -1,
  isTransactional: false,
  isControl: false,
} as const

/** A disk whose syncs wait, or fail, when told. */
class SlowDisk extends MemoryDisk {
  #held: Promise<void> = Promise.resolve()
  #release: () => void = () => {}

  hold(): void {
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#held = promise
    this.#release = resolve
  }

  release(): void {
    this.#release()
  }

  refuse(): void {
    this.#held = Promise.reject(new DiskError('full', directory, 'no space'))
    this.#held.catch(() => {})
  }

  override async open(path: string, mode: 'read' | 'create') {
    const file = await super.open(path, mode)
    const sync = async (): Promise<void> => {
      await this.#held
      await file.sync()
    }
    return {
      write: file.write.bind(file),
      read: file.read.bind(file),
      sync,
      truncate: file.truncate.bind(file),
      size: file.size.bind(file),
      close: file.close.bind(file),
    }
  }
}
