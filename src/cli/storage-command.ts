// `ottla storage`, with the commands of kafka-storage.sh: formats and shows the log directories of a node that does
// not run. `start` formats by itself what is not formatted; this is for who wants to choose the cluster's id.

import type { Command } from 'commander'
import type { NodeSettings } from '../node/node-config.ts'
import type { FormatSettings, StorageInfo } from '../node/storage.ts'
import type { CliModules, ExitCode } from './cli-modules.ts'
import { withExamples, withSubcommands } from './describe-options.ts'
import { defineFeatureTables } from './feature-tables.ts'
import { gatherText } from './option-values.ts'
import { reportFailure } from './report.ts'

interface StorageFlags {
  readonly config: string
  readonly clusterId?: string
  readonly ignoreFormatted?: boolean
  readonly standalone?: boolean
  /** False: the node is to join a quorum later. */
  readonly initialControllers?: string | false
  readonly releaseVersion?: string
  readonly feature?: readonly string[]
  readonly addScram?: readonly string[]
  readonly json?: boolean
}

type ReadSettings =
  | { readonly ok: true; readonly value: NodeSettings }
  | { readonly ok: false; readonly message: string }

export function defineStorage(program: Command, modules: CliModules, onExit: (code: ExitCode) => void): void {
  const command = program
    .command('storage')
    .description('format or show the log directories of a node that does not run')
    .option('--json', 'machine-readable output')
  withSubcommands(command)
  withExamples(
    command,
    'storage random-uuid',
    'storage format --cluster-id MkU3OEVBNTcwNTJENDM2Qg --config server.properties',
    "storage format --config server.properties --add-scram 'SCRAM-SHA-512=[name=alice,password=secret]'",
    'storage info --config server.properties',
  )
  command
    .command('random-uuid')
    .description('print a fresh id for a cluster')
    .action(async (_, self: Command) => {
      const { json } = self.optsWithGlobals<StorageFlags>()
      const uuid = (await modules.loadStorage()).drawUuid()
      await modules.output.write(json ? `${JSON.stringify({ uuid })}\n` : `${uuid}\n`)
    })
  command
    .command('format')
    .description('format the log directories')
    .option('-t, --cluster-id <id>', 'the id of the cluster; one is drawn when none is given')
    .requiredOption('-c, --config <server.properties>', 'the properties of the node')
    .option('-g, --ignore-formatted', 'pass over directories that are formatted')
    .option('-s, --standalone', 'the node is the only controller of a dynamic quorum')
    .option(
      '-I, --initial-controllers <id@host:port:directory>',
      'the same, with its address and directory id',
    )
    .option('-N, --no-initial-controllers', 'the node joins a quorum later, which is not built yet')
    .option('-r, --release-version <version>', 'the release whose feature levels the cluster begins with')
    .option('-f, --feature <name=level>', 'another level of one feature, repeatable', gatherText)
    .option('-S, --add-scram <credential>', 'a user who may log in from the start, repeatable', gatherText)
    .action(async (_, self: Command) => onExit(await format(modules, self.optsWithGlobals())))
  command
    .command('info')
    .description('show the log directories and what is wrong with them')
    .requiredOption('-c, --config <server.properties>', 'the properties of the node')
    .action(async (_, self: Command) => onExit(await info(modules, self.optsWithGlobals())))
  defineFeatureTables(command, modules, onExit)
}

async function format(modules: CliModules, flags: StorageFlags): Promise<ExitCode> {
  const settings = await readSettings(modules, flags.config)
  if (!settings.ok) return reportFailure(modules, settings.message)
  if (flags.initialControllers === false)
    return reportFailure(
      modules,
      'a node that joins a quorum later is not built yet: leave out --no-initial-controllers',
    )
  const options: FormatSettings = {
    clusterId: flags.clusterId,
    ignoreFormatted: flags.ignoreFormatted === true,
    isStandalone: flags.standalone === true,
    initialControllers: flags.initialControllers,
    releaseVersion: flags.releaseVersion,
    features: flags.feature,
    scram: flags.addScram,
  }
  const done = await (await modules.loadStorage()).format(settings.value, options)
  if (!done.ok) return reportFailure(modules, done.error)
  if (flags.json) {
    await modules.output.write(`${JSON.stringify(done.value)}\n`)
    return 0
  }
  const { formatted, metadataVersion, clusterId } = done.value
  const lines = formatted.map(
    (directory) => `Formatting ${directory} with metadata.version ${metadataVersion}.\n`,
  )
  const all = 'All of the log directories are already formatted.\n'
  await modules.output.write(formatted.length === 0 ? all : `${lines.join('')}Cluster ID: ${clusterId}\n`)
  return 0
}

async function info(modules: CliModules, flags: StorageFlags): Promise<ExitCode> {
  const settings = await readSettings(modules, flags.config)
  if (!settings.ok) return reportFailure(modules, settings.message)
  const looked = await (await modules.loadStorage()).info(settings.value)
  if (!looked.ok) return reportFailure(modules, looked.error)
  await modules.output.write(flags.json ? `${JSON.stringify(looked.value)}\n` : textOf(looked.value))
  return looked.value.problems.length === 0 ? 0 : 1
}

/** The blocks of Kafka's tool. */
function textOf({ directories, metadata, problems }: StorageInfo): string {
  const block = (title: string, lines: readonly string[]) =>
    lines.length === 0 ? '' : `${title}:\n${lines.map((line) => `  ${line}\n`).join('')}\n`
  const found = directories.length === 1 ? 'Found log directory' : 'Found log directories'
  const wrong = problems.length === 1 ? 'Found problem' : 'Found problems'
  const facts =
    metadata === undefined
      ? ''
      : `Found metadata: {cluster.id=${metadata.clusterId}, directory.id=${metadata.directoryId}, ` +
        `node.id=${metadata.nodeId}, version=1}\n\n`
  return `${block(found, directories)}${facts}${block(wrong, problems)}`
}

async function readSettings(modules: CliModules, path: string): Promise<ReadSettings> {
  const read = await modules.readFile(path)
  if (!read.ok) return { ok: false, message: `cannot read ${path}: ${read.message}` }
  return {
    ok: true,
    value: { properties: { path, text: new TextDecoder().decode(read.bytes) }, overrides: [] },
  }
}
