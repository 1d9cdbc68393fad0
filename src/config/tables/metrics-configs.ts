// Metrics and client telemetry: MetricConfigs.

import type { ConfigDefinition } from '../config-definition.ts'
import { clusterWide, int, list, long, string, withoutEffect } from '../config-definition.ts'
import { anyList, atLeast } from '../config-validators.ts'

export const metricsConfigs: readonly ConfigDefinition[] = [
  ...withoutEffect('reporters are Java classes; metrics are served over HTTP later in step 1 of the road', [
    int('kafka.metrics.polling.interval.secs', '10', atLeast(1)),
    list('kafka.metrics.reporters', '', anyList),
    clusterWide(list('metric.reporters', 'org.apache.kafka.common.metrics.JmxReporter', anyList)),
  ]),
  ...withoutEffect('metrics come later in step 1 of the road', [
    int('metrics.num.samples', '2', atLeast(1)),
    string('metrics.recording.level', 'INFO'),
    long('metrics.sample.window.ms', '30000', atLeast(1)),
  ]),
  ...withoutEffect('client telemetry comes with step 5 of the road', [
    int('telemetry.max.bytes', '1048576', atLeast(1)),
  ]),
]
