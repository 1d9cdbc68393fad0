import { deepEqual, equal, rejects } from 'node:assert/strict'
import { test } from 'node:test'
import { errorName } from '../base/errors.ts'
import { imageToRecords } from '../metadata/image-records.ts'
import { emptyImage } from '../metadata/metadata-image.ts'
import type { MetadataRecord } from '../protocol/metadata-records.ts'
import {
  create,
  directoryOf,
  newController,
  register,
  replayed,
  startWorld,
  topic,
  type World,
} from './testing/controller-world.ts'
import { MemoryMetadataLog } from './testing/memory-metadata-log.ts'

const names = (records: readonly MetadataRecord[]): string[] => records.map(({ name }) => name)

test('[CTRL1] an answer leaves when its records are committed', async () => {
  const world = await startWorld()
  world.log.hold()
  const answered: string[] = []
  const first = create(world, [topic('a')]).then(() => answered.push('a'))
  const second = create(world, [topic('a')]).then((results) =>
    answered.push(errorName(results.get('a')!.errorCode)),
  )
  await Promise.resolve()
  deepEqual(answered, [])
  equal(world.controller.image.topics.size, 0)
  world.log.commit()
  await Promise.all([first, second])
  deepEqual(answered, ['a', 'TOPIC_ALREADY_EXISTS'])
})

test('[CTRL2] listeners see every committed image, in order, with what changed', async () => {
  const world = await startWorld()
  const seen: [number, string[]][] = []
  world.controller.subscribe((image, delta) =>
    seen.push([image.offset, [...delta.changedTopics].map((id) => image.topics.byId(id)!.name)]),
  )
  const before = world.controller.image.offset
  world.log.hold()
  const pending = [create(world, [topic('a')]), create(world, [topic('b')])]
  world.log.commit()
  await Promise.all(pending)
  deepEqual(seen, [
    [before + 4, ['a']],
    [before + 8, ['b']],
  ])
  equal(world.controller.image, world.log.snapshotSource)
  deepEqual(imageToRecords(world.controller.image), imageToRecords(replayed(world)))
})

test('[CTRL3] after a failed append nothing is answered', async () => {
  const world = await startWorld()
  world.log.hold()
  const pending = [create(world, [topic('a')]), create(world, [topic('a')])]
  world.log.fail('disk is gone')
  for (const each of pending) await rejects(each, /disk is gone/)
  await rejects(create(world, [topic('a')]), /disk is gone/)
})

test('[CTRL4] activation writes the bootstrap records once, as one transaction', async () => {
  const log = new MemoryMetadataLog()
  await newController(log, {}).start()
  deepEqual(names(log.records), [
    'BeginTransactionRecord',
    ...Array.from({ length: 6 }, () => 'FeatureLevelRecord'),
    'ConfigRecord',
    'EndTransactionRecord',
  ])
  const image = replayed({ log })
  equal(image.features.metadataVersion, 30)
  equal(image.configs.for('broker', '').get('min.insync.replicas'), '1')
  const again = new MemoryMetadataLog({ image, inTransaction: false })
  await newController(again, {}).start()
  deepEqual(again.records, [])
})

test('[CTRL4] a transaction that the log ends in is given up first', async () => {
  const log = new MemoryMetadataLog({ image: emptyImage, inTransaction: true })
  await newController(log, {}).start()
  deepEqual(names(log.records).slice(0, 3), [
    'AbortTransactionRecord',
    'BeginTransactionRecord',
    'FeatureLevelRecord',
  ])
})

test('[CTRL5] a new broker is fenced and its epoch is the offset of its registration', async () => {
  const { controller, log } = await startWorld({ brokers: 0 })
  const offset = log.endOffset
  const { errorCode, brokerEpoch } = await register(controller, 1, 'first')
  deepEqual([errorName(errorCode), brokerEpoch], ['NONE', offset])
  equal(controller.image.brokers.get(1)!.fenced, true)
  await controller.unfence(1)
  equal(controller.image.brokers.get(1)!.fenced, false)
  const amended = await register(controller, 1, 'first', { rack: 'b' })
  equal(amended.brokerEpoch, brokerEpoch)
  const { fenced, rack } = controller.image.brokers.get(1)!
  deepEqual([fenced, rack], [false, 'b'])
})

