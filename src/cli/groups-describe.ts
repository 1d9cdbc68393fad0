// `ottla groups --describe`: offsets and lag, members, or state, in the tables of kafka-consumer-groups.sh.

import { errors } from '../base/errors.ts'
import { type TopicPartition, topicPartitionKey } from '../base/topic-partition.ts'
import type { ClientError, Result } from '../client/client-error.ts'
import { success } from '../client/client-error.ts'
import type { BrokerNode } from '../client/cluster-metadata.ts'
import { type CommittedOffset, fetchCommitted, groupTarget } from '../client/committed-offsets.ts'
import { describeGroup, type GroupDescription, type GroupMemberDescription } from '../client/group-admin.ts'
import type { KafkaClient } from '../client/kafka-client.ts'
import { lookUpOffsets } from '../client/offset-lookup.ts'
import type { CliModules, ExitCode } from './cli-modules.ts'
import type { GroupsFlags } from './groups-command.ts'
import { chosenGroups } from './groups-list.ts'
import { reportError } from './report.ts'
import { type Column, formatTable, missing, narrow, wide, wider } from './table.ts'
import { patiently } from './with-client.ts'

interface OffsetRow extends TopicPartition {
  readonly committed: number | undefined
  readonly logEnd: number | undefined
  readonly member: GroupMemberDescription | undefined
}

export async function describeGroups(
  modules: CliModules,
  client: KafkaClient,
  flags: GroupsFlags,
): Promise<ExitCode> {
  const groups = await chosenGroups(client, flags)
  if (!groups.ok) return reportError(modules, groups.error)
  let exitCode: ExitCode = 0
  const described: object[] = []
  for (const groupId of groups.value.toSorted()) {
    const group = await patiently(client, () => describeGroup(client, groupId))
    if (!group.ok) {
      exitCode = reportGroupError(modules, groupId, group.error)
      continue
    }
    const part = await describePart(modules, client, group.value, flags)
    if (!part.ok) exitCode = reportGroupError(modules, groupId, part.error)
    else described.push(part.value)
  }
  if (flags.json) await modules.output.write(`${JSON.stringify(described)}\n`)
  return exitCode
}

/** Prints what is asked of one group, and answers it as an object for JSON. */
async function describePart(
  modules: CliModules,
  client: KafkaClient,
  group: GroupDescription,
  flags: GroupsFlags,
): Promise<Result<object>> {
  const widthMax = modules.output.columns
  if (flags.members) {
    await print(
      modules,
      flags,
      group,
      group.members.length > 0,
      membersTable(group, flags.verbose === true, widthMax),
    )
    return success({ group: group.groupId, state: group.state, members: group.members })
  }
  if (flags.state !== undefined) {
    const coordinator = await client.locate(groupTarget(group.groupId))
    if (!coordinator.ok) return coordinator
    await print(
      modules,
      flags,
      group,
      true,
      stateTable(group, coordinator.value, flags.verbose === true, widthMax),
    )
    return success({ ...group, coordinator: coordinator.value })
  }
  const rows = await patiently(client, () => offsetRows(client, group))
  if (!rows.ok) return rows
  await print(modules, flags, group, rows.value.length > 0, offsetsTable(group, rows.value, widthMax))
  return success({ group: group.groupId, state: group.state, offsets: rows.value.map(jsonOffset) })
}

/** What Kafka's tool says before the table about a group that is not at work. */
async function print(
  { output }: CliModules,
  flags: GroupsFlags,
  { groupId, state }: GroupDescription,
  hasRows: boolean,
  table: string,
): Promise<void> {
  if (flags.json) return
  if (state === 'Empty') output.writeError(`\nConsumer group '${groupId}' has no active members.\n`)
  else if (state !== 'Stable') output.writeError(`\nWarning: Consumer group '${groupId}' is rebalancing.\n`)
  if (hasRows) await output.write(`\n${table}`)
}

function reportGroupError(modules: CliModules, groupId: string, error: ClientError): ExitCode {
  if (error.code !== errors.GROUP_ID_NOT_FOUND) return reportError(modules, error)
  modules.output.writeError(`\nError: Consumer group '${groupId}' does not exist.\n`)
  return 1
}

/** Assigned partitions by member, the busiest first; then those that only have a committed offset. */
async function offsetRows(client: KafkaClient, group: GroupDescription): Promise<Result<OffsetRow[]>> {
  const committed = await fetchCommitted(client, group.groupId, 'all')
  if (!committed.ok) return committed
  const offsets = new Map(
    committed.value.map((offset: CommittedOffset) => [topicPartitionKey(offset), offset.offset]),
  )
  const members = group.members.toSorted((left, right) => right.assignment.length - left.assignment.length)
  const assigned = members.flatMap((member) =>
    member.assignment.toSorted(byPlace).map((place) => ({ ...place, member })),
  )
  const assignedKeys = new Set(assigned.map(topicPartitionKey))
  const unassigned = committed.value
    .filter((offset) => !assignedKeys.has(topicPartitionKey(offset)))
    .sort(byPlace)
  const places = [
    ...assigned,
    ...unassigned.map(({ topic, partition }) => ({ topic, partition, member: undefined })),
  ]
  const ends = await lookUpOffsets(client, places, 'latest')
  return success(
    places.map(({ topic, partition, member }, index) => {
      const end = ends[index]!
      const committedOffset = offsets.get(topicPartitionKey({ topic, partition }))
      return {
        topic,
        partition,
        committed: committedOffset,
        logEnd: end.ok ? end.value.offset : undefined,
        member,
      }
    }),
  )
}

