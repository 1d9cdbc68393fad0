// `ottla groups --validate-regex`: whether a subscription by pattern would be taken (KIP-848). Brokers read patterns as
// RE2 does, which knows no look-around and no back-references. Exit code 0 either way, as with Kafka's tool.

import { RE2JS, RE2JSSyntaxException } from 're2js'
import type { CliModules, ExitCode } from './cli-modules.ts'

export async function validateRegex(
  { output }: CliModules,
  regex: string,
  json: boolean | undefined,
): Promise<ExitCode> {
  const problem = problemOf(regex)
  const is = problem === undefined ? 'valid' : `invalid: ${problem}`
  const text = `The regular expression \`${regex}\` is ${is}.`
  await output.write(json ? `${JSON.stringify({ regex, problem: problem ?? null })}\n` : `${text}\n`)
  return 0
}

function problemOf(regex: string): string | undefined {
  try {
    RE2JS.compile(regex)
    return undefined
  } catch (error) {
    if (!(error instanceof RE2JSSyntaxException)) throw error
    return error.getDescription()
  }
}
