// The configuration of one topic in effect: its own overrides over the broker's configs over the defaults
// (LogConfig). Computed once per change, so that the log reads plain fields.

import { assert } from '../base/assert.ts'
import type { BrokerConfig } from './broker-config.ts'
import { topicConfigs } from './config-table.ts'
import type { ConfigValue, ParsedValue } from './config-value.ts'
import { parseConfigValue } from './config-value.ts'
import { effectiveValue } from './effective-value.ts'

/** `producer`: keep what the producer used. */
export type TopicCompressionType = 'producer' | 'uncompressed' | 'gzip' | 'snappy' | 'lz4' | 'zstd'

export class TopicConfig {
  readonly segmentBytes: number
  readonly segmentMs: number
  /** After how long a segment is sealed: that of a compacted topic must be before its compaction is due. */
  readonly segmentMsMax: number
  readonly segmentJitterMs: number
  readonly segmentIndexBytes: number
  readonly indexIntervalBytes: number
  /** -1: for ever. */
  readonly retentionMs: number
  /** -1: without limit. Of one partition. */
  readonly retentionBytes: number
  /** Neither: keep for ever. */
  readonly cleanupPolicy: { readonly delete: boolean; readonly compact: boolean }
  /** The largest record batch, after compression. */
  readonly maxMessageBytes: number
  readonly messageTimestampType: 'create' | 'append'
  readonly messageTimestampBeforeMaxMs: number
  readonly messageTimestampAfterMaxMs: number
  readonly compressionType: TopicCompressionType
  readonly compressionLevels: { readonly gzip: number; readonly lz4: number; readonly zstd: number }
  readonly minInsyncReplicas: number
  readonly fileDeleteDelayMs: number
  readonly flushMessages: number
  readonly flushMs: number
  readonly deleteRetentionMs: number
  readonly minCompactionLagMs: number
  readonly maxCompactionLagMs: number
  readonly minCleanableDirtyRatio: number
  readonly uncleanLeaderElectionEnable: boolean

  private constructor(value: (name: string) => ConfigValue) {
    const number = (name: string) => value(name) as number
    this.segmentBytes = (value('internal.segment.bytes') ?? value('segment.bytes')) as number
    this.segmentMs = number('segment.ms')
    this.segmentJitterMs = number('segment.jitter.ms')
    this.segmentIndexBytes = number('segment.index.bytes')
    this.indexIntervalBytes = number('index.interval.bytes')
    this.retentionMs = number('retention.ms')
    this.retentionBytes = number('retention.bytes')
    const policies = value('cleanup.policy') as readonly string[]
    this.cleanupPolicy = { delete: policies.includes('delete'), compact: policies.includes('compact') }
    this.maxMessageBytes = number('max.message.bytes')
    this.messageTimestampType = value('message.timestamp.type') === 'LogAppendTime' ? 'append' : 'create'
    this.messageTimestampBeforeMaxMs = number('message.timestamp.before.max.ms')
    this.messageTimestampAfterMaxMs = number('message.timestamp.after.max.ms')
    this.compressionType = value('compression.type') as TopicCompressionType
    this.compressionLevels = {
      gzip: number('compression.gzip.level'),
      lz4: number('compression.lz4.level'),
      zstd: number('compression.zstd.level'),
    }
    this.minInsyncReplicas = number('min.insync.replicas')
    this.fileDeleteDelayMs = number('file.delete.delay.ms')
    this.flushMessages = number('flush.messages')
    this.flushMs = number('flush.ms')
    this.deleteRetentionMs = number('delete.retention.ms')
    this.minCompactionLagMs = number('min.compaction.lag.ms')
    this.maxCompactionLagMs = number('max.compaction.lag.ms')
    this.minCleanableDirtyRatio = number('min.cleanable.dirty.ratio')
    this.segmentMsMax = this.cleanupPolicy.compact
      ? Math.min(this.segmentMs, this.maxCompactionLagMs)
      : this.segmentMs
    this.uncleanLeaderElectionEnable = value('unclean.leader.election.enable') as boolean
  }

  /** Passes over overrides that cannot be used: they are checked when they are set, and a log must open. */
  static of(brokerConfig: BrokerConfig, overrides: ReadonlyMap<string, string>): TopicConfig {
    return new TopicConfig((name) => topicConfigValue(brokerConfig, overrides, name).value)
  }
}

/** The value in effect of topic config `name` (which must exist), with the text Kafka shows for it. */
export function topicConfigValue(
  brokerConfig: BrokerConfig,
  overrides: ReadonlyMap<string, string>,
  name: string,
): ParsedValue {
  const definition = topicConfigs.get(name)
  assert(definition, `${name} is a topic config`)
  return effectiveValue(definition, brokerConfig, overrides)
}

export type Validity = { readonly ok: true } | { readonly ok: false; readonly message: string }

/** Whether `value` may be set for topic config `name`; the message is Kafka's, for INVALID_CONFIG. */
export function validateTopicConfig(name: string, value: string): Validity {
  const definition = topicConfigs.get(name)
  if (definition === undefined) return invalid(`Unknown topic config name: ${name}`)
  const parsed = parseConfigValue(definition, value)
  return parsed.ok ? { ok: true } : invalid(parsed.message)
}

/** Whether a topic may have these overrides together (LogConfig.validate). */
export function validateTopicConfigs(
  brokerConfig: BrokerConfig,
  overrides: ReadonlyMap<string, string>,
): Validity {
  for (const name of overrides.keys()) {
    if (!topicConfigs.has(name)) return invalid(`Unknown topic config name: ${name}`)
  }
  for (const [name, value] of overrides) {
    const validity = validateTopicConfig(name, value)
    if (!validity.ok) return validity
  }
  const [lagMin, lagMax] = ['min.compaction.lag.ms', 'max.compaction.lag.ms'] as const
  const lagMsMin = topicConfigValue(brokerConfig, overrides, lagMin)
  const lagMsMax = topicConfigValue(brokerConfig, overrides, lagMax)
  if (Number(lagMsMin.value) > Number(lagMsMax.value)) {
    const shown = `${lagMin} (${lagMsMin.text}) > ${lagMax} (${lagMsMax.text})`
    return invalid(`conflict topic config setting ${shown}`)
  }
  if (topicConfigValue(brokerConfig, overrides, 'remote.storage.enable').value === true) {
    const reason = 'Tiered Storage functionality is disabled in the broker.'
    return invalid(`${reason} Topic cannot be configured with remote log storage.`)
  }
  return { ok: true }
}

function invalid(message: string): Validity {
  return { ok: false, message }
}
