// `npm run sabotage -- [--only WORDS] [--seeds N] [--workers K]`: breaks a copy of the committed tree in one small way
// after the other and lets the simulator find it, and where it does not, the unit tests of the folder. Writes
// docs/sabotage.md when all were tried. A breakage that nobody notices is a check that is missing. Exit codes: 0 all
// caught, 1 not all.

import { execFile, execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { availableParallelism, setPriority, tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { type Sabotage, sabotages } from './sabotages.ts'

interface Outcome {
  readonly sabotage: Sabotage
  /** What the simulator said; undefined: nothing. */
  readonly bySimulator: string | undefined
  /** The unit test that failed; not tried where the simulator had found it. */
  readonly byTest: string | undefined
}

const root = join(import.meta.dirname, '..')
/** A program that hangs has been noticed. */
const commandMsMax = 240_000
const shownMax = 110
const niceness = 10

function makeTree(): string {
  const tree = mkdtempSync(join(tmpdir(), 'ottla-sabotage-'))
  const archive = execFileSync('git', ['archive', 'HEAD'], { cwd: root, maxBuffer: 2 ** 30 })
  execFileSync('tar', ['-x'], { cwd: tree, input: archive })
  symlinkSync(join(root, 'node_modules'), join(tree, 'node_modules'))
  return tree
}

function run(tree: string, args: readonly string[]): Promise<{ isClean: boolean; output: string }> {
  return new Promise((resolve) => {
    const options = { cwd: tree, timeout: commandMsMax, killSignal: 'SIGKILL', maxBuffer: 2 ** 28 } as const
    execFile(process.execPath, args, options, (error, stdout, stderr) => {
      const isHung = error !== null && error.killed === true
      resolve({ isClean: error === null, output: isHung ? 'does not end' : `${stdout}${stderr}` })
    })
  })
}

async function simulate(tree: string, seeds: number): Promise<string | undefined> {
  const count = ['--seed', '1', '--seeds', String(seeds), '--workers', '1']
  const { isClean, output } = await run(tree, ['src/simulator/main.ts', ...count])
  if (isClean) return undefined
  const failure = /^seed (\d+) FAILED: (?:\w*Error: )?(.*)$/m.exec(output)
  return failure === null
    ? shortened(output.trim().split('\n').at(-1)!)
    : `seed ${failure[1]}: ${shortened(failure[2]!)}`
}

async function test(tree: string, patterns: readonly string[]): Promise<string | undefined> {
  const { isClean, output } = await run(tree, ['--test', '--test-reporter=tap', ...patterns])
  if (isClean) return undefined
  return shortened(/^ *not ok \d+ - (\[.*)$/m.exec(output)?.[1] ?? 'the tests do not run')
}

function patternsOf({ file, tests }: Sabotage): string[] {
  const folder = file.split('/').slice(0, 2).join('/')
  return [`${folder}/**/*.test.ts`, ...(tests === undefined ? [] : [tests])]
}

async function attempt(tree: string, sabotage: Sabotage, seeds: number): Promise<Outcome> {
  const path = join(tree, sabotage.file)
  const text = readFileSync(path, 'utf8')
  if (text.split(sabotage.search).length !== 2)
    throw new Error(`${sabotage.file} does not hold exactly once: ${sabotage.search}`)
  writeFileSync(
    path,
    text.replace(sabotage.search, () => sabotage.replace),
  )
  try {
    const bySimulator = await simulate(tree, seeds)
    const byTest = bySimulator === undefined ? await test(tree, patternsOf(sabotage)) : undefined
    return { sabotage, bySimulator, byTest }
  } finally {
    writeFileSync(path, text)
  }
}

/** Nothing is learnt from checks that fail without a breakage. */
async function checkUnbroken(tree: string, chosen: readonly Sabotage[], seeds: number): Promise<void> {
  const bySimulator = await simulate(tree, seeds)
  const byTest = await test(tree, [...new Set(chosen.flatMap(patternsOf))])
  const problem = bySimulator ?? byTest
  if (problem !== undefined) throw new Error(`the tree fails without a breakage: ${problem}`)
}

function caughtBy({ bySimulator, byTest }: Outcome): string | undefined {
  return bySimulator ?? byTest
}

function page(outcomes: readonly Outcome[], seeds: number): string {
  const cell = (text: string | undefined) => (text ?? 'nobody').replaceAll('|', '\\|')
  const rows = outcomes.map((outcome) => {
    const { what, file } = outcome.sabotage
    return `| ${cell(what)} | ${file.replace('src/', '')} | ${cell(caughtBy(outcome))} |`
  })
  const caught = outcomes.filter(caughtBy).length
  const bySimulator = outcomes.filter((each) => each.bySimulator !== undefined).length
  return [
    '# Sabotages',
    '',
    'Written by `npm run sabotage`, which breaks a copy of the program in one small way after the other and lets the',
    `simulator find it (${seeds} seeds), and where it does not, the unit tests of the folder. The list is in`,
    `\`sabotage/sabotages.ts\`. ${caught} of ${outcomes.length} were caught, ${bySimulator} of them by the simulator;`,
    'the letters before its findings are invariants (S at any time, E at the end), told where they are checked.',
    '',
    '| the program … | where | caught by |',
    '|---|---|---|',
    ...rows,
    '',
  ].join('\n')
}

function shortened(text: string): string {
  return text.length > shownMax ? `${text.slice(0, shownMax)}…` : text
}

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      only: { type: 'string' },
      seeds: { type: 'string', default: '24' },
      workers: { type: 'string' },
    },
  })
  setPriority(niceness)
  const seeds = Number(values.seeds)
  const chosen = sabotages.filter(({ what }) => values.only === undefined || what.includes(values.only))
  const trees = Array.from({ length: Number(values.workers ?? availableParallelism()) }, makeTree)
  const outcomes = new Map<Sabotage, Outcome>()
  try {
    await checkUnbroken(trees[0]!, chosen, seeds)
    const left = [...chosen]
    const work = async (tree: string) => {
      for (let sabotage = left.shift(); sabotage !== undefined; sabotage = left.shift()) {
        const outcome = await attempt(tree, sabotage, seeds)
        outcomes.set(sabotage, outcome)
        process.stdout.write(`${sabotage.what}\n  ${caughtBy(outcome) ?? 'NOT CAUGHT'}\n`)
      }
    }
    await Promise.all(trees.map(work))
  } finally {
    for (const tree of trees) rmSync(tree, { recursive: true, force: true })
  }
  const inOrder = chosen.map((sabotage) => outcomes.get(sabotage)!)
  const uncaught = inOrder.filter((outcome) => caughtBy(outcome) === undefined)
  if (values.only === undefined) writeFileSync(join(root, 'docs/sabotage.md'), page(inOrder, seeds))
  for (const { sabotage } of uncaught)
    process.stderr.write(`nobody noticed that the program ${sabotage.what}\n`)
  return uncaught.length === 0 ? 0 : 1
}

process.exitCode = await main()
