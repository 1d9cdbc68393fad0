// AlterConfigs and IncrementalAlterConfigs of a whole node, in every version, and configs that take effect.

import { deepEqual, equal, match, rejects } from 'node:assert/strict'
import { test } from 'node:test'
import { errors } from '../../src/base/errors.ts'
import { createTopics, describeConfigs, newTopic } from '../support/admin-apis.ts'
import {
  alterConfigs,
  altered,
  incrementalAlterConfigs,
  operation,
  resourceType,
  set,
  unset,
} from '../support/cluster-apis.ts'
import { batch, produceCodecs, produceTo, versionsFrom } from '../support/data-requests.ts'
import { NodeUnderTest } from './node-under-test.ts'

const replacingVersions = versionsFrom(0, 2)
const incrementalVersions = versionsFrom(0, 1)
const topic = 'configured'

async function started(t: Parameters<typeof NodeUnderTest.start>[0]): Promise<NodeUnderTest> {
  const node = await NodeUnderTest.start(t)
  await node.call(createTopics, 7, { topics: [newTopic(topic)], timeoutMs: 5000 })
  return node
}

type Resource = ReturnType<typeof altered>

async function alter(node: NodeUnderTest, ...resources: Resource[]): Promise<number[]> {
  const { responses } = await node.call(incrementalAlterConfigs, 1, { resources })
  return responses.map(({ errorCode }) => errorCode)
}

/** What DescribeConfigs tells of one config. */
async function described(
  node: NodeUnderTest,
  type: keyof typeof resourceType,
  resourceName: string,
  key: string,
) {
  const resources = [{ resourceType: resourceType[type], resourceName, configurationKeys: [key] }]
  const { results } = await node.call(describeConfigs, 4, { resources })
  const found = results[0]!.configs[0]
  return found === undefined ? undefined : [found.value, found.configSource]
}

test('[ALTER1] AlterConfigs replaces the configs of a topic', async (t) => {
  const node = await started(t)
  for (const version of replacingVersions) {
    await alter(node, altered('topic', topic, set('retention.bytes', '7')))
    const resources = [altered('topic', topic, set('retention.ms', `${1000 + version}`))]
    const { responses } = await node.call(alterConfigs, version, { resources })
    const answer = { errorCode: errors.NONE, errorMessage: null, resourceType: 2, resourceName: topic }
    deepEqual(responses, [answer])
    deepEqual(await described(node, 'topic', topic, 'retention.ms'), [`${1000 + version}`, 1])
    deepEqual(await described(node, 'topic', topic, 'retention.bytes'), ['-1', 5])
  }
})

test('[ALTER2] IncrementalAlterConfigs sets, removes, appends and subtracts', async (t) => {
  const node = await started(t)
  const policy = (value: string, configOperation: number) =>
    altered('topic', topic, { name: 'cleanup.policy', value, configOperation })
  for (const version of incrementalVersions) {
    const change = async (...resources: Resource[]) => {
      const { responses } = await node.call(incrementalAlterConfigs, version, { resources })
      equal(responses[0]!.errorCode, errors.NONE)
    }
    await change(policy('compact', operation.append))
    deepEqual(await described(node, 'topic', topic, 'cleanup.policy'), ['delete,compact', 1])
    await change(policy('delete', operation.subtract))
    deepEqual(await described(node, 'topic', topic, 'cleanup.policy'), ['compact', 1])
    await change(altered('topic', topic, unset('cleanup.policy'), set('retention.ms', '5')))
    deepEqual(await described(node, 'topic', topic, 'cleanup.policy'), ['delete', 5])
    deepEqual(await described(node, 'topic', topic, 'retention.ms'), ['5', 1])
  }
})

test('[ALTER2] groups, client metrics, brokers and their default have configs too', async (t) => {
  const node = await started(t)
  const changes: readonly (readonly [keyof typeof resourceType, string, string, string, number])[] = [
    ['group', 'g', 'consumer.session.timeout.ms', '46000', 8],
    ['clientMetrics', 'cm', 'interval.ms', '60000', 7],
    ['broker', '1', 'log.retention.bytes', '77', 2],
    ['broker', '', 'log.retention.ms', '88', 3],
  ]
  for (const [type, name, key, value, source] of changes) {
    deepEqual(await alter(node, altered(type, name, set(key, value))), [errors.NONE])
    deepEqual(await described(node, type, name, key), [value, source])
  }
  await node.restart()
  for (const [type, name, key, value, source] of changes)
    deepEqual(await described(node, type, name, key), [value, source])
})

test('[ALTER2] nothing is appended to lists of client metrics, which the controller does not know as lists', async (t) => {
  const node = await started(t)
  const match = { name: 'match', value: 'client_id=a', configOperation: operation.append }
  deepEqual(await alter(node, altered('clientMetrics', 'cm', match)), [errors.INVALID_CONFIG])
})

test('[ALTER3] with validateOnly the answer is that of a change, and nothing changes', async (t) => {
  const node = await started(t)
  const resources = [
    altered('topic', topic, set('retention.ms', '5')),
    altered('broker', '1', set('log.retention.ms', 'x')),
  ]
  for (const version of replacingVersions) {
    const { responses } = await node.call(alterConfigs, version, { resources, validateOnly: true })
    deepEqual(
      responses.map(({ errorCode }) => errorCode),
      [errors.NONE, errors.INVALID_REQUEST],
    )
  }
  for (const version of incrementalVersions) {
    const { responses } = await node.call(incrementalAlterConfigs, version, { resources, validateOnly: true })
    deepEqual(
      responses.map(({ errorCode }) => errorCode),
      [errors.NONE, errors.INVALID_REQUEST],
    )
  }
  deepEqual(await described(node, 'topic', topic, 'retention.ms'), ['604800000', 5])
})

