import assert from 'node:assert/strict'
import { test } from 'node:test'
import { errors } from '../base/errors.ts'
import { calls } from '../client/api-call.ts'
import { ClientWorld } from '../client/testing/client-world.ts'
import { defaultsDescribeConfigsResourceResult } from '../protocol/generated/describe-configs-response.ts'
import { CliWorld } from './testing/cli-world.ts'
import { topicPattern } from './topics-command.ts'

const id = 'AAAAAAAAAAAAAAAAAAAABQ'
const server = '--bootstrap-server fake:9093'

function start(topics: Record<string, readonly number[]>) {
  const world = new ClientWorld()
  world.broker.onMetadata([world.broker], topics)
  world.broker.on(calls.describeConfigs, ({ resources }) => ({
    ...calls.describeConfigs.response.defaults(),
    results: resources.map(({ resourceType, resourceName }) => ({
      errorCode: 0,
      errorMessage: null,
      resourceType,
      resourceName,
      configs: [
        config('min.insync.replicas', '2', 5),
        ...(resourceName === 'clicks' ? [config('retention.ms', '1000', 1)] : []),
      ],
    })),
  }))
  return { world, cli: new CliWorld(world) }
}

function config(name: string, value: string, configSource: number) {
  return { ...defaultsDescribeConfigsResourceResult(), name, value, configSource }
}

function describePartitions(world: ClientWorld) {
  world.broker.on(calls.describeTopicPartitions, ({ topics, cursor }) => ({
    ...calls.describeTopicPartitions.response.defaults(),
    topics: topics.map(({ name }) => ({
      errorCode: 0,
      name,
      topicId: id,
      isInternal: false,
      topicAuthorizedOperations: -2147483648,
      partitions: [
        {
          errorCode: 0,
          partitionIndex: cursor?.partitionIndex ?? 0,
          leaderId: cursor === null ? 1 : -1,
          leaderEpoch: 0,
          replicaNodes: [1, 2],
          isrNodes: cursor === null ? [1, 2] : [2],
          eligibleLeaderReplicas: cursor === null ? [] : [1],
          lastKnownElr: [],
          offlineReplicas: [],
        },
      ],
    })),
    nextCursor: cursor === null ? { topicName: 'clicks', partitionIndex: 1 } : null,
  }))
}

test("[CLI4] topics are listed by name and described in the words of Kafka's tool", async () => {
  const { world, cli } = start({ orders: [1], clicks: [1, -1] })
  assert.deepEqual(await cli.run(`topics ${server} --list`), { code: 0, out: 'clicks\norders\n', err: '' })
  assert.equal((await cli.run(`topics ${server} --list --json`)).out, '["clicks","orders"]\n')
  const described = await cli.run(`topics ${server} --describe`)
  assert.equal(
    described.out,
    `Topic: clicks\tTopicId: ${id}\tPartitionCount: 2\tReplicationFactor: 1\tConfigs: retention.ms=1000\n` +
      '\tTopic: clicks\tPartition: 0\tLeader: 1\tReplicas: 1\tIsr: 1\tElr: N/A\tLastKnownElr: N/A\n' +
      '\tTopic: clicks\tPartition: 1\tLeader: none\tReplicas: -1\tIsr: -1\tElr: N/A\tLastKnownElr: N/A\n' +
      `Topic: orders\tTopicId: ${id}\tPartitionCount: 1\tReplicationFactor: 1\tConfigs: \n` +
      '\tTopic: orders\tPartition: 0\tLeader: 1\tReplicas: 1\tIsr: 1\tElr: N/A\tLastKnownElr: N/A\n',
  )
  describePartitions(world)
  const paged = await cli.run(`topics ${server} --describe --topic clicks`)
  assert.match(paged.out, /PartitionCount: 2\tReplicationFactor: 2/)
  assert.match(paged.out, /Partition: 1\tLeader: none\tReplicas: 1,2\tIsr: 2\tElr: 1\tLastKnownElr: \n/)
})

test('[CLI4] a topic can be asked for by its id', async () => {
  const { cli } = start({ orders: [1] })
  assert.match((await cli.run(`topics ${server} --describe --topic-id ${id}`)).out, /^Topic: orders\t/)
  const missing = await cli.run(`topics ${server} --describe --topic-id AAAAAAAAAAAAAAAAAAAABg`)
  assert.deepEqual([missing.code, missing.out], [1, ''])
})

test('[CLI4] reports show only the partitions in that state', async () => {
  const { world, cli } = start({ clicks: [1, -1] })
  describePartitions(world)
  const report = async (flag: string) => {
    const { out } = await cli.run(`topics ${server} --describe ${flag}`)
    return [...out.matchAll(/Partition: (\d)/g)].map((match) => match[1]).join(' ')
  }
  assert.equal(await report('--under-replicated-partitions'), '1')
  assert.equal(await report('--unavailable-partitions'), '1')
  assert.equal(await report('--under-min-isr-partitions'), '1')
  assert.equal(await report('--at-min-isr-partitions'), '0')
  const overrides = await cli.run(`topics ${server} --describe --topics-with-overrides`)
  assert.match(overrides.out, /^Topic: clicks\t.*PartitionCount: 2.*retention\.ms=1000\n$/)
})

