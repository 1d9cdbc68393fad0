import { deepEqual } from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { zeroUuid } from '../base/uuid.ts'
import { imageToRecords } from '../metadata/image-records.ts'
import { MetadataDelta } from '../metadata/metadata-delta.ts'
import { emptyImage } from '../metadata/metadata-image.ts'
import { create, register, replayed, startWorld, topic, type World } from './testing/controller-world.ts'

const name = fc.constantFrom('a', 'b', 'a.b', 'a_b', 'no/name')
const broker = fc.integer({ min: 1, max: 3 })

/** Requests of every kind, many of which are refused. */
const operation = fc.oneof(
  fc.tuple(name, fc.integer({ min: -1, max: 4 }), fc.integer({ min: -1, max: 4 })).map(
    ([topicName, numPartitions, replicationFactor]) =>
      (world: World) =>
        create(world, [topic(topicName, { numPartitions, replicationFactor })]),
  ),
  name.map((topicName) => ({ controller }: World) => {
    const topics = [{ name: topicName, topicId: zeroUuid }]
    return controller.deleteTopics({ topics, topicNames: [], timeoutMs: 1 })
  }),
  fc.tuple(name, fc.integer({ min: 1, max: 6 })).map(([topicName, count]) => ({ controller }: World) => {
    const topics = [{ name: topicName, count, assignments: null }]
    return controller.createPartitions({ topics, timeoutMs: 1, validateOnly: false })
  }),
  fc
    .tuple(
      name,
      fc.constantFrom('retention.ms', 'min.insync.replicas'),
      fc.option(fc.constantFrom('1', '2', 'soon')),
    )
    .map(([resourceName, config, value]) => ({ controller }: World) => {
      const configs = [{ name: config, configOperation: value === null ? 1 : 0, value }]
      const resources = [{ resourceType: 2, resourceName, configs }]
      return controller.incrementalAlterConfigs({ resources, validateOnly: false })
    }),
  broker.map(
    (id) =>
      ({ controller }: World) =>
        controller.fence(id),
  ),
  broker.map(
    (id) =>
      ({ controller }: World) =>
        controller.unfence(id),
  ),
  broker.map(
    (id) =>
      ({ controller }: World) =>
        controller.beginControlledShutdown(id),
  ),
  fc.tuple(broker, fc.boolean(), fc.nat(99)).map(([id, isClean, start]) => async ({ controller }: World) => {
    const { epoch } = controller.image.brokers.get(id)!
    await register(controller, id, `start-${start}`, { previousBrokerEpoch: isClean ? epoch : -1 })
  }),
  fc.constantFrom(0, 1).map(
    (electionType) =>
      ({ controller }: World) =>
        controller.electLeaders({ electionType, topicPartitions: null, timeoutMs: 1 }),
  ),
  broker.map(
    (id) =>
      ({ controller }: World) =>
        controller.allocateProducerIds(id),
  ),
)

test('[CTRL2, IMAGE3] whatever is asked, log and snapshot give back the state that was published', async () => {
  const property = fc.asyncProperty(fc.array(operation, { maxLength: 30 }), async (operations) => {
    const world = await startWorld({ brokers: 3 })
    for (const perform of operations) await perform(world)
    const state = imageToRecords(world.controller.image)
    deepEqual(imageToRecords(replayed(world)), state)
    const delta = new MetadataDelta(emptyImage)
    for (const record of state) delta.replay(record)
    deepEqual(imageToRecords(delta.apply(0, 0)), state)
    for (const { partitions } of world.controller.image.topics.all()) {
      for (const { leader, isr, elr, replicas } of partitions) {
        const states = {
          leads: leader < 0 || isr.includes(leader),
          apart: !elr.some((id) => isr.includes(id)),
        }
        const placed = [...isr, ...elr].every((id) => replicas.includes(id))
        deepEqual({ ...states, placed }, { leads: true, apart: true, placed: true })
      }
    }
  })
  await fc.assert(property, { numRuns: 80, seed: 7 })
})
