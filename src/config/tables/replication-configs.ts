// Replication, elections, requests between brokers: ReplicationConfigs.

import type { ConfigDefinition } from '../config-definition.ts'
import {
  boolean,
  clusterWide,
  honoured,
  int,
  internal,
  long,
  string,
  withoutEffect,
} from '../config-definition.ts'
import { atLeast, oneOf } from '../config-validators.ts'

export const replicationConfigs: readonly ConfigDefinition[] = [
  ...honoured([
    int('default.replication.factor', '1'),
    long('replica.high.watermark.checkpoint.interval.ms', '5000'),
  ]),
  ...withoutEffect('one node replicates to nobody; clusters are not built yet', [
    boolean('auto.leader.rebalance.enable', 'true'),
    int('controller.socket.timeout.ms', '30000'),
    clusterWide(boolean('follower.fetch.last.tiered.offset.enable', 'false')),
    string('inter.broker.listener.name', null),
    long('leader.imbalance.check.interval.seconds', '300', atLeast(1)),
    clusterWide(int('num.replica.fetchers', '1', atLeast(1))),
    int('replica.fetch.backoff.ms', '1000', atLeast(0)),
    int('replica.fetch.max.bytes', '1048576', atLeast(0)),
    int('replica.fetch.min.bytes', '1'),
    int('replica.fetch.response.max.bytes', '10485760', atLeast(0)),
    int('replica.fetch.wait.max.ms', '500'),
    long('replica.lag.time.max.ms', '30000'),
    int('replica.socket.timeout.ms', '30000'),
    string(
      'security.inter.broker.protocol',
      'PLAINTEXT',
      oneOf('PLAINTEXT', 'SSL', 'SASL_PLAINTEXT', 'SASL_SSL'),
    ),
    clusterWide(boolean('unclean.leader.election.enable', 'false')),
    internal(long('unclean.leader.election.interval.ms', '300000', atLeast(1))),
  ]),
  ...withoutEffect('requests that wait are removed when they are answered, so nothing is left to purge', [
    int('delete.records.purgatory.purge.interval.requests', '1'),
    int('fetch.purgatory.purge.interval.requests', '1000'),
    int('producer.purgatory.purge.interval.requests', '1000'),
  ]),
  ...withoutEffect('classes of Java cannot be loaded', [string('replica.selector.class', null)]),
  ...withoutEffect('the operating system sizes the buffers of sockets', [
    int('replica.socket.receive.buffer.bytes', '65536'),
  ]),
]