test('[CLI5] a topic is created as asked for; that it exists may be allowed', async () => {
  const { world, cli } = start({})
  let errorCode: number = errors.NONE
  world.broker.on(calls.createTopics, () => ({
    ...calls.createTopics.response.defaults(),
    topics: [
      { ...topicResult, errorCode, errorMessage: errorCode === 0 ? null : "Topic 'a' already exists." },
    ],
  }))
  const created = await cli.run(
    `topics ${server} --create --topic a --partitions 3 --config x=1 --config y=2=3`,
  )
  assert.deepEqual(created, { code: 0, out: 'Created topic a.\n', err: '' })
  const [topic] = world.broker.askedFor(calls.createTopics)[0]!.topics
  assert.deepEqual([topic!.numPartitions, topic!.replicationFactor], [3, -1])
  assert.deepEqual(topic!.configs, [
    { name: 'x', value: '1' },
    { name: 'y', value: '2=3' },
  ])
  await cli.run(`topics ${server} --create --topic a --replica-assignment 1:2,2:1`)
  const [assigned] = world.broker.askedFor(calls.createTopics)[1]!.topics
  assert.deepEqual(
    [assigned!.numPartitions, assigned!.assignments.map(({ brokerIds }) => brokerIds)],
    [
      -1,
      [
        [1, 2],
        [2, 1],
      ],
    ],
  )
  errorCode = errors.TOPIC_ALREADY_EXISTS
  const again = await cli.run(`topics ${server} --create --topic a`)
  assert.deepEqual(again, { code: 1, out: '', err: "Topic 'a' already exists. (TOPIC_ALREADY_EXISTS)\n" })
  assert.equal((await cli.run(`topics ${server} --create --topic a --if-not-exists`)).code, 0)
  assert.match((await cli.run(`topics ${server} --create --topic a.b`)).err, /^WARNING: Due to limitations/)
})

test('[CLI5] topics are deleted and grown by pattern; a missing one may be allowed', async () => {
  const { world, cli } = start({ a1: [1], a2: [1], b: [1] })
  world.broker.on(calls.deleteTopics, ({ topics }) => ({
    ...calls.deleteTopics.response.defaults(),
    responses: topics.map(({ name }) => ({ name, topicId: id, errorCode: 0, errorMessage: null })),
  }))
  world.broker.on(calls.createPartitions, ({ topics }) => ({
    ...calls.createPartitions.response.defaults(),
    results: topics.map(({ name }) => ({ name, errorCode: 0, errorMessage: null })),
  }))
  assert.equal((await cli.run(`topics ${server} --delete --topic a.`)).code, 0)
  const deleted = world.broker.askedFor(calls.deleteTopics).map(({ topics }) => topics[0]!.name)
  assert.deepEqual(deleted, ['a1', 'a2'])
  await cli.run(`topics ${server} --alter --topic b --partitions 2 --replica-assignment 1,2`)
  const [grown] = world.broker.askedFor(calls.createPartitions)[0]!.topics
  assert.deepEqual([grown!.name, grown!.count, grown!.assignments], ['b', 2, [{ brokerIds: [2] }]])
  const missing = await cli.run(`topics ${server} --delete --topic c`)
  assert.deepEqual(
    [missing.code, missing.err],
    [1, "Topic 'c' does not exist. See what does: ottla topics --list\n"],
  )
  assert.equal((await cli.run(`topics ${server} --delete --topic c --if-exists`)).code, 0)
})

test('[CLI5] configs of a topic are set and deleted', async () => {
  const { world, cli } = start({ a: [1] })
  world.broker.on(calls.incrementalAlterConfigs, ({ resources }) => ({
    ...calls.incrementalAlterConfigs.response.defaults(),
    responses: resources.map(({ resourceType, resourceName }) => ({
      errorCode: 0,
      errorMessage: null,
      resourceType,
      resourceName,
    })),
  }))
  const ran = await cli.run(`topics ${server} --alter --topic a --config x=1 --delete-config y --json`)
  assert.deepEqual(ran, { code: 0, out: '{"altered":["a"],"set":{"x":"1"},"deleted":["y"]}\n', err: '' })
  const [resource] = world.broker.askedFor(calls.incrementalAlterConfigs)[0]!.resources
  assert.deepEqual(
    resource!.configs.map(({ name, configOperation }) => [name, configOperation]),
    [
      ['y', 1],
      ['x', 0],
    ],
  )
})

test("[CLI5] patterns are those of Kafka's topic filter", () => {
  assert.ok(topicPattern('a,b').test('b'))
  assert.ok(!topicPattern('a').test('ab'))
  assert.ok(topicPattern('a.*').test('abc'))
  assert.ok(topicPattern('"x"').test('x'))
  assert.ok(topicPattern('a[').test('a['))
})

const topicResult = {
  name: 'a',
  topicId: id,
  topicConfigErrorCode: 0,
  numPartitions: 1,
  replicationFactor: 1,
  configs: [],
}
