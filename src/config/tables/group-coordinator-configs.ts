// Classic and consumer groups and committed offsets: GroupCoordinatorConfig.

import type { ConfigDefinition } from '../config-definition.ts'
import {
  clusterWide,
  honoured,
  int,
  internal,
  list,
  long,
  short,
  string,
  withoutEffect,
} from '../config-definition.ts'
import { atLeast, nonEmptyList, nonEmptyListOf, oneOfAnyCase } from '../config-validators.ts'
import { intMax } from './java-limits.ts'

export const groupCoordinatorConfigs: readonly ConfigDefinition[] = [
  ...honoured([
    int('group.initial.rebalance.delay.ms', '3000'),
    int('group.max.session.timeout.ms', '1800000'),
    int('group.max.size', intMax, atLeast(1)),
    int('group.min.session.timeout.ms', '6000'),
    int('offset.metadata.max.bytes', '4096'),
    long('offsets.retention.check.interval.ms', '600000', atLeast(1)),
    int('offsets.retention.minutes', '10080', atLeast(1)),
    int('offsets.topic.num.partitions', '50', atLeast(1)),
    short('offsets.topic.replication.factor', '3', atLeast(1)),
    int('offsets.topic.segment.bytes', '104857600', atLeast(1)),
  ]),
  ...withoutEffect('the consumer group protocol of KIP-848 is not built yet', [
    clusterWide(int('group.consumer.assignment.interval.ms', '1000', atLeast(0))),
    list('group.consumer.assignors', 'uniform,range', nonEmptyList),
    int('group.consumer.heartbeat.interval.ms', '5000', atLeast(1)),
    int('group.consumer.max.assignment.interval.ms', '15000', atLeast(0)),
    int('group.consumer.max.heartbeat.interval.ms', '15000', atLeast(1)),
    int('group.consumer.max.session.timeout.ms', '60000', atLeast(1)),
    int('group.consumer.max.size', intMax, atLeast(1)),
    string(
      'group.consumer.migration.policy',
      'bidirectional',
      oneOfAnyCase('DISABLED', 'DOWNGRADE', 'UPGRADE', 'BIDIRECTIONAL'),
    ),
    int('group.consumer.min.assignment.interval.ms', '0', atLeast(0)),
    int('group.consumer.min.heartbeat.interval.ms', '5000', atLeast(1)),
    int('group.consumer.min.session.timeout.ms', '45000', atLeast(1)),
    internal(int('group.consumer.regex.refresh.interval.ms', '600000', atLeast(10000))),
    int('group.consumer.session.timeout.ms', '45000', atLeast(1)),
    list(
      'group.coordinator.rebalance.protocols',
      'classic,consumer,streams',
      nonEmptyListOf('consumer', 'classic', 'share', 'streams'),
    ),
  ]),
  ...withoutEffect('operations of one turn share a batch, and no batch waits longer', [
    int('group.coordinator.append.linger.ms', '-1', atLeast(-1)),
    clusterWide(int('group.coordinator.cached.buffer.max.bytes', '1048588', atLeast(524288))),
  ]),
  ...withoutEffect('one event loop serves all connections and logs, there is no pool of threads', [
    int('group.coordinator.background.threads', '2', atLeast(1)),
    int('group.coordinator.threads', '4', atLeast(1)),
  ]),
  ...withoutEffect('a commit is answered when it is written, whatever that takes', [
    int('offsets.commit.timeout.ms', '5000', atLeast(1)),
  ]),
  ...withoutEffect('partitions of coordinators are read in chunks of a fixed size', [
    int('offsets.load.buffer.size', '5242880', atLeast(1)),
  ]),
  ...withoutEffect('records of coordinators are not compressed', [
    int('offsets.topic.compression.codec', '0'),
  ]),
]
