// `ottla produce`, with the options of kafka-console-producer.sh: every line of the input becomes a record.

import { type Command, InvalidArgumentError } from 'commander'
import type { Result } from '../client/client-error.ts'
import { Producer, type ProducerOptions, producerDefaults } from '../client/producer.ts'
import type { RecordMetadata } from '../client/producer-batch.ts'
import { compressions } from '../protocol/records/compression.ts'
import type { CliModules, ExitCode } from './cli-modules.ts'
import {
  acks,
  clientProperties,
  compressionOf,
  producerSettings,
  readPropertiesFile,
} from './client-properties.ts'
import { Interrupt } from './interrupt.ts'
import { type LineFormat, lineFormat, linesOf, parseLine, readerProperties } from './line-reader.ts'
import { acceptWithoutEffect, gatherPair, parsePositive, parseWholeNumber } from './option-values.ts'
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
  readonly json?: boolean
}

/** What is read ahead of the acknowledgements: bounds the memory; a short record takes many times its bytes. */
const bufferedBytesMax = 1024 * 1024
const lingerMsDefault = 100

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
  const format = lineFormat(reader)
  if (!format.ok) return reportUsage(modules, 'produce', format.message)
  const options = await producerOptions(modules, flags)
  if (!options.ok) return reportUsage(modules, 'produce', options.message)
  const cluster = {
    bootstrapServer: flags.bootstrapServer,
    ...(flags.requestTimeoutMs !== undefined && { timeout: flags.requestTimeoutMs }),
  }
  return withClient(modules, 'produce', cluster, async (client) => {
    const reached = await client.metadata()
    if (!reached.ok) return reportError(modules, reached.error)
    return new LineProducer(modules, flags, new Producer(options.value, client)).run(format.format)
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

  async run(format: LineFormat): Promise<ExitCode> {
    const { input, output } = this.#modules
    const interrupt = new Interrupt(this.#modules)
    const lines = linesOf(input)
    let problem: string | undefined
    while (problem === undefined) {
      if (input.isTerminal) await output.write('>')
      const next = await interrupt.before(lines.next())
      if (next === undefined || next.done) break
      problem = await this.#send(format, next.value)
    }
    await this.#producer.flush()
    if (this.#flags.json) {
      await output.write(`${JSON.stringify({ written: this.#writtenCount, failed: this.#failedCount })}\n`)
    }
    if (problem !== undefined) return reportFailure(this.#modules, problem)
    return this.#failedCount === 0 ? 0 : 1
  }

  /** Answers what is wrong with the first line that cannot be read. */
  async #send(format: LineFormat, lines: readonly string[]): Promise<string | undefined> {
    const settled = (result: Result<RecordMetadata>) => this.#count(result)
    for (const line of lines) {
      const parsed = parseLine(format, line, ++this.#lineNumber)
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
