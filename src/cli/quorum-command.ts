// `ottla quorum describe`, as kafka-metadata-quorum.sh: who leads the metadata log and how far the others are.

import type { Command } from 'commander'
import { zeroUuid } from '../base/uuid.ts'
import { describeQuorum, type Quorum } from '../client/cluster-admin.ts'
import type { KafkaClient } from '../client/kafka-client.ts'
import type { ReplicaState } from '../protocol/generated/describe-quorum-response.ts'
import type { CliModules, ExitCode } from './cli-modules.ts'
import {
  type ClusterFlags,
  withClusterOptions,
  withControllerOption,
  withExamples,
  withSubcommands,
} from './describe-options.ts'
import { reportError, reportUsage } from './report.ts'
import { type Column, formatTabbedTable, formatTable } from './table.ts'
import { patiently, withClient } from './with-client.ts'

interface QuorumFlags extends ClusterFlags {
  readonly status?: boolean
  readonly replication?: boolean
  readonly humanReadable?: boolean
}

interface Row extends ReplicaState {
  readonly lag: number
  readonly status: 'Leader' | 'Follower' | 'Observer'
}

export function defineQuorum(program: Command, modules: CliModules, onExit: (code: ExitCode) => void): void {
  const command = withControllerOption(
    withClusterOptions(program.command('quorum').description('the controllers and their metadata log')),
  )
  withSubcommands(command)
  withExamples(command, 'quorum describe --status', 'quorum describe --replication --human-readable')
  command
    .command('describe')
    .description('show the state of the quorum')
    .option('--status', 'leader, epoch, high watermark, voters and observers')
    .option('--replication', 'how far each replica is')
    .option('--human-readable', 'with --replication: times as how long ago')
    .action(async (_, self: Command) => onExit(await quorum(modules, self.optsWithGlobals())))
}

async function quorum(modules: CliModules, flags: QuorumFlags): Promise<ExitCode> {
  if (flags.status === flags.replication)
    return reportUsage(modules, 'quorum describe', 'give either --status or --replication')
  return withClient(modules, 'quorum describe', flags, (client) => describe(modules, client, flags))
}

async function describe(modules: CliModules, client: KafkaClient, flags: QuorumFlags): Promise<ExitCode> {
  const described = await patiently(client, () => describeQuorum(client))
  if (!described.ok) return reportError(modules, described.error)
  if (flags.replication) {
    const rows = rowsOf(described.value)
    const nowMs = flags.humanReadable ? modules.env.clock.wallMs() : undefined
    const table = replicationTable(rows, nowMs, modules.output.columns)
    await modules.output.write(flags.json ? `${JSON.stringify(rows.map(jsonOf))}\n` : table)
    return 0
  }
  const cluster = await client.metadata()
  if (!cluster.ok) return reportError(modules, cluster.error)
  const status = statusOf(cluster.value.clusterId, described.value)
  await modules.output.write(flags.json ? `${JSON.stringify(status)}\n` : statusText(status))
  return 0
}

/** The facts under the names of Kafka's tool. */
function statusOf(clusterId: string | null, quorum: Quorum) {
  const { leaderId, leaderEpoch, highWatermark, currentVoters, observers } = quorum
  const leader = currentVoters.find(({ replicaId }) => replicaId === leaderId)
  const slowest = currentVoters.toSorted((left, right) => left.logEndOffset - right.logEndOffset)[0]
  return {
    clusterId,
    leaderId,
    leaderEpoch,
    highWatermark,
    maxFollowerLag: leader && slowest ? leader.logEndOffset - slowest.logEndOffset : null,
    maxFollowerLagTimeMs: lagTimeMs(leader, slowest),
    currentVoters: currentVoters.map((replica) => nodeOf(quorum, replica)),
    currentObservers: observers.map((replica) => nodeOf(quorum, replica)),
  }
}

