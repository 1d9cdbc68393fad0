// Share groups and their coordinator: ShareGroupConfig, ShareCoordinatorConfig, group.share.*.

import type { ConfigDefinition } from '../config-definition.ts'
import { clusterWide, int, internal, list, short, string, withoutEffect } from '../config-definition.ts'
import { atLeast, between, nonEmptyList } from '../config-validators.ts'

export const shareConfigs: readonly ConfigDefinition[] = [
  ...withoutEffect('share groups are not built yet', [
    clusterWide(int('group.share.assignment.interval.ms', '1000', atLeast(0))),
    list('group.share.assignors', 'simple', nonEmptyList),
    int('group.share.delivery.count.limit', '5', between(2, 10)),
    int('group.share.heartbeat.interval.ms', '5000', atLeast(1)),
    internal(int('group.share.initialize.retry.interval.ms', '30000', atLeast(1))),
    int('group.share.max.assignment.interval.ms', '15000', atLeast(0)),
    int('group.share.max.delivery.count.limit', '10', between(5, 25)),
    int('group.share.max.heartbeat.interval.ms', '15000', atLeast(1)),
    int('group.share.max.partition.max.record.locks', '4000', between(2000, 10000)),
    int('group.share.max.record.lock.duration.ms', '60000', between(30000, 3600000)),
    int('group.share.max.session.timeout.ms', '60000', atLeast(1)),
    int('group.share.max.share.sessions', '2000', atLeast(1)),
    int('group.share.max.size', '200', between(1, 1000)),
    int('group.share.min.assignment.interval.ms', '0', atLeast(0)),
    int('group.share.min.delivery.count.limit', '2', between(2, 5)),
    int('group.share.min.heartbeat.interval.ms', '5000', atLeast(1)),
    int('group.share.min.partition.max.record.locks', '100', between(100, 2000)),
    int('group.share.min.record.lock.duration.ms', '15000', between(1000, 30000)),
    int('group.share.min.session.timeout.ms', '45000', atLeast(1)),
    int('group.share.partition.max.record.locks', '2000', between(100, 10000)),
    internal(
      string(
        'group.share.persister.class.name',
        'org.apache.kafka.server.share.persister.DefaultStatePersister',
      ),
    ),
    int('group.share.record.lock.duration.ms', '30000', between(1000, 3600000)),
    int('group.share.session.timeout.ms', '45000', atLeast(1)),
    int('share.coordinator.append.linger.ms', '-1', atLeast(-1)),
    clusterWide(int('share.coordinator.cached.buffer.max.bytes', '1048588', atLeast(524288))),
    internal(int('share.coordinator.cold.partition.snapshot.interval.ms', '300000', atLeast(1))),
    int('share.coordinator.load.buffer.size', '5242880', atLeast(1)),
    int('share.coordinator.snapshot.update.records.per.snapshot', '500', between(0, 500)),
    int('share.coordinator.state.topic.compression.codec', '0'),
    short('share.coordinator.state.topic.min.isr', '2', atLeast(1)),
    int('share.coordinator.state.topic.num.partitions', '50', atLeast(1)),
    internal(int('share.coordinator.state.topic.prune.interval.ms', '300000', atLeast(1))),
    short('share.coordinator.state.topic.replication.factor', '3', atLeast(1)),
    int('share.coordinator.state.topic.segment.bytes', '104857600', atLeast(1)),
    int('share.coordinator.threads', '1', atLeast(1)),
    int('share.coordinator.write.timeout.ms', '5000', atLeast(1)),
  ]),
  ...withoutEffect('requests that wait are removed when they are answered, so nothing is left to purge', [
    int('share.fetch.purgatory.purge.interval.requests', '1000'),
  ]),
]
