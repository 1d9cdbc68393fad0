// `ottla features`, with the commands of kafka-features.sh: what the nodes support, what the cluster uses, and
// changes of that.

import type { Command } from 'commander'
import {
  describeFeatures,
  type Feature,
  type FeatureUpdates,
  updateFeatures,
  upgradeTypes,
} from '../client/cluster-admin.ts'
import type { KafkaClient } from '../client/kafka-client.ts'
import { metadataVersionFeature, metadataVersionName } from '../metadata/metadata-version.ts'
import { featureLevelOf, featuresOfRelease } from '../metadata/release-features.ts'
import type { CliModules, ExitCode } from './cli-modules.ts'
import {
  type ClusterFlags,
  withClusterOptions,
  withControllerOption,
  withExamples,
  withSubcommands,
} from './describe-options.ts'
import { defineFeatureTables } from './feature-tables.ts'
import { gatherText, parseWholeNumber } from './option-values.ts'
import { reportError, reportUsage } from './report.ts'
import { patiently, withClient } from './with-client.ts'

interface DescribeFlags extends ClusterFlags {
  readonly nodeId?: number
}

interface UpdateFlags extends ClusterFlags {
  readonly feature?: readonly string[]
  readonly metadata?: string
  readonly releaseVersion?: string
  readonly unsafe?: boolean
  readonly dryRun?: boolean
}

const operations = {
  upgrade: { done: 'upgraded', help: 'raise the levels of features' },
  downgrade: { done: 'downgraded', help: 'lower the levels of features' },
  disable: { done: 'disabled', help: 'give features up: level 0' },
} as const
type Operation = keyof typeof operations

type Levels =
  | { readonly ok: true; readonly value: Map<string, number> }
  | { readonly ok: false; readonly message: string }

export function defineFeatures(
  program: Command,
  modules: CliModules,
  onExit: (code: ExitCode) => void,
): void {
  const command = withControllerOption(
    withClusterOptions(program.command('features').description('what the cluster supports and uses')),
  )
  withSubcommands(command)
  withExamples(
    command,
    'features describe',
    'features upgrade --feature metadata.version=4.3-IV0 --dry-run',
    'features upgrade --release-version 4.3',
    'features disable --feature share.version',
  )
  command
    .command('describe')
    .description('list the features, their ranges and levels')
    .option('--node-id <id>', 'as this broker sees it', parseWholeNumber)
    .action(async (_, self: Command) => {
      const flags: DescribeFlags = self.optsWithGlobals()
      onExit(await withClient(modules, 'features', flags, (client) => describe(modules, client, flags)))
    })
  for (const operation of Object.keys(operations) as Operation[]) {
    defineUpdate(command, operation, async (flags) => onExit(await update(modules, operation, flags)))
  }
  defineFeatureTables(command, modules, onExit)
}

function defineUpdate(
  parent: Command,
  operation: Operation,
  run: (flags: UpdateFlags) => Promise<void>,
): void {
  const command = parent.command(operation).description(operations[operation].help)
  const isDisabling = operation === 'disable'
  command.option(
    `--feature <name${isDisabling ? '' : '=level'}>`,
    'a feature to change, repeatable',
    gatherText,
  )
  if (!isDisabling) {
    command.option('--release-version <version>', 'all features to what this release begins with')
    command.option('--metadata <version>', 'metadata.version by its name; deprecated, use --feature')
  }
  if (operation !== 'upgrade') command.option('--unsafe', 'even if metadata is lost by it')
  command.option('--dry-run', 'only find out whether it could be done')
  command.action((_, self: Command) => run(self.optsWithGlobals()))
}

async function describe(modules: CliModules, client: KafkaClient, flags: DescribeFlags): Promise<ExitCode> {
  const described = await patiently(client, () => describeFeatures(client, flags.nodeId ?? 'any'))
  if (!described.ok) return reportError(modules, described.error)
  const { features, epoch } = described.value
  const text = flags.json
    ? `${JSON.stringify({ epoch: epoch < 0 ? null : epoch, features })}\n`
    : features.map((feature) => `${lineOf(feature, epoch)}\n`).join('')
  await modules.output.write(text)
  return 0
}

