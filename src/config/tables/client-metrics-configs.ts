// Configs of client metrics subscriptions: ClientMetricsConfigs.

import type { ConfigDefinition } from '../config-definition.ts'
import { int, list, withoutEffect } from '../config-definition.ts'
import { anyList } from '../config-validators.ts'

export const clientMetricsConfigs: readonly ConfigDefinition[] = [
  ...withoutEffect('client telemetry is not built yet', [
    int('interval.ms', '300000'),
    list('match', '', anyList),
    list('metrics', '', anyList),
  ]),
]
