// `ottla topics`, with the options and the output of kafka-topics.sh.

import type { Command } from 'commander'
import { errors } from '../base/errors.ts'
import type { Result } from '../client/client-error.ts'
import { alterConfigs } from '../client/config-admin.ts'
import type { KafkaClient } from '../client/kafka-client.ts'
import {
  createPartitions,
  createTopic,
  deleteTopic,
  describeTopics,
  listTopics,
} from '../client/topic-admin.ts'
import type { CliModules, ExitCode } from './cli-modules.ts'
import { withExamples } from './describe-options.ts'
import {
  acceptWithoutEffect,
  gatherPair,
  gatherText,
  parsePositive,
  parseReplicaAssignment,
} from './option-values.ts'
import { reportError, reportFailure, reportUsage } from './report.ts'
import { type DescribeFlags, describe } from './topics-describe.ts'
import { bootstrapServerDefault, withClient } from './with-client.ts'

interface TopicsFlags extends DescribeFlags {
  readonly bootstrapServer: string
  readonly commandConfig?: string
  readonly list?: boolean
  readonly describe?: boolean
  readonly create?: boolean
  readonly delete?: boolean
  readonly alter?: boolean
  readonly topic?: string
  readonly topicId?: string
  readonly partitions?: number
  readonly replicationFactor?: number
  readonly replicaAssignment?: readonly (readonly number[])[]
  readonly config?: readonly (readonly [string, string])[]
  readonly deleteConfig?: readonly string[]
  readonly ifExists?: boolean
  readonly ifNotExists?: boolean
  readonly excludeInternal?: boolean
}

const actions = ['list', 'describe', 'create', 'delete', 'alter'] as const
type Action = (typeof actions)[number]

const needsTopic: readonly Action[] = ['create', 'delete', 'alter']

/** Of Kafka's script. */
const unusedOptions = ['--partition-size-limit-per-response <count>']

export function defineTopics(program: Command, modules: CliModules, onExit: (code: ExitCode) => void): void {
  const command = program
    .command('topics')
    .description('list, describe, create, delete or grow topics')
    .option('--bootstrap-server <host:port>', 'a broker to connect to', bootstrapServerDefault)
    .option('--command-config <file>', 'settings of the client')
    .option('--list', 'names of the topics')
    .option('--describe', 'partitions, leaders, replicas and configs')
    .option('--create', 'create a topic')
    .option('--delete', 'delete topics')
    .option('--alter', 'add partitions, set or delete configs')
    .option('--topic <name>', 'the topic; for all but --create a regular expression, or several with commas')
    .option('--topic-id <id>', 'with --describe: the topic by its id')
    .option('--partitions <count>', 'number of partitions', parsePositive)
    .option('--replication-factor <count>', 'replicas of each partition', parsePositive)
    .option('--replica-assignment <1:2,3:4>', 'brokers of each partition', parseReplicaAssignment)
    .option('--config <name=value>', 'a config to set, repeatable', gatherPair)
    .option(
      '--delete-config <name>',
      'with --alter: a config that goes back to its default, repeatable',
      gatherText,
    )
    .option('--if-exists', 'no error when the topic is missing')
    .option('--if-not-exists', 'no error when the topic is there already')
    .option('--exclude-internal', 'leave out the topics of the cluster itself')
    .option('--topics-with-overrides', 'describe only topics whose configs are not the defaults')
    .option('--under-replicated-partitions', 'describe only partitions with replicas out of sync')
    .option('--unavailable-partitions', 'describe only partitions without a leader')
    .option('--under-min-isr-partitions', 'describe only partitions below min.insync.replicas')
    .option('--at-min-isr-partitions', 'describe only partitions at min.insync.replicas')
    .option('--json', 'machine-readable output')
    .action(async (flags: TopicsFlags) => onExit(await topics(modules, flags)))
  acceptWithoutEffect(command, modules, unusedOptions)
  withExamples(
    command,
    'topics --create --topic orders --partitions 6 --config retention.ms=86400000',
    'topics --describe --topic orders',
    'topics --alter --topic orders --delete-config retention.ms',
    "topics --delete --topic 'test-.*'",
  )
}

async function topics(modules: CliModules, flags: TopicsFlags): Promise<ExitCode> {
  const chosen = actions.filter((action) => flags[action] === true)
  const [action] = chosen
  if (chosen.length !== 1 || action === undefined) {
    return reportUsage(
      modules,
      'topics',
      `give exactly one of ${actions.map((each) => `--${each}`).join(', ')}`,
    )
  }
  if (needsTopic.includes(action) && flags.topic === undefined) {
    return reportUsage(modules, 'topics', `--${action} needs --topic`)
  }
  if (flags.replicaAssignment !== undefined && flags.replicationFactor !== undefined) {
    return reportUsage(
      modules,
      'topics',
      '--replica-assignment says the replication factor, leave out the other',
    )
  }
  if (action === 'alter' && (flags.partitions ?? flags.config ?? flags.deleteConfig) === undefined) {
    return reportUsage(modules, 'topics', '--alter needs --partitions, --config or --delete-config')
  }
  if (action !== 'alter' && flags.deleteConfig !== undefined) {
    return reportUsage(modules, 'topics', '--delete-config needs --alter')
  }
  return withClient(modules, 'topics', flags, (client) => runAction(modules, client, action, flags))
}

