// `ottla consume`, with the options of kafka-console-consumer.sh. Without a group it reads all partitions of the
// topic by itself and leaves nothing behind in the cluster.

import { type Command, InvalidArgumentError, Option } from 'commander'
import type { TopicPartition } from '../base/topic-partition.ts'
import type { ClientError } from '../client/client-error.ts'
import { Consumer, type ConsumerOptions, consumerDefaults } from '../client/consumer.ts'
import type { ConsumedRecord } from '../client/fetched-records.ts'
import type { KafkaClient } from '../client/kafka-client.ts'
import { listTopics } from '../client/topic-admin.ts'
import type { CliModules, ExitCode } from './cli-modules.ts'
import { clientProperties, consumerSettings, readPropertiesFile } from './client-properties.ts'
import { ConsumeLoop } from './consume-loop.ts'
import { type PlaceFlags, placeConsumer } from './consume-place.ts'
import { withExamples } from './describe-options.ts'
import { acceptWithoutEffect, gatherPair, parsePositive, parseWholeNumber } from './option-values.ts'
import { formatRecord, formatterProperties, jsonRecord, recordFormat } from './record-formatter.ts'
import { parseTemplate } from './record-template.ts'
import { errorText, reportError, reportFailure, reportUsage } from './report.ts'
import { bootstrapServerDefault, withClient } from './with-client.ts'

type Pairs = readonly (readonly [string, string])[]
type Isolation = ConsumerOptions['isolation']

interface ConsumeFlags extends PlaceFlags {
  readonly bootstrapServer: string
  readonly topic?: string
  readonly include?: string
  readonly fromBeginning?: boolean
  readonly group?: string
  readonly filterKey?: RegExp
  readonly filterValue?: RegExp
  readonly format?: (record: ConsumedRecord) => Uint8Array
  readonly maxMessages?: number
  readonly timeoutMs?: number
  readonly property?: Pairs
  readonly formatterProperty?: Pairs
  readonly formatterConfig?: string
  readonly consumerProperty?: Pairs
  readonly commandProperty?: Pairs
  readonly 'consumer.config'?: string
  readonly commandConfig?: string
  readonly isolationLevel?: Isolation
  readonly json?: boolean
}

/** Of Kafka's script. */
const unusedOptions = [
  '--formatter <class>',
  '--key-deserializer <class>',
  '--value-deserializer <class>',
  '--skip-message-on-error',
  '--enable-systest-events',
]

export function defineConsume(program: Command, modules: CliModules, onExit: (code: ExitCode) => void): void {
  const command = program
    .command('consume')
    .description('print the records of a topic')
    .option('--bootstrap-server <host:port>', 'a broker to connect to', bootstrapServerDefault)
    .option('--topic <name>', 'the topic to read')
    .option('--include <regex>', 'the topics to read')
    .option('--from-beginning', 'begin with the first record instead of the next')
    .option('--group <id>', 'read as a member of this group, from where it is')
    .option('--partition <number>', 'read this partition only', parseWholeNumber)
    .option('--offset <offset>', 'with --partition: a number, earliest or latest', parseOffset)
    .option('--tail <count>', 'begin so many records before the end of each partition', parsePositive)
    .option('--exit', 'stop where the partitions end now, instead of waiting for more')
    .option('--filter-key <regex>', 'only records whose key matches', parseRegex)
    .option('--filter-value <regex>', 'only records whose value matches', parseRegex)
    .option('--max-messages <count>', 'end after that many records', parseWholeNumber)
    .option('--timeout-ms <ms>', 'end when no record came for that long', parseWholeNumber)
    .option(
      '--formatter-property <name=value>',
      `what is printed: ${formatterProperties.join(', ')}`,
      gatherPair,
    )
    .option('--property <name=value>', 'the same, by its old name', gatherPair)
    .option('--formatter-config <file>', 'the same, from a file')
    .option('--command-property <name=value>', 'a setting of the consumer', gatherPair)
    .option('--consumer-property <name=value>', 'the same, by its old name', gatherPair)
    .option('--command-config <file>', 'the same, from a file')
    .option('--consumer.config <file>', 'the same, by its old name')
    .addOption(
      new Option(
        '--isolation-level <level>',
        'leave out records of open and aborted transactions, or not',
      ).choices(['read_uncommitted', 'read_committed']),
    )
    .option(
      '--format <text>',
      'each record so: %t topic %p partition %o offset %T time %k key %s value %h headers',
      parseFormat,
    )
    .option('--json', 'a JSON object for each record')
    .action(async (flags: ConsumeFlags) => onExit(await consume(modules, flags)))
  acceptWithoutEffect(command, modules, unusedOptions)
  withExamples(
    command,
    'consume --topic orders --from-beginning',
    'consume --topic orders --tail 10 --exit --json',
    "consume --topic orders --filter-key '^customer-7$' --format '%p:%o %k %s\\n'",
    'consume --topic orders --group billing --max-messages 100',
  )
}

