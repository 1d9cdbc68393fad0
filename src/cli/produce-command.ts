// `ottla produce`, with the options of kafka-console-producer.sh: every line of the input, or of a file, becomes a
// record.

import { type Command, InvalidArgumentError, Option } from 'commander'
import type { Result } from '../client/client-error.ts'
import { Producer, type ProducerOptions, producerDefaults } from '../client/producer.ts'
import type { RecordMetadata } from '../client/producer-batch.ts'
import { compressions } from '../protocol/records/compression.ts'
import type { CliInput, CliModules, ExitCode, OpenedFile } from './cli-modules.ts'
import {
  acks,
  clientProperties,
  compressionOf,
  producerSettings,
  readPropertiesFile,
} from './client-properties.ts'
import { withExamples } from './describe-options.ts'
import { Interrupt } from './interrupt.ts'
import { parseJsonLine } from './json-line.ts'
import { type LineResult, lineFormat, linesOf, parseLine, readerProperties } from './line-reader.ts'
import { acceptWithoutEffect, gatherPair, parsePositive, parseWholeNumber } from './option-values.ts'
import { Progress } from './progress.ts'
import { errorText, reportError, reportFailure, reportUsage } from './report.ts'
import { bootstrapServerDefault, withClient } from './with-client.ts'

type Pairs = readonly (readonly [string, string])[]

interface ProduceFlags {
  readonly bootstrapServer: string
  readonly topic: string
  readonly property?: Pairs
  readonly readerProperty?: Pairs
  readonly readerConfig?: string
  readonly producerProperty?: Pairs
  readonly commandProperty?: Pairs
  readonly 'producer.config'?: string
  readonly commandConfig?: string
  readonly acks?: Partial<ProducerOptions>
  readonly requestRequiredAcks?: Partial<ProducerOptions>
  readonly compressionCodec?: Partial<ProducerOptions> | true
  readonly batchSize?: number
  readonly timeout: number
  readonly requestTimeoutMs?: number
  readonly sync?: boolean
  readonly input: InputForm
  readonly file?: string
  readonly json?: boolean
}

const inputForms = ['lines', 'key:value', 'json'] as const
type InputForm = (typeof inputForms)[number]

type ParseLine = (line: string, lineNumber: number) => LineResult

/** What is read ahead of the acknowledgements: bounds the memory; a short record takes many times its bytes. */
const bufferedBytesMax = 1024 * 1024
const lingerMsDefault = 100
const keyAndValue: ReadonlyMap<string, string> = new Map([
  ['parse.key', 'true'],
  ['key.separator', ':'],
])

/** Of Kafka's script. */
const unusedOptions = [
  '--line-reader <class>',
  '--max-block-ms <ms>',
  '--max-memory-bytes <bytes>',
  '--max-partition-memory-bytes <bytes>',
  '--message-send-max-retries <count>',
  '--metadata-expiry-ms <ms>',
  '--retry-backoff-ms <ms>',
  '--socket-buffer-size <bytes>',
]

