// Metrics and client telemetry: MetricConfigs.

import type { ConfigDefinition } from '../config-definition.ts'
import { clusterWide, int, list, long, string, withoutEffect } from '../config-definition.ts'
import { anyList, atLeast } from '../config-validators.ts'

export const metricsConfigs: readonly ConfigDefinition[] = [
  ...withoutEffect('reporters are Java classes; metrics over HTTP are not built yet', [
    int('kafka.metrics.polling.interval.secs', '10', atLeast(1)),
    list('kafka.metrics.reporters', '', anyList),
    clusterWide(list('metric.reporters', 'org.apache.kafka.common.metrics.JmxReporter', anyList)),
  ]),
  ...withoutEffect('metrics are not built yet', [
    int('metrics.num.samples', '2', atLeast(1)),
    string('metrics.recording.level', 'INFO'),
    long('metrics.sample.window.ms', '30000', atLeast(1)),
  ]),
  ...withoutEffect('client telemetry is not built yet', [int('telemetry.max.bytes', '1048576', atLeast(1))]),
]
