import assert from 'node:assert/strict'
import { test } from 'node:test'
import { errors } from '../base/errors.ts'
import { calls } from '../client/api-call.ts'
import { ClientWorld } from '../client/testing/client-world.ts'
import { defaultsDescribeConfigsResourceResult } from '../protocol/generated/describe-configs-response.ts'
import { CliWorld } from './testing/cli-world.ts'

const server = '--bootstrap-server fake:9093'

/** A topic, a broker, their defaults, a group and client metrics, each with one config of its own. */
function start({ errorCode = 0, errorMessage = null as string | null } = {}) {
  const world = new ClientWorld()
  world.broker.onMetadata([world.broker], { orders: [1] })
  const own = new Map([
    ['2 orders', config('retention.ms', '5', 1)],
    ['4 1', config('log.cleaner.threads', '2', 2)],
    ['4 ', config('log.cleaner.threads', '3', 3)],
    ['16 m', config('interval.ms', '9', 7)],
    ['32 g', config('consumer.session.timeout.ms', '8', 8)],
  ])
  world.broker.on(calls.describeConfigs, ({ resources }) => ({
    ...calls.describeConfigs.response.defaults(),
    results: resources.map(({ resourceType, resourceName }) => ({
      errorCode: 0,
      errorMessage: null,
      resourceType,
      resourceName,
      configs: [own.get(`${resourceType} ${resourceName}`)!, config('a', 'b', 5)],
    })),
  }))
  world.broker.on(calls.incrementalAlterConfigs, ({ resources }) => ({
    ...calls.incrementalAlterConfigs.response.defaults(),
    responses: resources.map(({ resourceType, resourceName }) => ({
      errorCode,
      errorMessage,
      resourceType,
      resourceName,
    })),
  }))
  world.broker.on(calls.listConfigResources, ({ resourceTypes }) => ({
    ...calls.listConfigResources.response.defaults(),
    configResources: [{ resourceName: resourceTypes[0] === 16 ? 'm' : 'g', resourceType: resourceTypes[0]! }],
  }))
  world.broker.on(calls.listGroups, () => calls.listGroups.response.defaults())
  return { world, cli: new CliWorld(world) }
}

function config(name: string, value: string, configSource: number) {
  const synonyms = [{ name, value, source: configSource }]
  return { ...defaultsDescribeConfigsResourceResult(), name, value, configSource, synonyms }
}

test("[CLI16] configs that are set are described in the lines of Kafka's tool, or all", async () => {
  const { cli } = start()
  const topic =
    'Dynamic configs for topic orders are:\n' +
    '  retention.ms=5 sensitive=false synonyms={DYNAMIC_TOPIC_CONFIG:retention.ms=5}\n'
  assert.deepEqual(await cli.run(`configs ${server} --describe --topic orders`), {
    code: 0,
    out: topic,
    err: '',
  })
  assert.equal((await cli.run(`configs ${server} --describe --entity-type topics`)).out, topic)
  assert.equal(
    (await cli.run(`configs ${server} --describe --entity-type brokers`)).out,
    'Dynamic configs for broker 1 are:\n' +
      '  log.cleaner.threads=2 sensitive=false synonyms={DYNAMIC_BROKER_CONFIG:log.cleaner.threads=2}\n' +
      'Default configs for brokers in the cluster are:\n' +
      '  log.cleaner.threads=3 sensitive=false synonyms={DYNAMIC_DEFAULT_BROKER_CONFIG:log.cleaner.threads=3}\n',
  )
  const all = await cli.run(`configs ${server} --describe --all --topic orders`)
  assert.match(
    all.out,
    /^All configs for topic orders are:\n {2}a=b .*DEFAULT_CONFIG:a=b\}\n {2}retention\.ms=5/,
  )
  for (const flags of ['--group g', '--entity-type groups']) {
    const group = await cli.run(`configs ${server} --describe ${flags}`)
    assert.match(group.out, /^Dynamic configs for group g are:\n {2}consumer\.session\.timeout\.ms=8 /)
  }
  const metrics = await cli.run(`configs ${server} --describe --client-metrics m`)
  assert.match(metrics.out, /^Dynamic configs for client-metric m are:\n {2}interval\.ms=9 /)
})

test('[CLI16] what does not exist is said; as JSON the sources have their names', async () => {
  const { cli } = start()
  const missing = await cli.run(`configs ${server} --describe --topic nope`)
  assert.deepEqual(missing, {
    code: 1,
    out: '',
    err: "The topic 'nope' doesn't exist and doesn't have dynamic config.\n",
  })
  const { out } = await cli.run(`configs ${server} --describe --broker-defaults --json`)
  const source = 'DYNAMIC_DEFAULT_BROKER_CONFIG'
  const name = 'log.cleaner.threads'
  assert.deepEqual(JSON.parse(out), [
    {
      type: 'broker',
      name: '',
      configs: [
        {
          name,
          value: '3',
          source,
          isSensitive: false,
          isReadOnly: false,
          synonyms: [{ name, value: '3', source }],
        },
      ],
    },
  ])
})

