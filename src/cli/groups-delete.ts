// `ottla groups --delete` and `--delete-offsets`.

import type { ClientError } from '../client/client-error.ts'
import { deleteCommitted, deleteGroup } from '../client/group-admin.ts'
import type { KafkaClient } from '../client/kafka-client.ts'
import type { CliModules, ExitCode } from './cli-modules.ts'
import { namedPartitions } from './group-partitions.ts'
import type { GroupsFlags } from './groups-command.ts'
import { chosenGroups } from './groups-list.ts'
import { errorText, reportError } from './report.ts'
import { formatTable, narrow, wide } from './table.ts'
import { patiently } from './with-client.ts'

export async function deleteGroups(
  modules: CliModules,
  client: KafkaClient,
  flags: GroupsFlags,
): Promise<ExitCode> {
  const groups = await chosenGroups(client, flags)
  if (!groups.ok) return reportError(modules, groups.error)
  const deleted: string[] = []
  const failed: { group: string; error: ClientError }[] = []
  for (const group of groups.value) {
    const result = await patiently(client, () => deleteGroup(client, group))
    if (result.ok) deleted.push(group)
    else if (result.error.isUnreachable) return reportError(modules, result.error)
    else failed.push({ group, error: result.error })
  }
  if (failed.length > 0) {
    const lines = failed.map(
      ({ group, error }) => `* Group '${group}' could not be deleted: ${errorText(error)}\n`,
    )
    modules.output.writeError(`\nError: Deletion of some consumer groups failed:\n${lines.join('')}`)
  }
  if (flags.json) await modules.output.write(`${JSON.stringify({ deleted })}\n`)
  else if (deleted.length > 0) await modules.output.write(deletedText(deleted, failed.length > 0))
  return failed.length > 0 ? 1 : 0
}

function deletedText(deleted: readonly string[], someFailed: boolean): string {
  const list = deleted.map((group) => `'${group}'`).join(', ')
  return someFailed
    ? `\nThese consumer groups were deleted successfully: ${list}\n`
    : `Deletion of requested consumer groups (${list}) was successful.\n`
}

export async function deleteOffsets(
  modules: CliModules,
  client: KafkaClient,
  flags: GroupsFlags,
): Promise<ExitCode> {
  const [group] = flags.group!
  const partitions = await namedPartitions(client, flags.topic!)
  if (!partitions.ok) return reportError(modules, partitions.error)
  const deleted = await patiently(client, () => deleteCommitted(client, group!, partitions.value))
  if (!deleted.ok) return reportError(modules, deleted.error)
  const rows = partitions.value.map(({ topic, partition }, index) => {
    const result = deleted.value[index]!
    return { topic, partition, status: result.ok ? 'Successful' : `Error: ${errorText(result.error)}` }
  })
  const isWhole = deleted.value.every(({ ok }) => ok)
  if (flags.json) {
    await modules.output.write(`${JSON.stringify(rows)}\n`)
    return isWhole ? 0 : 1
  }
  if (isWhole) await modules.output.write(`Request succeeded for deleting offsets from group ${group}.\n`)
  else
    modules.output.writeError('\nError: Encountered some partition-level error, see the follow-up details.\n')
  const table = formatTable(
    [
      { title: 'TOPIC', widthMin: wide, text: ({ topic }) => topic },
      { title: 'PARTITION', widthMin: narrow, text: ({ partition }) => `${partition}` },
      { title: 'STATUS', widthMin: wide, text: ({ status }) => status },
    ],
    rows,
  )
  await modules.output.write(`\n${table}`)
  return isWhole ? 0 : 1
}