/** The columns of Kafka's tool. */
function lineOf({ name, minVersion, maxVersion, finalizedLevel }: Feature, epoch: number): string {
  const level = (value: number) => levelText(name, value).padEnd(15)
  const fields = [
    `Feature: ${name.padEnd(40)}`,
    `SupportedMinVersion: ${level(minVersion)}`,
    `SupportedMaxVersion: ${level(maxVersion)}`,
    `FinalizedVersionLevel: ${level(finalizedLevel)}`,
    `Epoch: ${epoch < 0 ? '-' : epoch}`,
  ]
  return fields.join('  ')
}

function levelText(name: string, level: number): string {
  if (name !== metadataVersionFeature) return `${level}`
  return metadataVersionName(level) ?? `UNKNOWN ${level}`
}

async function update(modules: CliModules, operation: Operation, flags: UpdateFlags): Promise<ExitCode> {
  const levels = levelsOf(operation, flags)
  if (!levels.ok) return reportUsage(modules, `features ${operation}`, levels.message)
  const isUnsafe = flags.unsafe === true
  const downgradeType = isUnsafe ? upgradeTypes.unsafeDowngrade : upgradeTypes.safeDowngrade
  const updates: FeatureUpdates = {
    levels: levels.value,
    upgradeType: operation === 'upgrade' ? upgradeTypes.upgrade : downgradeType,
    isDryRun: flags.dryRun === true,
  }
  return withClient(modules, 'features', flags, (client) => apply(modules, client, operation, updates, flags))
}

async function apply(
  modules: CliModules,
  client: KafkaClient,
  operation: Operation,
  updates: FeatureUpdates,
  flags: UpdateFlags,
): Promise<ExitCode> {
  const refused = await patiently(client, () => updateFeatures(client, updates))
  if (!refused.ok) return reportError(modules, refused.error)
  const results = [...updates.levels]
    .sort()
    .map(([feature, level]) => ({ feature, level, error: refused.value.get(feature)?.message ?? null }))
  if (flags.json) await modules.output.write(`${JSON.stringify(results)}\n`)
  for (const { feature, level, error } of flags.json ? [] : results) {
    const to = operation === 'disable' ? '' : ` to ${level}`
    const verb = updates.isDryRun ? 'can be' : 'was'
    if (error === null) await modules.output.write(`${feature} ${verb} ${operations[operation].done}${to}.\n`)
    else modules.output.writeError(`Could not ${operation} ${feature}${to}. ${error}\n`)
  }
  const failedCount = refused.value.size
  if (failedCount === 0) return 0
  modules.output.writeError(`${failedCount} out of ${updates.levels.size} operation(s) failed.\n`)
  return 1
}

function levelsOf(operation: Operation, flags: UpdateFlags): Levels {
  const { feature = [], metadata, releaseVersion } = flags
  if (releaseVersion !== undefined) {
    if (feature.length > 0 || metadata !== undefined)
      return { ok: false, message: '--release-version says all features, leave out the others' }
    const levels = featuresOfRelease(releaseVersion)
    if (levels === undefined) return { ok: false, message: `there is no release ${releaseVersion}` }
    // Raising to level 0 changes nothing.
    const isUpgrade = operation === 'upgrade'
    return { ok: true, value: new Map([...levels].filter(([, level]) => !isUpgrade || level > 0)) }
  }
  const texts = metadata === undefined ? feature : [...feature, `${metadataVersionFeature}=${metadata}`]
  if (texts.length === 0) return { ok: false, message: `${operation} needs --feature` }
  const levels = new Map<string, number>()
  for (const text of texts) {
    const [name = '', levelName] = operation === 'disable' ? [text, '0'] : text.split('=', 2)
    const level = featureLevelOf(name.trim(), levelName?.trim() ?? '')
    if (level === undefined) return { ok: false, message: `--feature ${text} is not of the form name=level` }
    if (levels.has(name.trim())) return { ok: false, message: `feature ${name} is given twice` }
    levels.set(name.trim(), level)
  }
  return { ok: true, value: levels }
}