test('[CLI17] changes are sent as one, lists in brackets, a file below what the line says', async () => {
  const { world, cli } = start()
  cli.files.set('some.properties', Buffer.from('a=file\nb=file\n'))
  const flags = '--add-config a=1,c=[x,y],d= --add-config-file some.properties --delete-config e,f'
  assert.deepEqual(await cli.run(`configs ${server} --alter --topic orders ${flags}`), {
    code: 0,
    out: 'Completed updating config for topic orders.\n',
    err: '',
  })
  const [resource] = world.broker.askedFor(calls.incrementalAlterConfigs)[0]!.resources
  assert.deepEqual([resource!.resourceType, resource!.resourceName], [2, 'orders'])
  const sent = resource!.configs.map(
    ({ name, configOperation, value }) => `${configOperation} ${name}=${value}`,
  )
  assert.deepEqual(sent, ['1 e=', '1 f=', '0 a=1', '0 b=file', '0 c=x,y', '0 d='])
  const others: [string, string][] = [
    ['--broker-defaults', 'Completed updating default config for brokers in the cluster.\n'],
    [
      '--entity-type brokers --entity-default',
      'Completed updating default config for brokers in the cluster.\n',
    ],
    ['--broker 1', 'Completed updating config for broker 1.\n'],
    ['--client-metrics m', 'Completed updating config for client-metric m.\n'],
    ['--group g --json', '{"type":"group","name":"g","set":{"a":"1"},"deleted":[]}\n'],
  ]
  for (const [which, expected] of others)
    assert.equal((await cli.run(`configs ${server} --alter ${which} --add-config a=1`)).out, expected)
})

test('[CLI17] a refused name comes back with the nearest right one', async () => {
  const { cli } = start({
    errorCode: errors.INVALID_CONFIG,
    errorMessage: 'Unknown topic config name: retenton.ms',
  })
  const ran = await cli.run(`configs ${server} --alter --topic orders --add-config retenton.ms=1`)
  assert.deepEqual(ran, {
    code: 1,
    out: '',
    err: 'Unknown topic config name: retenton.ms. (INVALID_CONFIG) Did you mean retention.ms?\n',
  })
})

test('[CLI17] a line that says too much or too little is refused before anything is sent', async () => {
  const { world, cli } = start()
  const lines: [string, RegExp][] = [
    ['--topic t', /either --describe or --alter/],
    ['--describe', /exactly one of --topic/],
    ['--describe --topic t --group g', /exactly one of --topic/],
    ['--describe --entity-type user', /--entity-type is one of topics, brokers/],
    ['--describe --broker one', /"one" is no id of a broker/],
    ['--alter --entity-type topics --add-config a=1', /--alter needs the name of one topic/],
    ['--alter --entity-type groups --entity-default --add-config a=1', /no defaults of type group/],
    ['--alter --topic t', /--alter needs --add-config/],
    ['--alter --topic t --add-config a', /Write name=value/],
    ['--alter --topic t --add-config a!=1', /"a!" is no name of a config/],
  ]
  for (const [flags, expected] of lines) {
    const ran = await cli.run(`configs ${server} ${flags}`)
    assert.equal(ran.code, 2, flags)
    assert.match(ran.err, expected)
  }
  assert.equal(world.broker.asked.length, 0)
})

test('[CLI18] explain tells what a config is and what Ottla makes of it, without a cluster', async () => {
  const cli = new CliWorld(new ClientWorld())
  const { out } = await cli.run('configs explain retention.ms')
  assert.match(out, /^retention\.ms, a config of a topic\n {2}type: +long\n {2}default: +604800000\n/)
  assert.match(out, /default from: +log\.retention\.ms of the broker\n {2}bounds: +\[-1,\.\.\.\]\n/)
  assert.match(
    (await cli.run('configs explain log.retention.hours')).out,
    /also set by: +log\.retention\.ms,/,
  )
  const both = JSON.parse((await cli.run('configs explain compression.type --json')).out)
  assert.deepEqual(
    both.map(({ scope, updateMode }: { scope: string; updateMode: string }) => [scope, updateMode]),
    [
      ['broker', 'cluster-wide'],
      ['topic', 'any-time'],
    ],
  )
})

test('[CLI18] explain answers a wrong name with the nearest, a former one with its fate', async () => {
  const cli = new CliWorld(new ClientWorld())
  const mistyped = await cli.run('configs explain min.insync.replica')
  assert.deepEqual([mistyped.code, mistyped.out], [1, ''])
  assert.match(mistyped.err, /^There is no config min\.insync\.replica\. Did you mean min\.insync\.replicas/)
  assert.match((await cli.run('configs explain host.name')).err, /host\.name any more: use listeners\.\n$/)
})
