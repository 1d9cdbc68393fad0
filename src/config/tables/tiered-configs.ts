// Tiered storage: RemoteLogManagerConfig.

import type { ConfigDefinition } from '../config-definition.ts'
import {
  boolean,
  clusterWide,
  double,
  int,
  internal,
  long,
  string,
  withoutEffect,
} from '../config-definition.ts'
import { atLeast, between, nonEmptyString } from '../config-validators.ts'
import { longMax } from './java-limits.ts'

export const tieredConfigs: readonly ConfigDefinition[] = [
  ...withoutEffect('tiered storage is not built yet', [
    clusterWide(long('log.local.retention.bytes', '-2', atLeast(-2))),
    clusterWide(long('log.local.retention.ms', '-2', atLeast(-2))),
    clusterWide(int('remote.fetch.max.wait.ms', '500', atLeast(1))),
    clusterWide(long('remote.list.offsets.request.timeout.ms', '30000', atLeast(1))),
    clusterWide(long('remote.log.index.file.cache.total.size.bytes', '1073741824', atLeast(1))),
    internal(long('remote.log.index.file.cache.ttl.ms', '900000', atLeast(-1))),
    clusterWide(int('remote.log.manager.copier.thread.pool.size', '10', atLeast(1))),
    clusterWide(long('remote.log.manager.copy.max.bytes.per.second', longMax, atLeast(1))),
    int('remote.log.manager.copy.quota.window.num', '11', atLeast(1)),
    int('remote.log.manager.copy.quota.window.size.seconds', '1', atLeast(1)),
    clusterWide(int('remote.log.manager.expiration.thread.pool.size', '10', atLeast(1))),
    clusterWide(long('remote.log.manager.fetch.max.bytes.per.second', longMax, atLeast(1))),
    int('remote.log.manager.fetch.quota.window.num', '11', atLeast(1)),
    int('remote.log.manager.fetch.quota.window.size.seconds', '1', atLeast(1)),
    clusterWide(int('remote.log.manager.follower.thread.pool.size', '2', atLeast(1))),
    long('remote.log.manager.task.interval.ms', '30000', atLeast(1)),
    internal(long('remote.log.manager.task.retry.backoff.max.ms', '30000', atLeast(1))),
    internal(long('remote.log.manager.task.retry.backoff.ms', '500', atLeast(1))),
    internal(double('remote.log.manager.task.retry.jitter', '0.2', between(0, 0.5))),
    int('remote.log.manager.thread.pool.size', '2', atLeast(1)),
    int('remote.log.metadata.custom.metadata.max.bytes', '128', atLeast(0)),
    string(
      'remote.log.metadata.manager.class.name',
      'org.apache.kafka.server.log.remote.metadata.storage.TopicBasedRemoteLogMetadataManager',
      nonEmptyString,
    ),
    string('remote.log.metadata.manager.class.path', null),
    string('remote.log.metadata.manager.impl.prefix', 'rlmm.config.', nonEmptyString),
    string('remote.log.metadata.manager.listener.name', null, nonEmptyString),
    int('remote.log.reader.max.pending.tasks', '100', atLeast(1)),
    clusterWide(int('remote.log.reader.threads', '10', atLeast(1))),
    string('remote.log.storage.manager.class.name', null, nonEmptyString),
    string('remote.log.storage.manager.class.path', null),
    string('remote.log.storage.manager.impl.prefix', 'rsm.config.', nonEmptyString),
    boolean('remote.log.storage.system.enable', 'false'),
  ]),
]
