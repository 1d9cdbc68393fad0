// Windows of quotas: QuotaConfig; with the rates that exist as dynamic configs only.

import type { ConfigDefinition } from '../config-definition.ts'
import { clusterWide, int, javaClass, long, withoutEffect } from '../config-definition.ts'
import { atLeast } from '../config-validators.ts'
import { longMax } from './java-limits.ts'

export const quotaConfigs: readonly ConfigDefinition[] = [
  ...withoutEffect('quotas are not built yet', [
    int('alter.log.dirs.replication.quota.window.num', '11', atLeast(1)),
    int('alter.log.dirs.replication.quota.window.size.seconds', '1', atLeast(1)),
    int('controller.quota.window.num', '11', atLeast(1)),
    int('controller.quota.window.size.seconds', '1', atLeast(1)),
    int('quota.window.num', '11', atLeast(1)),
    int('quota.window.size.seconds', '1', atLeast(1)),
    int('replication.quota.window.num', '11', atLeast(1)),
    int('replication.quota.window.size.seconds', '1', atLeast(1)),
  ]),
  ...withoutEffect('classes of Java cannot be loaded', [javaClass('client.quota.callback.class', null)]),
]

export const dynamicOnlyConfigs: readonly ConfigDefinition[] = [
  ...withoutEffect('quotas are not built yet', [
    clusterWide(long('follower.replication.throttled.rate', longMax, atLeast(0))),
    clusterWide(long('leader.replication.throttled.rate', longMax, atLeast(0))),
    clusterWide(long('replica.alter.log.dirs.io.max.bytes.per.second', longMax, atLeast(0))),
  ]),
]
