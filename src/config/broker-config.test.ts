import { deepEqual, equal, match, throws } from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { BrokerConfig } from './broker-config.ts'
import { brokerConfigs } from './config-table.ts'
import { nodeConfig, parseNodeConfig } from './testing/node-config.ts'

function refusal(changes: Readonly<Record<string, string | undefined>>): string {
  const result = parseNodeConfig(changes)
  return result.ok ? 'accepted' : result.message
}

test('[CONF11] a value that cannot be used is refused in Kafka’s words, with what would be accepted', () => {
  equal(
    refusal({ 'num.partitions': 'abc' }),
    'Invalid value abc for configuration num.partitions: Not a number of type INT.' +
      ' Set num.partitions to a whole number in [1,...], or remove it for the default 1.',
  )
})

test('[CONF12] what Kafka requires must be given; broker.id may stand for node.id', () => {
  equal(
    refusal({ 'node.id': undefined }),
    'Missing required configuration "node.id" which has no default value.' +
      ' Set node.id to a whole number in [0,...].',
  )
  match(refusal({ 'process.roles': undefined }), /^Missing required configuration "process.roles"/)
  const config = nodeConfig({ 'node.id': undefined, 'broker.id': '1' })
  equal(config.int('node.id'), 1)
  equal(refusal({ 'broker.id': '2' }), 'You must set `node.id` to the same value as `broker.id`.')
})

test('[CONF13] the finest unit that is set wins: milliseconds, minutes, hours', () => {
  const hours = { 'log.retention.hours': '2' }
  const minutes = { ...hours, 'log.retention.minutes': '3' }
  equal(nodeConfig().long('log.retention.ms'), 604800000)
  equal(nodeConfig(hours).long('log.retention.ms'), 7200000)
  equal(nodeConfig(minutes).long('log.retention.ms'), 180000)
  equal(nodeConfig({ ...minutes, 'log.retention.ms': '4' }).long('log.retention.ms'), 4)
  equal(nodeConfig({ 'log.retention.hours': '-1' }).long('log.retention.ms'), -1)
  equal(nodeConfig({ 'log.roll.hours': '1' }).long('log.roll.ms'), 3600000)
  equal(nodeConfig({ 'log.roll.jitter.hours': '1' }).long('log.roll.jitter.ms'), 3600000)
  equal(nodeConfig({ 'log.flush.scheduler.interval.ms': '9' }).long('log.flush.interval.ms'), 9)
})

test('[CONF13] log.dirs goes before log.dir, and the metadata log lies in the first of them', () => {
  const config = nodeConfig({ 'log.dir': '/a', 'log.dirs': '/b,/c' })
  deepEqual(config.logDirectories(), ['/b', '/c'])
  equal(config.metadataLogDirectory(), '/b')
  equal(nodeConfig({ 'metadata.log.dir': '/meta' }).metadataLogDirectory(), '/meta')
  deepEqual(nodeConfig({ 'log.dirs': undefined }).logDirectories(), ['/tmp/kafka-logs'])
})

test('[CONF14] reading a value as something it is not is a mistake in the code', () => {
  const config = nodeConfig()
  throws(() => config.int('log.retention.ms'), /log.retention.ms is a config of type int or short/)
  throws(() => config.string('no.such.config'), /no.such.config is a config of type string/)
  throws(() => config.string('broker.rack'), /broker.rack has a value/)
  equal(config.optionalString('broker.rack'), null)
  equal(config.int('offsets.topic.replication.factor'), 3)
  equal(config.boolean('auto.create.topics.enable'), true)
  equal(config.isSet('node.id') && !config.isSet('num.partitions'), true)
})

test('[CONF15] an unknown name is a warning with the nearest known one, or with what became of it', () => {
  const result = parseNodeConfig({
    'num.partitons': '3',
    'zookeeper.connect': 'localhost:2181',
    'completely.different': 'x',
    'listener.name.plaintext.ssl.keystore.type': 'PEM',
  })
  deepEqual(result.ok && result.warnings, [
    'num.partitons is not known and is ignored; did you mean num.partitions?',
    'zookeeper.connect is not known any more: metadata lie in the quorum of controllers,' +
      ' see controller.quorum.voters',
    'completely.different is not known and is ignored',
    'listener.name.plaintext.ssl.keystore.type is accepted without effect: only listeners without settings of' +
      ' their own are served, and no plugins',
  ])
})

