// `ottla groups --list`.

import type { ClientError } from '../client/client-error.ts'
import { type GroupListing, listConsumerGroups } from '../client/group-admin.ts'
import type { KafkaClient } from '../client/kafka-client.ts'
import type { CliModules, ExitCode } from './cli-modules.ts'
import type { GroupsFlags } from './groups-command.ts'
import { reportError } from './report.ts'
import { type Column, formatTable } from './table.ts'
import { patiently } from './with-client.ts'

const groupWidthMin = 25
const columnWidthMin = 20

export async function listGroups(
  modules: CliModules,
  client: KafkaClient,
  flags: GroupsFlags,
): Promise<ExitCode> {
  const listed = await patiently(client, () => listConsumerGroups(client))
  if (!listed.ok) return reportError(modules, listed.error)
  const groups = listed.value.filter(
    ({ state, type }) => isChosen(state, flags.state) && isChosen(type, flags.type),
  )
  await modules.output.write(
    flags.json ? `${JSON.stringify(groups)}\n` : textOf(groups, flags, modules.output.columns),
  )
  return 0
}

function isChosen(value: string, filter: string | true | undefined): boolean {
  if (typeof filter !== 'string') return true
  return filter.split(',').some((each) => each.trim().toLowerCase() === value.toLowerCase())
}

function textOf(groups: readonly GroupListing[], flags: GroupsFlags, widthMax: number | undefined): string {
  if (flags.state === undefined && flags.type === undefined)
    return groups.map(({ groupId }) => `${groupId}\n`).join('')
  const columns: Column<GroupListing>[] = [
    { title: 'GROUP', widthMin: groupWidthMin, text: ({ groupId }) => groupId },
  ]
  const width = columnWidthMin
  if (flags.type !== undefined)
    columns.push({ title: 'TYPE', widthMin: width, text: ({ type }) => capitalized(type || 'unknown') })
  if (flags.state !== undefined) columns.push({ title: 'STATE', widthMin: width, text: ({ state }) => state })
  return formatTable(columns, groups, widthMax)
}

/** The groups that the flags name, or all there are. */
export async function chosenGroups(
  client: KafkaClient,
  flags: GroupsFlags,
): Promise<{ ok: true; value: readonly string[] } | { ok: false; error: ClientError }> {
  if (!flags.allGroups) return { ok: true, value: flags.group ?? [] }
  const listed = await patiently(client, () => listConsumerGroups(client))
  return listed.ok ? { ok: true, value: listed.value.map(({ groupId }) => groupId) } : listed
}

function capitalized(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1).toLowerCase()
}
