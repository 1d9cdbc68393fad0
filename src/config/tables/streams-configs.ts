// Streams groups: group.streams.* of GroupCoordinatorConfig.

import type { ConfigDefinition } from '../config-definition.ts'
import { clusterWide, int, withoutEffect } from '../config-definition.ts'
import { atLeast } from '../config-validators.ts'
import { intMax } from './java-limits.ts'

export const streamsConfigs: readonly ConfigDefinition[] = [
  ...withoutEffect('streams groups are not built yet', [
    clusterWide(int('group.streams.assignment.interval.ms', '1000', atLeast(0))),
    int('group.streams.heartbeat.interval.ms', '5000', atLeast(1)),
    int('group.streams.initial.rebalance.delay.ms', '3000', atLeast(0)),
    int('group.streams.max.assignment.interval.ms', '15000', atLeast(0)),
    int('group.streams.max.heartbeat.interval.ms', '15000', atLeast(1)),
    int('group.streams.max.session.timeout.ms', '60000', atLeast(1)),
    int('group.streams.max.size', intMax, atLeast(1)),
    int('group.streams.max.standby.replicas', '2', atLeast(0)),
    int('group.streams.min.assignment.interval.ms', '0', atLeast(0)),
    int('group.streams.min.heartbeat.interval.ms', '5000', atLeast(1)),
    int('group.streams.min.session.timeout.ms', '45000', atLeast(1)),
    int('group.streams.num.standby.replicas', '0', atLeast(0)),
    int('group.streams.session.timeout.ms', '45000', atLeast(1)),
  ]),
]