const refusals: readonly (readonly [reason: string, resource: Resource, error: number])[] = [
  [
    'an unknown topic',
    altered('topic', 'missing', set('retention.ms', '1')),
    errors.UNKNOWN_TOPIC_OR_PARTITION,
  ],
  ['an unknown config', altered('topic', topic, set('retention', '1')), errors.INVALID_CONFIG],
  ['a value that is none', altered('topic', topic, set('retention.ms', 'x')), errors.INVALID_CONFIG],
  ['a null value', altered('topic', topic, set('retention.ms', null)), errors.INVALID_REQUEST],
  ['a nameless group', altered('group', '', set('consumer.session.timeout.ms', '1')), errors.INVALID_REQUEST],
  ['another broker', altered('broker', '2', set('log.retention.ms', '1')), errors.INVALID_REQUEST],
  ['a broker without a number', altered('broker', 'x', set('log.retention.ms', '1')), errors.INVALID_REQUEST],
  ['a static config', altered('broker', '1', set('num.partitions', '3')), errors.INVALID_REQUEST],
  [
    'a config of one broker for all',
    altered('broker', '', set('listeners', 'A://:1'), set('min.insync.replicas', '1')),
    errors.INVALID_REQUEST,
  ],
  ['listeners', altered('broker', '1', set('listeners', 'PLAINTEXT://:1')), errors.INVALID_REQUEST],
  ['a value that is none', altered('broker', '1', set('log.segment.bytes', '1')), errors.INVALID_REQUEST],
  ['broker loggers', altered('brokerLogger', '1', set('root', 'DEBUG')), errors.INVALID_REQUEST],
]

test('[ALTER4] each resource that is refused says why, and the others are altered', async (t) => {
  const node = await started(t)
  const good = altered('broker', '1', set('log.roll.ms', '1234567'))
  for (const [reason, resource, error] of refusals)
    for (const [codecs, versions] of [
      [alterConfigs, replacingVersions],
      [incrementalAlterConfigs, incrementalVersions],
    ] as const)
      for (const version of versions) {
        const resources = [good, resource]
        // Two resources of one broker would be one named twice.
        if (resource.resourceType === good.resourceType && resource.resourceName === good.resourceName)
          resources.shift()
        const { responses } = await node.call(codecs, version, { resources })
        const answer = responses.find(({ resourceName }) => resourceName === resource.resourceName)
        equal(answer?.errorCode, error, `${reason} with version ${version}`)
        equal(responses.length, resources.length)
        for (const each of responses) if (each !== answer) equal(each.errorCode, errors.NONE)
      }
})

test('[ALTER4] a resource named twice and an unknown type are INVALID_REQUEST', async (t) => {
  const node = await started(t)
  const twice = altered('topic', topic, set('retention.ms', '1'))
  deepEqual(await alter(node, twice, twice), [errors.INVALID_REQUEST, errors.INVALID_REQUEST])
  deepEqual(await alter(node, { ...twice, resourceType: 77 }), [errors.INVALID_REQUEST])
})

test('[ALTER4] what does not go with the other settings of the broker is refused with the reason', async (t) => {
  const node = await started(t)
  const resources = [altered('broker', '1', set('listener.security.protocol.map', 'PLAINTEXT:SSL'))]
  const { responses } = await node.call(incrementalAlterConfigs, 1, { resources })
  equal(responses[0]!.errorCode, errors.INVALID_REQUEST)
  match(responses[0]!.errorMessage!, /listener\.security\.protocol\.map/)
})

const large = 'x'.repeat(2000)

async function produceError(node: NodeUnderTest): Promise<number> {
  const request = produceTo(12, { name: topic, id: '' }, batch(large))
  const { responses } = await node.call(produceCodecs, 12, request)
  return responses[0]!.partitionResponses[0]!.errorCode
}

test('[LIVE1] a default that brokers set holds for topics at once, for those without their own', async (t) => {
  const node = await started(t)
  equal(await produceError(node), errors.NONE)
  await alter(node, altered('broker', '', set('message.max.bytes', '1000')))
  equal(await produceError(node), errors.MESSAGE_TOO_LARGE)
  await alter(node, altered('broker', '1', set('message.max.bytes', '5000')))
  equal(await produceError(node), errors.NONE)
  await alter(node, altered('topic', topic, set('max.message.bytes', '900')))
  equal(await produceError(node), errors.MESSAGE_TOO_LARGE)
  await alter(node, altered('topic', topic, unset('max.message.bytes')))
  equal(await produceError(node), errors.NONE)
  await alter(node, altered('broker', '1', unset('message.max.bytes')))
  equal(await produceError(node), errors.MESSAGE_TOO_LARGE)
})

test('[LIVE1] a default that brokers set holds again after a restart', async (t) => {
  const node = await started(t)
  await alter(node, altered('broker', '', set('message.max.bytes', '1000')))
  await node.restart()
  equal(await produceError(node), errors.MESSAGE_TOO_LARGE)
})

test('[LIVE2] limits of connections hold for the next one', async (t) => {
  const node = await started(t)
  await alter(node, altered('broker', '1', set('max.connections', '1')))
  const refused = await node.connect()
  await rejects(refused.call(describeConfigs, 4, { resources: [] }))
  await alter(node, altered('broker', '1', set('max.connections', '3')))
  const taken = await node.connect()
  deepEqual((await taken.call(describeConfigs, 4, { resources: [] })).results, [])
  await alter(node, altered('broker', '1', set('max.connections.per.ip.overrides', '127.0.0.1:2')))
  await rejects((await node.connect()).call(describeConfigs, 4, { resources: [] }))
})
