// `ottla configs`, with the options of kafka-configs.sh for topics, brokers, groups and client metrics, and
// `ottla configs explain`, which needs no cluster. Quotas and credentials of users are not here.

import { type Command, InvalidArgumentError } from 'commander'
import type { ConfigChanges, ConfigResource, ConfigResourceType } from '../client/config-admin.ts'
import type { CliModules, ExitCode } from './cli-modules.ts'
import { readPropertiesFile } from './client-properties.ts'
import { alter } from './configs-alter.ts'
import { describe } from './configs-describe.ts'
import { explain } from './configs-explain.ts'
import { type ClusterFlags, withClusterOptions, withExamples } from './describe-options.ts'
import { gatherText } from './option-values.ts'
import { reportFailure, reportUsage } from './report.ts'
import { withClient } from './with-client.ts'

export interface ConfigsFlags extends ClusterFlags {
  readonly describe?: boolean
  readonly alter?: boolean
  readonly all?: boolean
  readonly addConfig?: readonly (readonly [string, string])[]
  readonly addConfigFile?: string
  readonly deleteConfig?: readonly string[]
  readonly topic?: string
  readonly broker?: string
  readonly brokerDefaults?: boolean
  readonly brokerLogger?: string
  readonly group?: string
  readonly clientMetrics?: string
  readonly entityType?: string
  readonly entityName?: string
  readonly entityDefault?: boolean
}

/** Resources of one type; without a name all of them. */
export interface ChosenResources {
  readonly type: ConfigResourceType
  readonly name: string | undefined
}

type Chosen =
  | { readonly ok: true; readonly value: ChosenResources }
  | { readonly ok: false; readonly message: string }

/** Kafka's names of the types. */
const entityTypes: ReadonlyMap<string, ConfigResourceType> = new Map<string, ConfigResourceType>([
  ['topics', 'topic'],
  ['brokers', 'broker'],
  ['broker-loggers', 'broker-logger'],
  ['groups', 'group'],
  ['client-metrics', 'client-metrics'],
])

export function defineConfigs(program: Command, modules: CliModules, onExit: (code: ExitCode) => void): void {
  const command = withClusterOptions(
    program.command('configs').description('show, change or explain configs'),
  )
  command
    .option('--describe', 'show configs that are set')
    .option('--all', 'with --describe: those too that are not')
    .option('--alter', 'change configs')
    .option('--add-config <a=1,b=[2,3]>', 'configs to set', gatherConfigs)
    .option('--add-config-file <file>', 'configs to set, from a file')
    .option('--delete-config <a,b>', 'configs that go back to their default', gatherNames)
    .option('--topic <name>', 'configs of a topic')
    .option('--broker <id>', 'configs of a broker')
    .option('--broker-defaults', 'configs of all brokers')
    .option('--broker-logger <id>', 'log levels of a broker')
    .option('--group <id>', 'configs of a group')
    .option('--client-metrics <name>', 'a subscription to metrics of clients')
    .option('--entity-type <type>', [...entityTypes.keys()].join(', '))
    .option('--entity-name <name>', 'with --entity-type: which one')
    .option('--entity-default', 'with --entity-type brokers: all of them')
    .action(async (flags: ConfigsFlags) => onExit(await configs(modules, flags)))
  command
    .command('explain')
    .description('what a config is and what Ottla makes of it')
    .argument('<name>', 'the name of a config')
    .action(async (name: string, _, self: Command) =>
      onExit(await explain(modules, name, self.optsWithGlobals<ClusterFlags>().json === true)),
    )
  withExamples(
    command,
    'configs --describe --topic orders',
    'configs --alter --topic orders --add-config retention.ms=86400000,cleanup.policy=[compact,delete]',
    'configs --alter --broker-defaults --delete-config log.cleaner.threads',
    'configs explain min.insync.replicas',
  )
}

async function configs(modules: CliModules, flags: ConfigsFlags): Promise<ExitCode> {
  if (flags.describe === flags.alter)
    return reportUsage(modules, 'configs', 'give either --describe or --alter')
  const chosen = chosenResources(flags)
  if (!chosen.ok) return reportUsage(modules, 'configs', chosen.message)
  const { type, name } = chosen.value
  if (flags.describe)
    return withClient(modules, 'configs', flags, (client) => describe(modules, client, chosen.value, flags))
  if (name === undefined) return reportUsage(modules, 'configs', `--alter needs the name of one ${type}`)
  const file = await readPropertiesFile(modules, flags.addConfigFile)
  if (!file.ok) return reportFailure(modules, file.message)
  const changes: ConfigChanges = {
    set: [...new Map([...file.value, ...(flags.addConfig ?? [])])],
    deleted: flags.deleteConfig ?? [],
  }
  if (changes.set.length + changes.deleted.length === 0) {
    const message = '--alter needs --add-config, --add-config-file or --delete-config'
    return reportUsage(modules, 'configs', message)
  }
  const resource: ConfigResource = { type, name }
  return withClient(modules, 'configs', flags, (client) => alter(modules, client, resource, changes, flags))
}

function chosenResources(flags: ConfigsFlags): Chosen {
  const named: ChosenResources[] = []
  const add = (type: ConfigResourceType, name: string | undefined) =>
    name === undefined ? 0 : named.push({ type, name })
  add('topic', flags.topic)
  add('broker', flags.broker)
  add('broker', flags.brokerDefaults ? '' : undefined)
  add('broker-logger', flags.brokerLogger)
  add('group', flags.group)
  add('client-metrics', flags.clientMetrics)
  if (flags.entityType !== undefined) {
    const type = entityTypes.get(flags.entityType)
    if (type === undefined)
      return { ok: false, message: `--entity-type is one of ${[...entityTypes.keys()].join(', ')}` }
    named.push({ type, name: flags.entityDefault ? '' : flags.entityName })
  }
  const [chosen] = named
  if (chosen === undefined || named.length > 1) {
    const flagNames = '--topic, --broker, --broker-defaults, --broker-logger, --group, --client-metrics'
    return { ok: false, message: `give exactly one of ${flagNames}, --entity-type` }
  }
  const { type, name } = chosen
  const isOfBroker = type === 'broker' || type === 'broker-logger'
  if (isOfBroker && name !== undefined && !/^\d*$/.test(name))
    return { ok: false, message: `"${name}" is no id of a broker` }
  if (name === '' && type !== 'broker') return { ok: false, message: `there are no defaults of type ${type}` }
  return { ok: true, value: chosen }
}

/** `a=1,b=[2,3]`: commas within brackets belong to the value. */
function gatherConfigs(
  text: string,
  before: readonly (readonly [string, string])[] = [],
): (readonly [string, string])[] {
  const pairs = text.split(/,(?=[^\]]*(?:\[|$))/).map((pair): readonly [string, string] => {
    const at = pair.indexOf('=')
    if (at < 1) throw new InvalidArgumentError('Write name=value, or name=[a,b] for a list.')
    const name = pair.slice(0, at).trim()
    if (!/^[$\w.-]+$/.test(name)) throw new InvalidArgumentError(`"${name}" is no name of a config.`)
    return [
      name,
      pair
        .slice(at + 1)
        .replace(/[[\]]/g, '')
        .trim(),
    ]
  })
  return [...before, ...pairs]
}

function gatherNames(text: string, before: readonly string[] = []): string[] {
  return text.split(',').reduce((names, name) => gatherText(name.trim(), names), [...before])
}
