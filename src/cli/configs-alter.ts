// `ottla configs --alter`: changes all that is asked for, or nothing, and tells a mistyped name the nearest right one.

import { alterConfigs, type ConfigChanges, type ConfigResource } from '../client/config-admin.ts'
import type { KafkaClient } from '../client/kafka-client.ts'
import {
  brokerConfigs,
  type ConfigTable,
  clientMetricsConfigs,
  dynamicOnlyBrokerConfigs,
  groupConfigs,
  topicConfigs,
} from '../config/config-table.ts'
import { nearestName } from '../config/nearest-name.ts'
import type { CliModules, ExitCode } from './cli-modules.ts'
import type { ConfigsFlags } from './configs-command.ts'
import { titleOf } from './configs-describe.ts'
import { reportError } from './report.ts'
import { patiently } from './with-client.ts'

const tables: Record<ConfigResource['type'], readonly ConfigTable[]> = {
  topic: [topicConfigs],
  broker: [brokerConfigs, dynamicOnlyBrokerConfigs],
  'broker-logger': [],
  'client-metrics': [clientMetricsConfigs],
  group: [groupConfigs],
}

export async function alter(
  modules: CliModules,
  client: KafkaClient,
  resource: ConfigResource,
  changes: ConfigChanges,
  flags: ConfigsFlags,
): Promise<ExitCode> {
  const { type, name } = resource
  const altered = await patiently(client, () => alterConfigs(client, resource, changes))
  if (!altered.ok) return reportError(modules, altered.error, hintOf(type, changes))
  const done =
    name === ''
      ? 'Completed updating default config for brokers in the cluster.'
      : `Completed updating config for ${titleOf(type)} ${name}.`
  const json = { type, name, set: Object.fromEntries(changes.set), deleted: changes.deleted }
  await modules.output.write(flags.json ? `${JSON.stringify(json)}\n` : `${done}\n`)
  return 0
}

function hintOf(type: ConfigResource['type'], { set, deleted }: ConfigChanges): string {
  const known = tables[type].flatMap((table) => [...table.keys()])
  const hints = [...set.map(([name]) => name), ...deleted]
    .filter((name) => !known.includes(name))
    .flatMap((name) => nearestName(name, known) ?? [])
  return hints.length === 0 ? '' : `Did you mean ${hints.join(', ')}?`
}