export function defineProduce(program: Command, modules: CliModules, onExit: (code: ExitCode) => void): void {
  const command = program
    .command('produce')
    .description('write the lines of the input to a topic')
    .option('--bootstrap-server <host:port>', 'a broker to connect to', bootstrapServerDefault)
    .requiredOption('--topic <name>', 'the topic to write to')
    .option('--file <file>', 'read a file instead of the input, and tell how fast it went')
    .addOption(
      new Option('--input <form>', 'what a line is: a value, key:value, or JSON as consume --json prints it')
        .choices(inputForms)
        .default('lines'),
    )
    .option(
      '--reader-property <name=value>',
      `how lines are read: ${readerProperties.join(', ')}`,
      gatherPair,
    )
    .option('--property <name=value>', 'the same, by its old name', gatherPair)
    .option('--reader-config <file>', 'the same, from a file')
    .option('--command-property <name=value>', 'a setting of the producer', gatherPair)
    .option('--producer-property <name=value>', 'the same, by its old name', gatherPair)
    .option('--command-config <file>', 'the same, from a file')
    .option('--producer.config <file>', 'the same, by its old name')
    .option('--acks <all|0|1>', 'what counts as written', parseAcks)
    .option('--request-required-acks <all|0|1>', 'the same', parseAcks)
    .option(
      '--compression-codec [codec]',
      `${compressions.join(', ')}; gzip when none is named`,
      parseCompression,
    )
    .option('--batch-size <bytes>', 'size of a batch', parsePositive)
    .option('--timeout <ms>', 'how long a batch waits to fill', parseWholeNumber, lingerMsDefault)
    .option('--request-timeout-ms <ms>', 'how long to wait for an answer', parsePositive)
    .option('--sync', 'wait for each record before the next is read')
    .option('--json', 'print a summary as JSON')
    .action(async (flags: ProduceFlags) => onExit(await produce(modules, flags)))
  acceptWithoutEffect(command, modules, unusedOptions)
  withExamples(
    command,
    'produce --topic orders',
    'produce --topic orders --input key:value',
    'produce --topic orders --input json --file orders.jsonl --compression-codec zstd',
    'consume --topic orders --json --exit --from-beginning | ottla produce --topic copy --input json',
  )
}

async function produce(modules: CliModules, flags: ProduceFlags): Promise<ExitCode> {
  const readerFile = await readPropertiesFile(modules, flags.readerConfig)
  if (!readerFile.ok) return reportFailure(modules, readerFile.message)
  const reader = new Map([...readerFile.value, ...(flags.property ?? []), ...(flags.readerProperty ?? [])])
  const unknown = [...reader.keys()].find((name) => !(readerProperties as readonly string[]).includes(name))
  if (unknown !== undefined) {
    return reportUsage(
      modules,
      'produce',
      `the reader has no property ${unknown}; it knows ${readerProperties.join(', ')}`,
    )
  }
  if (flags.input !== 'lines' && reader.size > 0) {
    return reportUsage(
      modules,
      'produce',
      `--input ${flags.input} leaves nothing to the properties of the reader`,
    )
  }
  const format = lineFormat(flags.input === 'key:value' ? keyAndValue : reader)
  if (!format.ok) return reportUsage(modules, 'produce', format.message)
  const options = await producerOptions(modules, flags)
  if (!options.ok) return reportUsage(modules, 'produce', options.message)
  const parse: ParseLine =
    flags.input === 'json' ? parseJsonLine : (line, lineNumber) => parseLine(format.format, line, lineNumber)
  const file = flags.file === undefined ? undefined : await modules.openFile(flags.file)
  if (file?.ok === false) return reportFailure(modules, `cannot read ${flags.file}: ${file.message}`)
  const cluster = {
    bootstrapServer: flags.bootstrapServer,
    ...(flags.requestTimeoutMs !== undefined && { timeout: flags.requestTimeoutMs }),
  }
  return withClient(modules, 'produce', cluster, async (client) => {
    const reached = await client.metadata()
    if (!reached.ok) return reportError(modules, reached.error)
    const producer = new LineProducer(modules, flags, new Producer(options.value, client))
    return file === undefined ? producer.run(modules.input, parse) : producer.runFile(file, parse)
  })
}

async function producerOptions(
  modules: CliModules,
  flags: ProduceFlags,
): Promise<{ ok: true; value: ProducerOptions } | { ok: false; message: string }> {
  const pairs = [...(flags.producerProperty ?? []), ...(flags.commandProperty ?? [])]
  const file = flags.commandConfig ?? flags['producer.config']
  const properties = await clientProperties(modules, producerSettings, file, pairs)
  if (!properties.ok) return properties
  for (const warning of properties.warnings) modules.output.writeError(`Warning: ${warning}.\n`)
  const compression =
    flags.compressionCodec === true ? ({ compression: 'gzip' } as const) : flags.compressionCodec
  const value = {
    ...producerDefaults,
    lingerMs: flags.timeout,
    ...(flags.batchSize !== undefined && { batchBytesMax: flags.batchSize }),
    ...compression,
    ...flags.requestRequiredAcks,
    ...flags.acks,
    ...properties.options,
  }
  // Only when all replicas acknowledge can the broker promise to drop repetitions.
  return { ok: true, value: { ...value, isIdempotent: value.isIdempotent && value.acks === -1 } }
}

