// `ottla configs`, with the options of kafka-configs.sh for topics, brokers, groups, client metrics, quotas and
// credentials of users, and `ottla configs explain`, which needs no cluster.

import { type Command, InvalidArgumentError } from 'commander'
import type { ConfigChanges } from '../client/config-admin.ts'
import type { CliModules, ExitCode } from './cli-modules.ts'
import { readPropertiesFile } from './client-properties.ts'
import { alter } from './configs-alter.ts'
import { describe } from './configs-describe.ts'
import { type ChosenResources, chooseEntity, type EntityFlags, entityTypes } from './configs-entity.ts'
import { explain } from './configs-explain.ts'
import { alterQuotas, describeQuotas } from './configs-quotas.ts'
import {
  type ClusterFlags,
  withClusterOptions,
  withControllerOption,
  withExamples,
} from './describe-options.ts'
import { gatherText } from './option-values.ts'
import { reportFailure, reportUsage } from './report.ts'
import { withClient } from './with-client.ts'

export interface ConfigsFlags extends ClusterFlags, EntityFlags {
  readonly describe?: boolean
  readonly alter?: boolean
  readonly all?: boolean
  readonly addConfig?: readonly (readonly [string, string])[]
  readonly addConfigFile?: string
  readonly deleteConfig?: readonly string[]
}

export function defineConfigs(program: Command, modules: CliModules, onExit: (code: ExitCode) => void): void {
  const command = withControllerOption(
    withClusterOptions(program.command('configs').description('show, change or explain configs')),
  )
  const entityNames: string[] = []
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
    .option('--user <name>', 'quotas and credentials of a user')
    .option('--user-defaults', 'quotas of users without their own')
    .option('--client <id>', 'quotas of a client, with --user: of one of that user')
    .option('--client-defaults', 'quotas of clients without their own')
    .option('--ip <address>', 'quotas of an address')
    .option('--ip-defaults', 'quotas of addresses without their own')
    .option('--entity-type <type>', entityTypes.join(', '), gatherText)
    .option('--entity-name <name>', 'with --entity-type: which one')
    .option('--entity-default', 'with --entity-type: those without configs of their own')
    .on('option:entity-name', (name: string) => entityNames.push(name))
    .on('option:entity-default', () => entityNames.push(''))
    .action(async (flags: ConfigsFlags) => onExit(await configs(modules, { ...flags, entityNames })))
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
    'configs --alter --user alice --client app --add-config producer_byte_rate=1048576',
    "configs --alter --user alice --add-config 'SCRAM-SHA-512=[password=secret]'",
    'configs explain min.insync.replicas',
  )
}

async function configs(modules: CliModules, flags: ConfigsFlags): Promise<ExitCode> {
  if (flags.describe === flags.alter)
    return reportUsage(modules, 'configs', 'give either --describe or --alter')
  const entity = chooseEntity(flags)
  if (!entity.ok) return reportUsage(modules, 'configs', entity.message)
  const chosen = entity.value
  if (flags.describe) {
    return withClient(modules, 'configs', flags, (client) =>
      chosen.kind === 'quotas'
        ? describeQuotas(modules, client, chosen, flags)
        : describe(modules, client, chosen, flags),
    )
  }
  const changes = await changesOf(modules, flags)
  if (!changes.ok) return changes.code
  if (chosen.kind === 'quotas') return alterQuotas(modules, chosen, changes.value, flags)
  return alterResource(modules, chosen, changes.value, flags)
}

function alterResource(
  modules: CliModules,
  { type, name }: ChosenResources,
  changes: ConfigChanges,
  flags: ConfigsFlags,
): ExitCode | Promise<ExitCode> {
  if (name === undefined) return reportUsage(modules, 'configs', `--alter needs the name of one ${type}`)
  return withClient(modules, 'configs', flags, (client) =>
    alter(modules, client, { type, name }, changes, flags),
  )
}

type Changes =
  | { readonly ok: true; readonly value: ConfigChanges }
  | { readonly ok: false; readonly code: ExitCode }

async function changesOf(modules: CliModules, flags: ConfigsFlags): Promise<Changes> {
  const file = await readPropertiesFile(modules, flags.addConfigFile)
  if (!file.ok) return { ok: false, code: reportFailure(modules, file.message) }
  const set = [...new Map([...file.value, ...(flags.addConfig ?? [])])]
  const deleted = flags.deleteConfig ?? []
  if (set.length + deleted.length > 0) return { ok: true, value: { set, deleted } }
  const message = '--alter needs --add-config, --add-config-file or --delete-config'
  return { ok: false, code: reportUsage(modules, 'configs', message) }
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
