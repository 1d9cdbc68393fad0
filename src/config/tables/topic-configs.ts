// Configs of topics: LogConfig.

import type { ConfigDefinition } from '../config-definition.ts'
import {
  boolean,
  defaultOf,
  double,
  honoured,
  int,
  internal,
  list,
  long,
  string,
  withoutEffect,
} from '../config-definition.ts'
import { atLeast, between, gzipLevel, listOf, oneOf, throttledReplicas } from '../config-validators.ts'
import { longMax } from './java-limits.ts'

export const topicConfigs: readonly ConfigDefinition[] = [
  ...honoured([
    defaultOf('log.cleanup.policy', list('cleanup.policy', 'delete', listOf('compact', 'delete'))),
    defaultOf('compression.gzip.level', int('compression.gzip.level', '-1', gzipLevel)),
    defaultOf('compression.lz4.level', int('compression.lz4.level', '9', between(1, 17))),
    defaultOf(
      'compression.type',
      string(
        'compression.type',
        'producer',
        oneOf('uncompressed', 'zstd', 'lz4', 'snappy', 'gzip', 'producer'),
      ),
    ),
    defaultOf('compression.zstd.level', int('compression.zstd.level', '3', between(-131072, 22))),
    defaultOf('log.cleaner.delete.retention.ms', long('delete.retention.ms', '86400000', atLeast(0))),
    defaultOf('log.segment.delete.delay.ms', long('file.delete.delay.ms', '60000', atLeast(0))),
    defaultOf('log.flush.interval.messages', long('flush.messages', longMax, atLeast(1))),
    defaultOf('log.flush.interval.ms', long('flush.ms', longMax, atLeast(0))),
    defaultOf('log.index.interval.bytes', int('index.interval.bytes', '4096', atLeast(0))),
    internal(int('internal.segment.bytes', null)),
    defaultOf('message.max.bytes', int('max.message.bytes', '1048588', atLeast(0))),
    defaultOf('log.cleaner.max.compaction.lag.ms', long('max.compaction.lag.ms', longMax, atLeast(1))),
    defaultOf('log.cleaner.min.cleanable.ratio', double('min.cleanable.dirty.ratio', '0.5', between(0, 1))),
    defaultOf('log.cleaner.min.compaction.lag.ms', long('min.compaction.lag.ms', '0', atLeast(0))),
    defaultOf(
      'log.message.timestamp.after.max.ms',
      long('message.timestamp.after.max.ms', '3600000', atLeast(0)),
    ),
    defaultOf(
      'log.message.timestamp.before.max.ms',
      long('message.timestamp.before.max.ms', longMax, atLeast(0)),
    ),
    defaultOf(
      'log.message.timestamp.type',
      string('message.timestamp.type', 'CreateTime', oneOf('CreateTime', 'LogAppendTime')),
    ),
    defaultOf('min.insync.replicas', int('min.insync.replicas', '1', atLeast(1))),
    defaultOf('log.retention.bytes', long('retention.bytes', '-1')),
    defaultOf('log.retention.ms', long('retention.ms', '604800000', atLeast(-1))),
    defaultOf('log.segment.bytes', int('segment.bytes', '1073741824', atLeast(1048576))),
    defaultOf('log.index.size.max.bytes', int('segment.index.bytes', '10485760', atLeast(4))),
    defaultOf('log.roll.jitter.ms', long('segment.jitter.ms', '0', atLeast(0))),
    defaultOf('log.roll.ms', long('segment.ms', '604800000', atLeast(1))),
  ]),
  ...withoutEffect('one node replicates to nobody; clusters are not built yet', [
    list('follower.replication.throttled.replicas', '', throttledReplicas),
    list('leader.replication.throttled.replicas', '', throttledReplicas),
    defaultOf('unclean.leader.election.enable', boolean('unclean.leader.election.enable', 'false')),
  ]),
  ...withoutEffect('tiered storage is not built yet', [
    defaultOf('log.local.retention.bytes', long('local.retention.bytes', '-2', atLeast(-2))),
    defaultOf('log.local.retention.ms', long('local.retention.ms', '-2', atLeast(-2))),
    boolean('remote.log.copy.disable', 'false'),
    boolean('remote.log.delete.on.disable', 'false'),
    boolean('remote.storage.enable', 'false'),
  ]),
  ...withoutEffect('segments grow as they are written', [
    defaultOf('log.preallocate', boolean('preallocate', 'false')),
  ]),
]
