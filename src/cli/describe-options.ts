// What the commands have in common: where the cluster is, how output looks, and help that teaches by example.

import type { Command } from 'commander'
import { bootstrapServerDefault } from './with-client.ts'

export interface ClusterFlags {
  readonly bootstrapServer: string
  readonly bootstrapController?: string
  readonly commandConfig?: string
  readonly json?: boolean
}

export function withClusterOptions(command: Command): Command {
  return command
    .option('-b, --bootstrap-server <host:port>', 'a broker to connect to', bootstrapServerDefault)
    .option('--command-config <file>', 'settings of the client')
    .option('--json', 'machine-readable output')
}

/** For commands whose requests a controller answers as well. */
export function withControllerOption(command: Command): Command {
  return command.option(
    '-C, --bootstrap-controller <host:port>',
    'a controller to connect to instead; one of Ottla is asked through its broker',
  )
}

/** Command lines behind the help of a command, each without the program's name. */
export function withExamples(command: Command, ...lines: readonly string[]): Command {
  return command.addHelpText('after', `\nExamples:\n${lines.map((line) => `  ottla ${line}`).join('\n')}`)
}

/** A command of other commands: their help shows its options too. */
export function withSubcommands(command: Command): Command {
  return command.configureHelp({ showGlobalOptions: true })
}
