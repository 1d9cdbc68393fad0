// How commands tell people that something did not work: what, which thing, why, and where there is one the way out.

import type { ClientError } from '../client/client-error.ts'
import type { CliModules, ExitCode } from './cli-modules.ts'

/** Writes the error of a request and answers the exit code. `hint`: the way out, a sentence. */
export function reportError({ output }: CliModules, error: ClientError, hint = ''): ExitCode {
  output.writeError(`${errorText(error)}${hint === '' ? '' : ` ${hint}`}\n`)
  return 1
}

export function errorText({ message, name, isUnreachable }: ClientError): string {
  if (isUnreachable) return `${message} Is it running? Start one with: ottla start`
  return `${sentence(message)} (${name})`
}

/** Writes why the command line makes no sense, and how to learn what does. */
export function reportUsage({ output }: CliModules, command: string, message: string): ExitCode {
  output.writeError(`${sentence(message)}\nSee: ottla ${command} --help\n`)
  return 2
}

/** `hint`: the way out, a sentence that may end in a command. */
export function reportFailure({ output }: CliModules, message: string, hint = ''): ExitCode {
  output.writeError(`${sentence(message)}${hint === '' ? '' : ` ${hint}`}\n`)
  return 1
}

function sentence(text: string): string {
  const begun = text.charAt(0).toUpperCase() + text.slice(1)
  return /[.!?:]$/.test(begun) ? begun : `${begun}.`
}
