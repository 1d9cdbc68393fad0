// `ottla start`: runs a node until somebody interrupts it.

import type { Command } from 'commander'
import type { CliModules, ExitCode, StartOptions } from './cli-modules.ts'
import { withExamples } from './describe-options.ts'
import { gatherPair, parseWholeNumber } from './option-values.ts'
import { reportFailure, reportUsage } from './report.ts'
import { startedSummary } from './started-summary.ts'

interface StartFlags {
  readonly override?: readonly (readonly [string, string])[]
  readonly data?: string
  readonly port?: number
  readonly memory?: boolean
  readonly json?: boolean
  readonly testControl?: number
}

const portMax = 65_535
const decoder = new TextDecoder()

export function defineStart(program: Command, modules: CliModules, onExit: (code: ExitCode) => void): void {
  const command = program
    .command('start')
    .description('run a node: broker and controller')
    .argument('[server.properties]', "a file in Kafka's format")
    .option('--override <name=value>', 'a setting that wins over the file, repeatable', gatherPair)
    .option('--data <directory>', 'where data is kept (log.dirs)')
    .option('--port <number>', 'where clients connect; 0 draws a free one', parseWholeNumber)
    .option('--memory', 'keep data in memory: nothing survives the process')
    .option('--json', 'every line is a JSON object: the log, and where the node listens once it is ready')
    .option(
      '--test-control <port>',
      'let tests on this machine make requests fail and move the clock, over HTTP; 0 draws a port',
      parseWholeNumber,
    )
    .action(async (file: string | undefined, flags: StartFlags) => onExit(await start(modules, file, flags)))
  withExamples(
    command,
    'start',
    'start server.properties --override log.retention.hours=24',
    'start --port 19092 --data ./scratch',
    'start --memory --port 0 --test-control 9191',
  )
}

async function start(modules: CliModules, file: string | undefined, flags: StartFlags): Promise<ExitCode> {
  const { data, port, memory = false, json = false, testControl } = flags
  for (const [flag, value] of [
    ['--port', port],
    ['--test-control', testControl],
  ] as const) {
    if (value !== undefined && (value < 0 || value > portMax))
      return reportUsage(modules, 'start', `${flag} ${value} is not between 0 and ${portMax}`)
  }
  if (memory && data !== undefined) {
    return reportUsage(modules, 'start', '--memory keeps nothing in a directory; leave out --data')
  }
  const properties = file === undefined ? undefined : await modules.readFile(file)
  if (properties?.ok === false) return reportFailure(modules, `cannot read ${file}: ${properties.message}`)
  return run(modules, {
    overrides: flags.override ?? [],
    memory,
    json,
    ...(properties !== undefined && { properties: { path: file!, text: decoder.decode(properties.bytes) } }),
    ...(data !== undefined && { dataDirectory: data }),
    ...(port !== undefined && { port }),
    ...(testControl !== undefined && { testControlPort: testControl }),
  })
}

async function run(modules: CliModules, options: Omit<StartOptions, 'onFatal'>): Promise<ExitCode> {
  const ended = Promise.withResolvers<string | undefined>()
  modules.onInterrupt(() => ended.resolve(undefined))
  const started = await modules.startNode({ ...options, onFatal: ended.resolve })
  if (!started.ok) return reportFailure(modules, started.message)
  const { facts } = started.node
  const lines = options.json ? [JSON.stringify({ ready: facts })] : startedSummary(facts)
  for (const line of lines) await modules.output.write(`${line}\n`)
  const fatal = await ended.promise
  // After a broken invariant nothing may be written any more, a clean stop would.
  if (fatal !== undefined) return reportFailure(modules, fatal)
  await started.node.stop()
  return 0
}