test('[CONF16] a config without effect is a warning when it is not the default, never with its value', () => {
  const result = parseNodeConfig({
    'num.io.threads': '8',
    'num.network.threads': '12',
    'ssl.key.password': 'secret',
    'log.cleanup.policy': 'delete,delete',
  })
  deepEqual(result.ok && result.warnings, [
    'num.network.threads is accepted without effect: one event loop serves all connections and logs,' +
      ' there is no pool of threads',
    'ssl.key.password is accepted without effect: security is not built yet',
    'log.cleanup.policy names a value twice; the repetition is ignored',
  ])
})

test('[CONF17] what would be unsafe to ignore is refused with the way out', () => {
  match(
    refusal({ 'listener.security.protocol.map': 'PLAINTEXT:SSL,CONTROLLER:PLAINTEXT' }),
    /^Listener PLAINTEXT asks for SSL/,
  )
  match(
    refusal({
      listeners: 'PLAINTEXT://localhost:9092,CONTROLLER://localhost:9093,SSL://localhost:9094',
      'listener.security.protocol.map': 'PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT,SSL:SSL',
    }),
    /^Listener SSL asks for SSL, but only PLAINTEXT is served/,
  )
  match(
    refusal({ 'authorizer.class.name': 'org.example.Acls' }),
    /^authorizer.class.name asks for org.example.Acls/,
  )
  match(
    refusal({ 'controller.quorum.voters': '1@a:9093,2@b:9093' }),
    /^controller.quorum.voters names 2 nodes/,
  )
  match(
    refusal({
      'process.roles': 'broker',
      'controller.quorum.voters': '2@a:9093',
      listeners: 'PLAINTEXT://localhost:9092',
    }),
    /^process.roles is broker, but a node is broker and controller/,
  )
})

test('[CONF18] dynamic configs go before the file, a broker’s own before those of the cluster', () => {
  const config = nodeConfig({ 'log.retention.hours': '2', 'log.segment.bytes': '2000000' })
  const dynamic = {
    perBroker: new Map([['log.segment.bytes', '3000000']]),
    clusterDefault: new Map([
      ['log.segment.bytes', '4000000'],
      ['log.retention.ms', '5'],
    ]),
  }
  const changed = config.withDynamic(dynamic)
  equal(changed.int('log.segment.bytes'), 3000000)
  equal(changed.long('log.retention.ms'), 5)
  equal(changed.isSet('log.retention.hours'), false)
  const reverted = changed.withDynamic({ perBroker: new Map(), clusterDefault: new Map() })
  equal(reverted.int('log.segment.bytes'), 2000000)
  equal(reverted.long('log.retention.ms'), 7200000)
})

test('[CONF19] why a dynamic config cannot be used is told when it is set', () => {
  const problem = (...perBroker: [string, string][]) =>
    nodeConfig().dynamicProblem({ perBroker: new Map(perBroker), clusterDefault: new Map() })
  equal(problem(['message.max.bytes', '77'], ['some.plugin', 'x']), null)
  const tooMany = 'log.cleaner.dedupe.buffer.size must be at least 1MB per cleaner thread.'
  equal(problem(['message.max.bytes', '77'], ['log.cleaner.threads', '1000']), tooMany)
  match(
    problem(['listener.security.protocol.map', 'PLAINTEXT:SSL,CONTROLLER:PLAINTEXT']) ?? '',
    /asks for SSL/,
  )
})

test('[CONF19] a dynamic config that cannot be used is left out, the others count', () => {
  const changed = nodeConfig().withDynamic({
    perBroker: new Map([
      ['log.segment.bytes', 'many'],
      ['log.cleaner.threads', '1000'],
      ['message.max.bytes', '77'],
    ]),
    clusterDefault: new Map(),
  })
  equal(changed.int('log.segment.bytes'), 1073741824)
  equal(changed.int('log.cleaner.threads'), 1)
  equal(changed.int('message.max.bytes'), 77)
})

test('[CONF12] nothing at all is refused, not crashed on', () => {
  equal(BrokerConfig.parse(new Map()).ok, false)
})

test('[CONF11] no text makes the parser throw or accept a value that its bounds exclude', () => {
  const name = fc.constantFrom(...brokerConfigs.keys())
  const text = fc.oneof(
    fc.string(),
    fc.constantFrom('', ',', '-1', '0', 'a,b', ':', '://:', '1@', '*', 'NaN'),
  )
  fc.assert(
    fc.property(fc.dictionary(name, text), (changes) => {
      const result = parseNodeConfig(changes)
      if (!result.ok) return result.message.length > 0
      return result.config.int('num.partitions') >= 1 && result.config.listeners().length > 1
    }),
  )
})