async function consume(modules: CliModules, flags: ConsumeFlags): Promise<ExitCode> {
  const options = await consumerOptions(modules, flags)
  if (!options.ok) return reportUsage(modules, 'consume', options.message)
  const contradiction = contradictionOf(flags, options.value)
  if (contradiction !== undefined) return reportUsage(modules, 'consume', contradiction)
  const formatFile = await readPropertiesFile(modules, flags.formatterConfig)
  if (!formatFile.ok) return reportFailure(modules, formatFile.message)
  const properties = new Map([
    ...formatFile.value,
    ...(flags.property ?? []),
    ...(flags.formatterProperty ?? []),
  ])
  const unknown = [...properties.keys()].find(
    (name) => !(formatterProperties as readonly string[]).includes(name),
  )
  if (unknown !== undefined) modules.output.writeError(`Warning: ${unknown} has no effect here.\n`)
  const format = recordFormat(properties)
  const print =
    flags.format ?? (flags.json ? jsonRecord : (record: ConsumedRecord) => formatRecord(format, record))
  const isWanted = ({ key, value }: ConsumedRecord) =>
    isMatch(flags.filterKey, key) && isMatch(flags.filterValue, value)
  return withClient(modules, 'consume', { bootstrapServer: flags.bootstrapServer }, async (client) => {
    const topics = await chosenTopics(client, flags)
    if (!topics.ok) return reportError(modules, topics.error)
    const consumer = new Consumer(options.value, client)
    const loop = new ConsumeLoop(flags, { ...modules, consumer, isWanted, print })
    if (options.value.groupId !== null) {
      consumer.subscribe(topics.value)
      return loop.run([])
    }
    const partitions = await existingPartitions(loop, client, topics.value, flags)
    if (partitions === undefined) return loop.end(0)
    const ends = await placeConsumer(client, consumer, partitions, flags, options.value)
    if (ends.ok) return loop.run(ends.value)
    reportError(modules, ends.error)
    return loop.end(1)
  })
}

async function consumerOptions(
  modules: CliModules,
  flags: ConsumeFlags,
): Promise<{ ok: true; value: ConsumerOptions } | { ok: false; message: string }> {
  const pairs = [...(flags.consumerProperty ?? []), ...(flags.commandProperty ?? [])]
  const file = flags.commandConfig ?? flags['consumer.config']
  const properties = await clientProperties(modules, consumerSettings, file, pairs)
  if (!properties.ok) return properties
  for (const warning of properties.warnings) modules.output.writeError(`Warning: ${warning}.\n`)
  const { isAutoCommit = true, ...settings } = properties.options
  const reset = settings.autoOffsetReset
  if (flags.fromBeginning && reset !== undefined && reset !== 'earliest') {
    return { ok: false, message: `--from-beginning contradicts auto.offset.reset=${reset}` }
  }
  if (flags.group !== undefined && settings.groupId != null && settings.groupId !== flags.group) {
    return { ok: false, message: `--group ${flags.group} contradicts group.id=${settings.groupId}` }
  }
  const value: ConsumerOptions = {
    ...consumerDefaults,
    autoOffsetReset: flags.fromBeginning ? 'earliest' : 'latest',
    ...settings,
    ...(flags.group !== undefined && { groupId: flags.group }),
    ...(flags.isolationLevel !== undefined && { isolation: flags.isolationLevel }),
    onWarning: warnOnce(modules),
  }
  return { ok: true, value: isAutoCommit ? value : { ...value, autoCommitIntervalMs: undefined } }
}