test('[CTRL6] a registration that does not fit the cluster is refused', async () => {
  const { controller } = await startWorld()
  const refusal = async (over: Parameters<typeof register>[3]) =>
    errorName((await register(controller, 2, 'x', over)).errorCode)
  equal(await refusal({ clusterId: 'another' }), 'INCONSISTENT_CLUSTER_ID')
  equal(await refusal({ logDirs: [] }), 'INVALID_REGISTRATION')
  equal(await refusal({ logDirs: ['AAAAAAAAAAAAAAAAAAAAAQ'] }), 'INVALID_REGISTRATION')
  equal(await refusal({ logDirs: ['a', 'a'] }), 'INVALID_REGISTRATION')
  equal(await refusal({ logDirs: [directoryOf(1)] }), 'INVALID_REGISTRATION')
  const registration = {
    brokerId: 2,
    clusterId: 'MkU3OEVBNTcwNTJENDM2Qg',
    incarnationId: 'x',
    listeners: [],
    rack: null,
    logDirs: ['a'],
    previousBrokerEpoch: -1,
  }
  const range = (maxSupportedVersion: number) => [
    { name: 'metadata.version', minSupportedVersion: 7, maxSupportedVersion },
  ]
  const none = await controller.registerBroker({ ...registration, features: [] })
  equal(errorName(none.errorCode), 'INVALID_REGISTRATION')
  for (const features of [range(29), range(30)]) {
    const { errorCode } = await controller.registerBroker({ ...registration, features })
    equal(errorName(errorCode), 'UNSUPPORTED_VERSION')
  }
})

/** The only partition's state when the broker has registered again, before and after unfencing. */
async function restart(world: World, previousBrokerEpoch: number) {
  const { controller } = world
  const state = () => {
    const { leader, isr, elr, lastKnownElr, leaderRecoveryState } =
      controller.image.topics.byName('a')!.partitions[0]!
    return { leader, isr, elr, lastKnownElr, leaderRecoveryState }
  }
  await register(controller, 1, 'next', { previousBrokerEpoch })
  const fenced = state()
  await controller.unfence(1)
  return { fenced, unfenced: state() }
}

test('[CTRL7, CTRL8] after a clean stop the replica stays eligible and leads again', async () => {
  const world = await startWorld()
  await create(world, [topic('a', { numPartitions: 1 })])
  const { epoch } = world.controller.image.brokers.get(1)!
  await world.controller.beginControlledShutdown(1)
  deepEqual(await restart(world, epoch), {
    fenced: { leader: -1, isr: [], elr: [1], lastKnownElr: [1], leaderRecoveryState: 0 },
    unfenced: { leader: 1, isr: [1], elr: [], lastKnownElr: [], leaderRecoveryState: 0 },
  })
})

test('[CTRL7, CTRL8] after any other stop the last leader leads again, and is recovering', async () => {
  const world = await startWorld()
  await create(world, [topic('a', { numPartitions: 1 })])
  deepEqual(await restart(world, -1), {
    fenced: { leader: -1, isr: [], elr: [], lastKnownElr: [1], leaderRecoveryState: 0 },
    unfenced: { leader: 1, isr: [1], elr: [], lastKnownElr: [], leaderRecoveryState: 1 },
  })
})

test('[CTRL7, CTRL8] without eligible leader replicas the last in-sync replica stays on record', async () => {
  const world = await startWorld({ features: [['metadata.version', 30]] })
  await create(world, [topic('a', { numPartitions: 1 })])
  deepEqual(await restart(world, -1), {
    fenced: { leader: -1, isr: [1], elr: [], lastKnownElr: [], leaderRecoveryState: 0 },
    unfenced: { leader: 1, isr: [1], elr: [], lastKnownElr: [], leaderRecoveryState: 0 },
  })
})