async function runAction(
  modules: CliModules,
  client: KafkaClient,
  action: Action,
  flags: TopicsFlags,
): Promise<ExitCode> {
  if (action === 'create') return create(modules, client, flags)
  const found = await matchingTopics(client, flags)
  if (!found.ok) return reportError(modules, found.error)
  const names = found.value
  if (action === 'list') {
    await modules.output.write(
      flags.json ? `${JSON.stringify(names)}\n` : names.map((name) => `${name}\n`).join(''),
    )
    return 0
  }
  const asked = flags.topicId ?? flags.topic
  if (names.length === 0 && asked !== undefined && !flags.ifExists) {
    return reportFailure(modules, `Topic '${asked}' does not exist`, 'See what does: ottla topics --list')
  }
  if (action === 'describe') return describe(modules, client, names, flags)
  return action === 'delete' ? remove(modules, client, names, flags) : alter(modules, client, names, flags)
}

/** Kafka's filter: `--topic` is a regular expression that matches whole names, commas separate alternatives. */
async function matchingTopics(client: KafkaClient, flags: TopicsFlags): Promise<Result<string[]>> {
  const all = await listTopics(client)
  if (!all.ok) return all
  const pattern = flags.topic === undefined ? undefined : topicPattern(flags.topic)
  const matching = all.value.filter(({ name, topicId, isInternal }) => {
    const isNamed = flags.topicId === undefined ? pattern?.test(name) !== false : topicId === flags.topicId
    return isNamed && !(flags.excludeInternal && isInternal)
  })
  return { ok: true, value: matching.map(({ name }) => name) }
}

export function topicPattern(text: string): RegExp {
  const alternatives = text
    .trim()
    .replaceAll(',', '|')
    .replaceAll(' ', '')
    .replace(/^["']+|["']+$/g, '')
  try {
    return new RegExp(`^(?:${alternatives})$`)
  } catch {
    // No expression: then it can only be meant as it stands.
    return new RegExp(`^${alternatives.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}$`)
  }
}

async function create(modules: CliModules, client: KafkaClient, flags: TopicsFlags): Promise<ExitCode> {
  const name = flags.topic!
  if (/[._]/.test(name)) {
    const warning =
      "WARNING: Due to limitations in metric names, topics with a period ('.') or underscore ('_') could collide. " +
      'To avoid issues it is best to use either, but not both.'
    modules.output.writeError(`${warning}\n`)
  }
  const created = await createTopic(client, {
    name,
    partitions: flags.partitions ?? -1,
    replicationFactor: flags.replicationFactor ?? -1,
    assignments: flags.replicaAssignment ?? null,
    configs: flags.config ?? [],
  })
  const isThere = !created.ok && created.error.code === errors.TOPIC_ALREADY_EXISTS
  if (!created.ok && !(isThere && flags.ifNotExists)) return reportError(modules, created.error)
  if (flags.json) await modules.output.write(`${JSON.stringify({ topic: name, created: !isThere })}\n`)
  else if (created.ok) await modules.output.write(`Created topic ${name}.\n`)
  return 0
}

async function remove(
  modules: CliModules,
  client: KafkaClient,
  names: readonly string[],
  flags: TopicsFlags,
): Promise<ExitCode> {
  for (const name of names) {
    const deleted = await deleteTopic(client, name)
    if (!deleted.ok) return reportError(modules, deleted.error)
  }
  if (flags.json) await modules.output.write(`${JSON.stringify({ deleted: names })}\n`)
  return 0
}

async function alter(
  modules: CliModules,
  client: KafkaClient,
  names: readonly string[],
  flags: TopicsFlags,
): Promise<ExitCode> {
  const { partitions: count, config: set = [], deleteConfig: deleted = [] } = flags
  const described = await describeTopics(client, names)
  if (!described.ok) return reportError(modules, described.error)
  for (const { name, partitions } of described.value) {
    if (set.length + deleted.length > 0) {
      const changed = await alterConfigs(client, { type: 'topic', name }, { set, deleted })
      if (!changed.ok) return reportError(modules, changed.error)
    }
    if (count === undefined) continue
    // The assignment lists every partition; the broker wants those of the new ones.
    const added = flags.replicaAssignment?.slice(partitions.length) ?? null
    const altered = await createPartitions(client, name, count, added)
    if (!altered.ok) return reportError(modules, altered.error)
  }
  const done = { altered: names, partitions: count, set: Object.fromEntries(set), deleted }
  if (flags.json) await modules.output.write(`${JSON.stringify(done)}\n`)
  return 0
}
