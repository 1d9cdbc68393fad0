// `ottla log-dirs --describe`, as kafka-log-dirs.sh: what lies in the log directories of the brokers, as JSON.

import { type Command, InvalidArgumentError } from 'commander'
import { errorName, errors } from '../base/errors.ts'
import { describeLogDirs } from '../client/cluster-admin.ts'
import type { KafkaClient } from '../client/kafka-client.ts'
import type { DescribeLogDirsResult } from '../protocol/generated/describe-log-dirs-response.ts'
import type { CliModules, ExitCode } from './cli-modules.ts'
import { type ClusterFlags, withClusterOptions, withExamples } from './describe-options.ts'
import { parseWholeNumber } from './option-values.ts'
import { reportError, reportFailure, reportUsage } from './report.ts'
import { patiently, withClient } from './with-client.ts'

interface LogDirsFlags extends ClusterFlags {
  readonly describe?: boolean
  readonly topicList?: readonly string[]
  readonly brokerList?: readonly number[]
}

export function defineLogDirs(program: Command, modules: CliModules, onExit: (code: ExitCode) => void): void {
  const command = withClusterOptions(
    program.command('log-dirs').description('show what lies in the log directories of the brokers'),
  )
  command
    .option('--describe', 'show the log directories')
    .option('--topic-list <a,b>', 'only these topics', parseNames)
    .option('--broker-list <1,2>', 'only these brokers', parseIds)
    .action(async (flags: LogDirsFlags) => onExit(await logDirs(modules, flags)))
  withExamples(command, 'log-dirs --describe', 'log-dirs --describe --topic-list orders --json')
}

async function logDirs(modules: CliModules, flags: LogDirsFlags): Promise<ExitCode> {
  if (!flags.describe) return reportUsage(modules, 'log-dirs', 'log-dirs needs --describe')
  return withClient(modules, 'log-dirs', flags, (client) => describe(modules, client, flags))
}

async function describe(modules: CliModules, client: KafkaClient, flags: LogDirsFlags): Promise<ExitCode> {
  const cluster = await client.metadata()
  if (!cluster.ok) return reportError(modules, cluster.error)
  const ids = [...cluster.value.brokers.keys()].sort((left, right) => left - right)
  const asked = flags.brokerList ?? ids
  const missing = asked.filter((id) => !ids.includes(id))
  if (missing.length > 0) {
    const message = `the cluster has no broker ${missing.join(', ')}, it has ${ids.join(', ')}`
    return reportFailure(modules, message)
  }
  const say = async (line: string) => void (flags.json || (await modules.output.write(`${line}\n`)))
  await say('Querying brokers for log directories information')
  const brokers: object[] = []
  for (const broker of asked) {
    const described = await patiently(client, () => describeLogDirs(client, broker, null))
    if (!described.ok) return reportError(modules, described.error)
    brokers.push({ broker, logDirs: described.value.map((result) => jsonOf(result, flags.topicList)) })
  }
  await say(`Received log directory information from brokers ${asked.join(',')}`)
  await modules.output.write(`${JSON.stringify({ brokers, version: 1 })}\n`)
  return 0
}

/** In the form of Kafka's tool. */
function jsonOf({ errorCode, logDir, topics }: DescribeLogDirsResult, chosen?: readonly string[]): object {
  const shown = topics.filter(({ name }) => chosen?.includes(name) !== false)
  const partitions = shown.flatMap((topic) =>
    topic.partitions.map(({ partitionIndex, partitionSize, offsetLag, isFutureKey }) => ({
      partition: `${topic.name}-${partitionIndex}`,
      size: partitionSize,
      offsetLag,
      isFuture: isFutureKey,
    })),
  )
  return { partitions, error: errorCode === errors.NONE ? null : errorName(errorCode), logDir }
}

function parseNames(text: string): string[] {
  return text
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '')
}

function parseIds(text: string): number[] {
  const ids = parseNames(text).map(parseWholeNumber)
  if (ids.length === 0) throw new InvalidArgumentError('Name at least one broker.')
  return ids
}