test('[CTRL7] a fenced broker hands its leaderships to the in-sync replicas', async () => {
  const world = await startWorld({ brokers: 2 })
  await create(world, [topic('a', { assignments: [{ partitionIndex: 0, brokerIds: [1, 2] }] })])
  await world.controller.fence(1)
  const { leader, isr, leaderEpoch } = world.controller.image.topics.byName('a')!.partitions[0]!
  deepEqual({ leader, isr, leaderEpoch }, { leader: 2, isr: [2], leaderEpoch: 1 })
})

test('[CTRL9] producer ids come in blocks that never repeat', async () => {
  const world = await startWorld()
  deepEqual(await world.controller.allocateProducerIds(1), { firstId: 0, count: 1000 })
  deepEqual(await world.controller.allocateProducerIds(1), { firstId: 1000, count: 1000 })
  equal(replayed(world).producerIds.nextProducerId, 2000)
})

test('[FEATURE1] a level is set when every member supports it', async () => {
  const world = await startWorld({
    features: [
      ['metadata.version', 22],
      ['group.version', 1],
    ],
  })
  const update = async (feature: string, maxVersionLevel: number, upgradeType = 1) => {
    const featureUpdates = [{ feature, maxVersionLevel, allowDowngrade: false, upgradeType }]
    const { errorCode } = await world.controller.updateFeatures({
      timeoutMs: 1,
      featureUpdates,
      validateOnly: false,
    })
    return errorName(errorCode)
  }
  equal(await update('eligible.leader.replicas.version', 1), 'INVALID_UPDATE_VERSION')
  equal(await update('metadata.version', 31), 'INVALID_UPDATE_VERSION')
  equal(await update('unknown.version', 1), 'INVALID_UPDATE_VERSION')
  equal(await update('unknown.version', 0, 2), 'INVALID_UPDATE_VERSION')
  equal(await update('kraft.version', 1), 'NONE')
  equal(await update('kraft.version', 0, 2), 'INVALID_UPDATE_VERSION')
  equal(await update('metadata.version', 30), 'NONE')
  equal(await update('eligible.leader.replicas.version', 1), 'NONE')
  const { metadataVersion, finalized } = world.controller.image.features
  deepEqual(
    [metadataVersion, [...finalized.keys()]],
    [30, ['group.version', 'eligible.leader.replicas.version']],
  )
})

test('[FEATURE4] who keeps eligible leader replicas has one min.insync.replicas for all brokers', async () => {
  const features = [['metadata.version', 30]] as const
  const world = await startWorld({ features, settings: { 'min.insync.replicas': 2 } })
  const { controller } = world
  const change = { name: 'min.insync.replicas', value: '3', configOperation: 0 }
  const resources = [{ resourceType: 4, resourceName: '1', configs: [change] }]
  await controller.incrementalAlterConfigs({ resources, validateOnly: false })
  const feature = 'eligible.leader.replicas.version'
  const featureUpdates = [{ feature, maxVersionLevel: 1, allowDowngrade: false, upgradeType: 1 }]
  await controller.updateFeatures({ timeoutMs: 1, featureUpdates, validateOnly: false })
  deepEqual([...controller.image.configs.for('broker', '')], [['min.insync.replicas', '2']])
  deepEqual([...controller.image.configs.for('broker', '1')], [])
  deepEqual([...controller.image.features.finalized], [[feature, 1]])
})

test('[FEATURE2] a level goes down only as a downgrade that loses nothing', async () => {
  const world = await startWorld()
  const update = async (feature: string, maxVersionLevel: number, upgradeType: number) => {
    const featureUpdates = [{ feature, maxVersionLevel, allowDowngrade: false, upgradeType }]
    const { errorCode } = await world.controller.updateFeatures({
      timeoutMs: 1,
      featureUpdates,
      validateOnly: false,
    })
    return errorName(errorCode)
  }
  equal(await update('metadata.version', 29, 2), 'INVALID_UPDATE_VERSION')
  equal(await update('group.version', 0, 1), 'INVALID_UPDATE_VERSION')
  equal(await update('group.version', 1, 2), 'NONE')
  equal(await update('group.version', 0, 2), 'NONE')
  equal(world.controller.image.features.finalized.has('group.version'), false)
  equal(await update('group.version', 1, 9), 'INVALID_UPDATE_VERSION')
})
