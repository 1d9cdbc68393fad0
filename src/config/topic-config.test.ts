import { deepEqual, equal } from 'node:assert/strict'
import { test } from 'node:test'
import { nodeConfig } from './testing/node-config.ts'
import { TopicConfig, validateTopicConfig, validateTopicConfigs } from './topic-config.ts'

const ok = { ok: true }

test('[CONF27] a topic has its own value, or else the broker’s under whatever name, or else the default', () => {
  const broker = nodeConfig({
    'log.roll.hours': '1',
    'log.segment.bytes': '2000000',
    'log.message.timestamp.type': 'LogAppendTime',
    'log.cleanup.policy': '',
  })
  const topic = TopicConfig.of(broker, new Map([['segment.bytes', '3000000']]))
  equal(topic.segmentBytes, 3000000)
  equal(topic.segmentMs, 3600000)
  equal(topic.messageTimestampType, 'append')
  deepEqual(topic.cleanupPolicy, { delete: false, compact: false })
  equal(topic.retentionMs, 604800000)
  equal(TopicConfig.of(broker, new Map()).segmentBytes, 2000000)
})

test('[CONF27] without any setting a topic has Kafka’s defaults', () => {
  const noLimit = Number.MAX_SAFE_INTEGER
  deepEqual(
    { ...TopicConfig.of(nodeConfig(), new Map()) },
    {
      segmentBytes: 1073741824,
      segmentMs: 604800000,
      segmentMsMax: 604800000,
      segmentJitterMs: 0,
      segmentIndexBytes: 10485760,
      indexIntervalBytes: 4096,
      retentionMs: 604800000,
      retentionBytes: -1,
      cleanupPolicy: { delete: true, compact: false },
      maxMessageBytes: 1048588,
      messageTimestampType: 'create',
      messageTimestampBeforeMaxMs: noLimit,
      messageTimestampAfterMaxMs: 3600000,
      compressionType: 'producer',
      compressionLevels: { gzip: -1, lz4: 9, zstd: 3 },
      minInsyncReplicas: 1,
      fileDeleteDelayMs: 60000,
      flushMessages: noLimit,
      flushMs: noLimit,
      deleteRetentionMs: 86400000,
      minCompactionLagMs: 0,
      maxCompactionLagMs: noLimit,
      minCleanableDirtyRatio: 0.5,
      uncleanLeaderElectionEnable: false,
    },
  )
})

test('[CONF27] an override that cannot be used is passed over', () => {
  const topic = TopicConfig.of(nodeConfig(), new Map([['segment.bytes', 'huge']]))
  equal(topic.segmentBytes, 1073741824)
})

test('[CONF27] internal.segment.bytes goes below the smallest segment.bytes, for tests', () => {
  const topic = TopicConfig.of(nodeConfig(), new Map([['internal.segment.bytes', '1024']]))
  equal(topic.segmentBytes, 1024)
})

test('[CONF28] a topic config is refused in Kafka’s words', () => {
  deepEqual(validateTopicConfig('segment.bytes', '1048576'), ok)
  const refused = (name: string, value: string) => {
    const validity = validateTopicConfig(name, value)
    return validity.ok ? 'accepted' : validity.message
  }
  const tooSmall = 'Invalid value 1048575 for configuration segment.bytes: Value must be at least 1048576'
  equal(refused('segment.bytes', '1048575'), tooSmall)
  equal(
    refused('retention.ms', 'x'),
    'Invalid value x for configuration retention.ms: Not a number of type LONG',
  )
  equal(refused('no.such', '1'), 'Unknown topic config name: no.such')
})

test('[CONF28] topic configs must fit together and to what the broker can do', () => {
  const refused = (...overrides: [string, string][]) => {
    const validity = validateTopicConfigs(nodeConfig(), new Map(overrides))
    return validity.ok ? 'accepted' : validity.message
  }
  equal(refused(['cleanup.policy', 'compact,delete'], ['retention.ms', '-1']), 'accepted')
  equal(refused(['retention.ms', '1'], ['no.such', '1']), 'Unknown topic config name: no.such')
  equal(
    refused(['max.compaction.lag.ms', '5'], ['min.compaction.lag.ms', '6']),
    'conflict topic config setting min.compaction.lag.ms (6) > max.compaction.lag.ms (5)',
  )
  equal(
    refused(['remote.storage.enable', 'true']),
    'Tiered Storage functionality is disabled in the broker.' +
      ' Topic cannot be configured with remote log storage.',
  )
})
