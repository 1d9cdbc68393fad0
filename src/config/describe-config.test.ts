import { deepEqual, equal, match } from 'node:assert/strict'
import { test } from 'node:test'
import {
  type ConfigEntry,
  describeBrokerConfigs,
  describeClientMetricsConfigs,
  describeClusterConfigs,
  describeGroupConfigs,
  describeTopicConfigs,
} from './describe-config.ts'
import { nodeConfig } from './testing/node-config.ts'

function entryOf(entries: readonly ConfigEntry[], name: string) {
  const entry = entries.find((candidate) => candidate.name === name)
  if (entry === undefined) return undefined
  const { documentation: _, ...rest } = entry
  return rest
}

const plain = { isSensitive: false, readOnly: false }

test('[CONF29] a broker config tells its value, source and the values it stands above', () => {
  const config = nodeConfig({ 'log.segment.bytes': '2000000', 'log.retention.hours': '2' })
  const perBroker = new Map([['log.segment.bytes', '3000000']])
  const clusterDefault = new Map([
    ['log.segment.bytes', '4000000'],
    ['log.retention.ms', '5'],
  ])
  const entries = describeBrokerConfigs(config, perBroker, clusterDefault)
  deepEqual(entryOf(entries, 'log.segment.bytes'), {
    name: 'log.segment.bytes',
    value: '3000000',
    source: 2,
    type: 3,
    ...plain,
    synonyms: [
      { name: 'log.segment.bytes', value: '3000000', source: 2 },
      { name: 'log.segment.bytes', value: '4000000', source: 3 },
      { name: 'log.segment.bytes', value: '2000000', source: 4 },
      { name: 'log.segment.bytes', value: '1073741824', source: 5 },
    ],
  })
  deepEqual(entryOf(entries, 'log.retention.ms')?.synonyms, [
    { name: 'log.retention.ms', value: '5', source: 3 },
    { name: 'log.retention.hours', value: '2', source: 4 },
    { name: 'log.retention.hours', value: '168', source: 5 },
  ])
  const readOnly = { isSensitive: false, readOnly: true }
  deepEqual(entryOf(entries, 'num.partitions'), {
    name: 'num.partitions',
    value: '1',
    source: 5,
    type: 3,
    ...readOnly,
    synonyms: [{ name: 'num.partitions', value: '1', source: 5 }],
  })
})

test('[CONF29] node.id is shown under its old name too', () => {
  deepEqual(entryOf(describeBrokerConfigs(nodeConfig()), 'broker.id')?.synonyms, [
    { name: 'broker.id', value: '1', source: 4 },
    { name: 'broker.id', value: '-1', source: 5 },
  ])
})

test('[CONF29] a config without value or with unset synonyms only is shown as a default without any', () => {
  const entry = entryOf(describeBrokerConfigs(nodeConfig()), 'log.retention.ms')
  deepEqual(entry, { name: 'log.retention.ms', value: null, source: 5, type: 5, ...plain, synonyms: [] })
})

test('[CONF29] internal configs are not shown, the others are, by name', () => {
  const names = describeBrokerConfigs(nodeConfig()).map((entry) => entry.name)
  equal(names.length, 340)
  deepEqual(names, names.toSorted())
  equal(names.includes('unstable.api.versions.enable'), false)
})

test('[CONF29] the cluster’s own resource shows what is set for all brokers and nothing else', () => {
  const entries = describeClusterConfigs(
    new Map([
      ['num.io.threads', '9'],
      ['leader.replication.throttled.rate', '1000'],
    ]),
  )
  deepEqual(
    entries.map(({ name, value, source, type }) => [name, value, source, type]),
    [
      ['leader.replication.throttled.rate', '1000', 3, 5],
      ['num.io.threads', '9', 3, 3],
    ],
  )
})

test('[CONF30] passwords and unknown names keep their values to themselves', () => {
  const entries = describeBrokerConfigs(nodeConfig({ 'ssl.key.password': 'secret', 'my.secret': 'secret' }))
  equal(JSON.stringify(entries).includes('"secret"'), false)
  deepEqual(entryOf(entries, 'ssl.key.password'), {
    name: 'ssl.key.password',
    value: null,
    source: 4,
    type: 9,
    isSensitive: true,
    readOnly: false,
    synonyms: [{ name: 'ssl.key.password', value: null, source: 4 }],
  })
  deepEqual(entryOf(entries, 'my.secret'), {
    name: 'my.secret',
    value: null,
    source: 4,
    type: 0,
    isSensitive: true,
    readOnly: true,
    synonyms: [{ name: 'my.secret', value: null, source: 4 }],
  })
})

test('[CONF31] a topic config tells its override above what the broker says', () => {
  const config = nodeConfig({ 'log.segment.bytes': '2000000' })
  const entries = describeTopicConfigs(config, new Map([['segment.bytes', ' 3000000']]))
  equal(entries.length, 33)
  deepEqual(entryOf(entries, 'segment.bytes'), {
    name: 'segment.bytes',
    value: '3000000',
    source: 1,
    type: 3,
    ...plain,
    synonyms: [
      { name: 'segment.bytes', value: '3000000', source: 1 },
      { name: 'log.segment.bytes', value: '2000000', source: 4 },
      { name: 'log.segment.bytes', value: '1073741824', source: 5 },
    ],
  })
  const described = ({ value, source, synonyms }: ConfigEntry) => [value, source, synonyms.length]
  const byName = new Map(entries.map((entry) => [entry.name, described(entry)]))
  deepEqual(byName.get('retention.ms'), ['604800000', 5, 0])
  deepEqual(byName.get('max.message.bytes'), ['1048588', 5, 1])
  deepEqual(byName.get('remote.storage.enable'), ['false', 5, 0])
})

test('[CONF31] a topic follows dynamic configs of the broker', () => {
  const config = nodeConfig().withDynamic({
    perBroker: new Map(),
    clusterDefault: new Map([['log.retention.ms', '5']]),
  })
  const entry = entryOf(describeTopicConfigs(config, new Map()), 'retention.ms')
  equal(entry?.value, '5')
  deepEqual(entry?.synonyms, [
    { name: 'log.retention.ms', value: '5', source: 3 },
    { name: 'log.retention.hours', value: '168', source: 5 },
  ])
})

test('[CONF31] groups and client metrics subscriptions are described alike', () => {
  const groups = describeGroupConfigs(nodeConfig(), new Map([['consumer.session.timeout.ms', '50000']]))
  deepEqual(entryOf(groups, 'consumer.session.timeout.ms')?.synonyms, [
    { name: 'consumer.session.timeout.ms', value: '50000', source: 8 },
    { name: 'group.consumer.session.timeout.ms', value: '45000', source: 5 },
  ])
  deepEqual(entryOf(groups, 'share.auto.offset.reset')?.synonyms, [
    { name: 'share.auto.offset.reset', value: 'latest', source: 5 },
  ])
  const metrics = describeClientMetricsConfigs(nodeConfig(), new Map([['metrics', '*']]))
  deepEqual(
    metrics.map(({ name, value, source }) => [name, value, source]),
    [
      ['interval.ms', '300000', 5],
      ['match', '', 5],
      ['metrics', '*', 7],
    ],
  )
})

test('[CONF3] the documentation says whether a config is honoured', () => {
  const entries = new Map(
    describeBrokerConfigs(nodeConfig()).map((entry) => [entry.name, entry.documentation]),
  )
  equal(entries.get('num.partitions'), 'Honoured. Valid values: [1,...].')
  match(entries.get('ssl.protocol') ?? '', /^Accepted without effect: security is not built yet/)
})
