// `ottla dump-log`, with the options of kafka-dump-log.sh: what is in the files of a log directory.

import { type Command, InvalidArgumentError } from 'commander'
import type { CliModules, ExitCode } from './cli-modules.ts'
import { withExamples } from './describe-options.ts'
import {
  dumpOffsetIndex,
  dumpProducerSnapshot,
  dumpTimeIndex,
  dumpTransactionIndex,
} from './dump/dump-index.ts'
import { type DumpLine, fileNameOf, problem } from './dump/dump-line.ts'
import { dumpSegment, type SegmentOptions } from './dump/dump-segment.ts'
import {
  bytesDecoder,
  bytesDecoderNames,
  metadataDecoder,
  offsetsDecoder,
  plainDecoder,
  type RecordDecoder,
  shareStateDecoder,
  transactionDecoder,
} from './dump/record-decoders.ts'
import { Interrupt } from './interrupt.ts'
import { acceptWithoutEffect, parsePositive } from './option-values.ts'
import { reportFailure } from './report.ts'

interface DumpFlags {
  readonly files: string
  readonly printDataLog?: boolean
  readonly deepIteration?: boolean
  readonly clusterMetadataDecoder?: boolean
  readonly offsetsDecoder?: boolean
  readonly transactionLogDecoder?: boolean
  readonly shareGroupStateDecoder?: boolean
  readonly keyDecoderClass?: string | true
  readonly valueDecoderClass?: string | true
  readonly skipRecordMetadata?: boolean
  readonly verifyIndexOnly?: boolean
  readonly maxBytes?: number
  readonly json?: boolean
}

/** Gathered before a write, so that a file of many records is not as many writes. */
const chunkLengthMax = 64 * 1024
const stringDecoder = 'StringDecoder'

/** Of Kafka's script. */
const unusedOptions = ['--max-message-size <bytes>', '--index-sanity-check', '--remote-log-metadata-decoder']

export function defineDumpLog(program: Command, modules: CliModules, onExit: (code: ExitCode) => void): void {
  const command = program
    .command('dump-log')
    .description('show what is in the files of a log')
    .requiredOption(
      '--files <a.log,b.index>',
      '.log, .index, .timeindex, .txnindex, .snapshot, .checkpoint files',
    )
    .option('--print-data-log', 'show keys and values')
    .option('--deep-iteration', 'show the records of each batch')
    .option('--cluster-metadata-decoder', 'values are records of __cluster_metadata')
    .option('--offsets-decoder', 'records are those of __consumer_offsets')
    .option('--transaction-log-decoder', 'records are those of __transaction_state')
    .option('--share-group-state-decoder', 'records are those of __share_group_state')
    .option(
      '--key-decoder-class [class]',
      `how keys are shown: ${bytesDecoderNames.join(', ')}`,
      parseDecoder,
    )
    .option('--value-decoder-class [class]', 'how values are shown', parseDecoder)
    .option('--skip-record-metadata', 'show only keys and values')
    .option('--verify-index-only', 'check indexes without showing them')
    .option('--max-bytes <bytes>', 'show no more than the begin of each log', parsePositive)
    .option('--json', 'a JSON object for each batch, record and entry')
    .action(async (flags: DumpFlags) => onExit(await dumpLog(modules, flags)))
  acceptWithoutEffect(command, modules, unusedOptions)
  withExamples(
    command,
    'dump-log --files ottla-data/orders-0/00000000000000000000.log --print-data-log',
    'dump-log --files ottla-data/__cluster_metadata-0/00000000000000000000.log --cluster-metadata-decoder',
  )
}

async function dumpLog(modules: CliModules, flags: DumpFlags): Promise<ExitCode> {
  let exitCode: ExitCode = 0
  const interrupt = new Interrupt(modules)
  const paths = flags.files.split(',').map((path) => path.trim())
  for (const path of paths.filter((each) => each !== '')) {
    if (interrupt.isRequested) break
    const read = await modules.readFile(path)
    if (!read.ok) {
      exitCode = reportFailure(modules, `cannot read ${path}: ${read.message}`)
      continue
    }
    if (!flags.json) await modules.output.write(`Dumping ${path}\n`)
    const hasProblem = await print(
      modules,
      flags,
      path,
      await dumpFile(modules, flags, path, read.bytes),
      interrupt,
    )
    if (hasProblem) exitCode = 1
  }
  return exitCode
}

async function dumpFile(
  modules: CliModules,
  flags: DumpFlags,
  path: string,
  bytes: Uint8Array,
): Promise<Iterable<DumpLine>> {
  const isQuiet = flags.verifyIndexOnly === true
  switch (/\.[a-z]+$/.exec(fileNameOf(path))?.[0]) {
    case '.log':
    case '.checkpoint':
      return dumpSegment(path, bytes, segmentOptions(flags))
    case '.index': {
      const log = await modules.readFile(path.replace(/index$/, 'log'))
      return dumpOffsetIndex(path, bytes, log.ok ? log.bytes : undefined, isQuiet)
    }
    case '.timeindex':
      return dumpTimeIndex(path, bytes, isQuiet)
    case '.txnindex':
      return dumpTransactionIndex(bytes)
    case '.snapshot':
      return dumpProducerSnapshot(path, bytes)
    default:
      return [problem(`Ignoring unknown file ${path}`)]
  }
}

/** True: a problem was among the lines. */
async function print(
  { output }: CliModules,
  flags: DumpFlags,
  path: string,
  lines: Iterable<DumpLine>,
  interrupt: Interrupt,
): Promise<boolean> {
  let chunk = ''
  let hasProblem = false
  for (const each of lines) {
    if (each.kind === 'problem') {
      hasProblem = true
      output.writeError(`${each.text}\n`)
      continue
    }
    chunk += flags.json ? `${JSON.stringify({ file: path, ...each.json })}\n` : `${each.text}\n`
    if (chunk.length < chunkLengthMax) continue
    await output.write(chunk)
    chunk = ''
    if (interrupt.isRequested) return hasProblem
  }
  await output.write(chunk)
  return hasProblem
}

function segmentOptions(flags: DumpFlags): SegmentOptions {
  const decode = recordDecoder(flags)
  return {
    isDeep: flags.deepIteration === true || decode !== undefined,
    decode,
    skipRecordMetadata: flags.skipRecordMetadata === true,
    bytesMax: flags.maxBytes ?? Number.POSITIVE_INFINITY,
  }
}

function recordDecoder(flags: DumpFlags): RecordDecoder | undefined {
  if (flags.offsetsDecoder) return offsetsDecoder
  if (flags.transactionLogDecoder) return transactionDecoder
  if (flags.clusterMetadataDecoder) return metadataDecoder
  if (flags.shareGroupStateDecoder) return shareStateDecoder
  const { printDataLog, keyDecoderClass, valueDecoderClass } = flags
  if (!printDataLog && keyDecoderClass === undefined && valueDecoderClass === undefined) return undefined
  const decoder = (name: string | true | undefined) =>
    bytesDecoder(typeof name === 'string' ? name : stringDecoder)!
  return plainDecoder(decoder(keyDecoderClass), decoder(valueDecoderClass))
}

function parseDecoder(name: string): string {
  if (bytesDecoder(name) !== undefined) return name
  throw new InvalidArgumentError(`It is one of ${bytesDecoderNames.join(', ')}.`)
}
