// `ottla get-offsets`, as kafka-get-offsets.sh: where the logs of partitions begin or end, or what their offset was
// at a time.

import { type Command, InvalidArgumentError } from 'commander'
import { type TopicPartition, topicPartitionKey } from '../base/topic-partition.ts'
import { type Result, success } from '../client/client-error.ts'
import type { KafkaClient } from '../client/kafka-client.ts'
import { type FoundOffset, lookUpOffsets } from '../client/offset-lookup.ts'
import { describeTopics, listTopics } from '../client/topic-admin.ts'
import type { CliModules, ExitCode } from './cli-modules.ts'
import { type ClusterFlags, withClusterOptions, withExamples } from './describe-options.ts'
import { parseWholeNumber } from './option-values.ts'
import { errorText, reportError, reportFailure, reportUsage } from './report.ts'
import { topicPattern } from './topics-command.ts'
import { patiently, patientlyAll, withClient } from './with-client.ts'

interface GetOffsetsFlags extends ClusterFlags {
  readonly topic?: string
  readonly partitions?: readonly number[]
  readonly topicPartitions?: readonly PartitionRule[]
  readonly time: number
  readonly excludeInternalTopics?: boolean
}

/** Some partitions of the topics that match. */
interface PartitionRule {
  readonly topic: RegExp
  readonly from: number
  /** The first that is none of them. */
  readonly until: number
}

/** Kafka's words for the timestamps of ListOffsets. */
const timeNames: ReadonlyMap<string, number> = new Map([
  ['latest', -1],
  ['earliest', -2],
  ['max-timestamp', -3],
  ['earliest-local', -4],
  ['latest-tiered', -5],
  ['earliest-pending-upload', -6],
])

const nothing = -1

export function defineGetOffsets(
  program: Command,
  modules: CliModules,
  onExit: (code: ExitCode) => void,
): void {
  const command = withClusterOptions(
    program.command('get-offsets').description('show where partitions begin or end, or were at a time'),
  )
  command
    .option('--topic <regex>', 'the topics')
    .option('--partitions <0,1>', 'only these partitions', parsePartitions)
    .option('--topic-partitions <a:0,b:1-3>', 'topics with partitions: N, N-, -N or N-M', parseRules)
    .option(
      '--time <time>',
      `milliseconds since 1970, or ${[...timeNames].map(([name, time]) => `${time} or ${name}`).join(', ')}`,
      parseTime,
      timeNames.get('latest'),
    )
    .option('--exclude-internal-topics', 'leave out the topics of the cluster itself')
    .action(async (flags: GetOffsetsFlags) => onExit(await getOffsets(modules, flags)))
  withExamples(
    command,
    'get-offsets --topic orders',
    'get-offsets --topic-partitions orders:0-2,clicks --time earliest',
    'get-offsets --topic orders --time 1735689600000',
  )
}

async function getOffsets(modules: CliModules, flags: GetOffsetsFlags): Promise<ExitCode> {
  if (flags.topicPartitions !== undefined && (flags.topic ?? flags.partitions) !== undefined) {
    const message = '--topic-partitions cannot be used with --topic or --partitions'
    return reportUsage(modules, 'get-offsets', message)
  }
  return withClient(modules, 'get-offsets', flags, (client) => print(modules, client, flags))
}

async function print(modules: CliModules, client: KafkaClient, flags: GetOffsetsFlags): Promise<ExitCode> {
  const partitions = await patiently(client, () => chosenPartitions(client, flags))
  if (!partitions.ok) return reportError(modules, partitions.error)
  if (partitions.value.length === 0)
    return reportFailure(modules, 'could not match any topic-partitions with the specified filters')
  const results = await patientlyAll(client, () => lookUpOffsets(client, partitions.value, flags.time))
  const found: FoundOffset[] = []
  for (const [index, result] of results.entries()) {
    const key = topicPartitionKey(partitions.value[index]!)
    if (!result.ok) modules.output.writeError(`Skip ${key}: ${errorText(result.error)}\n`)
    else if (result.value.offset !== nothing) found.push(result.value)
  }
  const text = flags.json
    ? `${JSON.stringify(found.map(({ topic, partition, offset }) => ({ topic, partition, offset })))}\n`
    : found.map(({ topic, partition, offset }) => `${topic}:${partition}:${offset}\n`).join('')
  await modules.output.write(text)
  return results.every(({ ok }) => ok) ? 0 : 1
}

/** In Kafka's order, that of their names as text. */
async function chosenPartitions(
  client: KafkaClient,
  flags: GetOffsetsFlags,
): Promise<Result<TopicPartition[]>> {
  const all = await listTopics(client)
  if (!all.ok) return all
  const rules = flags.topicPartitions ?? [everything(flags.topic)]
  const chosen = all.value.filter(
    ({ name, isInternal }) =>
      rules.some(({ topic }) => topic.test(name)) && !(isInternal && flags.excludeInternalTopics),
  )
  const described = await describeTopics(
    client,
    chosen.map(({ name }) => name),
  )
  if (!described.ok) return described
  const partitions = described.value.flatMap(({ name: topic, partitions: ofTopic }) =>
    ofTopic
      .filter(({ partition }) => flags.partitions?.includes(partition) !== false)
      .filter(({ partition }) => rules.some((rule) => isMatched(rule, topic, partition)))
      .map(({ partition }) => ({ topic, partition })),
  )
  return success(
    partitions.sort((left, right) => (topicPartitionKey(left) < topicPartitionKey(right) ? -1 : 1)),
  )
}

function isMatched({ topic, from, until }: PartitionRule, name: string, partition: number): boolean {
  return topic.test(name) && partition >= from && partition < until
}

function everything(topic = '.*'): PartitionRule {
  return { topic: topicPattern(topic), from: 0, until: Number.POSITIVE_INFINITY }
}

function parseTime(text: string): number {
  const named = timeNames.get(text)
  if (named !== undefined) return named
  if (/^-?\d{1,15}$/.test(text)) return Number(text)
  throw new InvalidArgumentError(
    `It is a number of milliseconds or one of ${[...timeNames.keys()].join(', ')}.`,
  )
}

function parsePartitions(text: string): number[] {
  return text.split(',').map((id) => parseWholeNumber(id.trim()))
}

/** `topic`, `topic:1`, `topic:1-3` (without 3), `topic:1-`, `topic:-3`, `:1`, with commas between. */
function parseRules(text: string): PartitionRule[] {
  return text.split(',').map((rule) => {
    const match = /^([^:]*)(?::(?:(\d+)|(\d*)-(\d*))?)?$/.exec(rule.trim())
    if (match === null) throw new InvalidArgumentError(`"${rule}" is not of the form topic:0-3.`)
    const [, topic, only, from, until] = match
    const whole = everything(topic || undefined)
    if (only !== undefined) return { ...whole, from: Number(only), until: Number(only) + 1 }
    return { ...whole, from: Number(from || 0), until: until ? Number(until) : whole.until }
  })
}
