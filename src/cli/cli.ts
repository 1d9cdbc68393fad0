// The command line `ottla`: subcommands with the options of Kafka's scripts. Each command has a file of its own;
// none does input or output but through CliModules.

import { Command, CommanderError } from 'commander'
import type { CliModules, ExitCode } from './cli-modules.ts'
import { defineStart } from './start-command.ts'

/** Names of Kafka's scripts that are called otherwise here. */
const commandsByScript: ReadonlyMap<string, string> = new Map([
  ['server-start', 'start'],
  ['console-producer', 'produce'],
  ['console-consumer', 'consume'],
  ['consumer-groups', 'groups'],
  ['metadata-quorum', 'quorum'],
])

/** Runs one command to its end. `argv`: what the user typed behind the program's name. */
export async function runCli(argv: readonly string[], modules: CliModules): Promise<ExitCode> {
  let exitCode: ExitCode = 0
  const program = new Command('ottla')
    .description('A Kafka-compatible broker and its tools')
    .version(modules.version)
    .exitOverride()
    .showSuggestionAfterError()
    .configureOutput({
      writeOut: (text) => void modules.output.write(text),
      writeErr: (text) => modules.output.writeError(text),
    })
  // A node starts sooner without the other commands.
  const defineCommands = argv[0] === 'start' ? [defineStart] : (await import('./commands.ts')).defineCommands
  for (const define of defineCommands) {
    define(program, modules, (code) => {
      exitCode = code
    })
  }
  try {
    if (argv.length === 0) program.help({ error: true })
    await program.parseAsync(argv, { from: 'user' })
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error
    if (error.code === 'commander.unknownCommand') tellScript(argv[0]!, program, modules)
    return error.exitCode === 0 ? 0 : 2
  }
  return exitCode
}

/** Who types the name of Kafka's script learns what it is here. */
function tellScript(typed: string, program: Command, { output }: CliModules): void {
  const script = typed.replace(/^kafka-/, '').replace(/\.sh$/, '')
  const name = commandsByScript.get(script) ?? script
  if (name !== typed && program.commands.some((command) => command.name() === name))
    output.writeError(`Here it is: ottla ${name}\n`)
}
