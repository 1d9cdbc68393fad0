// `ottla groups`, with the options of kafka-consumer-groups.sh: what each of its actions needs, and who does it.

import type { Command } from 'commander'
import type { CliModules, ExitCode } from './cli-modules.ts'
import { withExamples } from './describe-options.ts'
import { deleteGroups, deleteOffsets } from './groups-delete.ts'
import { describeGroups } from './groups-describe.ts'
import { listGroups } from './groups-list.ts'
import { resetOffsets } from './groups-reset.ts'
import { gatherText, parsePositive, parseWholeNumber } from './option-values.ts'
import { reportUsage } from './report.ts'
import { resetTargets } from './reset-target.ts'
import { bootstrapServerDefault, withClient } from './with-client.ts'

export interface GroupsFlags {
  readonly bootstrapServer: string
  readonly commandConfig?: string
  readonly timeout?: number
  readonly list?: boolean
  readonly describe?: boolean
  readonly delete?: boolean
  readonly resetOffsets?: boolean
  readonly deleteOffsets?: boolean
  readonly validateRegex?: string
  readonly group?: readonly string[]
  readonly allGroups?: boolean
  readonly topic?: readonly string[]
  readonly allTopics?: boolean
  readonly members?: boolean
  readonly offsets?: boolean
  /** With --list a filter, with --describe what to print. */
  readonly state?: string | true
  readonly type?: string | true
  readonly verbose?: boolean
  readonly toEarliest?: boolean
  readonly toLatest?: boolean
  readonly toCurrent?: boolean
  readonly toOffset?: number
  readonly shiftBy?: number
  readonly toDatetime?: string
  readonly byDuration?: string
  readonly fromFile?: string
  readonly dryRun?: boolean
  readonly execute?: boolean
  readonly export?: boolean
  readonly json?: boolean
}

const actions = {
  list: listGroups,
  describe: describeGroups,
  delete: deleteGroups,
  resetOffsets,
  deleteOffsets,
} as const
type Action = keyof typeof actions

const actionFlags: Record<Action, string> = {
  list: '--list',
  describe: '--describe',
  delete: '--delete',
  resetOffsets: '--reset-offsets',
  deleteOffsets: '--delete-offsets',
}

export function defineGroups(program: Command, modules: CliModules, onExit: (code: ExitCode) => void): void {
  const command = program
    .command('groups')
    .description('list, describe, reset or delete consumer groups')
    .option('--bootstrap-server <host:port>', 'a broker to connect to', bootstrapServerDefault)
    .option('--command-config <file>', 'settings of the client')
    .option('--list', 'ids of the groups')
    .option('--describe', 'offsets and lag, members or state of groups')
    .option('--delete', 'delete groups without members')
    .option('--reset-offsets', 'move groups without members to other offsets')
    .option('--delete-offsets', 'forget committed offsets of topics')
    .option('--validate-regex <pattern>', 'whether a subscription by this pattern would be taken')
    .option('--group <id>', 'the group, repeatable', gatherText)
    .option('--all-groups', 'every group')
    .option('--topic <name[:0,1]>', 'the topic or some of its partitions, repeatable', gatherText)
    .option('--all-topics', 'every topic the group has offsets of')
    .option('--offsets', 'describe offsets and lag')
    .option('--members', 'describe members')
    .option('--state [states]', 'describe the state; with --list show it, or only these')
    .option('--type [types]', 'with --list show the type, or only these')
    .option('--verbose', 'describe more')
    .option('--to-earliest', 'to the first record')
    .option('--to-latest', 'behind the last record')
    .option('--to-current', 'to the committed offset')
    .option('--to-offset <offset>', 'to this offset', parseWholeNumber)
    .option('--shift-by <count>', 'by so many records forward, or back', parseWholeNumber)
    .option('--to-datetime <time>', 'to the first record from YYYY-MM-DDTHH:mm:SS.sss on')
    .option('--by-duration <duration>', 'to the first record of the last PnDTnHnMnS')
    .option('--from-file <file>', 'to the offsets in a CSV file')
    .option('--dry-run', 'only show what would be done')
    .option('--execute', 'do it')
    .option('--export', 'print the offsets as CSV')
    .option('--timeout <ms>', 'how long to wait for an answer', parsePositive)
    .option('--json', 'machine-readable output')
    .action(async (flags: GroupsFlags) => onExit(await groups(modules, flags)))
  withExamples(
    command,
    'groups --list --state',
    'groups --describe --group billing',
    'groups --reset-offsets --group billing --topic orders:0,1 --to-datetime 2026-01-31T12:00:00.000',
    'groups --reset-offsets --group billing --all-topics --by-duration PT6H --execute',
    'groups --reset-offsets --group billing --topic orders --to-current --export > offsets.csv',
    'groups --reset-offsets --group billing --from-file offsets.csv --execute',
  )
}

async function groups(modules: CliModules, flags: GroupsFlags): Promise<ExitCode> {
  const chosen = (Object.keys(actions) as Action[]).filter((action) => flags[action] === true)
  if (flags.validateRegex !== undefined && chosen.length === 0) {
    // Loaded by itself: nothing else needs it.
    const { validateRegex } = await import('./groups-validate-regex.ts')
    return validateRegex(modules, flags.validateRegex, flags.json)
  }
  const [action] = chosen
  if (chosen.length !== 1 || action === undefined) {
    return reportUsage(
      modules,
      'groups',
      `give exactly one of ${Object.values(actionFlags).join(', ')}, --validate-regex`,
    )
  }
  const problem = problemOf(action, flags)
  if (problem !== undefined) return reportUsage(modules, 'groups', problem)
  return withClient(modules, 'groups', flags, (client) => actions[action](modules, client, flags))
}

function problemOf(action: Action, flags: GroupsFlags): string | undefined {
  const named = flags.group?.length ?? 0
  if (action !== 'list' && named === 0 && !(flags.allGroups && action !== 'deleteOffsets')) {
    return `${actionFlags[action]} needs --group${action === 'deleteOffsets' ? '' : ' or --all-groups'}`
  }
  if (named > 0 && flags.allGroups) return 'give either --group or --all-groups'
  if (
    action === 'describe' &&
    [flags.members, flags.offsets, flags.state !== undefined].filter(Boolean).length > 1
  ) {
    return 'give one of --members, --offsets, --state'
  }
  if (action === 'deleteOffsets' && (named !== 1 || flags.topic === undefined)) {
    return '--delete-offsets needs one --group and --topic'
  }
  return action === 'resetOffsets' ? resetProblem(flags) : undefined
}

function resetProblem(flags: GroupsFlags): string | undefined {
  const given = resetTargets(flags)
  if (given.length !== 1) {
    return (
      '--reset-offsets needs exactly one of --to-earliest, --to-latest, --to-current, --to-offset, --shift-by, ' +
      '--to-datetime, --by-duration, --from-file'
    )
  }
  if (flags.dryRun && flags.execute) return 'give either --dry-run or --execute'
  if (flags.fromFile !== undefined) return undefined
  return (flags.topic === undefined) === !flags.allTopics
    ? '--reset-offsets needs --topic or --all-topics'
    : undefined
}
