// `npm run sim -- [--seed N] [--count M | --minutes T] [--workers K] [--quiet]`: runs one seed, or M from N on, or as
// many as T minutes take; K processes share them, all cores for `--minutes`. Prints what was drawn before a run and the
// hash of its trace after it (one process only), and in the end what the runs reached together. The first failure ends
// it all, with the last events and the command that repeats it. A long run in which some fault or state was never
// reached fails too. Exit codes: 0 clean, 1 wrong, 2 not understood.

import { type ChildProcess, fork } from 'node:child_process'
import { availableParallelism } from 'node:os'
import { parseArgs } from 'node:util'
import { type RunResult, runSeed } from './run.ts'
import type { RunOptions } from './run-options.ts'
import { Tally } from './tally.ts'

interface SeedReport {
  readonly seed: number
  readonly reached: readonly (readonly [string, number])[]
  /** What to print, if it failed. */
  readonly failure: string | undefined
}

const usage =
  'usage: npm run sim -- [--seed NUMBER] [--count NUMBER | --minutes NUMBER] [--workers NUMBER] [--quiet]\n'
const shownEventsMax = 60
const options = {
  seed: { type: 'string' },
  count: { type: 'string', default: '1' },
  minutes: { type: 'string' },
  workers: { type: 'string' },
  quiet: { type: 'boolean', default: false },
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

async function runAlone(
  seeds: Iterator<number>,
  isQuiet: boolean,
  tally: Tally,
): Promise<string | undefined> {
  const strays = watchStrays()
  for (let next = seeds.next(); next.done !== true; next = seeds.next()) {
    const seed = next.value
    const result = await runWatched(seed, strays, (drawn) => {
      if (!isQuiet) process.stdout.write(`seed ${seed}: ${JSON.stringify(drawn)}\n`)
    })
    const failure = failureText(seed, result)
    if (failure !== undefined) return failure
    tally.add(result.reached)
    if (isQuiet) continue
    const { acknowledged, read, starts, virtualMs, traceHash } = result
    process.stdout.write(
      `seed ${seed}: clean: ${acknowledged} acknowledged, ${read} read, ${starts} starts,` +
        ` ${Math.round(virtualMs)} ms of virtual time\n` +
        `trace hash: ${traceHash}\n`,
    )
  }
  return undefined
}

/** Every worker gets a seed, and the next one when it has answered. Resolves with the first failure, or at the end. */
async function runWithWorkers(
  seeds: Iterator<number>,
  workers: number,
  tally: Tally,
): Promise<string | undefined> {
  const children = Array.from({ length: workers }, () => fork(import.meta.filename, ['--worker']))
  const serve = (child: ChildProcess) =>
    new Promise<string | undefined>((resolve) => {
      const give = () => {
        const next = seeds.next()
        if (next.done === true) resolve(undefined)
        else child.send(next.value)
      }
      child.on('message', ({ reached, failure }: SeedReport) => {
        if (failure !== undefined) return resolve(failure)
        tally.add(reached)
        give()
      })
      child.on('exit', (code, signal) => resolve(`a worker ended early, with ${code ?? signal}\n`))
      give()
    })
  const served = children.map(serve)
  const firstFailure = Promise.race(served.map((each) => each.then((failure) => failure ?? never)))
  const failure = await Promise.race([firstFailure, Promise.all(served).then(() => undefined)])
  for (const child of children) child.kill()
  return failure
}

const never = new Promise<never>(() => {})

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

function report(tally: Tally, startedMs: number): void {
  const perSecond = (tally.seeds / ((Date.now() - startedMs) / 1000)).toFixed(2)
  process.stdout.write(`${tally.lines().join('\n')}\n${tally.seeds} seeds, ${perSecond} each second\n`)
}

async function main(): Promise<number> {
  const { values } = parseArgs({ options })
  if (values.worker) {
    work()
    return 0
  }
  const startedMs = Date.now()
  const minutes = values.minutes === undefined ? undefined : Number(values.minutes)
  // By the clock, seeds that nobody ran before are worth more than those of yesterday.
  const first = Number(values.seed ?? (minutes === undefined ? 1 : startedMs))
  const count = Number(values.count)
  const workers = Number(values.workers ?? (minutes === undefined ? 1 : availableParallelism()))
  const isValid = Number.isSafeInteger(first) && count >= 1 && workers >= 1 && !((minutes ?? 1) <= 0)
  if (!isValid) {
    process.stderr.write(usage)
    return 2
  }
  const isOver = (seed: number) =>
    minutes === undefined ? seed >= first + count : Date.now() >= startedMs + minutes * 60_000
  const seeds = seedsFrom(first, isOver)
  const tally = new Tally()
  if (minutes !== undefined) process.stdout.write(`from seed ${first} on, ${workers} processes\n`)
  const failure =
    workers === 1
      ? await runAlone(seeds, values.quiet || minutes !== undefined, tally)
      : await runWithWorkers(seeds, workers, tally)
  if (failure !== undefined) process.stderr.write(failure)
  if (tally.seeds > 1) report(tally, startedMs)
  const missing = tally.missing()
  if (missing.length > 0) process.stderr.write(`never reached: ${missing.join(', ')}\n`)
  return failure === undefined && missing.length === 0 ? 0 : 1
}

process.exitCode = await main()
