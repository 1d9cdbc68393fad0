import { deepEqual, equal, match, rejects } from 'node:assert/strict'
import { test } from 'node:test'
import { goldenFile } from '../../test/golden-metadata-log.ts'
import { newController, register } from '../controller/testing/controller-world.ts'
import { readTextFile } from '../log/files.ts'
import { imageToRecords } from '../metadata/image-records.ts'
import type { MetadataRecord } from '../protocol/metadata-records.ts'
import { batchHeaders, encodeBatch, records } from '../protocol/records/record-batch.ts'
import { readControlBatch, staticQuorum } from './control-records.ts'
import { config, configsOf, directory, goldenFiles, SlowDisk, World } from './testing/raft-world.ts'

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

test('[RAFT11] a voter that moved says where it is now, once', async () => {
  const world = new World()
  await world.put(goldenFiles[0]!, goldenFile(goldenFiles[0]!))
  await (await world.opened()).close()
  world.settings = { listeners: 'PLAINTEXT://:9092,CONTROLLER://127.0.0.1:20000' }
  for (let start = 0; start < 2; start++) await (await world.opened()).close()
  const bytes = await world.log()
  const batches = [...batchHeaders(bytes)]
  deepEqual(
    batches.map(({ header }) => header.count),
    [3, 3, 1],
  )
  const { voters } = readControlBatch(bytes, batches[1]!.at, staticQuorum).quorum
  deepEqual(voters!.voters[0]!.endpoints, [{ name: 'CONTROLLER', host: '127.0.0.1', port: 20000 }])
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
  await world.put('00000000000000000100.log', encodeBatch(batch))
  const refused = await world.open()
  match(refused.ok ? '' : refused.error, /lacks the records from offset 0 to 100/)
})

test('[RAFT8] a record of a newer release is refused with its place', async () => {
  const world = new World()
  const value = new Uint8Array([1, 99, 0, 0])
  const batch = { baseOffset: 0, partitionLeaderEpoch: 1, records: [{ timestamp: 0, key: null, value }] }
  await world.put('00000000000000000000.log', encodeBatch(batch))
  const refused = await world.open()
  match(refused.ok ? '' : refused.error, /offset 0 has type 99 and version 0, known to a newer release/)
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
  // A start that fails for it closes what it has opened.
  await raft.close()
})
