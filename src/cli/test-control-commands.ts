// `ottla fault` and `ottla clock`: make requests go wrong and time pass in a broker that was started with
// `--test-control`. What they send stands in docs/testing.md.

import { type Command, InvalidArgumentError, Option } from 'commander'
import type { CliModules, ExitCode } from './cli-modules.ts'
import { withExamples } from './describe-options.ts'
import { parsePositive, parseWholeNumber } from './option-values.ts'
import { reportFailure, reportUsage } from './report.ts'
import { formatTable } from './table.ts'

interface ControlFlags {
  readonly testControl: number
  readonly json?: boolean
}

interface FaultFlags extends ControlFlags {
  readonly api?: string
  readonly topic?: string
  readonly error?: string
  readonly times?: number | 'Infinity'
  readonly delayMs?: number
  readonly close?: 'before' | 'after'
  readonly drop?: boolean
  readonly list?: boolean
  readonly remove?: number
  readonly clear?: boolean
}

interface ClockFlags extends ControlFlags {
  readonly advanceMs?: number
}

interface PendingFault {
  readonly id: number
  readonly api: string
  readonly topic?: string
  readonly left: number | 'Infinity'
  readonly hits: number
}

const testControlDefault = 9191

export function defineFault(program: Command, modules: CliModules, onExit: (code: ExitCode) => void): void {
  const command = program.command('fault').description('make requests to a broker under test go wrong')
  withControlOptions(command)
    .option('--api <name>', 'the requests, by the name of their API: Produce, Fetch, JoinGroup')
    .option('--topic <name>', 'only those that name this topic')
    .option('--error <name>', 'answer this error instead of serving: NOT_LEADER_OR_FOLLOWER')
    .option('--delay-ms <ms>', 'answer that much later', parsePositive)
    .addOption(
      new Option('--close <when>', 'close the connection before or after serving').choices([
        'before',
        'after',
      ]),
    )
    .option('--drop', 'serve, but never answer')
    .option('--times <count>', 'how many requests; default 1, Infinity until it is removed', parseTimes)
    .option('--list', 'show the faults that still wait for requests')
    .option('--remove <id>', 'take one fault back', parseWholeNumber)
    .option('--clear', 'take all faults back')
    .action(async (flags: FaultFlags) => onExit(await fault(modules, flags)))
  withExamples(
    command,
    'start --memory --test-control 9191',
    'fault --api Produce --topic orders --error NOT_ENOUGH_REPLICAS --times 2',
    'fault --api Fetch --close after',
    'fault --list',
  )
}

export function defineClock(program: Command, modules: CliModules, onExit: (code: ExitCode) => void): void {
  const command = program.command('clock').description('show or move the clock of a broker under test')
  withControlOptions(command)
    .option('--advance-ms <ms>', 'move it forward', parsePositive)
    .action(async (flags: ClockFlags) => onExit(await clock(modules, flags)))
  withExamples(command, 'clock', 'clock --advance-ms 60000')
}

function withControlOptions(command: Command): Command {
  return command
    .option(
      '--test-control <port>',
      'where the broker under test listens for this',
      parsePositive,
      testControlDefault,
    )
    .option('--json', 'machine-readable output')
}

async function fault(modules: CliModules, flags: FaultFlags): Promise<ExitCode> {
  const { api, list, remove, clear } = flags
  if ([api !== undefined, list, remove !== undefined, clear].filter(Boolean).length !== 1)
    return reportUsage(modules, 'fault', 'give exactly one of --api, --list, --remove, --clear')
  if (list) return listFaults(modules, flags)
  if (api !== undefined) {
    const { topic, error, times, delayMs, close, drop } = flags
    const spec = { api, topic, error, times, delayMs, close, drop }
    return call(
      modules,
      flags,
      'POST',
      '/faults',
      spec,
      (body) => `Fault ${(body as PendingFault).id} is set.\n`,
    )
  }
  const path = remove === undefined ? '/faults' : `/faults/${remove}`
  return call(modules, flags, 'DELETE', path, undefined, () => '')
}

function listFaults(modules: CliModules, flags: FaultFlags): Promise<ExitCode> {
  return call(modules, flags, 'GET', '/faults', undefined, (body) =>
    formatTable(
      [
        { title: 'ID', widthMin: 0, text: ({ id }) => `${id}` },
        { title: 'API', widthMin: 0, text: (row) => row.api },
        { title: 'TOPIC', widthMin: 0, text: ({ topic = '-' }) => topic },
        { title: 'LEFT', widthMin: 0, text: ({ left }) => `${left}` },
        { title: 'HITS', widthMin: 0, text: ({ hits }) => `${hits}` },
      ],
      body as PendingFault[],
      modules.output.columns,
    ),
  )
}

function clock(modules: CliModules, flags: ClockFlags): Promise<ExitCode> {
  const { advanceMs } = flags
  const method = advanceMs === undefined ? 'GET' : 'POST'
  const change = advanceMs === undefined ? undefined : { advanceMs }
  return call(
    modules,
    flags,
    method,
    '/clock',
    change,
    (body) => `${new Date((body as { nowMs: number }).nowMs).toISOString()}\n`,
  )
}

/** Prints the answer as `textOf` has it, or as it is. */
async function call(
  modules: CliModules,
  { testControl, json }: ControlFlags,
  method: string,
  path: string,
  change: object | undefined,
  textOf: (body: unknown) => string,
): Promise<ExitCode> {
  const url = `http://127.0.0.1:${testControl}${path}`
  const sent = await modules.httpRequest(method, url, change && JSON.stringify(change))
  if (!sent.ok) {
    const hint = `Start a broker under test with: ottla start --memory --test-control ${testControl}`
    return reportFailure(
      modules,
      `no test control answers at 127.0.0.1:${testControl} (${sent.message})`,
      hint,
    )
  }
  const answer = parse(sent.body)
  if (sent.status >= 400) {
    const { error } = (answer ?? {}) as { error?: string }
    return reportFailure(modules, error ?? `port ${testControl} answers ${sent.status}: no test control`)
  }
  await modules.output.write(json ? `${JSON.stringify(answer)}\n` : textOf(answer))
  return 0
}

/** Undefined: it is no JSON. */
function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    // Something else listens there; its status tells.
    return undefined
  }
}

function parseTimes(text: string): number | 'Infinity' {
  if (text === 'Infinity') return text
  if (/^\d{1,9}$/.test(text)) return parsePositive(text)
  throw new InvalidArgumentError('It is a number or Infinity.')
}
