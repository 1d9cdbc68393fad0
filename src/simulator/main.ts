// `npm run sim -- [--seed N] [--seeds M | --minutes T] [--workers K] [--note]`: runs one seed and prints what was drawn
// before the run and the hash of its trace after it; or M from N on, or as many as T minutes take, shared by K
// processes, all cores by default. Prints in the end what the runs reached together; `--note` writes that to
// docs/simulation.md. The first failure ends it all, with the last events and the command that repeats it. A long run
// in which some fault or state was never reached fails too. Exit codes: 0 clean, 1 wrong, 2 not understood.

import { fork } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { type RunResult, runSeed } from './run.ts'
import type { RunOptions } from './run-options.ts'
import { page, Tally } from './tally.ts'

interface SeedReport {
  readonly seed: number
  readonly reached: readonly (readonly [string, number])[]
  /** What to print, if it failed. */
  readonly failure: string | undefined
}

interface Failure {
  readonly seed: number
  readonly text: string
}

const usage =
  'usage: npm run sim -- [--seed NUMBER] [--seeds NUMBER | --minutes NUMBER] [--workers NUMBER] [--note]\n'
const resultPath = join(import.meta.dirname, '../../docs/simulation.md')
const shownEventsMax = 60
const options = {
  seed: { type: 'string' },
  seeds: { type: 'string' },
  minutes: { type: 'string' },
  workers: { type: 'string' },
  note: { type: 'boolean', default: false },
  /** For the processes that this one starts. */
  worker: { type: 'boolean', default: false },
} as const

function failureText(
  seed: number,
  { failure, options, traceTail, traceHash }: RunResult,
): string | undefined {
  if (failure === undefined) return undefined
  const what = failure instanceof Error ? (failure.stack ?? failure.message) : String(failure)
  return (
    `${traceTail.slice(-shownEventsMax).join('\n')}\n` +
    `seed ${seed} FAILED: ${what}\noptions: ${JSON.stringify(options)}\ntrace hash: ${traceHash}\n` +
    `repeat it with: npm run sim -- --seed ${seed}\n`
  )
}

/** A promise that nobody waits for ends a real process: here it fails the run that it belongs to. */
function watchStrays(): unknown[] {
  const strays: unknown[] = []
  process.on('unhandledRejection', (error) => strays.push(error))
  return strays
}

async function runWatched(
  seed: number,
  strays: unknown[],
  onOptions: (options: RunOptions) => void,
): Promise<RunResult> {
  const result = await runSeed(String(seed), onOptions)
  const [stray] = strays.splice(0)
  return { ...result, failure: result.failure ?? stray }
}

async function runAlone(seed: number): Promise<number> {
  const result = await runWatched(seed, watchStrays(), (drawn) => {
    process.stdout.write(`seed ${seed}: ${JSON.stringify(drawn)}\n`)
  })
  const failure = failureText(seed, result)
  if (failure !== undefined) {
    process.stderr.write(failure)
    return 1
  }
  const { acknowledged, read, starts, virtualMs, traceHash } = result
  process.stdout.write(
    `seed ${seed}: clean: ${acknowledged} acknowledged, ${read} read, ${starts} starts,` +
      ` ${Math.round(virtualMs)} ms of virtual time\n` +
      `trace hash: ${traceHash}\n`,
  )
  return 0
}

/** Every worker gets a seed, and the next one when it has answered. What runs when one fails is awaited. */
async function runWithWorkers(seeds: Iterator<number>, workers: number, tally: Tally): Promise<Failure[]> {
  const failures: Failure[] = []
  const serve = async () => {
    const child = fork(import.meta.filename, ['--worker'], { execArgv: ['--max-semi-space-size=32'] })
    const ended = once(child, 'exit').then(
      ([code, signal]) => `the worker ended early, with ${code ?? signal}\n`,
    )
    for (let next = seeds.next(); next.done !== true && failures.length === 0; next = seeds.next()) {
      const seed = next.value
      child.send(seed)
      const answer = once(child, 'message').then(([report]) => report as SeedReport)
      const report = await Promise.race([answer, ended])
      if (typeof report === 'string') failures.push({ seed, text: `seed ${seed} FAILED: ${report}` })
      else if (report.failure !== undefined) failures.push({ seed, text: report.failure })
      else tally.add(report.reached)
    }
    child.kill()
  }
  await Promise.all(Array.from({ length: workers }, serve))
  return failures.sort((a, b) => a.seed - b.seed)
}

function work(): void {
  const strays = watchStrays()
  process.on('message', async (seed: number) => {
    const result = await runWatched(seed, strays, () => {})
    const report: SeedReport = { seed, reached: [...result.reached], failure: failureText(seed, result) }
    process.send?.(report)
  })
}

function* seedsFrom(first: number, isOver: (seed: number) => boolean): Generator<number> {
  for (let seed = first; !isOver(seed); seed++) yield seed
}

async function main(): Promise<number> {
  const values = understood()
  if (values === undefined) return notUnderstood()
  if (values.worker) {
    work()
    return 0
  }
  const startedMs = Date.now()
  const minutes = values.minutes === undefined ? undefined : Number(values.minutes)
  // By the clock, seeds that nobody ran before are worth more than those of yesterday.
  const first = Number(values.seed ?? (minutes === undefined ? 1 : startedMs))
  const count = Number(values.seeds ?? 1)
  const workers = Number(values.workers ?? availableParallelism())
  const isValid = Number.isSafeInteger(first) && count >= 1 && workers >= 1 && !((minutes ?? 1) <= 0)
  if (!isValid) return notUnderstood()
  if (values.seeds === undefined && minutes === undefined) return runAlone(first)
  const isOver = (seed: number) =>
    minutes === undefined ? seed >= first + count : Date.now() >= startedMs + minutes * 60_000
  process.stdout.write(`from seed ${first} on, ${workers} processes\n`)
  const tally = new Tally()
  const failures = await runWithWorkers(seedsFrom(first, isOver), workers, tally)
  const problems = [...failures.map(({ text }) => text), ...missing(tally)]
  const perSecond = (tally.seeds / ((Date.now() - startedMs) / 1000)).toFixed(2)
  process.stdout.write(`${tally.lines().join('\n')}\n${tally.seeds} clean seeds, ${perSecond} each second\n`)
  for (const problem of problems) process.stderr.write(problem)
  if (values.note) {
    const result = failures.length === 0 ? 'none failed' : `seed ${failures[0]!.seed} failed`
    const sentence =
      `${tally.seeds} clean seeds from ${first} on by ${workers} processes,` +
      ` ${perSecond} each second; ${result}.`
    writeFileSync(resultPath, page(sentence, tally))
  }
  return problems.length === 0 ? 0 : 1
}

/** Undefined: some option is not known or lacks its value. */
function understood() {
  try {
    return parseArgs({ options }).values
  } catch {
    return undefined
  }
}

function notUnderstood(): number {
  process.stderr.write(usage)
  return 2
}

function missing(tally: Tally): string[] {
  const names = tally.missing()
  return names.length === 0 ? [] : [`never reached: ${names.join(', ')}\n`]
}

process.exitCode = await main()
