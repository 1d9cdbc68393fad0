import { equal } from 'node:assert/strict'
import { test } from 'node:test'
import {
  validateClientMetricsConfigs,
  validateDynamicBrokerConfigs,
  validateGroupConfigs,
} from './resource-configs.ts'
import { nodeConfig } from './testing/node-config.ts'
import type { Validity } from './topic-config.ts'

const said = (validity: Validity) => (validity.ok ? 'accepted' : validity.message)
const setForBroker = (...configs: [string, string][]) =>
  said(validateDynamicBrokerConfigs(new Map(configs), true))
const setForAll = (...configs: [string, string][]) =>
  said(validateDynamicBrokerConfigs(new Map(configs), false))

test('[CONF32] only what Kafka can change at run time is changed, with a valid value', () => {
  equal(setForAll(['log.retention.ms', '5'], ['leader.replication.throttled.rate', '1']), 'accepted')
  equal(
    setForBroker(['node.id', '2'], ['num.partitions', '3']),
    'Cannot update these configs dynamically: [node.id, num.partitions]',
  )
  equal(
    setForBroker(['num.io.threads', '0']),
    'Invalid value 0 for configuration num.io.threads: Value must be at least 1',
  )
  equal(
    setForBroker(['listener.name.external.max.connections', 'x']),
    'Invalid value x for configuration max.connections: Not a number of type INT',
  )
  equal(setForBroker(['some.plugin.config', 'x']), 'accepted')
})

test('[CONF32] what belongs to one broker or one listener is not set for all', () => {
  const forAll = 'Cannot update these configs at default cluster level, broker id must be specified'
  equal(setForAll(['listeners', 'PLAINTEXT://:1']), `${forAll}: [listeners]`)
  equal(
    setForAll(['listener.name.a.ssl.keystore.type', 'PEM']),
    `${forAll}: [listener.name.a.ssl.keystore.type]`,
  )
  equal(setForAll(['listener.name.a.max.connections', '5']), 'accepted')
  equal(
    setForBroker(['ssl.keystore.location', '/key']),
    'These security configs can be dynamically updated only per-listener using the listener prefix:' +
      ' [ssl.keystore.location]',
  )
})

test('[CONF33] a group config lies within the bounds the broker sets for all groups', () => {
  const setForGroup = (...configs: [string, string][]) =>
    said(validateGroupConfigs(nodeConfig(), new Map(configs)))
  equal(setForGroup(['consumer.session.timeout.ms', '50000']), 'accepted')
  const [session, heartbeat] = ['consumer.session.timeout.ms', 'consumer.heartbeat.interval.ms'] as const
  const cases: readonly (readonly [[string, string], string])[] = [
    [[session, '44999'], `${session} must be greater than or equal to group.consumer.min.session.timeout.ms`],
    [[session, '60001'], `${session} must be less than or equal to group.consumer.max.session.timeout.ms`],
    [
      [heartbeat, '15001'],
      `${heartbeat} must be less than or equal to group.consumer.max.heartbeat.interval.ms`,
    ],
    [
      ['streams.num.standby.replicas', '3'],
      'streams.num.standby.replicas must be less than or equal to group.streams.max.standby.replicas',
    ],
    [
      ['share.assignment.interval.ms', '15001'],
      'share.assignment.interval.ms must be less than or equal to group.share.max.assignment.interval.ms',
    ],
    [['no.such', '1'], 'Unknown group config name: no.such'],
    [
      ['share.auto.offset.reset', 'by_duration:P'],
      'Invalid value by_duration:P for configuration share.auto.offset.reset:' +
        ' Invalid value `by_duration:P` for configuration share.auto.offset.reset. The value must be either' +
        " 'earliest', 'latest' or of the format 'by_duration:<PnDTnHnMn.nS>'.",
    ],
  ]
  for (const [config, expected] of cases) equal(setForGroup(config), expected)
  equal(setForGroup(['share.auto.offset.reset', 'by_duration:P1DT2H0.5S']), 'accepted')
})

test('[CONF33] a session outlasts the heartbeats', () => {
  const broker = nodeConfig({
    'group.consumer.min.session.timeout.ms': '1',
    'group.consumer.min.heartbeat.interval.ms': '1',
  })
  const configs = new Map([['consumer.session.timeout.ms', '5000']])
  equal(
    said(validateGroupConfigs(broker, configs)),
    'consumer.session.timeout.ms must be greater than consumer.heartbeat.interval.ms',
  )
})

test('[CONF34] a client metrics subscription has a bounded interval and patterns that match clients', () => {
  const set = (...configs: [string, string][]) => said(validateClientMetricsConfigs(new Map(configs)))
  equal(set(['interval.ms', '100'], ['match', 'client_id=app-.*, client_source_port=[0-9]+']), 'accepted')
  equal(
    set(['interval.ms', '99']),
    'Invalid value 99 for interval.ms, interval must be between 100 and 3600000 (1 hour)',
  )
  equal(set(['match', 'client_ID=x']), 'Illegal client matching pattern: client_ID=x')
  equal(set(['match', 'client_id=(']), 'Illegal client matching pattern: client_id=(')
  equal(set(['match', 'client_id']), 'Illegal client matching pattern: client_id')
  equal(set(['no.such', '1']), 'Unknown client metrics configuration: no.such')
})
