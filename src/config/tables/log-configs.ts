// Logs, segments, retention, cleaner, compression: ServerLogConfigs and CleanerConfig.

import type { ConfigDefinition } from '../config-definition.ts'
import {
  boolean,
  clusterWide,
  double,
  honoured,
  int,
  internal,
  javaClass,
  list,
  long,
  perBroker,
  string,
  withoutEffect,
} from '../config-definition.ts'
import {
  anyListOrNull,
  atLeast,
  between,
  gzipLevel,
  listOf,
  nonEmptyList,
  nonEmptyListOrNull,
  oneOf,
} from '../config-validators.ts'
import { longMax } from './java-limits.ts'

export const logConfigs: readonly ConfigDefinition[] = [
  ...honoured([
    boolean('auto.create.topics.enable', 'true'),
    clusterWide(int('compression.gzip.level', '-1', gzipLevel)),
    clusterWide(int('compression.lz4.level', '9', between(1, 17))),
    clusterWide(
      string(
        'compression.type',
        'producer',
        oneOf('uncompressed', 'zstd', 'lz4', 'snappy', 'gzip', 'producer'),
      ),
    ),
    clusterWide(int('compression.zstd.level', '3', between(-131072, 22))),
    clusterWide(long('log.cleaner.backoff.ms', '15000', atLeast(0))),
    clusterWide(long('log.cleaner.dedupe.buffer.size', '134217728')),
    clusterWide(long('log.cleaner.delete.retention.ms', '86400000', atLeast(0))),
    boolean('log.cleaner.enable', 'true'),
    clusterWide(double('log.cleaner.io.buffer.load.factor', '0.9')),
    clusterWide(double('log.cleaner.io.max.bytes.per.second', '1.7976931348623157E308')),
    clusterWide(long('log.cleaner.max.compaction.lag.ms', longMax, atLeast(1))),
    clusterWide(double('log.cleaner.min.cleanable.ratio', '0.5', between(0, 1))),
    clusterWide(long('log.cleaner.min.compaction.lag.ms', '0', atLeast(0))),
    clusterWide(list('log.cleanup.policy', 'delete', listOf('compact', 'delete'))),
    list('log.dir', '/tmp/kafka-logs', nonEmptyList),
    list('log.dirs', null, nonEmptyListOrNull),
    clusterWide(long('log.flush.interval.messages', longMax, atLeast(1))),
    clusterWide(long('log.flush.interval.ms', null)),
    int('log.flush.offset.checkpoint.interval.ms', '60000', atLeast(0)),
    long('log.flush.scheduler.interval.ms', longMax),
    int('log.flush.start.offset.checkpoint.interval.ms', '60000', atLeast(0)),
    clusterWide(int('log.index.interval.bytes', '4096', atLeast(0))),
    clusterWide(int('log.index.size.max.bytes', '10485760', atLeast(4))),
    clusterWide(long('log.message.timestamp.after.max.ms', '3600000', atLeast(0))),
    clusterWide(long('log.message.timestamp.before.max.ms', longMax, atLeast(0))),
    clusterWide(string('log.message.timestamp.type', 'CreateTime', oneOf('CreateTime', 'LogAppendTime'))),
    clusterWide(long('log.retention.bytes', '-1')),
    long('log.retention.check.interval.ms', '300000', atLeast(1)),
    int('log.retention.hours', '168'),
    int('log.retention.minutes', null),
    clusterWide(long('log.retention.ms', null)),
    int('log.roll.hours', '168', atLeast(1)),
    int('log.roll.jitter.hours', '0', atLeast(0)),
    clusterWide(long('log.roll.jitter.ms', null)),
    clusterWide(long('log.roll.ms', null)),
    clusterWide(int('log.segment.bytes', '1073741824', atLeast(1048576))),
    clusterWide(long('log.segment.delete.delay.ms', '60000', atLeast(0))),
    clusterWide(int('message.max.bytes', '1048588', atLeast(0))),
    clusterWide(int('min.insync.replicas', '1', atLeast(1))),
    int('num.partitions', '1', atLeast(1)),
  ]),
  ...withoutEffect('classes of Java cannot be loaded', [
    javaClass('alter.config.policy.class.name', null),
    javaClass('create.topic.policy.class.name', null),
  ]),
  ...withoutEffect('moving replicas away from a log directory is not built yet', [
    perBroker(list('cordoned.log.dirs', '', anyListOrNull)),
    long('log.dir.failure.timeout.ms', '30000', atLeast(1)),
  ]),
  ...withoutEffect('logs are cleaned one after another, in turns of a fixed size', [
    clusterWide(int('log.cleaner.io.buffer.size', '524288', atLeast(0))),
    clusterWide(int('log.cleaner.threads', '1', atLeast(0))),
  ]),
  ...withoutEffect('the first check follows its interval after the start', [
    internal(long('log.initial.task.delay.ms', '30000', atLeast(0))),
  ]),
  ...withoutEffect('segments grow as they are written', [clusterWide(boolean('log.preallocate', 'false'))]),
  ...withoutEffect('one event loop serves all connections and logs, there is no pool of threads', [
    clusterWide(int('num.recovery.threads.per.data.dir', '2', atLeast(1))),
  ]),
]