function contradictionOf(flags: ConsumeFlags, { groupId }: ConsumerOptions): string | undefined {
  const { topic, include, partition, offset, fromBeginning, tail, exit, format, json } = flags
  if ((topic === undefined) === (include === undefined)) return 'give either --topic or --include'
  if (partition !== undefined && topic === undefined) return '--partition needs --topic'
  if (partition !== undefined && groupId !== null) return 'a member of a group cannot choose its --partition'
  if (offset !== undefined && partition === undefined) return '--offset needs --partition'
  if (offset !== undefined && fromBeginning) return 'give either --offset or --from-beginning'
  if ((tail ?? exit) !== undefined && groupId !== null)
    return 'a group knows where it is: leave out --tail and --exit'
  if (tail !== undefined && (offset !== undefined || fromBeginning))
    return 'give one of --tail, --offset, --from-beginning'
  if (format !== undefined && json) return 'give either --format or --json'
  return undefined
}

async function chosenTopics(client: KafkaClient, { topic, include }: ConsumeFlags) {
  if (topic === undefined) {
    const all = await listTopics(client)
    if (!all.ok) return all
    const pattern = new RegExp(`^(?:${include})$`)
    return {
      ok: true,
      value: all.value.map(({ name }) => name).filter((name) => pattern.test(name)),
    } as const
  }
  const reached = await client.metadata()
  return reached.ok ? ({ ok: true, value: [topic] } as const) : reached
}

/** Undefined: the user gave up waiting for a topic. */
async function existingPartitions(
  loop: ConsumeLoop,
  client: KafkaClient,
  topics: readonly string[],
  { partition: only }: ConsumeFlags,
): Promise<TopicPartition[] | undefined> {
  const partitions: TopicPartition[] = []
  for (const topic of topics) {
    const count = await loop.whenTopicExists(client, topic)
    if (count === undefined) return undefined
    const all = Array.from({ length: count }, (_, partition) => ({ topic, partition }))
    partitions.push(...(only === undefined ? all : [{ topic, partition: only }]))
  }
  return partitions
}

/** What is null matches nothing. */
function isMatch(pattern: RegExp | undefined, bytes: Uint8Array | null): boolean {
  return pattern === undefined || (bytes !== null && pattern.test(Buffer.from(bytes).toString()))
}

function warnOnce({ output }: CliModules): (error: ClientError) => void {
  let last = ''
  return (error) => {
    const text = errorText(error)
    if (text !== last) output.writeError(`Warning: ${text}\n`)
    last = text
  }
}

function parseOffset(text: string): number | 'earliest' | 'latest' {
  if (text === 'earliest' || text === 'latest') return text
  const offset = parseWholeNumber(text)
  if (offset < 0) throw new InvalidArgumentError('It is a number from 0 on, earliest or latest.')
  return offset
}

function parseRegex(text: string): RegExp {
  try {
    return new RegExp(text, 'u')
  } catch (error) {
    throw new InvalidArgumentError((error as Error).message)
  }
}

function parseFormat(text: string): (record: ConsumedRecord) => Uint8Array {
  const parsed = parseTemplate(text)
  if (!parsed.ok) throw new InvalidArgumentError(`${parsed.message}.`)
  return parsed.format
}
