// Roles, quorum, metadata log, the broker as a whole: KRaftConfigs, QuorumConfig, MetadataLogConfig and the
// rest of ServerConfigs.

import type { ConfigDefinition } from '../config-definition.ts'
import {
  boolean,
  clusterWide,
  honoured,
  int,
  internal,
  list,
  long,
  required,
  string,
  withoutEffect,
} from '../config-definition.ts'
import { anyList, atLeast, nonEmptyList, nonEmptyListOf } from '../config-validators.ts'
import { quorumBootstrapServers, quorumVoters } from '../quorum-voters.ts'
import { longMax } from './java-limits.ts'

export const controllerConfigs: readonly ConfigDefinition[] = [
  ...honoured([
    int('broker.id', '-1'),
    string('broker.rack', null),
    boolean('controlled.shutdown.enable', 'true'),
    required(list('controller.listener.names', null, nonEmptyList)),
    list('controller.quorum.bootstrap.servers', '', quorumBootstrapServers),
    list('controller.quorum.voters', '', quorumVoters),
    boolean('delete.topic.enable', 'true'),
    string('metadata.log.dir', null),
    long('metadata.log.max.record.bytes.between.snapshots', '20971520', atLeast(1)),
    long('metadata.log.max.snapshot.interval.ms', '3600000', atLeast(0)),
    int('metadata.log.segment.bytes', '1073741824', atLeast(8388608)),
    long('metadata.log.segment.ms', '604800000'),
    required(int('node.id', null, atLeast(0))),
    required(list('process.roles', null, nonEmptyListOf('broker', 'controller'))),
    int('request.timeout.ms', '30000'),
  ]),
  ...withoutEffect('one event loop serves all connections and logs, there is no pool of threads', [
    clusterWide(int('background.threads', '10', atLeast(1))),
  ]),
  ...withoutEffect('not needed by one node that is controller and broker; clusters are not built yet', [
    int('broker.heartbeat.interval.ms', '2000'),
    int('broker.session.timeout.ms', '9000'),
    int('initial.broker.registration.timeout.ms', '60000'),
    internal(long('server.max.startup.time.ms', longMax, atLeast(0))),
  ]),
  ...withoutEffect('config providers are not built yet', [
    clusterWide(list('config.providers', '', anyList)),
  ]),
  ...withoutEffect('the controller does not sample its own speed yet', [
    internal(long('controller.performance.always.log.threshold.ms', '2000', atLeast(0))),
    internal(long('controller.performance.sample.period.ms', '60000', atLeast(100))),
  ]),
  ...withoutEffect('a quorum of one votes for itself; clusters are not built yet', [
    int('controller.quorum.append.linger.ms', '25', atLeast(0)),
    boolean('controller.quorum.auto.join.enable', 'false'),
    int('controller.quorum.election.backoff.max.ms', '1000', atLeast(0)),
    int('controller.quorum.election.timeout.ms', '1000', atLeast(0)),
    int('controller.quorum.fetch.max.bytes', '1048576', atLeast(1)),
    int('controller.quorum.fetch.snapshot.max.bytes', '1048576', atLeast(1)),
    int('controller.quorum.fetch.timeout.ms', '2000', atLeast(0)),
    int('controller.quorum.request.timeout.ms', '2000', atLeast(0)),
    int('controller.quorum.retry.backoff.ms', '20', atLeast(0)),
  ]),
  ...withoutEffect('the metadata log is cut at every snapshot, and the newest snapshot alone is kept', [
    internal(long('internal.metadata.delete.delay.millis', '60000')),
    long('metadata.max.retention.bytes', '104857600'),
    long('metadata.max.retention.ms', '604800000'),
  ]),
  ...withoutEffect('a quorum of one sees its own commits without records that say nothing', [
    int('metadata.max.idle.interval.ms', '500', atLeast(0)),
  ]),
  ...withoutEffect('limits of the metadata log for tests of Kafka', [
    internal(int('internal.metadata.log.segment.bytes', null)),
    internal(int('internal.metadata.max.batch.size.in.bytes', '8388608')),
  ]),
  ...withoutEffect('moving replicas away from a log directory is not built yet', [
    int('num.replica.alter.log.dirs.threads', null),
  ]),
  ...withoutEffect('only stable versions are served', [
    internal(boolean('unstable.api.versions.enable', 'false')),
    internal(boolean('unstable.feature.versions.enable', 'false')),
  ]),
]