function byPlace(left: TopicPartition, right: TopicPartition): number {
  if (left.topic !== right.topic) return left.topic < right.topic ? -1 : 1
  return left.partition - right.partition
}

function offsetsTable(
  { groupId }: GroupDescription,
  rows: readonly OffsetRow[],
  widthMax: number | undefined,
): string {
  const columns: Column<OffsetRow>[] = [
    { title: 'GROUP', widthMin: wide, text: () => groupId },
    { title: 'TOPIC', widthMin: wide, text: ({ topic }) => topic },
    { title: 'PARTITION', widthMin: narrow, text: ({ partition }) => `${partition}` },
    { title: 'CURRENT-OFFSET', widthMin: wide, text: ({ committed }) => `${committed ?? missing}` },
    { title: 'LOG-END-OFFSET', widthMin: wide, text: ({ logEnd }) => `${logEnd ?? missing}` },
    { title: 'LAG', widthMin: wide, text: (row) => `${lagOf(row) ?? missing}` },
    { title: 'CONSUMER-ID', widthMin: wide, text: ({ member }) => member?.memberId ?? missing },
    { title: 'HOST', widthMin: wide, text: ({ member }) => member?.host ?? missing },
    { title: 'CLIENT-ID', widthMin: 0, text: ({ member }) => member?.clientId ?? missing },
  ]
  return formatTable(columns, rows, widthMax)
}

function lagOf({ committed, logEnd }: OffsetRow): number | undefined {
  return committed === undefined || logEnd === undefined ? undefined : logEnd - committed
}

function jsonOffset(row: OffsetRow): object {
  const { topic, partition, committed = null, logEnd = null, member } = row
  const lag = lagOf(row) ?? null
  const { memberId = null, clientId = null, host = null } = member ?? {}
  return {
    topic,
    partition,
    currentOffset: committed,
    logEndOffset: logEnd,
    lag,
    consumerId: memberId,
    host,
    clientId,
  }
}

function membersTable(
  { groupId, members, assignmentEpoch }: GroupDescription,
  isVerbose: boolean,
  widthMax: number | undefined,
): string {
  const columns: Column<GroupMemberDescription>[] = [
    { title: 'GROUP', widthMin: wide, text: () => groupId },
    { title: 'CONSUMER-ID', widthMin: wide, text: ({ memberId }) => memberId },
  ]
  if (members.some(({ instanceId }) => instanceId !== null)) {
    columns.push({ title: 'GROUP-INSTANCE-ID', widthMin: 17, text: ({ instanceId }) => instanceId ?? '' })
  }
  columns.push(
    { title: 'HOST', widthMin: wide, text: ({ host }) => host },
    { title: 'CLIENT-ID', widthMin: wide, text: ({ clientId }) => clientId },
    { title: '#PARTITIONS', widthMin: wide, text: ({ assignment }) => `${assignment.length}` },
  )
  if (isVerbose) {
    columns.push(
      { title: 'CURRENT-EPOCH', widthMin: wide, text: ({ epoch }) => `${epoch ?? missing}` },
      { title: 'CURRENT-ASSIGNMENT', widthMin: wider, text: ({ assignment }) => assignmentText(assignment) },
      { title: 'TARGET-EPOCH', widthMin: wide, text: () => `${assignmentEpoch ?? missing}` },
      {
        title: 'TARGET-ASSIGNMENT',
        widthMin: wider,
        text: ({ targetAssignment }) => assignmentText(targetAssignment),
      },
    )
  }
  return formatTable(columns, members, widthMax)
}

function assignmentText(assignment: readonly TopicPartition[]): string {
  if (assignment.length === 0) return missing
  const topics = [...Map.groupBy(assignment, ({ topic }) => topic)].map(([topic, places]) => {
    const partitions = places.map(({ partition }) => partition).sort((left, right) => left - right)
    return `${topic}:${partitions.join(',')}`
  })
  return topics.sort().join(';')
}

function stateTable(
  group: GroupDescription,
  { id, host, port }: BrokerNode,
  isVerbose: boolean,
  widthMax: number | undefined,
): string {
  const columns: Column<GroupDescription>[] = [
    { title: 'GROUP', widthMin: wide, text: ({ groupId }) => groupId },
    { title: 'COORDINATOR (ID)', widthMin: 25, text: () => `${host}:${port}  (${id})` },
    { title: 'ASSIGNMENT-STRATEGY', widthMin: wider, text: ({ assignor }) => assignor || missing },
    { title: 'STATE', widthMin: wider, text: ({ state }) => state },
  ]
  if (isVerbose) {
    columns.push(
      { title: 'GROUP-EPOCH', widthMin: wide, text: ({ groupEpoch }) => `${groupEpoch ?? missing}` },
      {
        title: 'TARGET-ASSIGNMENT-EPOCH',
        widthMin: 25,
        text: ({ assignmentEpoch }) => `${assignmentEpoch ?? missing}`,
      },
    )
  }
  columns.push({ title: '#MEMBERS', widthMin: 0, text: ({ members }) => `${members.length}` })
  return formatTable(columns, [group], widthMax)
}
