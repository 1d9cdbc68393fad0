import { deepEqual } from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import {
  type ConfigEntry,
  configSources,
  describeBrokerConfigs,
  describeClusterConfigs,
  describeGroupConfigs,
  describeTopicConfigs,
} from './describe-config.ts'
import { nodeConfig } from './testing/node-config.ts'

const file = nodeConfig({
  'controller.quorum.voters': '1@127.0.0.1:29193',
  listeners: 'PLAINTEXT://127.0.0.1:29192,CONTROLLER://127.0.0.1:29193',
  'advertised.listeners': 'PLAINTEXT://127.0.0.1:29192',
  'offsets.topic.replication.factor': '1',
  'transaction.state.log.replication.factor': '1',
  'transaction.state.log.min.isr': '1',
  'share.coordinator.state.topic.replication.factor': '1',
  'share.coordinator.state.topic.min.isr': '1',
  'log.retention.hours': '100',
  'log.segment.bytes': '2000000',
  'my.secret': 'x',
  'ssl.key.password': 'pw',
  'num.partitons': '3',
  'log.cleanup.policy': 'delete,compact',
})
const perBroker = new Map([['log.segment.bytes', '3000000']])
const clusterDefault = new Map([
  ['log.retention.ms', '5000000'],
  ['num.io.threads', '9'],
  ['leader.replication.throttled.rate', '1000'],
  ['min.insync.replicas', '1'],
])
const config = file.withDynamic({ perBroker, clusterDefault })

const sourceNames = new Map<number, string>([
  [configSources.topic, 'DYNAMIC_TOPIC_CONFIG'],
  [configSources.dynamicBroker, 'DYNAMIC_BROKER_CONFIG'],
  [configSources.dynamicDefaultBroker, 'DYNAMIC_DEFAULT_BROKER_CONFIG'],
  [configSources.staticBroker, 'STATIC_BROKER_CONFIG'],
  [configSources.default, 'DEFAULT_CONFIG'],
  [configSources.group, 'DYNAMIC_GROUP_CONFIG'],
])

/** As Kafka's tool prints an entry. */
function line(entry: ConfigEntry): string {
  const synonyms = entry.synonyms.map(
    ({ name, value, source }) => `${sourceNames.get(source)}:${name}=${value}`,
  )
  return `${entry.name}=${entry.value} sensitive=${entry.isSensitive} synonyms={${synonyms.join(', ')}}`
}

const golden = readFileSync(new URL('./testing/kafka-4.3-described.txt', import.meta.url), 'utf8')

function described(section: string): string[] {
  const [, text = ''] = golden.split(`[${section}]\n`)
  return text.split(/^\[/m)[0]!.trimEnd().split('\n').sort()
}

test('[CONF29] a broker is described as Apache Kafka describes it', () => {
  deepEqual(describeBrokerConfigs(file, perBroker, clusterDefault).map(line).sort(), described('broker'))
  deepEqual(describeClusterConfigs(clusterDefault).map(line).sort(), described('default'))
})

test('[CONF31] topics and groups are described as Apache Kafka describes them', () => {
  const ofTopic = new Map([
    ['segment.bytes', '4000000'],
    ['cleanup.policy', 'compact,delete'],
  ])
  deepEqual(describeTopicConfigs(config, ofTopic).map(line).sort(), described('topic'))
  const ofGroup = new Map([['consumer.session.timeout.ms', '50000']])
  deepEqual(describeGroupConfigs(config, ofGroup).map(line).sort(), described('group'))
})