/** -1: unknown. */
function lagTimeMs(leader: ReplicaState | undefined, slowest: ReplicaState | undefined): number {
  if (leader === undefined || slowest === undefined) return -1
  if (leader === slowest) return 0
  const times = [leader.lastCaughtUpTimestamp, slowest.lastCaughtUpTimestamp]
  return times.includes(-1) ? -1 : times[0]! - times[1]!
}

function nodeOf(quorum: Quorum, { replicaId, replicaDirectoryId }: ReplicaState) {
  const endpoints = (quorum.listeners.get(replicaId) ?? []).map(
    ({ name, host, port }) => `${name}://${host}:${port}`,
  )
  return {
    id: replicaId,
    ...(replicaDirectoryId !== zeroUuid && { directoryId: replicaDirectoryId }),
    ...(endpoints.length > 0 && { endpoints }),
  }
}

function statusText(status: ReturnType<typeof statusOf>): string {
  return Object.entries(status)
    .map(([name, value]) => {
      const title = `${name.charAt(0).toUpperCase()}${name.slice(1)}:`
      return `${title.padEnd(24)}${Array.isArray(value) ? `[${value.map(nodeText).join(', ')}]` : value}\n`
    })
    .join('')
}

/** JSON with the blanks that Kafka's tool sets. */
function nodeText(node: object): string {
  const fields = Object.entries(node).map(([name, value]) => {
    const text = Array.isArray(value)
      ? `[${value.map((each) => JSON.stringify(each)).join(', ')}]`
      : JSON.stringify(value)
    return `"${name}": ${text}`
  })
  return `{${fields.join(', ')}}`
}

/** The leader first, then followers, then observers. */
function rowsOf({ leaderId, currentVoters, observers }: Quorum): Row[] {
  const leader = currentVoters.filter(({ replicaId }) => replicaId === leaderId)
  const followers = currentVoters.filter(({ replicaId }) => replicaId !== leaderId)
  const endOffset = leader[0]?.logEndOffset ?? 0
  const rows = (replicas: readonly ReplicaState[], status: Row['status']) =>
    replicas.map((replica) => ({ ...replica, lag: endOffset - replica.logEndOffset, status }))
  return [...rows(leader, 'Leader'), ...rows(followers, 'Follower'), ...rows(observers, 'Observer')]
}

function replicationTable(
  rows: readonly Row[],
  nowMs: number | undefined,
  widthMax: number | undefined,
): string {
  const time = (timestamp: number) =>
    nowMs === undefined || timestamp < 0 ? `${timestamp}` : `${nowMs - timestamp} ms ago`
  const columns: readonly Column<Row>[] = [
    { title: 'NodeId', widthMin: 0, text: ({ replicaId }) => `${replicaId}` },
    { title: 'DirectoryId', widthMin: 0, text: ({ replicaDirectoryId }) => replicaDirectoryId },
    { title: 'LogEndOffset', widthMin: 0, text: ({ logEndOffset }) => `${logEndOffset}` },
    { title: 'Lag', widthMin: 0, text: ({ lag }) => `${lag}` },
    { title: 'LastFetchTimestamp', widthMin: 0, text: (row) => time(row.lastFetchTimestamp) },
    { title: 'LastCaughtUpTimestamp', widthMin: 0, text: (row) => time(row.lastCaughtUpTimestamp) },
    { title: 'Status', widthMin: 0, text: ({ status }) => status },
  ]
  return widthMax === undefined ? formatTabbedTable(columns, rows) : formatTable(columns, rows, widthMax)
}

function jsonOf(row: Row): object {
  const { replicaId, replicaDirectoryId, logEndOffset, lag, lastFetchTimestamp, lastCaughtUpTimestamp } = row
  return {
    nodeId: replicaId,
    directoryId: replicaDirectoryId,
    logEndOffset,
    lag,
    lastFetchTimestamp,
    lastCaughtUpTimestamp,
    status: row.status,
  }
}
