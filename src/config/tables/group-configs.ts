// Configs of groups: GroupConfig.

import type { ConfigDefinition } from '../config-definition.ts'
import { boolean, defaultOf, int, string, withoutEffect } from '../config-definition.ts'
import { atLeast, oneOf, shareOffsetReset } from '../config-validators.ts'

export const groupConfigs: readonly ConfigDefinition[] = [
  ...withoutEffect('the consumer group protocol of KIP-848 is not built yet', [
    defaultOf(
      'group.consumer.assignment.interval.ms',
      int('consumer.assignment.interval.ms', '1000', atLeast(0)),
    ),
    defaultOf(
      'group.consumer.heartbeat.interval.ms',
      int('consumer.heartbeat.interval.ms', '5000', atLeast(1)),
    ),
    defaultOf('group.consumer.session.timeout.ms', int('consumer.session.timeout.ms', '45000', atLeast(1))),
  ]),
  ...withoutEffect('share groups are not built yet', [
    defaultOf('group.share.assignment.interval.ms', int('share.assignment.interval.ms', '1000', atLeast(0))),
    string('share.auto.offset.reset', 'latest', shareOffsetReset),
    defaultOf('group.share.delivery.count.limit', int('share.delivery.count.limit', '5', atLeast(2))),
    defaultOf('group.share.heartbeat.interval.ms', int('share.heartbeat.interval.ms', '5000', atLeast(1))),
    string('share.isolation.level', 'read_uncommitted', oneOf('read_committed', 'read_uncommitted')),
    defaultOf(
      'group.share.partition.max.record.locks',
      int('share.partition.max.record.locks', '2000', atLeast(100)),
    ),
    defaultOf(
      'group.share.record.lock.duration.ms',
      int('share.record.lock.duration.ms', '30000', atLeast(1000)),
    ),
    boolean('share.renew.acknowledge.enable', 'true'),
    defaultOf('group.share.session.timeout.ms', int('share.session.timeout.ms', '45000', atLeast(1))),
  ]),
  ...withoutEffect('streams groups are not built yet', [
    defaultOf(
      'group.streams.assignment.interval.ms',
      int('streams.assignment.interval.ms', '1000', atLeast(0)),
    ),
    defaultOf(
      'group.streams.heartbeat.interval.ms',
      int('streams.heartbeat.interval.ms', '5000', atLeast(1)),
    ),
    defaultOf(
      'group.streams.initial.rebalance.delay.ms',
      int('streams.initial.rebalance.delay.ms', '3000', atLeast(0)),
    ),
    defaultOf('group.streams.num.standby.replicas', int('streams.num.standby.replicas', '0', atLeast(0))),
    defaultOf('group.streams.session.timeout.ms', int('streams.session.timeout.ms', '45000', atLeast(1))),
  ]),
]
