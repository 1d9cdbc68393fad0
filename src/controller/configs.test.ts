import { deepEqual, equal } from 'node:assert/strict'
import { test } from 'node:test'
import { errorName } from '../base/errors.ts'
import { create, startWorld, topic, type World } from './testing/controller-world.ts'

const set = 0
const remove = 1
const append = 2
const subtract = 3

interface Change {
  readonly type?: number
  readonly name?: string
  readonly configs: readonly (readonly [string, number, string | null])[]
}

async function alter({ controller }: World, changes: readonly Change[], validateOnly = false) {
  const resources = changes.map(({ type = 2, name = 'orders', configs }) => ({
    resourceType: type,
    resourceName: name,
    configs: configs.map(([config, configOperation, value]) => ({ name: config, configOperation, value })),
  }))
  const { responses } = await controller.incrementalAlterConfigs({ resources, validateOnly })
  return responses.map(({ errorCode }) => errorName(errorCode))
}

async function worldWithTopic(): Promise<World> {
  const world = await startWorld()
  await create(world, [topic('orders')])
  return world
}

const configsOf = ({ controller }: World) =>
  Object.fromEntries(controller.image.configs.for('topic', 'orders'))

test('[CONFIG1] configs are set, deleted, appended to and subtracted from', async () => {
  const world = await worldWithTopic()
  const steps: [Change['configs'], Record<string, string>][] = [
    [[['retention.ms', set, '5']], { 'retention.ms': '5' }],
    [[['cleanup.policy', append, 'compact']], { 'retention.ms': '5', 'cleanup.policy': 'delete,compact' }],
    [[['cleanup.policy', append, 'compact']], { 'retention.ms': '5', 'cleanup.policy': 'delete,compact' }],
    [[['cleanup.policy', subtract, 'delete']], { 'retention.ms': '5', 'cleanup.policy': 'compact' }],
    [[['retention.ms', remove, null]], { 'cleanup.policy': 'compact' }],
  ]
  for (const [configs, expected] of steps) {
    deepEqual(await alter(world, [{ configs }]), ['NONE'])
    deepEqual(configsOf(world), expected)
  }
  deepEqual(await alter(world, [{ configs: [['retention.ms', append, '6']] }]), ['INVALID_CONFIG'])
})

test('[CONFIG2] an equal value is written again for brokers only', async () => {
  const world = await worldWithTopic()
  const broker = { type: 4, name: '1', configs: [['num.io.threads', set, '6']] } as const
  await alter(world, [{ configs: [['retention.ms', set, '5']] }, broker])
  const before = world.log.records.length
  await alter(world, [{ configs: [['retention.ms', set, '5']] }, broker])
  deepEqual(
    world.log.records.slice(before).map(({ value }) => value),
    [{ resourceType: 4, resourceName: '1', name: 'num.io.threads', value: '6' }],
  )
})

test('[CONFIG3] each resource is refused on its own', async () => {
  const world = await worldWithTopic()
  const configs = [['retention.ms', set, '5']] as const
  const cases: [Change, string][] = [
    [{ configs }, 'NONE'],
    [{ name: 'unknown', configs }, 'UNKNOWN_TOPIC_OR_PARTITION'],
    [{ name: 'a b', configs }, 'INVALID_TOPIC_EXCEPTION'],
    [{ name: '', configs }, 'INVALID_REQUEST'],
    [{ type: 4, name: '9', configs }, 'BROKER_ID_NOT_REGISTERED'],
    [{ type: 4, name: 'one', configs }, 'INVALID_REQUEST'],
    [{ type: 32, name: '', configs }, 'INVALID_REQUEST'],
    [{ type: 16, name: 'metrics-1', configs: [['interval.ms', set, '1']] }, 'NONE'],
    [{ type: 8, name: '1', configs }, 'INVALID_REQUEST'],
    [{ type: 99, name: 'x', configs }, 'INVALID_REQUEST'],
  ]
  deepEqual(
    await alter(
      world,
      cases.map(([change]) => change),
    ),
    cases.map(([, expected]) => expected),
  )
  deepEqual(await alter(world, [{ configs }, { configs }]), ['INVALID_REQUEST', 'INVALID_REQUEST'])
  deepEqual(await alter(world, [{ configs: [...configs, ...configs] }]), ['INVALID_REQUEST'])
  deepEqual(await alter(world, [{ configs: [['retention.ms', set, null]] }]), ['INVALID_REQUEST'])
  deepEqual(await alter(world, [{ configs: [['retention.ms', 7, '5']] }]), ['INVALID_REQUEST'])
})

test('[CONFIG4] values that no rule allows, or no record holds, are refused', async () => {
  const world = await worldWithTopic()
  const refusals = { 2: 'INVALID_CONFIG', 4: 'INVALID_REQUEST', 16: 'INVALID_REQUEST', 32: 'INVALID_CONFIG' }
  for (const [type, refusal] of Object.entries(refusals)) {
    const name = type === '4' ? '1' : 'orders'
    const change = { type: Number(type), name, configs: [['retention.ms', set, 'soon']] } as const
    deepEqual(await alter(world, [change]), [refusal])
  }
  deepEqual(await alter(world, [{ configs: [['x', set, 'é'.repeat(16_384)]] }]), ['INVALID_CONFIG'])
  deepEqual(await alter(world, [{ configs: [['x', set, 'é'.repeat(16_383)]] }], true), ['NONE'])
  deepEqual(await alter(world, [{ configs: [['x', set, 'y']] }], true), ['NONE'])
  deepEqual(configsOf(world), {})
})

test('[CONFIG5] min.insync.replicas is guarded while eligible leader replicas are kept', async () => {
  const world = await worldWithTopic()
  const change = (name: string, operation: number, value: string | null): Change => ({
    type: 4,
    name,
    configs: [['min.insync.replicas', operation, value]],
  })
  deepEqual(await alter(world, [change('1', set, '2')]), ['INVALID_CONFIG'])
  deepEqual(await alter(world, [change('', remove, null)]), ['INVALID_CONFIG'])
  const before = world.log.records.length
  deepEqual(await alter(world, [change('', set, '2')]), ['NONE'])
  deepEqual(await alter(world, [{ configs: [['min.insync.replicas', set, '1']] }]), ['NONE'])
  deepEqual(
    world.log.records
      .slice(before)
      .flatMap((record) => (record.name === 'ClearElrRecord' ? [record.value] : [])),
    [{ topicName: '' }, { topicName: 'orders' }],
  )
})

test('[CONFIG6] the older call removes what it does not name', async () => {
  const world = await worldWithTopic()
  await alter(world, [
    {
      configs: [
        ['retention.ms', set, '5'],
        ['segment.ms', set, '6'],
      ],
    },
  ])
  const resource = { resourceType: 2, resourceName: 'orders' }
  const alterConfigs = async (configs: { name: string; value: string | null }[]) => {
    const request = { resources: [{ ...resource, configs }], validateOnly: false }
    return errorName((await world.controller.alterConfigs(request)).responses[0]!.errorCode)
  }
  equal(await alterConfigs([{ name: 'segment.ms', value: '7' }]), 'NONE')
  deepEqual(configsOf(world), { 'segment.ms': '7' })
  equal(await alterConfigs([{ name: 'segment.ms', value: null }]), 'INVALID_REQUEST')
  equal(
    await alterConfigs([
      { name: 'a', value: '1' },
      { name: 'a', value: '1' },
    ]),
    'INVALID_REQUEST',
  )
  equal(await alterConfigs([]), 'NONE')
  deepEqual(configsOf(world), {})
})
