// `version-mapping` and `feature-dependencies`, which kafka-features.sh and kafka-storage.sh both have: what is known
// of features without a cluster.

import type { Command } from 'commander'
import {
  featureDependencies,
  latestMetadataVersion,
  metadataVersionFeature,
  metadataVersionName,
  supportedFeatures,
} from '../metadata/metadata-version.ts'
import { featuresOfRelease } from '../metadata/release-features.ts'
import type { CliModules, ExitCode } from './cli-modules.ts'
import { gatherText } from './option-values.ts'
import { reportFailure } from './report.ts'

interface Flags {
  readonly releaseVersion: string
  readonly feature: readonly string[]
  readonly json?: boolean
}

/** Of Kafka's tools. */
const order = [
  'kraft.version',
  'transaction.version',
  'group.version',
  'eligible.leader.replicas.version',
  'share.version',
  'streams.version',
]

export function defineFeatureTables(
  parent: Command,
  modules: CliModules,
  onExit: (code: ExitCode) => void,
): void {
  parent
    .command('version-mapping')
    .description('the feature levels that a release begins with')
    .option('-r, --release-version <version>', 'the release', metadataVersionName(latestMetadataVersion))
    .action(async (_, self: Command) => onExit(await versionMapping(modules, self.optsWithGlobals())))
  parent
    .command('feature-dependencies')
    .description('what levels of features need of others')
    .requiredOption('-f, --feature <name=level>', 'a feature, repeatable', gatherText)
    .action(async (_, self: Command) => onExit(await dependencies(modules, self.optsWithGlobals())))
}

async function versionMapping(modules: CliModules, { releaseVersion, json }: Flags): Promise<ExitCode> {
  const levels = featuresOfRelease(releaseVersion)
  if (levels === undefined) return reportFailure(modules, `there is no release ${releaseVersion}`)
  const lines = [
    `${metadataVersionFeature}=${levels.get(metadataVersionFeature)} (${releaseVersion})`,
    ...order.map((name) => `${name}=${levels.get(name)}`),
  ]
  const text = json ? `${JSON.stringify(Object.fromEntries(levels))}\n` : `${lines.join('\n')}\n`
  await modules.output.write(text)
  return 0
}

async function dependencies(modules: CliModules, { feature, json }: Flags): Promise<ExitCode> {
  const lines: string[] = []
  const needs: object[] = []
  for (const text of feature) {
    const [name = '', levelText = ''] = text.split('=', 2).map((part) => part.trim())
    const range = supportedFeatures.find((known) => known.name === name)
    if (range === undefined) return reportFailure(modules, `there is no feature ${name}`)
    const level = Number(levelText)
    if (
      !/^\d{1,5}$/.test(levelText) ||
      level < range.minSupportedVersion ||
      level > range.maxSupportedVersion
    )
      return reportFailure(modules, `feature ${name} has no level "${levelText}"`)
    const needed = featureDependencies.get(`${name}:${level}`)
    const title =
      name === metadataVersionFeature
        ? `${name}=${level} (${metadataVersionName(level)})`
        : `${name}=${level}`
    if (needed === undefined) lines.push(`${title} has no dependencies.`)
    else
      lines.push(
        `${title} requires:`,
        `    ${metadataVersionFeature}=${needed} (${metadataVersionName(needed)})`,
      )
    needs.push({
      feature: name,
      level,
      requires: needed === undefined ? {} : { [metadataVersionFeature]: needed },
    })
  }
  await modules.output.write(json ? `${JSON.stringify(needs)}\n` : `${lines.join('\n')}\n`)
  return 0
}
