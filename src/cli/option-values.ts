// Values of options, checked where commander reads them: its error then names the option.

import { type Command, InvalidArgumentError, Option } from 'commander'
import type { CliModules } from './cli-modules.ts'

export function parseWholeNumber(text: string): number {
  if (!/^-?\d{1,15}$/.test(text)) throw new InvalidArgumentError('Not a whole number.')
  return Number(text)
}

export function parsePositive(text: string): number {
  const value = parseWholeNumber(text)
  if (value < 1) throw new InvalidArgumentError('Must be 1 or more.')
  return value
}

/** `name=value`, gathered over repetitions of the option; the value may be empty and may hold further `=`. */
export function gatherPair(
  text: string,
  before: readonly (readonly [string, string])[] = [],
): (readonly [string, string])[] {
  const at = text.indexOf('=')
  if (at < 1) throw new InvalidArgumentError('Write name=value.')
  return [...before, [text.slice(0, at).trim(), text.slice(at + 1)]]
}

export function gatherText(text: string, before: readonly string[] = []): string[] {
  return [...before, text]
}

/** `1:2,3:4`: the brokers of partition 0, then of partition 1. */
export function parseReplicaAssignment(text: string): number[][] {
  const assignment = text
    .split(',')
    .map((brokers) => brokers.split(':').map((id) => parseWholeNumber(id.trim())))
  for (const [partition, brokers] of assignment.entries()) {
    if (new Set(brokers).size < brokers.length) {
      throw new InvalidArgumentError(`Partition ${partition} names a broker twice: ${brokers.join(':')}.`)
    }
    if (brokers.length !== assignment[0]!.length) {
      throw new InvalidArgumentError(
        `Partition ${partition} has another replication factor than partition 0.`,
      )
    }
  }
  return assignment
}

/** Options of Kafka's script that mean nothing here: scripts may keep them, and are told so. */
export function acceptWithoutEffect(
  command: Command,
  modules: CliModules,
  flags: readonly string[],
): Command {
  for (const each of flags) {
    const option = new Option(each).hideHelp()
    command.addOption(option)
    command.on(`option:${option.name()}`, () =>
      modules.output.writeError(`Warning: --${option.name()} has no effect here.\n`),
    )
  }
  return command
}