class LineProducer {
  readonly #modules: CliModules
  readonly #flags: ProduceFlags
  readonly #producer: Producer
  #lineNumber = 0
  #writtenCount = 0
  #failedCount = 0
  #lastError = ''

  constructor(modules: CliModules, flags: ProduceFlags, producer: Producer) {
    this.#modules = modules
    this.#flags = flags
    this.#producer = producer
  }

  async run(input: CliInput, parse: ParseLine): Promise<ExitCode> {
    const problem = await this.#sendAll(input, input.isTerminal, parse)
    if (this.#flags.json) await this.#writeSummary({})
    return this.#end(problem)
  }

  async runFile({ chunks, sizeBytes }: OpenedFile & { ok: true }, parse: ParseLine): Promise<ExitCode> {
    const progress = new Progress(sizeBytes, this.#modules)
    const problem = await this.#sendAll(progress.watch(chunks), false, parse)
    this.#modules.output.writeError(progress.summary(this.#writtenCount))
    if (this.#flags.json) await this.#writeSummary(progress.rate(this.#writtenCount))
    return this.#end(problem)
  }

  #writeSummary(more: object): void | Promise<void> {
    const summary = { written: this.#writtenCount, failed: this.#failedCount, ...more }
    return this.#modules.output.write(`${JSON.stringify(summary)}\n`)
  }

  #end(problem: string | undefined): ExitCode {
    if (problem !== undefined) return reportFailure(this.#modules, problem)
    return this.#failedCount === 0 ? 0 : 1
  }

  /** Until the input ends, a line cannot be read or somebody interrupts; then all that was sent is settled. */
  async #sendAll(
    input: AsyncIterable<Uint8Array>,
    isTerminal: boolean,
    parse: ParseLine,
  ): Promise<string | undefined> {
    const interrupt = new Interrupt(this.#modules)
    const lines = linesOf(input)
    let problem: string | undefined
    while (problem === undefined) {
      if (isTerminal) await this.#modules.output.write('>')
      const next = await interrupt.before(lines.next())
      if (next === undefined || next.done) break
      problem = await this.#send(parse, next.value)
    }
    await this.#producer.flush()
    return problem
  }

  /** Answers what is wrong with the first line that cannot be read. */
  async #send(parse: ParseLine, lines: readonly string[]): Promise<string | undefined> {
    const settled = (result: Result<RecordMetadata>) => this.#count(result)
    for (const line of lines) {
      const parsed = parse(line, ++this.#lineNumber)
      if (!parsed.ok) return parsed.message
      const sent = this.#producer.send(this.#flags.topic, parsed.record).then(settled)
      if (this.#flags.sync) await sent
      else if (this.#producer.bufferedBytes >= bufferedBytesMax) {
        await this.#producer.whenBufferedBelow(bufferedBytesMax)
      }
    }
    return undefined
  }

  /** The same error of many records is told once. */
  #count(result: Result<RecordMetadata>): void {
    if (result.ok) {
      this.#writtenCount++
      return
    }
    this.#failedCount++
    const text = `Cannot write to topic ${this.#flags.topic}: ${errorText(result.error)}`
    if (text !== this.#lastError) this.#modules.output.writeError(`${text}\n`)
    this.#lastError = text
  }
}

function parseAcks(text: string): Partial<ProducerOptions> {
  const parsed = acks(text)
  if (parsed === undefined) throw new InvalidArgumentError('It is all, 1 or 0.')
  return parsed
}

function parseCompression(text: string): Partial<ProducerOptions> {
  const parsed = compressionOf(text)
  if (parsed === undefined) throw new InvalidArgumentError(`It is one of ${compressions.join(', ')}.`)
  return parsed
}
